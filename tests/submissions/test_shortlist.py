"""The shortlist: who puts what on it, who is told when, and how it is taken back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from portal.core.errors import Conflict
from portal.core.models import AuditEntry
from portal.notifications.models import Outbox
from submissions import services
from submissions.models import Shortlisting, Submission
from tests.factories.submissions import SubmissionFactory, TeamMemberFactory, captain_of
from tests.factories.tracks import OrganizerFactory
from tests.submissions.shortlists import Shortlist, announced

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def desk():
    return Shortlist()


def keys(*entries):
    return [each.public_id for each in entries]


def test_all_that_were_chosen_are_on_it(desk):
    entries = [desk.entry(), desk.entry()]

    services.shortlist(keys(*entries), actor=desk.organizer)

    assert set(Shortlisting.objects.live().values_list("submission", flat=True)) == {each.pk for each in entries}


@pytest.mark.parametrize("status", ["submitted", "returned", "rejected", "withdrawn"])
def test_one_that_did_not_pass_keeps_all_off(desk, status):
    good, bad = desk.entry(), desk.entry(status="submitted" if status == "withdrawn" else status)
    Submission.objects.filter(pk=bad.pk).update(status=status)

    with pytest.raises(Conflict, match=bad.number):
        services.shortlist(keys(good, bad), actor=desk.organizer)

    assert not Shortlisting.objects.exists()


def test_nobody_shortlists_twice(desk):
    entry = desk.entry()
    services.shortlist(keys(entry), actor=desk.organizer)

    with pytest.raises(Conflict, match=entry.number):
        services.shortlist(keys(entry), actor=desk.organizer)


def test_at_most_a_hundred_at_once(desk):
    strangers = [Submission().public_id for _each in range(100)]

    with pytest.raises(ValidationError):
        services.shortlist([desk.entry().public_id, *strangers], actor=desk.organizer)


def test_nobody_shortlists_the_entry_of_their_own_team(desk):
    entry = desk.entry()
    TeamMemberFactory(team=entry.team, user=desk.organizer)

    with pytest.raises(ValidationError):
        services.shortlist(keys(entry), actor=desk.organizer)


def test_an_organizer_of_another_competition_finds_none(desk):
    with pytest.raises(ValidationError):
        services.shortlist(keys(desk.entry()), actor=OrganizerFactory().user)


def test_to_be_shortlisted_is_told_to_nobody(desk):
    entry = desk.entry()
    services.shortlist(keys(entry), actor=desk.organizer)

    assert not Outbox.objects.filter(kind__contains="shortlist").exists()


def test_the_team_finds_no_trace_before_it_is_announced(desk):
    entry = desk.entry()
    before = Submission.objects.values().get(pk=entry.pk)
    services.shortlist(keys(entry), actor=desk.organizer)
    captain = captain_of(entry.team)

    assert Submission.objects.values().get(pk=entry.pk) == before
    assert not Shortlisting.objects.visible_to(captain).exists()
    assert not AuditEntry.objects.visible_to(captain).filter(action="shortlist").exists()


def test_an_organizer_in_the_team_finds_none_either(desk):
    entry = desk.entry()
    services.shortlist(keys(entry), actor=desk.organizer)
    insider = OrganizerFactory(competition=desk.competition).user
    TeamMemberFactory(team=entry.team, user=insider)

    assert not Shortlisting.objects.visible_to(insider).exists()
    assert not AuditEntry.objects.visible_to(insider).filter(action="shortlist").exists()


def test_once_announced_each_member_gets_a_mail(desk):
    entry = desk.entry()
    announced(desk, entry)

    told = set(Outbox.objects.filter(kind="submissions.shortlisted").values_list("payload__user", flat=True))
    assert told == {captain_of(entry.team).pk}


def test_without_a_defence_it_takes_an_end(desk):
    entry = desk.entry()
    services.shortlist(keys(entry), actor=desk.organizer)
    desk.competition.stages.filter(kind="defence").delete()

    with pytest.raises(ValidationError, match="答辩"):
        services.announce_shortlist(keys(entry), actor=desk.organizer)


def test_it_is_announced_once(desk):
    entry = desk.entry()
    announced(desk, entry)

    with pytest.raises(Conflict, match=entry.number):
        services.announce_shortlist(keys(entry), actor=desk.organizer)


def test_the_end_follows_the_defence(desk):
    entry = desk.entry()
    announced(desk, entry)
    later = timezone.now() + timedelta(days=30)
    desk.competition.stages.filter(kind="defence").update(opens_at=later, closes_at=later + timedelta(days=1))

    assert Shortlisting.objects.with_end().get().ends_at == later


def test_another_end_is_told_with_its_reason(desk):
    entry = desk.entry()
    announced(desk, entry)
    end = timezone.now() + timedelta(days=2)

    services.move_shortlist_end(keys(entry), actor=desk.organizer, closes_at=end, reason="场地调整")

    assert Outbox.objects.get(kind="submissions.shortlist_end_moved").payload["reason"] == "场地调整"


def test_taking_it_back_takes_a_reason(desk):
    entry = desk.entry()
    services.shortlist(keys(entry), actor=desk.organizer)

    with pytest.raises(ValidationError):
        services.undo_shortlist(keys(entry), actor=desk.organizer, reason="  ")


def test_a_team_that_was_never_told_is_not_told_that_it_is_over(desk):
    entry = desk.entry()
    services.shortlist(keys(entry), actor=desk.organizer)
    services.undo_shortlist(keys(entry), actor=desk.organizer, reason="名额有误")

    captain = captain_of(entry.team)
    assert not Outbox.objects.filter(kind__contains="shortlist").exists()
    assert not AuditEntry.objects.visible_to(captain).filter(action__contains="shortlist").exists()


def test_a_team_that_was_told_is_told_why(desk):
    entry = desk.entry()
    announced(desk, entry)
    services.undo_shortlist(keys(entry), actor=desk.organizer, reason="名额有误")

    assert Outbox.objects.filter(kind="submissions.shortlist_undone").count() == 1


def test_what_was_taken_off_can_be_put_on_again(desk):
    entry = desk.entry()
    announced(desk, entry)
    services.undo_shortlist(keys(entry), actor=desk.organizer, reason="名额有误")
    services.shortlist(keys(entry), actor=desk.organizer)

    assert Shortlisting.objects.live().count() == 1


def test_screening_is_not_undone_under_a_shortlisted_entry(desk):
    entry = desk.entry()
    services.shortlist(keys(entry), actor=desk.organizer)

    with pytest.raises(Conflict, match="入围"):
        services.undo_screening(entry, actor=desk.organizer, reason="看错了")


def test_a_competitor_has_no_say(desk):
    entry, rival = desk.entry(), SubmissionFactory(eligible=True)

    with pytest.raises((ValidationError, PermissionDenied)):
        services.shortlist(keys(entry), actor=captain_of(rival.team))
