from django.db import migrations
from django.db.models import OuterRef, Subquery
from django.db.models.functions import Coalesce


def remember_what_was_read(apps, schema_editor):
    """What was submitted last answers a text; whoever has only a draft has seen the latest there is."""
    submissions = apps.get_model("submissions", "Submission").objects.filter(topic_revision=None)
    versions = apps.get_model("submissions", "SubmissionVersion").objects.filter(submission=OuterRef("pk"))
    revisions = apps.get_model("tracks", "TopicRevision").objects.filter(topic=OuterRef("topic"))
    answered = Subquery(versions.order_by("-number").values("topic_revision")[:1])
    latest = Subquery(revisions.order_by("-number").values("pk")[:1])
    submissions.update(topic_revision=Coalesce(answered, latest))


class Migration(migrations.Migration):
    dependencies = [("submissions", "0005_submission_knows_the_text_it_read")]

    operations = [migrations.RunPython(remember_what_was_read, migrations.RunPython.noop, elidable=True)]
