

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ("submissions", "0017_partners_say_more"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='HandOver',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('status', models.CharField(choices=[('open', 'open'), ('accepted', 'accepted'), ('declined', 'declined'), ('taken_back', 'taken back'), ('lapsed', 'no longer holds')], default='open', max_length=20, verbose_name='state')),
                ('offered_at', models.DateTimeField(verbose_name='offered at')),
                ('settled_at', models.DateTimeField(null=True, verbose_name='settled at')),
                ('offered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='offered by')),
                ('offered_to', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='offered to')),
                ('team', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='hand_overs', to='submissions.team', verbose_name='team')),
            ],
            options={
                'verbose_name': 'hand-over',
                'verbose_name_plural': 'hand-overs',
                'constraints': [models.UniqueConstraint(condition=models.Q(('status', 'open')), fields=('team',), name='hand_over_open_once_per_team'), models.CheckConstraint(condition=models.Q(('status__in', ['open', 'accepted', 'declined', 'taken_back', 'lapsed'])), name='hand_over_status_known'), models.CheckConstraint(condition=models.Q(models.Q(('settled_at__isnull', True), ('status', 'open')), models.Q(models.Q(('status', 'open'), _negated=True), ('settled_at__isnull', False)), _connector='OR'), name='hand_over_is_open_or_settled'), models.CheckConstraint(condition=models.Q(('offered_by', models.F('offered_to')), _negated=True), name='hand_over_goes_to_somebody_else')],
            },
        ),
    ]
