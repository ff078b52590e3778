from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class AgreementKind(models.TextChoices):
    PRIVACY_NOTICE = "privacy_notice", _("privacy notice")
    USER_AGREEMENT = "user_agreement", _("user agreement")
    DOCUMENT_NUMBER = "document_number", _("notice on document numbers")
    PLEDGE = "pledge", _("pledge")


class DocumentKind(models.TextChoices):
    RESIDENT_ID = "resident_id", _("resident identity card")
    PASSPORT = "passport", _("passport")
    HONG_KONG_MACAO = "hong_kong_macao", _("mainland travel permit for Hong Kong and Macao residents")
    TAIWAN = "taiwan", _("mainland travel permit for Taiwan residents")
    FOREIGNER = "foreigner", _("permanent residence card for foreigners")


class ExportStatus(models.TextChoices):
    REQUESTED = "requested", pgettext_lazy("export", "being made")
    READY = "ready", pgettext_lazy("export", "ready")
    EXPIRED = "expired", pgettext_lazy("export", "expired")
    FAILED = "failed", pgettext_lazy("export", "could not be made")
