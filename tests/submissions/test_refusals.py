"""Every service of this app refuses whoever is in another team and runs another competition."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from submissions import services
from submissions.enums import Edition, OrganizationKind, RenditionKind, RosterChange
from submissions.models import EntryForm, NearPair, TeamOrganization
from submissions.services import Wanted
from tests.factories.files import pdf
from tests.factories.submissions import (
    CommentFactory,
    ExtensionFactory,
    HandOverFactory,
    InvitationFactory,
    LateAttemptFactory,
    OrganizationFactory,
    RegisteredFileFactory,
    RosterRequestFactory,
    SubmissionFactory,
    TeamFactory,
    TeamMemberFactory,
    credit_code,
)
from tests.factories.tracks import OrganizerFactory
from tests.refusing import call, services_of
from tracks.enums import StageKind

pytestmark = pytest.mark.django_db
OPENED = {"sections": ["abstract"], "slots": [], "sha256": "0" * 64}


@pytest.fixture
def given():
    entry = SubmissionFactory(submitted=True)
    team, now = entry.team, timezone.now()
    member = TeamMemberFactory(team=team)
    return {
        "competition": team.competition,
        "track": entry.track,
        "topic": entry.topic,
        "team": team,
        "entry": entry,
        "submission": entry,
        "member": member,
        "to": member,
        "offer": HandOverFactory(team=team, offered_to=member.user),
        "request": RosterRequestFactory(team=team, person=member.user),
        "wanted": Wanted(RosterChange.REMOVE, member=member),
        "attempt": LateAttemptFactory(submission=entry),
        "row": RegisteredFileFactory(submission=entry),
        "pair": _pair(entry),
        "versions": "1-1",
        **OPENED,
        "organization": team.organization,
        "double": OrganizationFactory(),
        "kept": team.organization,
        "comment": CommentFactory(submission=entry),
        "extension": ExtensionFactory(team=team),
        "attachment": entry.attachments.first(),
        "form": EntryForm.objects.create(competition=team.competition),
        "invitation": InvitationFactory(team=team),
        "partner": TeamOrganization.objects.create(team=team, organization=OrganizationFactory()),
        "upload": SimpleUploadedFile("计划.pdf", pdf("计划")),
        "closes_at": now + timedelta(days=9),
        "expected_version": entry.draft_version,
        "now": now,
        "kind": StageKind.SUBMISSION,
        "edition": Edition.TEAM,
        "code": credit_code(77),
        "slot": "proposal",
        "section": "abstract",
        "key": "abstract",
        "email": "somebody@example.com",
        "revision": 1,
        "number": 1,
        "version": 1,
        "size": 10,
        "up": True,
        "is_contact": False,
        **dict.fromkeys(("name", "title", "text", "value", "reason", "duty", "answer", "purpose"), "另一个"),
        **dict.fromkeys(("introduction", "strengths", "contact_name"), "另一个"),
    }


def _pair(entry):
    """It resembles another one of the same track."""
    other = SubmissionFactory(submitted=True, team__competition=entry.team.competition, topic=entry.topic)
    versions = {"first_version": entry.versions.last(), "second_version": other.versions.last()}
    return NearPair.objects.create(
        first=entry, second=other, **versions, score=80, text=80, passages=[], found_at=timezone.now()
    )


def stranger():
    """Who could do all of it elsewhere."""
    organizer = OrganizerFactory()
    TeamFactory(captain=organizer.user)
    return organizer.user


KINDS = {"add_partner": OrganizationKind.COMPANY, "request_rendition": RenditionKind.PDF}
# Anybody may found a team. An upload is its sender's, a revision isn't there for others, forms are copied by those who
# clone the competition: other tests tell. What came too late is put aside by the services that found out. Who
# decides about many entries, or asks for the next one, never has one that isn't theirs.
ELSEWHERE = {
    *("found_team", "finish_upload", "take_chunk", "give_up", "clone_forms", "set_up_form"),
    *("restore_revision", "keep_unsent", "decide_many", "take_next"),
    *("shortlist", "announce_shortlist", "move_shortlist_end", "undo_shortlist"),
}


@pytest.mark.parametrize("name", services_of(services, *ELSEWHERE))
def test_who_has_no_part_in_it_is_refused(given, name):
    given["kind"] = KINDS.get(name, given["kind"])
    with pytest.raises(PermissionDenied):
        call(getattr(services, name), given, actor=stranger())


@pytest.mark.parametrize(
    "name", ["invite", "revoke_invitation", "add_partner", "remove_partner", "offer_team", "request_change", "submit"]
)
def test_what_is_the_captains_is_no_other_members(given, name):
    given["kind"] = KINDS.get(name, given["kind"])
    with pytest.raises(PermissionDenied):
        call(getattr(services, name), given, actor=given["member"].user)
