"""Whom a changed form concerns, and what they read about it."""

import pytest
from django.core import mail
from django.utils.translation import override

from portal.notifications import relay
from submissions.checking import check_forms
from submissions.enums import SubmissionStatus
from submissions.form_changes import changes
from submissions.models import TeamMember
from tests.factories.forms import columns, form_of, options, publish, section, slot
from tests.factories.submissions import AttachmentFactory, SubmissionFactory, TeamFactory, TeamMemberFactory, captain_of
from tests.factories.tracks import CompetitionFactory, TopicFactory
from tests.submissions.people import write
from tracks.models import Competition

pytestmark = pytest.mark.django_db
REASON = "应各团队要求放宽字数。"


@pytest.fixture
def competition():
    """Its form asks for two sections and a file; nobody has begun an entry yet."""
    competition = CompetitionFactory(open=True)
    publish(competition, section("background", limit=500), section("benefits"), slots=[slot("proposal")])
    relay.drain()
    return competition


def draft_in(competition, **fields):
    return SubmissionFactory(team=TeamFactory(competition=competition), abstract="", **fields)


def widen(competition):
    return publish(
        competition, section("background", limit=800), section("benefits"), slots=[slot("proposal")], reason=REASON
    )


def letters():
    relay.drain()
    return mail.outbox


def told():
    return sorted(letter.to[0] for letter in letters())


def test_each_member_of_a_team_with_a_draft_is_told(competition):
    draft = draft_in(competition)
    member = TeamMemberFactory(team=draft.team).user
    widen(competition)

    assert told() == sorted([captain_of(draft.team).email, member.email])


def test_who_has_two_entries_reads_one_mail_about_both(competition):
    draft = draft_in(competition)
    other = SubmissionFactory(team=draft.team, topic=TopicFactory(track__competition=competition))
    widen(competition)

    (letter,) = letters()

    assert (draft.title in letter.body, other.title in letter.body) == (True, True)


def test_the_mail_says_what_changed_and_why(competition):
    draft_in(competition)
    widen(competition)

    (letter,) = letters()

    assert ("500 → 800" in letter.body, REASON in letter.body) == (True, True)


def test_teams_elsewhere_are_told_nothing(competition):
    SubmissionFactory()
    widen(competition)

    assert told() == []


@pytest.mark.parametrize("status", [SubmissionStatus.WITHDRAWN, SubmissionStatus.ELIGIBLE, SubmissionStatus.REJECTED])
def test_whose_entry_is_written_no_more_is_told_nothing(competition, status):
    draft_in(competition, has_been_submitted=True, status=status)
    widen(competition)

    assert told() == []


def test_who_has_left_before_the_mail_was_sent_is_told_nothing(competition):
    draft_in(competition)
    widen(competition)
    TeamMember.objects.all().delete()

    assert told() == []


def test_a_tracks_form_concerns_its_own_track(competition):
    here, _elsewhere = draft_in(competition), draft_in(competition)
    publish(competition, section("acreage", "number"), track=here.track)

    assert told() == [captain_of(here.team).email]


def test_another_order_is_no_news(competition):
    draft_in(competition)
    publish(competition, section("benefits"), section("background", limit=500), slots=[slot("proposal")])

    assert told() == []


def test_publishing_the_same_again_is_no_news(competition):
    draft_in(competition)
    publish(competition, section("background", limit=500), section("benefits"), slots=[slot("proposal")])

    assert told() == []


def test_a_section_that_goes_concerns_those_who_wrote_in_it(competition):
    wrote, _did_not = draft_in(competition), draft_in(competition)
    write(wrote, "background", "山洪")
    publish(competition, section("benefits"), slots=[slot("proposal")])

    assert told() == [captain_of(wrote.team).email]


def test_a_file_that_goes_concerns_those_who_handed_it_in(competition):
    handed_in, _did_not = draft_in(competition), draft_in(competition)
    AttachmentFactory(submission=handed_in)
    publish(competition, section("background", limit=500), section("benefits"))

    assert told() == [captain_of(handed_in.team).email]


# The words


def said(before, after, what="sections"):
    with override("en"):
        return [str(change) for change in changes({what: before}, {what: after})]


CHANGES = {
    "new": ([], [section("a")], ["第a节: new"]),
    "gone": ([section("a")], [], ["第a节: no longer asked"]),
    "limit": ([section("a", limit=500)], [section("a", limit=800)], ["第a节: changed (characters: 500 → 800)"]),
    "no limit": ([section("a", limit=500)], [section("a")], ["第a节: changed (characters: 500 → no limit)"]),
    "required": ([section("a")], [section("a", is_required=True)], ["第a节: changed (now required)"]),
    "kind": ([section("a", "line")], [section("a", "text")], ["第a节: changed (kind: one line → several lines)"]),
    "option": (
        [section("a", "choice", options=options("x", "y"))],
        [section("a", "choice", options=options("x", "z"))],
        ["第a节: changed (other options: + 选项z, − 选项y)"],
    ),
    "column": (
        [section("a", "rows", columns=columns("x"))],
        [section("a", "rows", columns=columns("x", "y"))],
        ["第a节: changed (other columns: + 列y)"],
    ),
    "order": (
        [section("a"), section("b")],
        [section("b"), section("a")],
        ["第b节: in another place", "第a节: in another place"],
    ),
    "nothing": ([section("a")], [section("a")], []),
    "said or usual": ([section("a")], [section("a", is_required=False, for_judges=True)], []),
}


@pytest.mark.parametrize(("before", "after", "words"), CHANGES.values(), ids=CHANGES)
def test_changes_are_said_in_words(before, after, words):
    assert said(before, after) == words


def test_changes_of_files_are_said_in_words():
    before, after = slot("a"), slot("a", "pdf", "slides", max_pages=20)

    assert said([before], [after], "slots") == [
        "文件a: changed (kinds of file: PDF → PDF, slides (PPTX), pages: no limit → 20)"
    ]


# Before a contest opens


def found(competition):
    return [finding.words for finding in check_forms(Competition, competition)]


def test_a_contest_without_a_form_is_found():
    assert len(found(CompetitionFactory())) == 1


def test_a_published_form_is_in_order(competition):
    assert found(competition) == []


def test_edits_that_are_not_published_are_found(competition):
    form_of(competition).sections.filter(key="background").update(limit=900)

    assert len(found(competition)) == 1


def test_what_could_not_be_published_is_found_with_its_reason(competition):
    form_of(competition).sections.filter(key="benefits").update(kind="choice")

    assert "第benefits节" in found(competition)[0]
