"""Who sees which row. Each role of the house against each kind of row and each state of an entry."""

import pytest
from django.contrib.auth.models import AnonymousUser

from submissions import services
from submissions.models import Attachment, Invitation, Organization, Receipt, Submission, SubmissionVersion, Team
from tests.factories.accounts import SiteAdminFactory, UserFactory
from tests.factories.submissions import (
    AttachmentFactory,
    InvitationFactory,
    SubmissionFactory,
    TeamFactory,
    TeamMemberFactory,
    captain_of,
)
from tests.factories.tracks import OrganizerFactory, TrackFactory

pytestmark = [pytest.mark.django_db, pytest.mark.database]
STATES = ["draft", "submitted", "returned", "eligible", "rejected"]
TEAM, RUNNING = {"TM", "TC"}, {"OR", "TO in"}


@pytest.fixture
def people():
    """One of each role, by its name in the matrix, made for an entry."""

    def made(entry):
        competition = entry.team.competition
        return {
            "An": AnonymousUser(),
            "TM": TeamMemberFactory(team=entry.team).user,
            "TC": captain_of(entry.team),
            "OT": captain_of(TeamFactory(competition=competition)),
            "OR": OrganizerFactory(competition=competition).user,
            "TO in": OrganizerFactory(competition=competition, tracks=[entry.track]).user,
            "TO out": OrganizerFactory(competition=competition, tracks=[TrackFactory(competition=competition)]).user,
            "OR elsewhere": OrganizerFactory().user,
            "staff": UserFactory(is_staff=True),
            "SU": SiteAdminFactory(),
        }

    return made


def entry_in(state):
    return SubmissionFactory(**({} if state == "draft" else {state: True}))


def seen_by(people, queryset, row):
    return {name for name, person in people.items() if queryset.visible_to(person).filter(pk=row.pk).exists()}


@pytest.mark.parametrize("state", STATES)
def test_an_entry_is_seen_by_its_team_and_once_submitted_by_its_organizers(people, state):
    entry = entry_in(state)

    expected = TEAM | {"SU"} | (set() if state == "draft" else RUNNING)
    assert seen_by(people(entry), Submission.objects, entry) == expected


def test_a_draft_that_was_withdrawn_stays_the_teams_own(people):
    entry = SubmissionFactory()
    services.withdraw(entry, actor=captain_of(entry.team))

    assert seen_by(people(entry), Submission.objects, entry) == TEAM | {"SU"}


@pytest.mark.parametrize("model", [SubmissionVersion, Receipt, Attachment])
def test_what_was_submitted_is_seen_with_its_entry(people, model):
    entry = SubmissionFactory(submitted=True)

    assert seen_by(people(entry), model.objects, model.objects.get()) == TEAM | RUNNING | {"SU"}


def test_a_file_that_was_not_submitted_is_not_for_organizers(people):
    entry = SubmissionFactory(submitted=True)
    entry.attachments.update(replaced_at=entry.created_at)
    unsent = AttachmentFactory(submission=entry)

    assert seen_by(people(entry), Attachment.objects, unsent) == TEAM | {"SU"}


def test_a_team_is_seen_by_its_members_and_its_organizers(people):
    entry = SubmissionFactory(submitted=True)

    assert seen_by(people(entry), Team.objects, entry.team) == TEAM | RUNNING | {"SU"}


def test_a_team_without_entries_is_not_seen_by_organizers_of_a_track(people):
    entry = SubmissionFactory()

    assert seen_by(people(entry), Team.objects, entry.team) == TEAM | {"OR", "SU"}


def test_an_organization_is_seen_by_its_teams_and_their_organizers(people):
    entry = SubmissionFactory(submitted=True)

    assert seen_by(people(entry), Organization.objects, entry.team.organization) == TEAM | RUNNING | {"SU"}


def test_an_invitation_is_seen_by_the_team_and_by_whom_it_invites(people):
    entry = SubmissionFactory(submitted=True)
    everybody = people(entry)
    invitation = InvitationFactory(team=entry.team, email=everybody["OT"].email.upper())

    assert seen_by(everybody, Invitation.objects, invitation) == TEAM | {"OT", "SU"}


def test_whoever_leaves_the_team_sees_its_entry_no_more():
    entry = SubmissionFactory()
    member = TeamMemberFactory(team=entry.team)
    member.delete()

    assert not Submission.objects.visible_to(member.user).exists()


def test_whoever_loses_the_role_sees_the_entries_no_more():
    entry = SubmissionFactory(submitted=True)
    role = OrganizerFactory(competition=entry.team.competition)
    role.delete()

    assert not Submission.objects.visible_to(role.user).exists()


def test_a_disabled_organizer_sees_nothing():
    entry = SubmissionFactory(submitted=True)
    role = OrganizerFactory(competition=entry.team.competition, user__is_active=False)

    assert not Submission.objects.visible_to(role.user).exists()
