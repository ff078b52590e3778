from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from submissions.enums import RosterChange, RosterRequestStatus
from submissions.models.teams import DUTY_LIMIT, Team
from submissions.team_querysets import RosterRequestQuerySet

# Of a reason, an objection and an answer.
WORDS_LIMIT = 500
OPEN = Q(status__in=[RosterRequestStatus.ASKED, RosterRequestStatus.AWAITING])
DECIDED = Q(status__in=[RosterRequestStatus.APPROVED, RosterRequestStatus.REFUSED])


class RosterRequest(models.Model):
    """A change of a locked roster: asked for by the captain, agreed to by whom it concerns, decided by the organizers.

    What was asked for stays on record whatever becomes of it.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    team = models.ForeignKey(Team, on_delete=models.PROTECT, related_name="roster_requests", verbose_name=_("team"))
    change = models.CharField(_("change"), max_length=20, choices=RosterChange)
    # Whom it concerns; of somebody new empty until they agree, and ``email`` says who is asked.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("person")
    )
    email = models.EmailField(_("e-mail"), max_length=254, blank=True)
    duty = models.CharField(_("duty"), max_length=DUTY_LIMIT, blank=True)
    place = models.PositiveSmallIntegerField(_("place in the list"), null=True)
    reason = models.TextField(_("reason"), max_length=WORDS_LIMIT)
    status = models.CharField(
        _("state"), max_length=20, choices=RosterRequestStatus, default=RosterRequestStatus.AWAITING
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("requested by")
    )
    requested_at = models.DateTimeField(_("requested at"))
    agreed_at = models.DateTimeField(_("agreed at"), null=True)
    objection = models.TextField(_("objection"), max_length=WORDS_LIMIT, blank=True)
    objected_at = models.DateTimeField(_("objected at"), null=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+", verbose_name=_("decided by")
    )
    answer = models.TextField(_("answer"), max_length=WORDS_LIMIT, blank=True)
    settled_at = models.DateTimeField(_("settled at"), null=True)

    objects = RosterRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request to change the roster")
        verbose_name_plural = _("requests to change the roster")
        indexes = [models.Index(fields=["team", "requested_at"], name="roster_request_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "person"],
                condition=OPEN & Q(person__isnull=False),
                name="roster_request_open_once_per_person",
            ),
            models.UniqueConstraint(
                "team", Lower("email"), condition=OPEN & ~Q(email=""), name="roster_request_open_once_per_address"
            ),
            models.UniqueConstraint(
                fields=["team"],
                condition=OPEN & Q(change=RosterChange.CAPTAIN),
                name="roster_request_one_captain_at_a_time",
            ),
            models.CheckConstraint(condition=Q(change__in=RosterChange.values), name="roster_request_change_known"),
            models.CheckConstraint(
                condition=Q(status__in=RosterRequestStatus.values), name="roster_request_status_known"
            ),
            models.CheckConstraint(
                condition=OPEN & Q(settled_at__isnull=True) | ~OPEN & Q(settled_at__isnull=False),
                name="roster_request_is_open_or_settled",
            ),
            models.CheckConstraint(
                condition=DECIDED | Q(decided_by__isnull=True), name="roster_request_decided_by_who_decides"
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | ~Q(email=""), name="roster_request_is_about_somebody"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="roster_request_has_its_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.get_change_display()} · {self.team}"

    def get_absolute_url(self) -> str:
        return reverse("submissions:roster_request", args=[self.public_id])

    @property
    def audit_scope(self) -> str:
        return self.team.audit_scope

    @property
    def is_open(self) -> bool:
        return self.status in {RosterRequestStatus.ASKED, RosterRequestStatus.AWAITING}

    @property
    def asks_consent(self) -> bool:
        """Nobody joins or leads a team who has not agreed to it."""
        return self.change in {RosterChange.ADD, RosterChange.CAPTAIN}

    def summary(self, who: str) -> str:
        words = {
            RosterChange.ADD: _("Add %(who)s to the team"),
            RosterChange.REMOVE: _("Take %(who)s out of the team"),
            RosterChange.EDIT: _("Change what %(who)s does or where they stand"),
            RosterChange.CAPTAIN: _("Make %(who)s the captain"),
        }
        return str(words[RosterChange(self.change)] % {"who": who})
