import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models

from portal.core.append_only import AppendOnly


class Migration(migrations.Migration):

    dependencies = [
        ("submissions", "0020_unsent_texts_of_pages"),
        ('tracks', '0011_limits_of_a_competition'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='LateAttempt',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('form', models.JSONField(verbose_name='form')),
                ('form_sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('files', models.JSONField(verbose_name='files')),
                ('received_at', models.DateTimeField(verbose_name='received at')),
                ('committed_at', models.DateTimeField(verbose_name='recorded at')),
                ('closed_at', models.DateTimeField(verbose_name='end')),
                ('attachments', models.ManyToManyField(related_name='late_attempts', to='submissions.attachment', verbose_name='attachments')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='late_attempts', to='submissions.submission', verbose_name='submission')),
                ('submitted_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='submitted by')),
                ('topic_revision', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='tracks.topicrevision', verbose_name='topic revision')),
            ],
            options={
                'verbose_name': 'late attempt',
                'verbose_name_plural': 'late attempts',
            },
        ),
        migrations.CreateModel(
            name='LateDecision',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('outcome', models.CharField(choices=[('accepted', 'accepted'), ('declined', 'declined')], max_length=10, verbose_name='outcome')),
                ('reason', models.TextField(max_length=1000, verbose_name='reason')),
                ('decided_at', models.DateTimeField(verbose_name='decided at')),
                ('attempt', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, related_name='decision', to='submissions.lateattempt', verbose_name='late attempt')),
                ('decided_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='decided by')),
                ('version', models.OneToOneField(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='submissions.submissionversion', verbose_name='version')),
            ],
            options={
                'verbose_name': 'decision about a late attempt',
                'verbose_name_plural': 'decisions about late attempts',
            },
        ),
        migrations.AddConstraint(
            model_name='lateattempt',
            constraint=models.CheckConstraint(condition=models.Q(('received_at__gte', models.F('closed_at'))), name='late_attempt_is_late'),
        ),
        migrations.AddConstraint(
            model_name='latedecision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('outcome', 'accepted'), ('version__isnull', False)), models.Q(('outcome', 'declined'), ('version__isnull', True)), _connector='OR'), name='late_decision_accepted_has_its_version'),
        ),
        migrations.AddConstraint(
            model_name='latedecision',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='late_decision_gives_a_reason'),
        ),
        AppendOnly("LateAttempt"),
        AppendOnly("LateDecision"),
    ]
