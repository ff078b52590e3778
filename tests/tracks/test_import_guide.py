from io import StringIO
from pathlib import Path

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.utils import translation

from portal.core.errors import Conflict
from portal.core.models import AuditEntry
from tracks import services
from tracks.enums import TopicStatus
from tracks.guide.importing import apply_import, plan_import
from tracks.guide.parser import parse_guide
from tracks.models import Competition, Topic, TopicRevision, Track
from tracks.services import create_competition

pytestmark = pytest.mark.django_db

GUIDE = Path(__file__).parents[1] / "data" / "2026-sichuan-topic-guide.md"
SMALL = """\
# 某某大赛赛题指南

共 2 个赛道。

## 赛道一：甲赛道

### 一、第一题

第一句，第二句，第三句。

### 二、第二题

甲二的正文。

## 赛道二：乙赛道

### 一、另一题

乙一的正文。
"""


@pytest.fixture(autouse=True)
def _speak_english():
    with translation.override("en"):
        yield


@pytest.fixture
def competition():
    return create_competition(actor=None, slug="some-2026", name="2026 某某大赛", introduction="")


@pytest.fixture
def imported(competition):
    bring_in(competition, SMALL)
    return competition


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "guide.md"
    path.write_text(SMALL, encoding="utf-8")
    return path


def bring_in(competition, text: str, **options):
    return apply_import(competition, plan_import(competition, parse_guide(text)), actor=None, **options)


def run(*arguments) -> str:
    out = StringIO()
    call_command("import_guide", *map(str, arguments), stdout=out)
    return out.getvalue()


def rows():
    """All that an import could touch."""
    models = (Competition, Track, Topic, TopicRevision, AuditEntry)
    return [list(model.objects.order_by("pk").values()) for model in models]


def topic(number: int, track: int = 1) -> Topic:
    return Topic.objects.get(track__number=track, number=number)


# Importing


def test_import_writes_tracks_topics_and_first_revisions(imported):
    written = TopicRevision.objects.values_list(
        "topic__track__name", "topic__number", "topic__title", "topic__body", "number"
    )

    assert list(written.order_by("topic__track__number", "topic__number")) == [
        ("甲", 1, "第一题", "第一句，第二句，第三句。", 1),
        ("甲", 2, "第二题", "甲二的正文。", 1),
        ("乙", 1, "另一题", "乙一的正文。", 1),
    ]


def test_import_of_the_2026_guide_writes_what_the_guide_says(competition):
    document = parse_guide(GUIDE.read_text(encoding="utf-8"))
    apply_import(competition, plan_import(competition, document), actor=None)

    assert list(Topic.objects.values_list("track__name", "number", "title", "body")) == [
        (track.name, each.number, each.title, each.body) for track in document.tracks for each in track.topics
    ]


def test_second_import_changes_nothing(imported):
    before = rows()
    bring_in(imported, SMALL)

    assert rows() == before


def test_changed_text_makes_a_revision_with_its_reason(imported):
    bring_in(imported, SMALL.replace("第二句", "新的一句"), reason="勘误")
    revision = topic(1).revisions.get(number=2)

    assert (topic(1).body, revision.body, revision.reason) == (*["第一句，新的一句，第三句。"] * 2, "勘误")


def test_changed_text_leaves_the_other_topics_alone(imported):
    bring_in(imported, SMALL.replace("第二句", "新的一句"))

    assert TopicRevision.objects.exclude(topic=topic(1)).filter(number__gt=1).count() == 0


def test_changed_title_makes_a_revision(imported):
    bring_in(imported, SMALL.replace("第二题", "新的题"))

    assert [revision.title for revision in topic(2).revisions.all()] == ["第二题", "新的题"]


def test_renamed_track_keeps_its_topics(imported):
    before = set(Topic.objects.values_list("pk", flat=True))
    bring_in(imported, SMALL.replace("甲赛道", "丙赛道"))

    assert set(Topic.objects.filter(track__name__in=["丙", "乙"]).values_list("pk", flat=True)) == before


def test_topic_that_the_guide_dropped_stays_open(imported):
    bring_in(imported, SMALL.replace("### 二、第二题\n\n甲二的正文。\n", ""))

    assert topic(2).status == TopicStatus.OPEN


def test_track_that_the_guide_dropped_stays(imported):
    bring_in(imported, SMALL[: SMALL.index("## 赛道二")].replace("共 2 个赛道", "若干"))

    assert Topic.objects.filter(track__name="乙").count() == 1


def test_renumbered_topics_keep_their_keys_and_their_revisions(imported):
    second = topic(2)
    bring_in(imported, SMALL.replace("### 二、第二题", "### 二、插入的题\n\n正文。\n\n### 三、第二题"))
    second.refresh_from_db()

    assert (second.number, second.revisions.count(), topic(2).title) == (3, 1, "插入的题")


def test_tracks_that_change_places_keep_their_keys(imported):
    before = dict(Topic.objects.values_list("pk", "title"))
    first, second = SMALL.split("## 赛道一：甲赛道")[1].split("## 赛道二：乙赛道")
    bring_in(imported, f"# 指南\n\n## 赛道一：乙赛道{second}\n\n## 赛道二：甲赛道{first}")

    assert dict(Topic.objects.values_list("pk", "title")) == before
    assert list(Track.objects.order_by("number").values_list("name", flat=True)) == ["乙", "甲"]


def test_topic_that_the_guide_dropped_is_withdrawn_when_chosen(imported):
    plan = plan_import(imported, parse_guide(SMALL.replace("### 二、第二题\n\n甲二的正文。\n", "")))
    apply_import(imported, plan, actor=None, reason="合并", withdraw=[topic(2).pk])

    assert (topic(2).status, topic(2).withdrawal_reason) == (TopicStatus.WITHDRAWN, "合并")


def test_withdrawal_needs_a_reason(imported):
    plan = plan_import(imported, parse_guide(SMALL.replace("### 二、第二题\n\n甲二的正文。\n", "")))

    with pytest.raises(ValidationError, match="Please say why"):
        apply_import(imported, plan, actor=None, withdraw=[topic(2).pk])


def test_topic_that_the_guide_has_can_t_be_withdrawn(imported):
    plan = plan_import(imported, parse_guide(SMALL))

    with pytest.raises(ValidationError, match="Only topics that the guide no longer holds"):
        apply_import(imported, plan, actor=None, reason="x", withdraw=[topic(2).pk])


def test_plan_made_before_somebody_else_wrote_is_refused(imported):
    plan = plan_import(imported, parse_guide(SMALL.replace("第二句", "新的一句")))
    bring_in(imported, SMALL.replace("第三句", "末一句"))

    with pytest.raises(Conflict, match="changed since this plan was made"):
        apply_import(imported, plan, actor=None)


def test_import_that_fails_midway_leaves_nothing(competition, monkeypatch):
    add_topic = services.add_topic

    def fail_at_the_second(track, *, number, **fields):
        if number == 2:
            raise RuntimeError
        return add_topic(track, number=number, **fields)

    monkeypatch.setattr(services, "add_topic", fail_at_the_second)
    before = rows()
    with pytest.raises(RuntimeError):
        bring_in(competition, SMALL)

    assert rows() == before


def test_import_is_for_organizers(competition):
    with pytest.raises(PermissionDenied):
        apply_import(competition, plan_import(competition, parse_guide(SMALL)), actor=AnonymousUser())


# The command


def test_command_takes_the_only_competition(competition, file):
    run(file)

    assert competition.tracks.count() == 2


def test_command_takes_the_competition_it_is_told(competition, file):
    create_competition(actor=None, slug="other-2026", name="另一大赛", introduction="")
    run(file, "--competition", "some-2026")

    assert set(Track.objects.values_list("competition__slug", flat=True)) == {"some-2026"}


def test_command_keeps_the_reason(imported, file):
    file.write_text(SMALL.replace("第二句", "新的一句"), encoding="utf-8")
    run(file, "--reason", "勘误")

    assert topic(1).revisions.get(number=2).reason == "勘误"


def test_command_says_when_there_is_nothing_to_do(imported, file):
    assert run(file).endswith("In all: 3 unchanged\nNothing to change.\n")


def test_create_makes_an_unpublished_competition_with_the_introduction(file):
    run(file, "--create", "--slug", "new-2027", "--name", "2027 新大赛")
    made = Competition.objects.get()

    assert (made.slug, made.name, made.year, made.introduction, made.is_published, made.tracks.count()) == (
        "new-2027",
        "2027 新大赛",
        2027,
        "共 2 个赛道。",
        False,
        2,
    )


def test_dry_run_changes_nothing(imported, file):
    file.write_text(SMALL.replace("第二句", "新的一句").replace("乙赛道", "丙赛道"), encoding="utf-8")
    before = rows()
    run(file, "--dry-run")

    assert rows() == before


def test_dry_run_creates_nothing(file):
    run(file, "--create", "--slug", "new-2027", "--name", "2027 新大赛", "--dry-run")

    assert Competition.objects.count() == 0


def test_dry_run_says_what_would_change(imported, file):
    text = SMALL.replace("第二句", "新的一句").replace("### 二、第二题\n\n甲二的正文。\n", "")
    file.write_text(text.replace("乙赛道", "丙赛道") + "\n### 二、添的题\n\n正文。\n", encoding="utf-8")

    assert run(file, "--dry-run").splitlines() == [
        "some-2026: 2026 某某大赛",
        "Track 1 甲: 1 changed, 1 not in the guide any more",
        "  ~ 1. 第一题",
        "      @@ -2,3 +2,3 @@",
        "       第一句，",
        "      -第二句，",
        "      +新的一句，",
        "       第三句。",
        "  - 2. 第二题",
        "Track 2 丙 (was: 乙): 1 new, 1 unchanged",
        "  + 2. 添的题",
        "In all: 1 new, 1 changed, 1 not in the guide any more, 1 unchanged",
        "Dry run: nothing was changed.",
    ]


def test_dry_run_tells_of_repairs(competition):
    assert "Line 553: took out “。案”, which the end of a page had doubled." in run(GUIDE, "--dry-run")


def test_dry_run_tells_of_moves(imported, file):
    file.write_text(SMALL.replace("### 二、第二题", "### 二、插\n\n正文。\n\n### 三、第二题"), encoding="utf-8")

    assert "  > 3. 第二题 (was track 1, topic 2)" in run(file, "--dry-run").splitlines()


def test_dry_run_needs_no_reason_where_the_import_does(imported, file):
    Competition.objects.update(is_published=True)
    file.write_text(SMALL.replace("第二句", "新的一句"), encoding="utf-8")
    run(file, "--dry-run")

    with pytest.raises(CommandError, match="Please say why"):
        run(file)


def test_command_withdraws_what_is_gone_when_told(imported, file):
    file.write_text(SMALL.replace("### 二、第二题\n\n甲二的正文。\n", ""), encoding="utf-8")
    run(file, "--withdraw-gone", "--reason", "合并")

    assert list(Topic.objects.filter(status=TopicStatus.WITHDRAWN).values_list("title", flat=True)) == ["第二题"]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("### 二、", "### 三、", "guide.md: Line 11: topic 3 stands where topic 2 was expected."),
        ("第二题", "长" * 121, "guide.md: Line 11: Ensure this value has at most 120 characters (it has 121)."),
        ("甲赛道", "长" * 61, "guide.md: Line 5: Ensure this value has at most 60 characters (it has 61)."),
    ],
)
def test_document_without_sense_changes_nothing_and_names_the_line(imported, file, old, new, complaint):
    file.write_text(SMALL.replace(old, new), encoding="utf-8")
    before = rows()
    with pytest.raises(CommandError) as refusal:
        run(file)

    assert (str(refusal.value).endswith(complaint), rows()) == (True, before)


@pytest.mark.parametrize(
    ("name", "answer"),
    [("none.md", r"^There is no file .*none\.md\.$"), ("", r"is a folder; name the guide's file\.$")],
)
def test_path_that_is_no_file_gets_a_sentence(tmp_path, name, answer):
    with pytest.raises(CommandError, match=answer):
        run(tmp_path / name)


def test_file_that_may_not_be_read_gets_a_sentence(file, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(CommandError, match=r"guide\.md can't be read: Permission denied\.$"):
        run(file)


def test_file_that_is_not_utf8_gets_its_line(file):
    file.write_bytes(SMALL.encode("gbk"))

    with pytest.raises(CommandError, match=r"guide\.md: Line 1: the text is not UTF-8 but GB18030 "):
        run(file)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ([], "There is no competition yet. Make one with --create --name NAME --slug SLUG."),
        (["--create", "--slug", "x"], "--create needs --name NAME and --slug SLUG, and no --competition."),
        (["--create", "--name", "X"], "--create needs --name NAME and --slug SLUG, and no --competition."),
        (["--slug", "x"], "--name and --slug belong to --create; --competition SLUG chooses one there is."),
        (["--create", "--slug", "admin", "--name", "X"], "Small letters, digits and hyphens; "),
    ],
)
def test_command_says_which_options_it_needs(file, arguments, complaint):
    with pytest.raises(CommandError) as refusal:
        run(file, *arguments)

    assert str(refusal.value).startswith(complaint)


def test_reason_that_is_too_long_is_refused(competition, file):
    with pytest.raises(CommandError, match="At most 200 characters"):
        run(file, "--reason", "长" * 201)


def test_command_does_not_guess_between_competitions(competition, file):
    create_competition(actor=None, slug="other-2026", name="另一大赛", introduction="")

    with pytest.raises(CommandError, match=r"^Choose with --competition: other-2026, some-2026\.$"):
        run(file)


def test_command_names_the_competitions_there_are(competition, file):
    with pytest.raises(CommandError, match=r"^There is no competition nope, but: some-2026\.$"):
        run(file, "--competition", "nope")
