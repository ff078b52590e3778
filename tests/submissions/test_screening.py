import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from portal.core.errors import Conflict, TransitionNotAllowed
from portal.notifications.models import Outbox
from submissions import services
from submissions.models import Screening, Submission
from tests.factories.accounts import SiteAdminFactory, UserFactory
from tests.factories.submissions import SubmissionFactory, TeamMemberFactory, captain_of
from tests.factories.tracks import OrganizerFactory, TrackFactory
from tests.submissions.people import save, send_back, submit

pytestmark = [pytest.mark.django_db, pytest.mark.database]
REASON = "申报书第 3 页缺少盖章。"


@pytest.fixture
def entry():
    return SubmissionFactory(submitted=True)


@pytest.fixture
def organizer(entry):
    return OrganizerFactory(competition=entry.team.competition).user


def test_an_entry_that_passes_is_eligible(entry, organizer):
    services.pass_screening(entry, actor=organizer, version=1)

    assert Submission.objects.get().status == "eligible"


def test_an_entry_that_is_returned_may_be_mended_and_submitted_again(entry, organizer):
    send_back(entry, actor=organizer)
    save(entry, abstract="补正后的简述")

    assert (submit(entry).version.number, Submission.objects.get().status) == (2, "submitted")


def test_a_returned_entry_may_be_submitted_again_as_it_was(entry, organizer):
    send_back(entry, actor=organizer)

    assert submit(entry).version.number == 2


def test_a_rejected_entry_stays_rejected(entry, organizer):
    services.reject(entry, actor=organizer, version=1, reason=REASON)

    with pytest.raises(TransitionNotAllowed):
        services.pass_screening(entry, actor=organizer, version=1)


def test_the_decision_is_kept_with_the_version_it_is_about(entry, organizer):
    screening = send_back(entry, actor=organizer, reason=REASON)

    assert (screening.version.number, screening.outcome, screening.reason, screening.decided_by) == (
        1,
        "returned",
        REASON,
        organizer,
    )


@pytest.mark.parametrize("decide", [send_back, services.reject])
@pytest.mark.parametrize("reason", ["", " \n　", "\u200b \u2060"])
def test_a_team_is_never_turned_back_without_a_reason(entry, organizer, decide, reason):
    with pytest.raises(ValidationError) as caught:
        decide(entry, actor=organizer, version=1, reason=reason)

    assert list(caught.value.message_dict) == ["reason"]


def test_a_reason_may_not_be_endless(entry, organizer):
    with pytest.raises(ValidationError, match="1000"):
        services.reject(entry, actor=organizer, version=1, reason="长" * 1001)


def test_a_version_that_is_no_longer_the_latest_is_a_conflict(entry, organizer):
    save(entry, abstract="改")
    submit(entry)

    with pytest.raises(Conflict):
        services.pass_screening(entry, actor=organizer, version=1)


def test_two_decisions_about_one_version_are_a_conflict(entry, organizer):
    services.pass_screening(entry, actor=organizer, version=1)

    with pytest.raises(TransitionNotAllowed):
        services.reject(entry, actor=organizer, version=1, reason=REASON)
    assert Screening.objects.count() == 1


def test_the_organizer_of_the_track_decides(entry):
    actor = OrganizerFactory(competition=entry.team.competition, tracks=[entry.track]).user

    assert services.pass_screening(entry, actor=actor, version=1).decided_by == actor


def test_the_site_admin_decides(entry):
    assert services.pass_screening(entry, actor=SiteAdminFactory(), version=1).pk


@pytest.mark.parametrize("somebody", ["captain", "organizer of another track", "organizer elsewhere", "staff"])
def test_nobody_else_decides(entry, somebody):
    competition = entry.team.competition
    actor = {
        "captain": lambda: captain_of(entry.team),
        "organizer of another track": lambda: (
            OrganizerFactory(competition=competition, tracks=[TrackFactory(competition=competition)]).user
        ),
        "organizer elsewhere": lambda: OrganizerFactory().user,
        "staff": lambda: UserFactory(is_staff=True),
    }[somebody]()

    with pytest.raises(PermissionDenied):
        services.pass_screening(entry, actor=actor, version=1)


def test_nobody_decides_about_an_entry_of_their_own_team(entry, organizer):
    TeamMemberFactory(team=entry.team, user=organizer)

    with pytest.raises(PermissionDenied):
        services.pass_screening(entry, actor=organizer, version=1)


def test_each_member_is_told(entry, organizer):
    TeamMemberFactory(team=entry.team)

    screening = services.pass_screening(entry, actor=organizer, version=1)

    rows = Outbox.objects.filter(kind="submissions.screened")
    assert [row.payload["about"] for row in rows] == [screening.pk] * 2
