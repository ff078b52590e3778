"""Topics as tables: who may have them, what is in them, and that they come in again as they went out."""

import csv
import io
import json
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.utils import translation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from portal.core.models import AuditEntry
from portal.core.tables import LONGEST_XLSX_CELL
from portal.core.text import BIDI
from tests.factories.accounts import UserFactory
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, RevisionFactory, TopicFactory, TrackFactory
from tracks.enums import TopicStatus
from tracks.guide.importing import apply_import, plan_import
from tracks.guide.tables import read_table
from tracks.models import Topic, TopicRevision, Track
from tracks.services import add_topic, add_track, create_competition, export_topics

pytestmark = pytest.mark.django_db
KINDS = ["csv", "xlsx", "json"]


@pytest.fixture
def competition():
    return CompetitionFactory(short_name="四川分赛", slug="sichuan-2026")


@pytest.fixture
def track(competition):
    return TrackFactory(competition=competition, name="甲")


def written(competition, kind="csv", **options) -> bytes:
    return b"".join(export_topics(competition, **{"actor": None, "kind": kind, **options}).chunks)


def rows(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))


# What is in it


def test_a_row_says_track_topic_state_and_revision(track, time_machine):
    time_machine.move_to(datetime(2026, 5, 31, 16, 0, tzinfo=UTC), tick=False)
    topic = TopicFactory(track=track, title="第一题", body="第一段。\n\n第二段。")
    RevisionFactory(topic=topic, number=2)

    assert rows(written(track.competition)) == [
        ["赛道编号", "赛道名称", "赛题编号", "赛题名称", "赛题内容", "状态", "修订版次", "修订时间"],
        ["1", "甲", "1", "第一题", "第一段。\n\n第二段。", "开放", "2", "2026-06-01 00:00:00"],
    ]


def test_json_is_for_programs(track):
    topic = TopicFactory(track=track, status=TopicStatus.WITHDRAWN)

    assert json.loads(written(track.competition, "json")) == [
        {
            "track_number": 1,
            "track_name": "甲",
            "topic_number": 1,
            "topic_title": topic.title,
            "topic_text": topic.body,
            "state": "withdrawn",
            "revision": 1,
            "revised_at": json.loads(written(track.competition, "json"))[0]["revised_at"],
        }
    ]


def test_headings_speak_the_readers_language_although_they_are_sent_later(track):
    with translation.override("en"):
        table = export_topics(track.competition, actor=None, kind="csv")

    assert rows(b"".join(table.chunks))[0][0] == "Track number"


def test_topics_stand_in_the_order_of_the_guide(competition):
    for number in (10, 2):
        track = TrackFactory(competition=competition, number=number, name=str(number))
        for topic in (11, 3):
            TopicFactory(track=track, number=topic)

    assert [(row[0], row[2]) for row in rows(written(competition))[1:]] == [
        ("2", "3"),
        ("2", "11"),
        ("10", "3"),
        ("10", "11"),
    ]


def test_a_track_without_topics_has_a_row(track):
    assert rows(written(track.competition))[1:] == [["1", "甲", "", "", "", "", "", ""]]


@pytest.mark.parametrize("kind", KINDS)
def test_a_competition_without_tracks_makes_a_table(competition, kind):
    assert written(competition, kind)


def test_a_title_that_a_spreadsheet_would_run_is_marked(track):
    TopicFactory(track=track, title="=HYPERLINK(1)", body="＝1")

    assert rows(written(track.competition))[1][3:5] == ["'=HYPERLINK(1)", "'＝1"]


def test_the_file_is_named_after_competition_and_day(track, time_machine):
    time_machine.move_to(datetime(2026, 5, 31, 16, 0, tzinfo=UTC))

    assert export_topics(track.competition, actor=None, kind="json").name == "四川分赛 赛题 2026-06-01.json"


def test_a_name_that_no_file_can_have(time_machine):
    time_machine.move_to(datetime(2026, 6, 1, tzinfo=UTC))
    competition = CompetitionFactory(short_name="../甲/乙")

    assert export_topics(competition, actor=None, kind="csv").name == "乙 赛题 2026-06-01.csv"


def test_a_text_that_a_workbook_cannot_hold_is_named(track):
    TopicFactory(track=track, body="长" * (LONGEST_XLSX_CELL + 1))

    with pytest.raises(ValidationError, match="第 2 行“赛题内容”：内容过长"):
        export_topics(track.competition, actor=None, kind="xlsx")


def test_a_text_that_a_workbook_cannot_hold_goes_into_a_csv(track):
    TopicFactory(track=track, body="长" * (LONGEST_XLSX_CELL + 1))

    assert len(rows(written(track.competition))[1][4]) == LONGEST_XLSX_CELL + 1


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_an_export_costs_the_same_however_long(track, kind, count, django_assert_num_queries):
    TopicFactory.create_batch(count, track=track)
    TopicFactory()  # of another competition, must not appear
    user = organizer(track)
    written(track.competition)

    with django_assert_num_queries(5):
        data = written(track.competition, kind, actor=user)

    if kind == "json":
        assert len(json.loads(data)) == count


def organizer(track, **options):
    return OrganizerFactory(competition=track.competition, **options).user


# Who may have it


def test_an_organizer_has_every_track(track):
    TrackFactory(competition=track.competition, name="乙")

    assert [row[1] for row in rows(written(track.competition, actor=organizer(track)))[1:]] == ["甲", "乙"]


def test_a_track_organizer_has_their_own_tracks(track):
    TopicFactory(track=TrackFactory(competition=track.competition, name="乙"))

    assert [row[1] for row in rows(written(track.competition, actor=organizer(track, tracks=[track])))[1:]] == ["甲"]


def test_chosen_topics_of_other_tracks_stay_out(track):
    own, other = TopicFactory(track=track), TopicFactory(track=TrackFactory(competition=track.competition, name="乙"))
    chosen = Topic.objects.filter(pk__in=[own.pk, other.pk])

    data = written(track.competition, actor=organizer(track, tracks=[track]), topics=chosen)

    assert [row[1] for row in rows(data)[1:]] == ["甲"]


def test_only_the_chosen_topics_come(track):
    TopicFactory(track=track)
    chosen = TopicFactory(track=track, title="选中的题")
    TopicFactory(track=track)

    data = written(track.competition, topics=Topic.objects.filter(pk=chosen.pk))

    assert [row[3] for row in rows(data)[1:]] == ["选中的题"]


@pytest.mark.parametrize("who", [AnonymousUser, UserFactory, lambda: OrganizerFactory().user])
def test_others_have_nothing(track, who):
    with pytest.raises(PermissionDenied):
        export_topics(track.competition, actor=who(), kind="csv")


def test_an_export_is_in_the_audit_trail(track):
    user = organizer(track)
    export_topics(track.competition, actor=user, kind="csv")

    assert AuditEntry.objects.values_list("action", "actor_id", "after").get() == (
        "export_topics",
        user.pk,
        {"format": "csv", "chosen": False},
    )


# There and back


def texts(most: int) -> st.SearchStrategy[str]:
    """What a title or a text may be, with a liking for what tables stumble over."""
    plain = st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp", "Cn"], exclude_characters=BIDI)
    tricky = st.sampled_from(["'", "=", "＝", "-", "@", "_x000D_", "x005F_", ",", ";", '"', "#REF!", "甲", " "])
    return (
        st.lists(tricky | plain, min_size=1, max_size=most)
        .map("".join)
        .map(lambda text: text[:most])
        .filter(lambda text: text.strip() and text.strip() != "#REF!" and any(map(str.isalnum, text)))
    )


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(title=texts(60), lines=st.lists(texts(60), min_size=1, max_size=4), end=st.sampled_from(["\n", "\r\n", "\r"]))
def test_what_went_out_changes_nothing_when_it_comes_in(kind, title, lines, end):
    competition = CompetitionFactory()
    track = TrackFactory(competition=competition, number=3, name="甲")
    TopicFactory(track=track, number=7, title=title, body=end.join(lines))
    TopicFactory(track=track, number=9, status=TopicStatus.WITHDRAWN)
    TrackFactory(competition=competition, number=5, name="没有赛题")

    document = read_table(f"topics.{kind}", written(competition, kind))

    assert not plan_import(competition, document).writes_something


@pytest.mark.parametrize("kind", KINDS)
def test_the_guide_of_2026_goes_out_and_comes_in_elsewhere(kind, django_db_blocker):
    call_command("loaddata", "sichuan-2026", verbosity=0)
    source = Track.objects.select_related("competition").first().competition
    copy = create_competition(actor=None, slug="copy", name="2026 副本", introduction="")

    apply_import(copy, plan_import(copy, read_table(f"a.{kind}", written(source, kind))), actor=None)

    def contents(competition):
        topics = Topic.objects.filter(track__competition=competition)
        return list(topics.values_list("track__number", "track__name", "number", "title", "body"))

    assert contents(copy) == contents(source)


def test_what_was_changed_in_excel_makes_a_revision(track):
    add_topic(track, actor=None, number=1, title="第一题", body="第一段。")
    file = io.BytesIO(written(track.competition, "xlsx"))
    book = load_workbook(file)
    book.active["E2"] = "改过的一段。"
    book.save(file)

    plan = plan_import(track.competition, read_table("a.xlsx", file.getvalue()))
    apply_import(track.competition, plan, actor=None, reason="勘误")

    assert TopicRevision.objects.values_list("number", "body", "reason").last() == (2, "改过的一段。", "勘误")


# The commands


@pytest.fixture
def some():
    competition = create_competition(actor=None, slug="some-2026", name="2026 某某大赛", introduction="")
    track = add_track(competition, actor=None, number=1, name="甲")
    add_topic(track, actor=None, number=1, title="第一题", body="正文。")
    return competition


def run(*arguments) -> str:
    out = StringIO()
    call_command(*map(str, arguments), stdout=out)
    return out.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_command_writes_a_table_that_import_takes(some, tmp_path, kind):
    path = tmp_path / f"topics.{kind}"
    run("export_topics", "--competition", "some-2026", "--format", kind, "--output", path)

    assert run("import_guide", path).splitlines()[-1] == "没有需要更改的内容。"


def test_command_names_the_file_itself(some, tmp_path, monkeypatch, time_machine):
    time_machine.move_to(datetime(2026, 6, 1, tzinfo=UTC))
    monkeypatch.chdir(tmp_path)

    assert run("export_topics", "--competition", "some-2026") == "2026 某某大赛 赛题 2026-06-01.csv\n"
    assert [path.name for path in tmp_path.iterdir()] == ["2026 某某大赛 赛题 2026-06-01.csv"]


def test_command_overwrites_nothing(some, tmp_path):
    path = tmp_path / "topics.csv"
    path.write_text("别人的")

    with pytest.raises(CommandError, match="已存在"):
        run("export_topics", "--competition", "some-2026", "--output", path)
    assert path.read_text() == "别人的"


def test_command_says_where_it_cannot_write(some, tmp_path):
    with pytest.raises(CommandError, match="无法写入"):
        run("export_topics", "--competition", "some-2026", "--output", tmp_path / "none" / "topics.csv")


def test_command_knows_only_competitions_there_are(some):
    with pytest.raises(CommandError, match="nope"):
        run("export_topics", "--competition", "nope")


def test_command_says_what_no_workbook_holds(some, tmp_path):
    Topic.objects.update(body="长" * (LONGEST_XLSX_CELL + 1))

    with pytest.raises(CommandError, match="第 2 行“赛题内容”"):
        run("export_topics", "--competition", "some-2026", "--format", "xlsx", "--output", tmp_path / "a.xlsx")
    assert list(tmp_path.iterdir()) == []


def test_import_names_row_and_column(some, tmp_path):
    path = tmp_path / "topics.csv"
    path.write_text("赛道编号,赛道名称,赛题编号,赛题名称,赛题内容\n1,甲,一点五,题,正文。\n")

    with pytest.raises(CommandError, match="第 2 行“赛题编号”：“一点五”不是正整数。"):
        run("import_guide", path)
