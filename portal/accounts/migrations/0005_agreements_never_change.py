import django.db.models.deletion
from django.db import migrations, models

from portal.core.append_only import Unchangeable


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_notices_in_their_series")]

    operations = [
        migrations.AlterField(
            model_name="agreement",
            name="series",
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name="versions", to="accounts.agreementseries", verbose_name="series of agreements"),
        ),
        migrations.AddConstraint(
            model_name="agreement",
            constraint=models.UniqueConstraint(fields=("series", "version"), name="agreement_version_once_per_series"),
        ),
        Unchangeable("Agreement"),
    ]
