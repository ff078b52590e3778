import pytest

from tracks.guide.document import GuideDocument, GuideTopic, GuideTrack
from tracks.guide.plan import Change, Moved, PresentTopic, PresentTrack, make_plan


def guide(*tracks: tuple[str, list[tuple[str, str]]]) -> GuideDocument:
    return GuideDocument(
        "指南",
        "",
        tuple(
            GuideTrack(
                number,
                name,
                tuple(GuideTopic(place, title, body, 1) for place, (title, body) in enumerate(topics, start=1)),
                1,
            )
            for number, (name, topics) in enumerate(tracks, start=1)
        ),
    )


def present(*tracks: tuple[str, list[tuple[str, str]]], withdrawn: str = "") -> list[PresentTrack]:
    return [
        PresentTrack(
            track.number,
            track.name,
            tuple(
                PresentTopic(topic.number, topic.title, topic.body, is_open=topic.title != withdrawn)
                for topic in track.topics
            ),
        )
        for track in guide(*tracks).tracks
    ]


TWO = ("甲", [("一", "文一。"), ("二", "文二。")])


def changes(plan):
    return [(track.change, [topic.change for topic in track.topics]) for track in plan.tracks]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([], [TWO], (Change.ADDED, [Change.ADDED, Change.ADDED])),
        ([TWO], [TWO], (Change.UNCHANGED, [Change.UNCHANGED, Change.UNCHANGED])),
        ([TWO], [], (Change.GONE, [Change.GONE, Change.GONE])),
        ([TWO], [("乙", TWO[1])], (Change.RENAMED, [Change.UNCHANGED, Change.UNCHANGED])),
        ([TWO], [("甲", TWO[1][:1])], (Change.UNCHANGED, [Change.UNCHANGED, Change.GONE])),
        ([("甲", TWO[1][:1])], [TWO], (Change.UNCHANGED, [Change.UNCHANGED, Change.ADDED])),
        ([("甲", [("一", "文一。")])], [("甲", [("一", "新文。")])], (Change.UNCHANGED, [Change.CHANGED])),
        ([("甲", [("一", "文一。")])], [("甲", [("新", "文一。")])], (Change.UNCHANGED, [Change.RENAMED])),
        ([("甲", [("一", "文一。")])], [("甲", [("新", "新文。")])], (Change.UNCHANGED, [Change.CHANGED])),
    ],
)
def test_plan_says_what_happens_to_each_track_and_topic(before, after, expected):
    assert changes(make_plan(guide(*after), present(*before))) == [expected]


def test_withdrawn_topic_that_the_guide_leaves_out_is_as_it_should_be():
    plan = make_plan(guide(("甲", TWO[1][:1])), present(TWO, withdrawn="二"))

    assert changes(plan) == [(Change.UNCHANGED, [Change.UNCHANGED])]


@pytest.mark.parametrize(("after", "writes"), [([TWO], False), ([("甲", TWO[1][:1])], False), ([("乙", TWO[1])], True)])
def test_plan_knows_whether_it_writes_something(after, writes):
    assert make_plan(guide(*after), present(TWO)).writes_something is writes


def test_counts_add_up_over_tracks():
    plan = make_plan(guide(TWO, ("乙", [("三", "文三。")])), present(TWO))

    assert plan.counts == {Change.UNCHANGED: 2, Change.ADDED: 1}


def test_topic_under_another_number_is_moved():
    plan = make_plan(guide(("甲", [("新", "文。"), *TWO[1]])), present(TWO))

    assert plan.moved == (Moved("一", (1, 1), (1, 2)), Moved("二", (1, 2), (1, 3)))


def test_track_under_another_number_is_moved():
    plan = make_plan(guide(("新", [("三", "文三。")]), ("甲", [("四", "文四。")])), present(TWO))

    assert plan.moved == (Moved("甲", (1, 0), (2, 0)),)


def test_title_that_stays_may_be_used_again():
    assert make_plan(guide(TWO, ("乙", [("一", "另文。")])), present(TWO)).moved == ()


def test_title_of_a_withdrawn_topic_may_be_used_again():
    plan = make_plan(guide(("甲", [("新", "文。"), ("一", "文一。")])), present(TWO, withdrawn="一"))

    assert plan.moved == ()


def test_diff_shows_the_clauses_that_differ_and_their_neighbours():
    before, after = ("甲", [("题", "第一，第二，第三，第四。")]), ("甲", [("题", "第一，第二，新三，第四。")])
    step = make_plan(guide(after), present(before)).tracks[0].topics[0]

    assert step.diff() == ["@@ -3,3 +3,3 @@", " 第二，", "-第三，", "+新三，", " 第四。"]


def test_diff_shows_that_paragraphs_were_joined():
    before, after = ("甲", [("题", "第一。\n\n第二。")]), ("甲", [("题", "第一。第二。")])
    step = make_plan(guide(after), present(before)).tracks[0].topics[0]

    assert step.diff() == ["@@ -2,3 +2,2 @@", " 第一。", "-¶", " 第二。"]
