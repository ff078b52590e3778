"""Entry forms: set up, checked, published, kept in versions."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction

from submissions import services
from submissions.asked import definition_of, plain_form
from submissions.completeness import draft_of
from submissions.models import EntryFormVersion
from submissions.sheet import Audience, sheet_of_draft, sheet_of_version
from tests.factories.accounts import UserFactory
from tests.factories.answers import fill_in
from tests.factories.submissions import SubmissionFactory, captain_of
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TrackFactory
from tests.submissions.people import save, submit, write

pytestmark = [pytest.mark.django_db, pytest.mark.database]
TEXT = {"key": "needs", "title": "需求痛点", "kind": "long_text", "limit": 20, "is_required": True}
CHOICE = {
    "key": "stage",
    "title": "所处阶段",
    "kind": "choice",
    "options": [{"key": "pilot", "label": "试点"}, {"key": "live", "label": "运行"}],
}
SINCE = {
    "key": "since",
    "title": "运行时间",
    "kind": "date",
    "is_required": True,
    "shown_if": {"section": "stage", "values": ["live"]},
}
FORM = {"sections": [TEXT, CHOICE, SINCE], "slots": [{"key": "proposal", "title": "申报书", "kinds": ["pdf"]}]}


@pytest.fixture
def competition():
    return CompetitionFactory(open=True)


@pytest.fixture
def draft(competition):
    return SubmissionFactory(team__competition=competition)


def ask(competition, definition=FORM, **more):
    return services.set_up_form(competition, definition, actor=None, **more)


def keys(draft):
    return [section.key for section in definition_of(draft).sections]


def test_without_a_form_of_its_own_a_competition_asks_the_plain_one(draft):
    assert keys(draft) == ["title", "abstract"]


def test_what_is_published_is_asked(competition, draft):
    ask(competition)

    assert keys(draft) == ["title", "needs", "stage", "since"]


def test_a_tracks_form_is_asked_after_the_competitions(competition, draft):
    ask(competition)
    ask(competition, {"sections": [{**TEXT, "key": "terrain", "title": "地形"}]}, track=draft.track)

    assert keys(draft)[-2:] == ["since", "terrain"]


def test_a_form_of_another_track_is_not_asked(competition, draft):
    ask(competition, {"sections": [{**TEXT, "key": "terrain"}]}, track=TrackFactory(competition=competition))

    assert keys(draft) == ["title", "abstract"]


def test_what_is_edited_is_asked_when_it_is_published(competition, draft):
    version = ask(competition)
    version.form.sections.filter(key="needs").update(title="痛点")

    assert definition_of(draft).section("needs").title == "需求痛点"


def test_a_form_that_has_not_changed_stays_the_version_it_is(competition):
    version = ask(competition)

    assert services.publish_form(version.form, actor=None) == version


def test_a_version_can_not_be_changed(competition):
    ask(competition)

    with pytest.raises(IntegrityError), transaction.atomic():
        EntryFormVersion.objects.update(reason="改")


def test_only_an_organizer_publishes(competition):
    form = ask(competition).form

    with pytest.raises(PermissionDenied):
        services.publish_form(form, actor=UserFactory())
    assert services.publish_form(form, actor=OrganizerFactory(competition=competition).user)


@pytest.mark.parametrize(
    "section",
    [
        {**CHOICE, "options": [{"key": "pilot", "label": "试点"}]},
        {"key": "table", "title": "数据来源", "kind": "rows"},
        SINCE,
        {**SINCE, "shown_if": {"section": "needs", "values": ["x"]}},
        {**TEXT, "key": "title"},
        {**TEXT, "key": "Needs"},
        {**TEXT, "kind": "essay"},
    ],
    ids=["one option", "no columns", "depends on nothing", "depends on a text", "title", "key", "kind"],
)
def test_what_nobody_could_answer_is_not_published(competition, section):
    with pytest.raises(ValidationError):
        ask(competition, {"sections": [section]})
    assert not EntryFormVersion.objects.exists()


def test_a_section_is_asked_once_its_condition_holds(competition, draft):
    ask(competition)
    assert "since" not in [section.key for section in draft_of(draft).sections]

    write(draft, "stage", "live")

    assert "since" in [section.key for section in draft_of(draft).sections]


def test_a_section_that_is_not_asked_is_not_missing(competition, draft):
    ask(competition)
    write(draft, "needs", "山洪")

    assert draft_of(draft).missing == []


def test_what_was_written_stays_readable_when_its_section_goes(competition, draft):
    save(draft, abstract="写好的简介")
    ask(competition)

    assert [block.text for block in sheet_of_draft(draft, Audience.TEAM).no_longer_asked] == ["写好的简介"]


def test_what_was_written_is_asked_again_when_its_section_comes_back(competition, draft):
    save(draft, abstract="写好的简介")
    ask(competition)
    ask(competition, plain_form())

    assert draft_of(draft).answered == {"abstract": "写好的简介"}


def test_a_text_that_no_longer_fits_is_named_and_kept(competition, draft):
    ask(competition)
    write(draft, "needs", "山" * 20)
    ask(competition, {**FORM, "sections": [{**TEXT, "limit": 10}]})

    assert [(lack.anchor, bool(lack.why)) for lack in draft_of(draft).missing] == [("section-needs", True)]


def test_a_version_is_read_in_the_words_of_the_form_it_answered(competition, draft):
    ask(competition)
    version = submit(fill_in(draft, actor=captain_of(draft.team))).version
    ask(competition, plain_form())

    [group] = sheet_of_version(version, Audience.TEAM).groups
    assert group.blocks[0].title == "需求痛点"


def test_what_was_submitted_before_there_were_forms_is_read(draft):
    entry = SubmissionFactory(submitted=True)
    version = entry.versions.get()
    version.form = {"title": "旧作品", "abstract": "旧简介"}

    sheet = sheet_of_version(version, Audience.TEAM)

    assert (sheet.title, sheet.groups[0].blocks[0].text) == ("旧作品", "旧简介")


@pytest.mark.parametrize(
    ("audience", "seen"),
    [
        (Audience.TEAM, {"needs", "own", "inner"}),
        (Audience.JUDGE, {"needs", "own"}),
        (Audience.BLIND_JUDGE, {"needs"}),
    ],
)
def test_judges_read_what_is_theirs_to_read(competition, draft, audience, seen):
    own = {**TEXT, "key": "own", "title": "单位情况", "is_identifying": True}
    inner = {**TEXT, "key": "inner", "title": "联系方式", "for_judges": False}
    ask(competition, {"sections": [TEXT, own, inner]})

    blocks = [block.key for group in sheet_of_draft(draft, audience).groups for block in group.blocks]
    assert set(blocks) == seen


def test_judges_get_the_files_that_are_theirs(competition, draft):
    sealed = {"key": "proposal", "title": "盖章件", "kinds": ["pdf"], "is_required": True, "for_judges": False}
    ask(competition, {"sections": [TEXT], "slots": [sealed]})
    fill_in(draft, actor=captain_of(draft.team))

    assert [len(sheet_of_draft(draft, who).files) for who in (Audience.TEAM, Audience.BLIND_JUDGE)] == [1, 0]
