"""The check before a contest opens in the administration, and the question before it becomes public."""

import re
from datetime import UTC, datetime
from html import unescape
from io import StringIO

import pytest
from django.contrib.admin.models import LogEntry
from django.core.management import CommandError, call_command
from django.urls import reverse

from portal.core.models import AuditEntry
from tests.factories.accounts import AgreementFactory, ConsentFactory, UserFactory
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, StageFactory, TopicFactory, TrackFactory
from tests.tracks.test_admin_competitions import save
from tracks.enums import StageKind

pytestmark = pytest.mark.django_db
SOON = {"opens_at": datetime(2026, 6, 1, tzinfo=UTC), "closes_at": datetime(2099, 6, 1, tzinfo=UTC)}


@pytest.fixture
def competition():
    """Lacks the submission stage, and nothing else that stops it."""
    competition = CompetitionFactory(is_published=False, short_name="四川分赛")
    StageFactory(competition=competition, kind=StageKind.REGISTRATION, **SOON)
    TopicFactory(track=TrackFactory(competition=competition))
    return competition


@pytest.fixture
def notice():
    return AgreementFactory(published_at=datetime(2026, 1, 1, tzinfo=UTC))


@pytest.fixture
def organizer_client(client, competition, notice):
    organizer = OrganizerFactory(competition=competition).user
    ConsentFactory(user=organizer, agreement=notice)
    client.force_login(organizer)
    return client


def page(competition, name="check"):
    return reverse(f"admin:tracks_competition_{name}", args=[competition.pk])


# The page


def test_the_page_says_what_is_missing_and_where_to_mend_it(organizer_client, competition):
    html = organizer_client.get(page(competition)).content.decode()

    assert "“作品提交”阶段没有设置起止时间。" in html
    assert f'href="{page(competition, "change")}"' in html


def test_the_page_says_when_nothing_is_missing(organizer_client, competition, monkeypatch):
    monkeypatch.setattr("tracks.admin.checking.findings", lambda competition: [])

    assert "没有发现问题，可以开赛。" in organizer_client.get(page(competition)).content.decode()


def test_what_site_admins_mend_leads_organizers_nowhere(organizer_client, competition, monkeypatch):
    monkeypatch.setattr("tracks.checking.current", lambda kind: None)
    html = organizer_client.get(page(competition)).content.decode()

    assert ("由站点管理员处理" in html, reverse("admin:accounts_agreement_changelist") in html) == (True, False)


def test_a_title_cannot_write_the_page(organizer_client, competition):
    competition.tracks.get().topics.update(title="<script>alert(1)</script>", body="")
    html = organizer_client.get(page(competition)).content.decode()

    assert ("<script>alert" in html, "&lt;script&gt;alert(1)" in html) == (False, True)


@pytest.mark.parametrize("name", ["check", "export"])
def test_pages_of_a_competition_that_one_does_not_run_are_missing(client, competition, name):
    client.force_login(OrganizerFactory().user)

    assert client.get(page(competition, name)).status_code == 404


@pytest.mark.parametrize("name", ["check", "export"])
def test_pages_are_not_for_those_who_run_a_track_only(client, competition, name):
    client.force_login(OrganizerFactory(competition=competition, tracks=[competition.tracks.get()]).user)

    assert client.get(page(competition, name)).status_code == 404


@pytest.mark.parametrize("name", ["check", "export"])
@pytest.mark.parametrize("user", [None, UserFactory])
def test_pages_are_not_for_people_outside_the_administration(client, competition, name, user):
    if user:
        client.force_login(user())

    assert client.get(page(competition, name)).status_code == 302


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_much_it_says(organizer_client, competition, count, django_assert_num_queries):
    for _ in range(count):
        TopicFactory(track=TrackFactory(competition=competition), body="")
    organizer_client.get(page(competition))

    with django_assert_num_queries(14):
        organizer_client.get(page(competition))


def test_the_competitions_page_shows_what_was_found_while_it_is_in_preparation(organizer_client, competition):
    html = organizer_client.get(page(competition, "change")).content.decode()

    assert "开赛前检查：发现" in html


def test_the_competitions_page_keeps_quiet_once_it_is_public(client):
    competition = CompetitionFactory()
    client.force_login(OrganizerFactory(competition=competition).user)

    assert "开赛前检查：发现" not in client.get(page(competition, "change")).content.decode()


# Making it public


def publish(client, competition, **changes):
    """Save the competition's page as public, with the registration stage that it has."""
    stage = competition.stages.get()
    return save(
        client,
        competition,
        stage=stage,
        **{"stages-0-kind": "registration", "stages-0-closes_at_0": "2099-06-01", "is_published": "on", **changes},
    )


def sent_again(response) -> dict[str, str]:
    """What the form of the question carries along."""
    hidden = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)">', response.content.decode())
    return {name: unescape(value) for name, value in hidden if name != "csrfmiddlewaretoken"}


def test_with_something_missing_it_asks(organizer_client, competition):
    html = publish(organizer_client, competition).content.decode()

    assert ("“作品提交”阶段没有设置起止时间。" in html, "仍然公开" in html) == (True, True)


def test_what_only_should_be_looked_at_is_not_asked_about(organizer_client, competition):
    assert "请核对" not in publish(organizer_client, competition).content.decode()


def test_while_it_asks_nothing_is_saved(organizer_client, competition):
    publish(organizer_client, competition, name="改过的名称")
    competition.refresh_from_db()

    assert (competition.is_published, competition.name == "改过的名称") == (False, False)


def test_while_it_asks_there_is_nothing_in_the_trail(organizer_client, competition):
    publish(organizer_client, competition)

    assert (AuditEntry.objects.count(), LogEntry.objects.count()) == (0, 0)


def test_asking_again_sends_all_that_was_typed(organizer_client, competition):
    sent = sent_again(publish(organizer_client, competition, name="<b>“新”</b>"))

    assert (sent["name"], sent["stages-0-kind"], "is_published" in sent) == ("<b>“新”</b>", "registration", False)


def test_published_all_the_same(organizer_client, competition):
    sent = sent_again(publish(organizer_client, competition, name="新名称"))
    response = organizer_client.post(page(competition, "change"), {**sent, "is_published": "confirmed"})
    competition.refresh_from_db()

    assert (response.status_code, competition.is_published, competition.name) == (302, True, "新名称")


def test_saved_but_not_public(organizer_client, competition):
    sent = sent_again(publish(organizer_client, competition, name="新名称"))
    organizer_client.post(page(competition, "change"), sent)
    competition.refresh_from_db()

    assert (competition.is_published, competition.name) == (False, "新名称")


def test_a_stage_that_is_added_on_the_way_counts(organizer_client, competition):
    """Stages are on the same page: what is missing before may be there after."""
    stage = competition.stages.get()
    added = {"kind": "submission", "opens_at_0": "2026-06-01", "opens_at_1": "08:00", "grace": 0}
    changes = {f"stages-1-{name}": value for name, value in added.items()}
    publish(
        organizer_client,
        competition,
        **changes,
        **{
            "stages-TOTAL_FORMS": 2,
            "stages-0-id": stage.pk,
            "stages-1-closes_at_0": "2099-06-01",
            "stages-1-closes_at_1": "08:00",
            "stages-1-competition": competition.pk,
        },
    )
    competition.refresh_from_db()

    assert competition.is_published


def test_a_stage_that_is_over_is_asked_about(organizer_client, competition):
    StageFactory(competition=competition, kind=StageKind.SUBMISSION, **SOON)
    competition.stages.filter(kind="registration").delete()
    competition.stages.update(kind="registration")
    html = publish(
        organizer_client, competition, **{"stages-0-closes_at_0": "2026-06-02", "stages-0-closes_at_1": "08:00"}
    ).content.decode()

    assert "“报名”阶段已经结束。" in html


def test_a_sound_competition_becomes_public_at_once(organizer_client, competition, monkeypatch):
    monkeypatch.setattr("tracks.admin.checking.findings", lambda competition, **options: [])

    assert publish(organizer_client, competition).status_code == 302


def test_a_public_competition_is_not_asked_about(organizer_client, competition):
    type(competition).objects.update(is_published=True)

    assert publish(organizer_client, competition).status_code == 302


# The command


@pytest.mark.usefixtures("notice")
def test_the_command_fails_when_something_stops(competition):
    out = StringIO()
    with pytest.raises(CommandError, match="有 1 项必须处理。") as refusal:
        call_command("check_competition", competition.slug, stdout=out)

    assert (refusal.value.returncode, out.getvalue().splitlines()[0]) == (
        1,
        f"[必须处理] “作品提交”阶段没有设置起止时间。 {page(competition, 'change')}",
    )


@pytest.mark.usefixtures("notice")
def test_the_command_is_content_with_what_should_only_be_looked_at(competition):
    StageFactory(competition=competition, kind=StageKind.SUBMISSION, **SOON)
    out = StringIO()
    call_command("check_competition", competition.slug, stdout=out)

    assert out.getvalue().splitlines()[-1] == "没有必须处理的问题。"


@pytest.mark.usefixtures("notice")
def test_the_command_takes_the_competition_as_other_commands_do(competition):
    StageFactory(competition=competition, kind=StageKind.SUBMISSION, **SOON)
    out = StringIO()
    call_command("check_competition", "--competition", competition.slug, stdout=out)

    assert out.getvalue().splitlines()[-1] == "没有必须处理的问题。"


@pytest.mark.parametrize("named", [[], ["one", "--competition", "other"]], ids=["none", "two"])
def test_the_command_wants_one_competition(named):
    with pytest.raises(CommandError, match="指定一个赛事"):
        call_command("check_competition", *named)


def test_the_command_knows_only_competitions_there_are():
    with pytest.raises(CommandError, match="nope"):
        call_command("check_competition", "nope")
