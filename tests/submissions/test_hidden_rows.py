"""Who is given rows that hang on more than one condition: each test takes a person that only one of them keeps out."""

from __future__ import annotations

import pytest
from django.utils import timezone

from submissions.enums import InspectionState
from submissions.models import (
    Answer,
    Attachment,
    Inspection,
    LateAttempt,
    Organization,
    RegisteredFile,
    RosterRequest,
    Submission,
    Upload,
)
from tests.factories.accounts import UserFactory
from tests.factories.submissions import (
    AttachmentFactory,
    LateAttemptFactory,
    OrganizationFactory,
    RegisteredFileFactory,
    RosterRequestFactory,
    SubmissionFactory,
    TeamFactory,
    TeamMemberFactory,
    captain_of,
)
from tests.factories.tracks import OrganizerFactory, TrackFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    return SubmissionFactory(submitted=True)


@pytest.fixture
def organizer(entry):
    """Runs the competition, and is in a team elsewhere."""
    user = OrganizerFactory(competition=entry.team.competition).user
    TeamFactory(captain=user)
    return user


def stranger():
    """In a team, and an organizer, both elsewhere."""
    user = OrganizerFactory().user
    TeamFactory(captain=user)
    return user


def seen(manager, user, method="visible_to"):
    return set(getattr(manager.all(), method)(user))


class TestRegisteredFiles:
    def test_one_that_nothing_submitted_counts_on_is_not_for_organizers(self, entry, organizer):
        row = RegisteredFileFactory(submission=entry)

        assert (seen(RegisteredFile.objects, organizer), seen(RegisteredFile.objects, captain_of(entry.team))) == (
            set(),
            {row},
        )

    def test_one_that_a_version_counts_on_is_for_organizers_of_its_track_alone(self, entry, organizer):
        row = RegisteredFileFactory(submission=entry)
        row.versions.add(entry.versions.get())

        assert (seen(RegisteredFile.objects, organizer), seen(RegisteredFile.objects, stranger())) == ({row}, set())

    def test_another_one_of_the_same_version_does_not_open_it(self, entry, organizer):
        counted, other = RegisteredFileFactory(submission=entry), RegisteredFileFactory(submission=entry, slot="seal")
        counted.versions.add(entry.versions.get())

        assert other not in seen(RegisteredFile.objects, organizer)


class TestFiles:
    def test_what_came_too_late_is_for_organizers_of_its_track_alone(self):
        late = LateAttemptFactory(submission=AttachmentFactory().submission)
        file, track = late.attachments.get(), late.submission.track
        own = OrganizerFactory(competition=track.competition, tracks=[track]).user
        other = OrganizerFactory(
            competition=track.competition, tracks=[TrackFactory(competition=track.competition)]
        ).user

        assert [seen(Attachment.objects, user) for user in (own, other, stranger())] == [{file}, set(), set()]

    def test_what_lies_in_the_draft_is_not_handed_in_with_another_file(self, entry, organizer):
        draft = AttachmentFactory(submission=entry, slot="evidence")
        LateAttemptFactory(submission=entry, attachments=[entry.attachments.exclude(pk=draft.pk).get()])

        assert draft not in seen(Attachment.objects, organizer)

    def test_a_report_is_as_visible_as_its_file(self, entry, organizer):
        report = Inspection.objects.create(
            file=entry.attachments.get().file, kind="pdf", state=InspectionState.CLEAR, inspected_at=timezone.now()
        )

        people = (captain_of(entry.team), organizer, stranger(), captain_of(SubmissionFactory().team))
        assert [report in seen(Inspection.objects, user) for user in people] == [True, True, False, False]

    def test_an_upload_takes_its_next_piece_from_whoever_began_it_while_they_are_in_the_team(self, entry):
        member = TeamMemberFactory(team=entry.team)
        now = timezone.now()
        upload = Upload.objects.create(
            submission=entry,
            user=member.user,
            slot="proposal",
            name="计划.pdf",
            size=10,
            created_at=now,
            expires_at=now,
        )
        people = (member.user, captain_of(entry.team))
        given = [seen(Upload.objects, user, "for_chunk") for user in people]
        member.delete()

        assert (given, seen(Upload.objects, member.user, "for_chunk")) == ([{upload}, set()], set())


class TestDrafts:
    def test_what_it_says_is_its_teams_alone(self, entry, organizer):
        title = entry.answers.get(key="title")

        people = (captain_of(entry.team), organizer, stranger(), UserFactory())
        assert [title in seen(Answer.objects, user) for user in people] == [True, False, False, False]

    def test_only_members_are_given_their_entry_to_write(self, entry, organizer):
        member = TeamMemberFactory(team=entry.team).user
        given = [seen(Submission.objects, user, "for_writing") for user in (member, organizer, stranger())]
        member.is_active = False

        assert (given, seen(Submission.objects, member, "for_writing")) == ([{entry}, set(), set()], set())


class TestTeams:
    def test_a_double_is_seen_with_the_organization_that_it_was_merged_into(self):
        team = TeamFactory()
        partner = OrganizationFactory()
        team.partners.create(organization=partner)
        doubles = {OrganizationFactory(merged_into=kept) for kept in (team.organization, partner)}

        shown = [seen(Organization.objects, user) & doubles for user in (captain_of(team), stranger())]
        assert shown == [doubles, set()]

    def test_a_request_of_a_team_without_an_entry_is_for_who_runs_the_whole_competition(self):
        request = RosterRequestFactory()
        competition = request.team.competition
        whole = OrganizerFactory(competition=competition).user
        part = OrganizerFactory(competition=competition, tracks=[TrackFactory(competition=competition)]).user

        people = (whole, part, stranger())
        assert [seen(RosterRequest.objects, user, "organized_by") for user in people] == [{request}, set(), set()]

    def test_a_late_attempt_is_no_other_teams(self, entry):
        late = LateAttemptFactory(submission=entry)
        assert late not in seen(LateAttempt.objects, captain_of(SubmissionFactory(submitted=True).team))
