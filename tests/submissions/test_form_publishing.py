"""A form is edited as rows and asked as it was published; whoever writes meanwhile loses no word."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from portal.core.errors import Conflict
from submissions import services
from submissions.asked import definition_of
from submissions.canonical import sha256_of
from submissions.models import EntryForm, EntryFormVersion, Submission
from submissions.services.forms import definition_from
from submissions.sheet import Audience, sheet_of_draft
from tests.factories.accounts import UserFactory
from tests.factories.forms import columns, form_of, options, publish, section, slot
from tests.factories.submissions import SubmissionFactory, TeamFactory, captain_of
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory, TrackFactory
from tests.submissions.people import client_for, write
from tracks.models import Topic

pytestmark = pytest.mark.django_db
WORDS = "融合雨量与卫星数据。"


@pytest.fixture
def competition():
    return CompetitionFactory(open=True)


@pytest.fixture
def organizer(competition):
    return OrganizerFactory(competition=competition).user


def draft_in(competition, **fields):
    return SubmissionFactory(team=TeamFactory(competition=competition), **fields)


def keys_of(entry):
    return [each.key for each in definition_of(entry).sections]


def refusal(*args, **kwargs):
    with pytest.raises(ValidationError) as refused:
        publish(*args, **kwargs)
    return refused.value.messages


def test_publishing_what_nobody_looked_at_is_a_conflict(competition, organizer):
    publish(competition, section("background"))
    form = form_of(competition)
    looked_at = sha256_of(definition_from(form))
    form.sections.update(title="另一个")

    with pytest.raises(Conflict):
        services.publish_form(form, actor=organizer, sha256=looked_at)


@pytest.mark.parametrize("verb", [services.publish_form, services.edit_form])
def test_only_its_organizers_write_a_form(competition, verb):
    publish(competition, section("background"))

    with pytest.raises(PermissionDenied):
        verb(form_of(competition), actor=OrganizerFactory().user)


def test_a_new_form_begins_with_what_is_asked_anyway(competition, organizer):
    form = services.begin_form(competition, actor=organizer)

    assert [each.key for each in form.sections.all()] == ["abstract"]


def test_nobody_else_begins_a_form(competition):
    with pytest.raises(PermissionDenied):
        services.begin_form(competition, actor=UserFactory())


def test_a_competition_has_one_form(competition, organizer):
    services.begin_form(competition, actor=organizer)

    with pytest.raises(ValidationError):
        services.begin_form(competition, actor=organizer)


def test_a_track_of_another_competition_gets_no_form_here(competition, organizer):
    with pytest.raises(ValidationError) as refused:
        services.begin_form(competition, actor=organizer, track=TrackFactory())

    assert list(refused.value.message_dict) == ["track"]


# What a track adds


def test_a_tracks_section_may_depend_on_a_choice_of_the_competition(competition):
    entry = draft_in(competition)
    publish(competition, section("work_type", "choice", options=options("case", "solution")))
    condition = {"section": "work_type", "values": ["case"]}
    publish(competition, section("place", "line", shown_if=condition), track=entry.track)

    assert keys_of(entry) == ["title", "work_type", "place"]


def test_a_choice_that_a_track_depends_on_stays(competition):
    track = TrackFactory(competition=competition)
    publish(competition, section("work_type", "choice", options=options("case", "solution")))
    condition = {"section": "work_type", "values": ["case"]}
    publish(competition, section("place", "line", shown_if=condition), track=track)

    assert len(refusal(competition, section("background"))) == 1


def test_a_track_may_ask_for_nothing_more_again(competition):
    entry = draft_in(competition)
    publish(competition, section("acreage", "number"), track=entry.track)
    publish(competition, track=entry.track)

    assert keys_of(entry) == ["title", "abstract"]


@pytest.mark.parametrize("is_first", [True, False], ids=["competition first", "track first"])
def test_no_key_stands_in_both_forms(competition, is_first):
    track = TrackFactory(competition=competition)
    order = [None, track] if is_first else [track, None]
    if not is_first:
        publish(competition, section("other"))
    publish(competition, section("place"), track=order[0])

    assert len(refusal(competition, section("place"), track=order[1])) == 1


# What can't be asked

BAD = {
    "nothing": [],
    "one option": [section("work_type", "choice", options=options("case"))],
    "a table without columns": [section("units", "rows")],
    "one key twice": [section("place"), section("place")],
    "a condition on nothing": [section("place", shown_if={"section": "gone", "values": ["x"]})],
    "a condition on a later one": [
        section("place", shown_if={"section": "work_type", "values": ["case"]}),
        section("work_type", "choice", options=options("case", "solution")),
    ],
    "a condition on no option": [
        section("work_type", "choice", options=options("case", "solution")),
        section("place", shown_if={"section": "work_type", "values": ["nothing"]}),
    ],
}


@pytest.mark.parametrize("sections", BAD.values(), ids=BAD.keys())
def test_a_form_that_nobody_could_answer_is_not_published(competition, sections):
    with pytest.raises((ValidationError, IntegrityError)), transaction.atomic():
        publish(competition, *sections)

    assert not EntryFormVersion.objects.exists()


def test_a_file_says_which_kinds_it_takes(competition):
    assert len(refusal(competition, slots=[slot("proposal") | {"kinds": ["exe"]}])) == 1


def test_a_key_that_was_asked_as_text_never_becomes_a_choice(competition):
    publish(competition, section("place"))

    assert len(refusal(competition, section("place", "choice", options=options("a", "b")))) == 1


def test_long_text_may_become_a_line(competition):
    publish(competition, section("place"))

    assert publish(competition, section("place", "line")).number == 2


def test_a_column_that_was_asked_is_not_taken_out(competition):
    publish(competition, section("units", "rows", columns=columns("name", "role")))

    assert len(refusal(competition, section("units", "rows", columns=columns("name")))) == 1


# Changes while drafts exist


def test_what_stands_in_a_section_that_is_gone_can_be_read_under_its_title(competition):
    entry = draft_in(competition)
    publish(competition, section("background"), section("benefits"))
    write(entry, "background", WORDS)
    publish(competition, section("benefits"))

    gone = {(each.title, each.text) for each in sheet_of_draft(entry, Audience.TEAM).no_longer_asked}

    assert ("第background节", WORDS) in gone


def test_a_table_that_is_gone_is_still_a_table(competition):
    entry = draft_in(competition, abstract="")
    publish(competition, section("units", "rows", columns=columns("name")), section("benefits"))
    write(entry, "units", [{"name": "气象局"}])
    publish(competition, section("benefits"))

    (gone,) = sheet_of_draft(entry, Audience.TEAM).no_longer_asked

    assert (gone.columns, gone.rows) == (("列name",), (("气象局",),))


def test_a_judge_never_reads_what_is_no_longer_asked(competition):
    entry = draft_in(competition)
    publish(competition, section("benefits"))

    assert sheet_of_draft(entry, Audience.JUDGE).no_longer_asked == ()


def test_words_for_a_section_that_has_just_gone_are_put_aside(competition):
    entry = draft_in(competition)
    publish(competition, section("background"), section("benefits"))
    publish(competition, section("benefits"))

    with pytest.raises(services.TooLate) as late:
        write(entry, "background", WORDS)

    assert (late.value.unsent.key, late.value.unsent.value) == ("background", WORDS)


@pytest.fixture
def moved(competition):
    """An entry whose topic has moved to a track that asks less, with what its team wrote for the one before."""
    left, reached = TrackFactory(competition=competition), TrackFactory(competition=competition)
    publish(competition, section("benefits"))
    publish(competition, section("own", "choice", options=options("a", "b")), track=left)
    entry = draft_in(competition, topic=TopicFactory(track=left), abstract="")
    write(entry, "own", "a")
    Submission.objects.filter(pk=entry.pk).update(track=reached)
    Topic.objects.filter(pk=entry.topic_id).update(track=reached)
    return Submission.objects.get(pk=entry.pk)


def test_what_the_track_before_asked_is_read_under_its_title(moved):
    (gone,) = sheet_of_draft(moved, Audience.TEAM).no_longer_asked

    assert (gone.title, gone.text) == ("第own节", "选项a")


def test_words_for_the_track_before_are_put_aside_and_shown_under_their_title(moved):
    with pytest.raises(services.TooLate):
        write(moved, "own", "b")

    page = client_for(captain_of(moved.team)).get(moved.get_absolute_url())
    assert [(each["title"], each["text"]) for each in page.context["unsent"]] == [("第own节", "选项b")]


def test_what_another_form_asks_for_since_is_known_at_once(competition, moved):
    third = TrackFactory(competition=competition)
    with pytest.raises(services.NoSuchSection):
        write(moved, "other", WORDS)
    publish(competition, section("other"), track=third)

    with pytest.raises(services.TooLate):
        write(moved, "other", WORDS)


def test_its_own_forms_say_what_a_key_meant(competition, moved):
    publish(competition, section("own"), track=moved.track)
    write(moved, "own", WORDS)
    publish(competition, section("other"), track=moved.track)

    (gone,) = sheet_of_draft(moved, Audience.TEAM).no_longer_asked
    assert (gone.kind, gone.text) == ("long_text", WORDS)


@pytest.mark.parametrize("value", [WORDS, 5, ["a", 5], [{"name": 5}], {"name": "a"}, True])
def test_words_that_were_put_aside_can_be_read_whatever_they_are_made_of(competition, value):
    publish(
        competition,
        section("units", "rows", columns=columns("name")),
        section("data", "choices", options=options("a", "b")),
    )
    entry = draft_in(competition, abstract="")
    for key in ("units", "data", "benefits"):
        services.keep_unsent(entry, actor=captain_of(entry.team), key=key, value=value, now=timezone.now())

    page = client_for(captain_of(entry.team)).get(entry.get_absolute_url())
    assert (page.status_code, len(page.context["unsent"])) == (200, 3)


def test_forms_are_read_once_a_process(competition, django_assert_num_queries):
    publish(competition, section("background"))
    entry = draft_in(competition)
    definition_of(entry)

    with django_assert_num_queries(1):
        definition_of(entry)


# Cloning


def test_a_new_edition_asks_what_the_last_one_asked(competition):
    track = TrackFactory(competition=competition)
    copy = CompetitionFactory()
    TrackFactory(competition=copy, number=track.number)
    publish(competition, section("background"), slots=[slot("proposal")])
    publish(competition, section("acreage"), track=track)

    services.clone_forms(competition, copy, actor=None)

    def asked(of):
        return list(EntryFormVersion.objects.filter(form__competition=of).order_by("pk").values_list("sha256"))

    assert asked(copy) == asked(competition)


def test_edits_that_were_never_published_stay_behind(competition):
    services.begin_form(competition, actor=OrganizerFactory(competition=competition).user)
    copy = CompetitionFactory()

    services.clone_forms(competition, copy, actor=None)

    assert not EntryForm.objects.filter(competition=copy).exists()
