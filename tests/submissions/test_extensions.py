"""More time for one team: granted with a reason, told, kept on record."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone

from portal.core.errors import Conflict
from portal.core.models import AuditEntry
from portal.core.templatetags.ui import deadline
from portal.notifications import relay
from submissions.models import Extension
from submissions.services import grant_extension, revoke_extension
from tests.factories.accounts import UserFactory
from tests.factories.submissions import ExtensionFactory, TeamFactory, TeamMemberFactory, captain_of
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TrackFactory
from tracks.enums import StageKind

pytestmark = pytest.mark.django_db
KIND = StageKind.SUBMISSION
REASON = "汛期救灾，申报人在一线"
MISTAKE = "误填了另一团队的延期"


@pytest.fixture
def team():
    return TeamFactory(competition=CompetitionFactory(open=True))


@pytest.fixture
def organizer(team):
    return OrganizerFactory(competition=team.competition).user


@pytest.fixture
def later(team):
    return team.competition.stages.get(kind=KIND).closes_at + timedelta(days=2)


def grant(team, actor, closes_at, **changes):
    return grant_extension(team, actor=actor, **{"kind": KIND, "closes_at": closes_at, "reason": REASON, **changes})


def revoke(extension, actor, reason=MISTAKE):
    return revoke_extension(extension, actor=actor, reason=reason)


def test_it_keeps_who_granted_it_and_why(team, organizer, later):
    granted = grant(team, organizer, later)

    assert (granted.granted_by, granted.reason, granted.closes_at) == (organizer, REASON, later)


def test_it_leaves_a_line_with_the_reason(team, organizer, later):
    grant(team, organizer, later)

    line = AuditEntry.objects.get(action="grant_extension")
    assert (line.reason, line.after) == (REASON, {"team": team.pk, "kind": KIND, "closes_at": later.isoformat()})


def test_each_member_is_told_by_mail(team, organizer, later):
    TeamMemberFactory(team=team)
    grant(team, organizer, later)
    relay.drain()

    assert sorted(each.to[0] for each in mail.outbox) == sorted(member.user.email for member in team.members.all())
    assert REASON in mail.outbox[0].body


def letters():
    relay.drain()
    return [letter.subject for letter in mail.outbox]


def test_of_one_that_was_revoked_at_once_only_that_is_told(team, organizer, later):
    revoke(grant(team, organizer, later), organizer)

    assert letters() == ["延期已撤销：作品提交"]


def test_revoking_is_told_to_each_member_with_its_reason(team, organizer, later):
    TeamMemberFactory(team=team)
    revoke(ExtensionFactory(team=team, closes_at=later), organizer)

    assert len(letters()) == 2
    ends = [str(deadline(team.competition.stages.get(kind=KIND).closes_at)), str(deadline(later))]
    assert [word in mail.outbox[0].body for word in (MISTAKE, *ends)] == [True, True, True]


def test_whoever_was_given_time_anew_reads_of_that_alone(team, organizer, later):
    revoke(grant(team, organizer, later), organizer)
    grant(team, organizer, later)

    assert ["延期已撤销" in subject for subject in letters()] == [False]


def test_revoking_leaves_a_line_with_the_reason(team, organizer, later):
    revoke(ExtensionFactory(team=team, closes_at=later), organizer)

    assert AuditEntry.objects.get(action="revoke_extension").reason == MISTAKE


def test_a_second_one_takes_the_place_of_the_first(team, organizer, later):
    first = grant(team, organizer, later)
    second = grant(team, organizer, later + timedelta(days=1))

    first.refresh_from_db()
    assert (first.revoked_at is None, list(team.extensions.live())) == (False, [second])


def test_each_stage_has_its_own(team, organizer, later):
    for kind in (KIND, StageKind.REGISTRATION):
        grant(team, organizer, later, kind=kind)

    assert team.extensions.live().count() == 2


def test_revoking_gives_the_stages_own_end_back(team, organizer, later):
    revoked = revoke(grant(team, organizer, later), organizer)

    assert (revoked.revoked_at is None, team.extensions.live().exists()) == (False, False)


def test_what_was_revoked_is_not_revoked_again(team, organizer, later):
    granted = grant(team, organizer, later)
    revoke(granted, organizer)

    with pytest.raises(Conflict):
        revoke(granted, organizer)


@pytest.mark.parametrize("reason", ["", "   ", "a\u202eb", "a\x00b", "数" * 201], ids=ascii)
def test_a_reason_is_asked_for(team, organizer, later, reason):
    with pytest.raises(ValidationError) as refused:
        grant(team, organizer, later, reason=reason)

    assert list(refused.value.error_dict) == ["reason"]


@pytest.mark.parametrize("reason", ["", "   "], ids=ascii)
def test_revoking_asks_for_a_reason_too(team, organizer, later, reason):
    extension = ExtensionFactory(team=team, closes_at=later)
    with pytest.raises(ValidationError) as refused:
        revoke(extension, organizer, reason)

    assert (list(refused.value.error_dict), extension in Extension.objects.live()) == (["reason"], True)


@pytest.mark.parametrize("earlier", [timedelta(), timedelta(microseconds=1)], ids=["the same", "earlier"])
def test_it_ends_later_than_the_stage(team, organizer, earlier):
    with pytest.raises(ValidationError) as refused:
        grant(team, organizer, team.competition.stages.get(kind=KIND).closes_at - earlier)

    assert list(refused.value.error_dict) == ["closes_at"]


@pytest.mark.parametrize("kind", [StageKind.REVIEW, StageKind.SCREENING, "unknown"])
def test_only_what_teams_do_is_extended(team, organizer, later, kind):
    with pytest.raises(ValidationError) as refused:
        grant(team, organizer, later, kind=kind)

    assert list(refused.value.error_dict) == ["kind"]


def test_a_stage_without_a_window_is_not_extended(organizer, team, later):
    team.competition.stages.all().delete()

    with pytest.raises(ValidationError):
        grant(team, organizer, later)


def test_a_team_grants_itself_nothing(team, later):
    with pytest.raises(PermissionDenied):
        grant(team, captain_of(team), later)


def test_an_organizer_of_some_tracks_grants_nothing(team, later):
    track = TrackFactory(competition=team.competition)
    helper = OrganizerFactory(competition=team.competition, tracks=[track]).user

    with pytest.raises(PermissionDenied):
        grant(team, helper, later)


def test_an_organizer_of_another_competition_grants_and_revokes_nothing(team, later):
    stranger = OrganizerFactory().user
    with pytest.raises(PermissionDenied):
        grant(team, stranger, later)
    with pytest.raises(PermissionDenied):
        revoke(ExtensionFactory(team=team, closes_at=later), stranger)


@pytest.mark.database
def test_the_database_knows_one_live_extension_a_team_and_stage(team, later):
    ExtensionFactory(team=team, closes_at=later)

    with pytest.raises(IntegrityError, match=r"UNIQUE|extension_live_once"), transaction.atomic():
        ExtensionFactory(team=team, closes_at=later)


@pytest.mark.database
def test_the_database_refuses_other_stages(team, later):
    with pytest.raises(IntegrityError, match="extension_is_for_what_teams_do"), transaction.atomic():
        ExtensionFactory(team=team, closes_at=later, kind=StageKind.REVIEW)


def test_a_team_and_its_organizers_see_it_and_nobody_else(team, organizer, later):
    extension = ExtensionFactory(team=team, closes_at=later)
    people = [captain_of(team), organizer, UserFactory(), OrganizerFactory().user]

    seen = [extension in Extension.objects.visible_to(person) for person in people]

    assert seen == [True, True, False, False]


def form(team, moment, **changes):
    local = timezone.localtime(moment)
    split = {"closes_at_0": f"{local:%Y-%m-%d}", "closes_at_1": f"{local:%H:%M:%S}"}
    return {"team": team.pk, "kind": KIND, "reason": REASON, **split, **changes}


ADD = "admin:submissions_extension_add"
LIST = "admin:submissions_extension_changelist"


def test_an_organizer_grants_one_in_the_administration(client, team, organizer, later):
    client.force_login(organizer)
    client.post(reverse(ADD), form(team, later))

    assert Extension.objects.values_list("team", "reason", "granted_by").get() == (team.pk, REASON, organizer.pk)


def test_granting_again_in_the_administration_takes_the_place(client, team, organizer, later):
    client.force_login(organizer)
    for days in (0, 1):
        client.post(reverse(ADD), form(team, later + timedelta(days=days)))

    assert (Extension.objects.count(), Extension.objects.live().count()) == (2, 1)


def test_the_administration_refuses_an_early_end_at_its_field(client, team, organizer, later):
    client.force_login(organizer)
    response = client.post(reverse(ADD), form(team, later - timedelta(days=5)))

    assert "closes_at" in response.context["adminform"].form.errors


def test_a_team_of_another_competition_can_not_be_chosen(client, organizer, later):
    client.force_login(organizer)
    client.post(reverse(ADD), form(TeamFactory(competition=CompetitionFactory(open=True)), later))

    assert not Extension.objects.exists()


@pytest.mark.parametrize(
    ("reason", "said"), [(MISTAKE, "延期已撤销，将邮件通知相关团队。"), ("", "请填写理由，团队将看到。")]
)
def test_an_organizer_revokes_in_the_administration_with_a_reason(client, team, organizer, later, reason, said):
    extension = ExtensionFactory(team=team, closes_at=later)
    client.force_login(organizer)
    page = client.post(
        reverse(LIST), {"action": "revoke", "_selected_action": [extension.pk], "reason": reason}, follow=True
    )

    assert ([str(each) for each in page.context["messages"]], Extension.objects.live().exists()) == ([said], not reason)


def test_the_administration_lists_ones_own_only(client, team, organizer, later):
    own = ExtensionFactory(team=team, closes_at=later)
    ExtensionFactory(team=TeamFactory(competition=CompetitionFactory(open=True)), closes_at=later)
    client.force_login(organizer)

    assert list(client.get(reverse(LIST)).context["cl"].result_list) == [own]


def test_one_that_was_granted_is_read_not_rewritten(client, team, organizer, later):
    extension = ExtensionFactory(team=team, closes_at=later)
    address = reverse("admin:submissions_extension_change", args=[extension.pk])
    client.force_login(organizer)

    assert (client.get(address).status_code, client.post(address, form(team, later)).status_code) == (200, 403)


def test_it_does_not_end_in_another_millennium(team, organizer, later):
    with pytest.raises(ValidationError, match="closes_at"):
        grant_extension(team, actor=organizer, kind=KIND, closes_at=datetime(9999, 12, 1, tzinfo=UTC), reason=REASON)
