from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class StageKind(models.TextChoices):
    REGISTRATION = "registration", _("registration")
    SUBMISSION = "submission", pgettext_lazy("stage", "submission")
    SCREENING = "screening", _("screening")
    REVIEW = "review", _("expert review")
    DEFENCE = "defence", _("defence")
    PUBLICITY = "publicity", _("publicity")


class TopicStatus(models.TextChoices):
    OPEN = "open", _("open")
    WITHDRAWN = "withdrawn", _("withdrawn")
