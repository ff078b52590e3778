from itertools import count

from django.db import migrations, models


def give_each_its_own(apps, schema_editor):
    """The oldest competition keeps a prefix that several share; the others count it up."""
    competitions = apps.get_model("tracks", "Competition").objects.using(schema_editor.connection.alias)
    taken = set(competitions.values_list("certificate_prefix", flat=True))
    seen = set()
    for competition in competitions.order_by("pk"):
        prefix = competition.certificate_prefix
        if prefix in seen:
            counted = (f"{prefix[: 19 - len(str(number))].rstrip('-')}-{number}" for number in count(2))
            prefix = next(each for each in counted if each not in taken)
            competitions.filter(pk=competition.pk).update(certificate_prefix=prefix)
        seen.add(prefix)
        taken.add(prefix)


class Migration(migrations.Migration):
    dependencies = [
        ("tracks", "0004_instants_in_this_century"),
    ]

    operations = [
        migrations.RunPython(give_each_its_own, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="competition",
            constraint=models.UniqueConstraint(
                fields=("certificate_prefix",),
                name="competition_certificate_prefix_once",
                violation_error_code="unique",
                violation_error_message="Another competition numbers its certificates with this prefix.",
            ),
        ),
    ]
