"""Who takes part in a competition, for those who run it: teams and judges, and who has given the pledge.

A fixed number of queries a page, however many people there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from judging.models import Judge
from portal.accounts.models import Agreement, Consent, IdentityDocument, User
from portal.accounts.services import current_of, identity
from portal.core import audit
from portal.core.errors import Conflict
from portal.core.permissions import require
from portal.core.templatetags.ui import iso
from submissions.models import TeamMember
from tracks.models import Competition, Pledge
from tracks.names import by_pinyin
from tracks.rules import is_organizer

PAGE = 50


class Part(NamedTuple):
    """What somebody is in the competition, and the page of the team they are in."""

    text: str
    url: str = ""


@dataclass
class Participant:
    user: User
    parts: list[Part] = field(default_factory=list)
    given: Consent | None = None


def participants(competition: Competition) -> QuerySet[User]:
    """Members of its teams and its judges; nobody else is an organizer's business."""
    member = TeamMember.objects.filter(team__competition=competition, user=OuterRef("pk"))
    judge = Judge.objects.filter(competition=competition, user=OuterRef("pk"))
    return User.objects.filter(Exists(member) | Exists(judge))


def found_by(people: QuerySet[User], competition: Competition, words: str) -> QuerySet[User]:
    """By what the list shows of them, but for the number that it masks."""
    teams = TeamMember.objects.filter(team__competition=competition, team__name__icontains=words, user=OuterRef("pk"))
    named = Q(full_name__icontains=words) | Q(email__icontains=words) | Q(affiliation__icontains=words)
    return people.filter(named | Exists(teams))


def without_pledge(people: QuerySet[User], pledge: Agreement) -> QuerySet[User]:
    return people.exclude(Exists(Consent.objects.live().filter(user=OuterRef("pk"), agreement=pledge)))


def in_order(people: QuerySet[User]) -> list[int]:
    """Their ids by pinyin."""
    names = people.values_list("pk", "full_name")
    return [pk for pk, _name in sorted(names, key=lambda row: (by_pinyin(row[1]), row[0]))]


def described(competition: Competition, ids: Sequence[int], pledge: Agreement | None) -> list[Participant]:
    """The people with these ids, in this order: what they are here, and which version of the pledge they gave."""
    users = User.objects.in_bulk(ids)
    rows = {pk: Participant(users[pk]) for pk in ids if pk in users}
    members = TeamMember.objects.filter(team__competition=competition, user__in=rows).select_related("team")
    for member in members.order_by("pk"):
        rows[member.user_id].parts.append(
            Part(f"{member.team} · {member.get_role_display()}", member.team.get_absolute_url())
        )
    for judge in Judge.objects.filter(competition=competition, user__in=rows):
        rows[judge.user_id].parts.append(Part(_("judge") if judge.is_active else _("judge, no longer active")))
    for user, consent in _given(rows, pledge).items():
        rows[user].given = consent
    return list(rows.values())


def _given(rows: dict[int, Participant], pledge: Agreement | None) -> dict[int, Consent]:
    """The newest version that each has accepted."""
    if pledge is None:
        return {}
    consents = Consent.objects.live().filter(user__in=rows, agreement__series=pledge.series_id)
    return {each.user_id: each for each in consents.select_related("agreement").order_by("agreement__version")}


def pledge_of(competition: Competition) -> Agreement | None:
    kept = Pledge.objects.filter(competition=competition).select_related("series").first()
    return current_of(kept.series) if kept else None


def export_rows(competition: Competition, *, actor: Any) -> Iterator[list[Any]]:
    """Everybody, for a list that leaves; that it was taken is in the audit trail. Phone numbers leave masked."""
    require(is_organizer, actor, competition)
    pledge, ids = pledge_of(competition), in_order(participants(competition))
    scope = audit.reading_scope(competition)
    audit.record("export_people", competition, actor=actor, after={"count": len(ids)}, scope=scope)
    return _rows(competition, ids, pledge)


def _rows(competition: Competition, ids: Sequence[int], pledge: Agreement | None) -> Iterator[list[Any]]:
    for start in range(0, len(ids), PAGE):
        for each in described(competition, ids[start : start + PAGE], pledge):
            given = [each.given.agreement.version, iso(each.given.accepted_at)] if each.given else ["", ""]
            user = each.user
            parts = "；".join(part.text for part in each.parts)
            yield [user.full_name, user.email, parts, user.affiliation, user.masked_phone, *given]


@dataclass
class Private:
    """What of a person an organizer sees masked, and may read whole when they say what for."""

    user: User
    document: IdentityDocument | None
    is_own: bool

    @property
    def masked_number(self) -> str:
        return identity.masked(self.document) if self.document else ""


def private(competition: Competition, user: User, *, actor: Any) -> Private:
    return Private(user, _document(competition, user), _is_close(competition, user, actor=actor))


@transaction.atomic
def read_private(competition: Competition, user: User, *, actor: Any, what: str, purpose: str) -> str:
    """The whole phone or document number; the line it leaves says who, whose and what for, and never the number."""
    require(is_organizer, actor, competition)
    if _is_close(competition, user, actor=actor):
        raise PermissionDenied(_("You are in a team with this person; another organizer has to look."))
    if what == "phone" and user.phone:
        return identity.read_phone(user, actor=actor, purpose=purpose, about=competition)
    document = _document(competition, user)
    if what != "number" or document is None:
        raise Conflict(_("There is nothing to read."))
    return identity.read_number(document, actor=actor, purpose=purpose, about=competition)


def _document(competition: Competition, user: User) -> IdentityDocument | None:
    """Kept for this competition: it asks for it, and the person is in one of its teams."""
    is_member = TeamMember.objects.filter(team__competition=competition, user=user).exists()
    if not competition.asks_document_number or not is_member:
        return None
    return IdentityDocument.objects.filter(user=user).select_related("user").first()


def _is_close(competition: Competition, user: User, *, actor: Any) -> bool:
    """Of the same team: nobody looks into the papers of those they compete with side by side."""
    own = TeamMember.objects.filter(team__competition=competition, user_id=actor.pk).values("team")
    return TeamMember.objects.filter(team__in=own, user=user).exclude(user_id=actor.pk).exists()
