from typing import Any

from django.db import migrations


def put_into_series(apps: Any, schema_editor: Any) -> None:
    """What there is so far are privacy notices."""
    agreements = apps.get_model("accounts", "Agreement").objects.filter(series=None)
    if not agreements.exists():
        return
    series, _is_new = apps.get_model("accounts", "AgreementSeries").objects.get_or_create(
        slug="privacy-notice", kind="privacy_notice"
    )
    agreements.update(series=series)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_notices_become_agreements")]

    operations = [migrations.RunPython(put_into_series, migrations.RunPython.noop)]
