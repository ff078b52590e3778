"""What people do to the outbox, in the words of the audit trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.core.deeds import describe

describe({"notifications.outbox.revive": _("gave an outgoing item another try")})
