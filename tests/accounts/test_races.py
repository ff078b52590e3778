"""Two things at the same moment around one account, each with a twin that loses without its lock."""

from functools import partial

import pytest
from django.db import connection

from judging.models import Assignment
from judging.services import assign_judges
from portal.accounts.enums import AgreementKind
from portal.accounts.models import Consent, DataExport, IdentityDocument, User
from portal.accounts.services import accept, exports, identity, people
from portal.accounts.services.closing import DutiesOpen, close_account
from portal.core.audit_check import verify
from portal.core.models import AuditEntry
from portal.notifications.models import Outbox
from submissions import keeper as submission_keeper
from submissions import services
from submissions.enums import SubmissionStatus
from submissions.models import Submission, SubmissionVersion, TeamMember
from submissions.services import teams
from tests.factories.accounts import AgreementFactory, SiteAdminFactory, UserFactory
from tests.factories.judging import JudgeFactory, RoundFactory
from tests.factories.submissions import InvitationFactory, SubmissionFactory, TeamFactory, TeamMemberFactory, captain_of
from tests.factories.tracks import CompetitionFactory, OrganizerFactory
from tests.race import race
from tests.submissions.people import complete_draft, submit
from tracks.models import Organizer

pytestmark = [pytest.mark.database, pytest.mark.django_db(transaction=True)]


def close(user):
    return partial(close_account, user, actor=user)


def failures(results):
    return [type(result).__name__ for result in results if isinstance(result, Exception)]


def test_two_requests_to_close_close_once():
    user = UserFactory()
    results = race([close(user)] * 3)

    lines = AuditEntry.objects.filter(action="close_account").count()
    assert (failures(results), lines, Outbox.objects.filter(key=f"account-closed:{user.pk}").count()) == ([], 1, 1)


def test_two_requests_for_a_copy_make_one():
    user = UserFactory()
    results = race([partial(exports.request_export, user, actor=user)] * 3)

    assert (set(results), Outbox.objects.count()) == ({DataExport.objects.get()}, 1)


@pytest.mark.parametrize("attempt", range(3))
def test_an_entry_is_submitted_or_the_account_closed_never_both(attempt):
    draft = complete_draft()
    captain = captain_of(draft.team)
    race([close(captain), partial(submit, draft)])

    draft.refresh_from_db()
    is_closed = User.objects.get(pk=captain.pk).closed_at is not None
    expected = SubmissionStatus.WITHDRAWN if is_closed else SubmissionStatus.SUBMITTED
    assert (draft.status, SubmissionVersion.objects.count()) == (expected, 0 if is_closed else 1)


def test_without_the_lock_both_happen(monkeypatch):
    """SQLite has one writer at a time, so there the order alone decides."""
    draft = complete_draft()
    captain = captain_of(draft.team)
    erase = submission_keeper._leave_teams

    def submits_between(user):
        # What a rival commits after our look and before our deed; the lock is what keeps it out.
        if connection.vendor == "postgresql":
            assert failures(race([partial(submit, draft)])) == []
        erase(user)

    monkeypatch.setattr(submission_keeper.SubmissionKeeper, "hold", lambda self, user: None)
    monkeypatch.setattr(submission_keeper, "_leave_teams", submits_between)
    close(captain)()

    draft.refresh_from_db()
    both = (draft.status, SubmissionVersion.objects.count())
    assert both == ((SubmissionStatus.SUBMITTED, 1) if connection.vendor == "postgresql" else ("withdrawn", 0))


@pytest.mark.parametrize("attempt", range(3))
def test_nobody_joins_a_team_with_an_account_that_is_closed(attempt):
    invitation = InvitationFactory(email=(user := UserFactory()).email)
    race([close(user), partial(services.accept_invitation, invitation, actor=user)])

    closed = User.objects.get(pk=user.pk).closed_at is not None
    assert (closed, TeamMember.objects.filter(user=user).exists()) == (True, False)


def found(competition, user):
    return services.found_team(
        competition,
        actor=user,
        name="山洪预警队",
        organization_code="91510100MA6C0DEM0Q",
        organization_name="锦江数据科技有限公司",
        organization_kind="company",
    )


@pytest.mark.parametrize("attempt", range(3))
def test_nobody_founds_a_team_with_an_account_that_is_closed(attempt):
    competition, user = CompetitionFactory(open=True), UserFactory()
    race([close(user), partial(found, competition, user)])

    closed = User.objects.get(pk=user.pk).closed_at is not None
    assert (closed, TeamMember.objects.filter(user=user).exists()) == (True, False)


def test_without_the_lock_a_team_is_founded_by_somebody_who_is_gone(monkeypatch):
    competition, user = CompetitionFactory(open=True), UserFactory()

    def closes_between(person):
        # On SQLite the transaction that founds the team is alone from its beginning.
        if connection.vendor == "postgresql":
            assert failures(race([close(user)])) == []
        return person

    monkeypatch.setattr(teams, "lock_person", closes_between)
    found(competition, user)

    is_closed = User.objects.get(pk=user.pk).closed_at is not None
    assert (is_closed, TeamMember.objects.filter(user=user).exists()) == (connection.vendor == "postgresql", True)


@pytest.mark.parametrize("attempt", range(3))
def test_a_judge_gets_no_work_that_they_have_left_behind(attempt):
    round_ = RoundFactory(judges_per_submission=1)
    SubmissionFactory(team__competition=round_.competition, eligible=True)
    judge = JudgeFactory(competition=round_.competition)
    race([close(judge.user), partial(assign_judges, round_, actor=None)])

    closed = User.objects.get(pk=judge.user_id).closed_at is not None
    assert Assignment.objects.count() == (0 if closed else 1)


def test_of_two_organizers_who_leave_at_once_one_stays():
    competition = CompetitionFactory(open=True)
    roles = [OrganizerFactory(competition=competition) for _each in range(2)]
    results = race([close(role.user) for role in roles])

    assert (failures(results), Organizer.objects.count()) == ([DutiesOpen.__name__], 1)


def test_of_two_site_admins_who_leave_at_once_one_stays():
    admins = SiteAdminFactory.create_batch(2)
    results = race([close(admin) for admin in admins])

    assert (failures(results), User.objects.filter(is_superuser=True).count()) == ([DutiesOpen.__name__], 1)


def test_a_captain_hands_over_while_the_heir_leaves():
    member = TeamMemberFactory()
    captain = captain_of(member.team)
    offer = services.offer_team(member.team, actor=captain, to=member)
    race([close(member.user), partial(services.accept_team, offer, actor=member.user)])

    heir_is_gone = User.objects.get(pk=member.user_id).closed_at is not None
    assert captain_of(member.team) == (captain if heir_is_gone else member.user)


def test_a_copy_made_while_a_member_is_removed_holds_all_of_the_team_or_nothing(monkeypatch):
    """Either way without an error, and never with what somebody else has written since."""
    member = TeamMemberFactory()
    SubmissionFactory(team=member.team, title="之前的题目")
    export = exports.request_export(member.user, actor=member.user)

    def remove():
        TeamMember.objects.filter(pk=member.pk).delete()
        Submission.objects.update(title="之后的题目")

    results = race([partial(exports.make_export, export.pk), remove])
    export.refresh_from_db()
    with exports.default_storage.open(export.path) as content, exports.ZipFile(content) as copy:
        text = copy.read("entries.json").decode()

    assert (failures(results), "之后的题目" in text) == ([], False)


def test_a_copy_that_is_made_while_the_account_closes_is_offered_to_nobody():
    user = UserFactory()
    export = exports.request_export(user, actor=user)
    race([partial(exports.make_export, export.pk), close(user)])
    exports.sweep_exports()

    export.refresh_from_db()
    assert (export.status, exports.default_storage.exists(export.path)) == ("expired", False)


def test_accepting_in_two_windows_is_one_consent():
    text, user = AgreementFactory(), UserFactory()
    results = race([partial(accept, user, [text])] * 3)

    assert (failures(results), Consent.objects.count()) == ([], 1)


def test_numbers_entered_in_two_windows_are_one_document():
    AgreementFactory(series__kind=AgreementKind.DOCUMENT_NUMBER)
    user = TeamMemberFactory(team=TeamFactory(competition__asks_document_number=True)).user
    deeds = [
        partial(identity.save_document, user, actor=user, kind="passport", number=f"E1234567{n}", notice_version=1)
        for n in range(3)
    ]

    assert (failures(race(deeds)), IdentityDocument.objects.count()) == ([], 1)


def test_profiles_written_while_the_account_closes_leave_nothing_behind():
    user = UserFactory()
    write = partial(people.change_profile, user, actor=user, full_name="金丝雀", phone="13812341234", affiliation="")
    race([close(user), write])

    assert User.objects.filter(pk=user.pk).values_list("full_name", "phone").get() == ("已注销用户", "")


def test_closings_side_by_side_leave_chains_that_hold():
    members = [TeamMemberFactory() for _each in range(3)]
    results = race([close(member.user) for member in members])

    assert (failures(results), list(verify())) == ([], [])
