
import django.db.models.deletion
import uuid
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('submissions', '0026_near_duplicates'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='RegisteredFile',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('public_id', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('slot', models.CharField(max_length=40, verbose_name='slot')),
                ('name', models.CharField(max_length=150, verbose_name='file name')),
                ('size', models.PositiveBigIntegerField(verbose_name='size in bytes')),
                ('sha256', models.CharField(max_length=64, verbose_name='SHA-256')),
                ('registered_at', models.DateTimeField(verbose_name='registered at')),
                ('replaced_at', models.DateTimeField(null=True, verbose_name='replaced at')),
                ('followed_at', models.DateTimeField(null=True, verbose_name='followed at')),
                ('attachment', models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='registered', to='submissions.attachment', verbose_name='attachment')),
                ('registered_by', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL, verbose_name='registered by')),
                ('submission', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='registered', to='submissions.submission', verbose_name='submission')),
                ('versions', models.ManyToManyField(related_name='registered', to='submissions.submissionversion', verbose_name='versions')),
            ],
            options={
                'verbose_name': 'registered file',
                'verbose_name_plural': 'registered files',
                'constraints': [models.UniqueConstraint(condition=models.Q(('replaced_at', None)), fields=('submission', 'slot'), name='registered_file_once_per_slot'), models.CheckConstraint(condition=models.Q(models.Q(('attachment', None), ('followed_at', None)), models.Q(('attachment__isnull', False), ('followed_at__isnull', False)), _connector='OR'), name='registered_file_followed_has_its_time'), models.CheckConstraint(condition=models.Q(('size__gt', 0)), name='registered_file_is_not_empty')],
            },
        ),
    ]
