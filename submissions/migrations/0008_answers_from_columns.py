from django.db import migrations

from portal.core.append_only import Unchangeable


def columns_to_answers(apps, schema_editor):
    """The title and the abstract become answers like those of any other section."""
    submission = apps.get_model("submissions", "Submission")
    answer = apps.get_model("submissions", "Answer")
    revision = apps.get_model("submissions", "AnswerRevision")
    for entry in submission.objects.order_by("pk").iterator(chunk_size=500):
        said = {"title": entry.title, "abstract": entry.abstract}
        for key, value in said.items():
            if value:
                times = {"saved_by": None, "saved_at": entry.updated_at}
                began = entry.updated_at
                answer.objects.create(submission=entry, key=key, value=value, revision_began_at=began, **times)
                revision.objects.create(submission=entry, key=key, number=1, value=value, created_at=began, **times)


def answers_to_columns(apps, schema_editor):
    answer = apps.get_model("submissions", "Answer")
    for row in answer.objects.filter(key="abstract").select_related("submission"):
        row.submission.abstract = row.value
        row.submission.save(update_fields=["abstract"])


class Migration(migrations.Migration):
    dependencies = [("submissions", "0007_entry_forms")]

    operations = [
        migrations.RunPython(columns_to_answers, answers_to_columns),
        Unchangeable("EntryFormVersion"),
    ]
