from __future__ import annotations

from typing import Any

from django.db import migrations, models


def begin(apps: Any, schema_editor: Any) -> None:
    apps.get_model("core", "Service").objects.get_or_create(pk=1)


class Migration(migrations.Migration):
    dependencies = [("core", "0003_audit_reads_by_index")]

    operations = [
        migrations.CreateModel(
            name="Service",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "mode",
                    models.CharField(
                        choices=[
                            ("normal", "everything"),
                            ("submissions_only", "submissions only: no search, exports, previews or documents"),
                            ("read_only", "read-only: nothing can be changed"),
                        ],
                        default="normal",
                        max_length=20,
                        verbose_name="what works",
                    ),
                ),
                (
                    "note",
                    models.CharField(
                        blank=True,
                        help_text="Stands on top of every page until everything works again.",
                        max_length=200,
                        verbose_name="note",
                    ),
                ),
            ],
            options={"verbose_name": "service", "verbose_name_plural": "service"},
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.CheckConstraint(
                condition=models.Q(("mode__in", ["normal", "submissions_only", "read_only"])), name="service_mode_known"
            ),
        ),
        migrations.AddConstraint(
            model_name="service",
            constraint=models.CheckConstraint(condition=models.Q(("pk", 1)), name="service_is_one"),
        ),
        migrations.RunPython(begin, migrations.RunPython.noop),
    ]
