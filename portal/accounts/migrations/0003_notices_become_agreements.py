import django.db.models.deletion
from django.db import migrations, models

import portal.core.text


class Migration(migrations.Migration):
    """Privacy notices become the first series of agreements; consents keep pointing at their versions."""

    dependencies = [("accounts", "0002_one_spelling_of_an_address")]

    operations = [
        migrations.CreateModel(
            name="AgreementSeries",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("slug", models.SlugField(max_length=80, unique=True, verbose_name="address")),
                ("kind", models.CharField(choices=[("privacy_notice", "privacy notice"), ("user_agreement", "user agreement"), ("document_number", "notice on document numbers"), ("pledge", "pledge")], max_length=30, verbose_name="kind")),
            ],
            options={
                "verbose_name": "series of agreements",
                "verbose_name_plural": "series of agreements",
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("kind__in", ["privacy_notice", "user_agreement", "document_number", "pledge"])), name="agreement_kind_known"),
                    models.UniqueConstraint(condition=models.Q(("kind", "pledge"), _negated=True), fields=("kind",), name="agreement_series_once_per_kind"),
                ],
            },
        ),
        migrations.RemoveConstraint(model_name="consent", name="consent_once_per_version"),
        migrations.RenameModel(old_name="PrivacyNotice", new_name="Agreement"),
        migrations.RenameField(model_name="consent", old_name="notice", new_name="agreement"),
        migrations.AddField(
            model_name="agreement",
            name="series",
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="accounts.agreementseries", verbose_name="series of agreements"),
        ),
        migrations.AddField(
            model_name="agreement",
            name="title",
            field=models.CharField(default="隐私政策", max_length=100, validators=[portal.core.text.validate_plain_line], verbose_name="title"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="agreement",
            name="title_en",
            field=models.CharField(blank=True, default="", max_length=160, verbose_name="title in English"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="agreement",
            name="body_en",
            field=models.TextField(blank=True, default="", validators=[portal.core.text.validate_text], verbose_name="text in English"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="agreement",
            name="changes",
            field=models.TextField(blank=True, default="", help_text="Whoever has accepted an earlier version reads this first.", validators=[portal.core.text.validate_text], verbose_name="what has changed"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="agreement",
            name="changes_en",
            field=models.TextField(blank=True, default="", validators=[portal.core.text.validate_text], verbose_name="what has changed, in English"),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="agreement",
            name="body",
            field=models.TextField(help_text="Chinese, in Markdown. This is the text that holds.", validators=[portal.core.text.validate_text], verbose_name="text"),
        ),
        migrations.AlterField(model_name="agreement", name="version", field=models.PositiveIntegerField(verbose_name="version")),
        migrations.AlterField(model_name="agreement", name="published_at", field=models.DateTimeField(verbose_name="in force from")),
        migrations.AlterModelOptions(name="agreement", options={"verbose_name": "agreement", "verbose_name_plural": "agreements"}),
        migrations.AlterField(
            model_name="consent",
            name="agreement",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="consents", to="accounts.agreement", verbose_name="agreement"),
        ),
        migrations.AddField(model_name="consent", name="withdrawn_at", field=models.DateTimeField(blank=True, null=True, verbose_name="withdrawn at")),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.UniqueConstraint(condition=models.Q(("withdrawn_at", None)), fields=("user", "agreement"), name="consent_live_once_per_version"),
        ),
    ]
