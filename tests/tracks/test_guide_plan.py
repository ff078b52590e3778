import pytest

from tracks.guide.document import GuideDocument, GuideTopic, GuideTrack
from tracks.guide.plan import Change, PresentTopic, PresentTrack, make_plan

ONE = ("一", "第一题的正文，讲数据的采集、治理与流通，共三句。")
TWO = ("二", "次题之文：算力监测与调度，各地节点互相协同。")
NEW = ("三", "此篇另论低空飞行、气象保障以及应急救援。")
TRACK = ("甲", [ONE, TWO])


def guide(*tracks) -> GuideDocument:
    return GuideDocument("指南", "", tuple(guide_track(number, *track) for number, track in enumerate(tracks, start=1)))


def guide_track(number, name, topics) -> GuideTrack:
    rows = (GuideTopic(place, title, body, 1) for place, (title, body) in enumerate(topics, start=1))
    return GuideTrack(number, name, tuple(rows), 1)


def present(*tracks, withdrawn=()) -> list[PresentTrack]:
    """Keys are 11, 12 … in the first track, 21 … in the second."""
    return [
        PresentTrack(
            track.number,
            track.number,
            track.name,
            tuple(
                PresentTopic(
                    10 * track.number + topic.number,
                    topic.number,
                    topic.title,
                    topic.body,
                    topic.title not in withdrawn,
                )
                for topic in track.topics
            ),
        )
        for track in guide(*tracks).tracks
    ]


def changes(plan):
    return [(set(track.changes), [set(topic.changes) for topic in track.topics]) for track in plan.tracks]


def places(plan):
    return {step.pk: step.place for step in plan.topics if step.pk}


A, C, R, M, G, U, BACK = (
    {Change.ADDED},
    {Change.CHANGED},
    {Change.RENAMED},
    {Change.MOVED},
    {Change.GONE},
    {Change.UNCHANGED},
    {Change.WITHDRAWN_HERE},
)
EDITED = ("一", ONE[1].replace("采集", "汇聚"))
CASES = {
    "new": ([], [TRACK], [(A, [A, A])]),
    "same": ([TRACK], [TRACK], [(U, [U, U])]),
    "track gone": ([TRACK], [], [(G, [G, G])]),
    "track renamed": ([TRACK], [("乙", TRACK[1])], [(R, [U, U])]),
    "topic gone": ([TRACK], [("甲", [ONE])], [(U, [U, G])]),
    "topic added": ([("甲", [ONE])], [TRACK], [(U, [U, A])]),
    "text changed": ([("甲", [ONE])], [("甲", [EDITED])], [(U, [C])]),
    "title changed": ([("甲", [ONE])], [("甲", [("新", ONE[1])])], [(U, [R])]),
    "both changed": ([("甲", [ONE])], [("甲", [("新", EDITED[1])])], [(U, [C | R])]),
    "swapped": ([TRACK], [("甲", [TWO, ONE])], [(U, [M, M])]),
    "swapped and edited": ([TRACK], [("甲", [TWO, EDITED])], [(U, [M, M | C])]),
    "inserted before": ([TRACK], [("甲", [NEW, ONE, TWO])], [(U, [A, M, M])]),
    "first one gone": ([TRACK], [("甲", [TWO])], [(U, [M, G | M])]),
    "another instead": ([("甲", [ONE])], [("甲", [NEW])], [(U, [A, G | M])]),
    "to another track": ([TRACK, ("乙", [NEW])], [("甲", [ONE]), ("乙", [NEW, TWO])], [(U, [U]), (U, [U, M])]),
    "tracks swapped": ([TRACK, ("乙", [NEW])], [("乙", [NEW]), TRACK], [(M, [U]), (M, [U, U])]),
    "track inserted": ([TRACK], [("乙", [NEW]), TRACK], [(A, [A]), (M, [U, U])]),
    "another track instead": ([("甲", [ONE])], [("乙", [NEW])], [(A, [A]), (G | M, [G])]),
}


@pytest.mark.parametrize(("before", "after", "expected"), CASES.values(), ids=CASES)
def test_plan_says_what_happens_to_each_track_and_topic(before, after, expected):
    assert changes(make_plan(guide(*after), present(*before))) == expected


def test_a_topic_that_is_gone_steps_behind_the_others():
    plan = make_plan(guide(("甲", [TWO, NEW])), present(TRACK))

    assert places(plan) == {12: (1, 1), 11: (1, 3)}


def test_a_track_that_is_gone_steps_behind_the_others():
    plan = make_plan(guide(("乙", [NEW])), present(TRACK))

    assert [(track.name, track.number) for track in plan.tracks] == [("乙", 1), ("甲", 2)]


def test_withdrawn_topic_that_the_guide_leaves_out_is_as_it_should_be():
    plan = make_plan(guide(("甲", [ONE])), present(TRACK, withdrawn=["二"]))

    assert changes(plan) == [(U, [U])]


def test_withdrawn_topic_that_the_guide_has_may_be_opened_again():
    plan = make_plan(guide(TRACK), present(TRACK, withdrawn=["二"]))

    assert changes(plan) == [(U, [U, BACK])]


def test_withdrawn_topic_in_the_way_steps_behind():
    plan = make_plan(guide(("甲", [ONE, NEW])), present(TRACK, withdrawn=["二"]))

    assert places(plan) == {11: (1, 1), 12: (1, 3)}


def test_an_open_topic_comes_before_a_withdrawn_one_with_its_title():
    withdrawn, open_one = present(("甲", [ONE]), withdrawn=["一"]), present(("丙", [NEW]), ("乙", [ONE]))[1:]
    plan = make_plan(guide(("甲", [NEW, ONE])), [*withdrawn, *open_one])

    assert places(plan)[21] == (1, 2)


@pytest.mark.parametrize(
    ("after", "writes"),
    [([TRACK], False), ([("甲", [ONE])], False), ([("乙", TRACK[1])], True), ([("甲", [TWO])], True)],
)
def test_plan_knows_whether_it_writes_something(after, writes):
    assert make_plan(guide(*after), present(TRACK)).writes_something is writes


def test_counts_add_up_over_tracks():
    plan = make_plan(guide(TRACK, ("乙", [NEW])), present(TRACK))

    assert plan.counts == {Change.UNCHANGED: 2, Change.ADDED: 1}


@pytest.mark.parametrize(
    "stored", [ONE[1] + "\n", "\r\n" + ONE[1] + " ", ONE[1].replace("，", "，\r\n")], ids=["end", "space", "lines"]
)
def test_line_ends_and_space_around_make_no_change(stored):
    after = ("一", ONE[1].replace("，", "，\n")) if "，\r\n" in stored else ONE
    plan = make_plan(guide(("甲", [after])), present(("甲", [("一", stored)])))

    assert changes(plan) == [(U, [U])]


def test_fingerprint_tells_any_difference_of_the_present():
    states = [
        present(TRACK),
        present(TRACK, withdrawn=["二"]),
        present(("乙", TRACK[1])),
        present(("甲", [ONE, NEW])),
        [],
    ]

    assert len({make_plan(guide(TRACK), state).fingerprint for state in states}) == len(states)


def test_diff_shows_the_clauses_that_differ_and_their_neighbours():
    before, after = ("甲", [("题", "第一，第二，第三，第四。")]), ("甲", [("题", "第一，第二，新三，第四。")])
    step = make_plan(guide(after), present(before)).tracks[0].topics[0]

    assert step.diff() == ["@@ -3,3 +3,3 @@", " 第二，", "-第三，", "+新三，", " 第四。"]


def test_diff_shows_that_paragraphs_were_joined():
    before, after = ("甲", [("题", "第一。\n\n第二。")]), ("甲", [("题", "第一。第二。")])
    step = make_plan(guide(after), present(before)).tracks[0].topics[0]

    assert step.diff() == ["@@ -2,3 +2,2 @@", " 第一。", "-¶", " 第二。"]
