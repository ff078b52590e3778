import re
from datetime import timedelta

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from portal.notifications import relay
from submissions import services
from submissions.links import invitation_path
from submissions.mail import plain
from submissions.models import TeamMember
from tests.factories.accounts import UserFactory
from tests.factories.submissions import SubmissionFactory, TeamFactory, TeamMemberFactory, captain_of
from tests.factories.tracks import OrganizerFactory
from tests.submissions.people import complete_draft, send_back, submit
from tracks.enums import StageKind

pytestmark = pytest.mark.django_db
REASON = "申报书第 3 页缺少盖章 <补盖>。"


def letters():
    relay.drain()
    return mail.outbox


@pytest.fixture
def invitation():
    team = TeamFactory(name="山洪 & 预警队")
    return services.invite(team, actor=captain_of(team), email="zhao@example.com")


def test_an_invitation_goes_to_the_address_that_was_invited(invitation):
    assert [letter.to for letter in letters()] == [["zhao@example.com"]]


def test_an_invitation_says_who_invites_into_what(invitation):
    text = letters()[0].subject + letters()[0].body

    assert invitation.invited_by.full_name in text
    assert "山洪 & 预警队" in text


def test_the_link_in_the_invitation_leads_to_its_page(invitation, settings):
    address = re.search(r"https?://\S+", letters()[0].body).group()

    assert address == settings.CANONICAL_URL + invitation_path(invitation)
    assert Client().get(invitation_path(invitation)).status_code == 200


def test_a_revoked_invitation_is_not_sent(invitation):
    services.revoke_invitation(invitation, actor=invitation.invited_by)

    assert letters() == []


def test_an_expired_invitation_is_not_sent(invitation):
    invitation.expires_at = timezone.now() - timedelta(seconds=1)
    invitation.save()

    assert letters() == []


def test_the_receipt_goes_to_each_member():
    draft = complete_draft()
    people = {captain_of(draft.team).email, TeamMemberFactory(team=draft.team).user.email}

    submit(draft)

    assert {letter.to[0] for letter in letters()} == people


def test_the_mailed_receipt_holds_the_proof():
    receipt = submit(complete_draft())
    body = letters()[0].body

    for proof in (receipt.files[0]["sha256"], receipt.version.form_sha256, receipt.version.submission.number):
        assert proof in body
    assert receipt.get_absolute_url() in body


@pytest.mark.parametrize(("late", "said"), [(0, [True, False]), (1, [False, True])], ids=["in time", "in the grace"])
def test_the_mailed_receipt_says_whether_the_captain_may_submit_again(late, said):
    draft = complete_draft()
    draft.team.competition.stages.filter(kind=StageKind.SUBMISSION).update(closes_at=timezone.now(), grace=300)
    submit(draft, received_at=timezone.now() + timedelta(seconds=60 * late - 30))

    assert [words in letters()[0].body for words in ("可再次提交", "提交现已截止")] == said


def test_whoever_has_left_the_team_is_told_nothing():
    draft = complete_draft()
    left = TeamMemberFactory(team=draft.team)
    submit(draft)
    TeamMember.objects.filter(pk=left.pk).delete()

    assert left.user.email not in {letter.to[0] for letter in letters()}


def test_a_disabled_account_is_told_nothing():
    draft = complete_draft()
    submit(draft)
    person = captain_of(draft.team)
    person.is_active = False
    person.save()

    assert letters() == []


def test_a_decision_is_told_with_its_reason_word_by_word():
    entry = SubmissionFactory(submitted=True)
    organizer = OrganizerFactory(competition=entry.team.competition).user

    send_back(entry, actor=organizer, reason=REASON)

    assert REASON in letters()[0].body


@pytest.mark.parametrize("decide", [services.pass_screening, send_back, services.reject])
def test_each_decision_names_the_entry(decide):
    entry = SubmissionFactory(submitted=True)
    organizer = OrganizerFactory(competition=entry.team.competition).user

    decide(entry, actor=organizer, version=1, reason=REASON)

    assert entry.number in letters()[0].subject


def test_a_withdrawal_is_told():
    entry = SubmissionFactory(submitted=True)

    services.withdraw(entry, actor=captain_of(entry.team))

    assert entry.title in letters()[0].subject


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("领奖 http://evil.example.com/a", "领奖 http：//evil．example．com/a"),
        ("evil.com", "evil．com"),
        ("me@evil.com", "me＠evil．com"),
        ("平台 V2.0", "平台 V2.0"),
    ],
)
def test_a_name_never_becomes_a_link_in_a_mail_of_ours(name, shown):
    assert plain(name) == shown


def test_a_title_with_line_breaks_adds_no_header():
    draft = complete_draft()
    type(draft).objects.update(title="山洪\nBcc: all@example.com")
    submit(draft)

    assert letters()[0].recipients() == [captain_of(draft.team).email]


def test_nobody_outside_the_team_hears_of_a_submit():
    draft = complete_draft()
    UserFactory()

    submit(draft)

    assert len(letters()) == 1
