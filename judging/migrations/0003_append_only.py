from django.db import migrations

from portal.core.append_only import AppendOnly


class Migration(migrations.Migration):
    dependencies = [("judging", "0002_initial")]

    operations = [
        AppendOnly("Ranking"),
        AppendOnly("RankingEntry"),
        AppendOnly("Award"),
    ]
