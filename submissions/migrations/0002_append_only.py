from django.db import migrations

from portal.core.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("submissions", "0001_initial")]

    operations = [
        AppendOnly("SubmissionVersion"),
        AppendOnly("Receipt"),
    ]
