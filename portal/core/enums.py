from django.db import models
from django.utils.translation import gettext_lazy as _


class ServiceMode(models.TextChoices):
    NORMAL = "normal", _("everything")
    SUBMISSIONS_ONLY = "submissions_only", _("submissions only: no search, exports, previews or documents")
    READ_ONLY = "read_only", _("read-only: nothing can be changed")
