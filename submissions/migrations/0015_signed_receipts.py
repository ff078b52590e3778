import django.utils.timezone
from django.db import migrations, models

from portal.core.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("submissions", "0014_uploads")]

    operations = [
        # Nullable and without a default: SQLite then adds the column in place, and the table keeps its triggers.
        migrations.AddField("receipt", "document", models.JSONField(null=True, verbose_name="signed receipt")),
        migrations.CreateModel(
            name="ReceiptKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key_id", models.CharField(max_length=16, unique=True, verbose_name="name")),
                ("public_key", models.CharField(max_length=64, verbose_name="public key")),
                (
                    "created_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="first used at"),
                ),
            ],
            options={"verbose_name": "receipt key", "verbose_name_plural": "receipt keys"},
        ),
        AppendOnly("ReceiptKey"),
    ]
