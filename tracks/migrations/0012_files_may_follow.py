
import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('tracks', '0011_limits_of_a_competition'),
    ]

    operations = [
        migrations.AddField(
            model_name='stage',
            name='hash_grace',
            field=models.PositiveIntegerField(default=0, help_text="Only for submission. A team may register a file by its SHA-256 before the end; exactly this file may then follow for so many minutes after the team's end. 0: files can't be registered.", validators=[django.core.validators.MaxValueValidator(10080)], verbose_name='minutes for files to follow'),
        ),
        migrations.AddConstraint(
            model_name='stage',
            constraint=models.CheckConstraint(condition=models.Q(('kind', 'submission'), ('hash_grace', 0), _connector='OR'), name='stage_files_follow_submission_alone', violation_error_message='Only files of the submission stage may follow after the end.'),
        ),
    ]
