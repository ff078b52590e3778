"""A new edition from an earlier one."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError

from judging.models import Judge, Rubric
from portal.core.models import AuditEntry
from submissions.models import Team
from tests.factories.accounts import SiteAdminFactory
from tests.factories.judging import JudgeFactory, RubricFactory
from tests.factories.submissions import SubmissionFactory
from tests.factories.tracks import (
    AnnouncementFactory,
    CompetitionFactory,
    DocumentFactory,
    OrganizerFactory,
    QuestionFactory,
    RevisionFactory,
    StageFactory,
    TopicFactory,
)
from tracks.enums import TopicStatus
from tracks.models import Competition, Organizer, Topic, TopicRevision
from tracks.services import change_competition, clone_competition, create_competition
from tracks.signals import competition_cloned

pytestmark = pytest.mark.django_db
QUERIES = 28
OPENS = datetime(2026, 6, 1, tzinfo=UTC)
NEXT_YEAR = {
    "slug": "sichuan-2027",
    "name": "2027年“数据要素×”大赛四川分赛",
    "short_name": "四川分赛2027",
    "year": 2027,
    "shift": timedelta(days=365),
}


@pytest.fixture
def source():
    return CompetitionFactory(slug="sichuan-2026", hue=155, max_team_members=7)


def clone(source, **changes):
    return clone_competition(source, actor=None, **{**NEXT_YEAR, **changes})


def test_the_copy_is_not_public_yet(source):
    assert clone(source).is_published is False


def test_the_copy_keeps_the_settings(source):
    copy = clone(source)

    assert (copy.host, copy.hue, copy.max_team_members) == (source.host, 155, 7)


def test_certificates_of_the_copy_count_under_another_prefix(source):
    assert clone(source).certificate_prefix == "SICHUAN-2027"


def test_a_long_address_gives_a_prefix_that_keeps_the_year(source):
    copy = clone(source, slug="chengdu-chongqing-double-city-2027")

    assert copy.certificate_prefix == "CHENGDU-CHONGQI-2027"


def test_a_prefix_of_another_competition_is_counted_up(source):
    for taken in ("SICHUAN-2027", "SICHUAN-2027-2"):
        CompetitionFactory(certificate_prefix=taken)

    assert clone(source).certificate_prefix == "SICHUAN-2027-3"


def test_a_long_prefix_is_counted_up_within_its_length(source):
    CompetitionFactory(certificate_prefix="CHENGDU-CHONGQI-2027")

    copy = clone(source, slug="chengdu-chongqing-double-city-2027")

    assert copy.certificate_prefix == "CHENGDU-CHONG-2027-2"


def test_a_new_competition_takes_no_prefix_of_another():
    CompetitionFactory(certificate_prefix="SICHUAN-2027")

    made = create_competition(actor=None, slug="sichuan-2027", name="2027 四川分赛", introduction="")

    assert made.certificate_prefix == "SICHUAN-2027-2"


def test_an_organizer_can_not_take_the_prefix_of_another_competition(source):
    other = CompetitionFactory()

    with pytest.raises(ValidationError) as refused:
        change_competition(source, actor=None, certificate_prefix=other.certificate_prefix)

    assert list(refused.value.error_dict) == ["certificate_prefix"]


def test_stages_move_by_the_shift_and_keep_their_length_and_grace(source):
    StageFactory(competition=source, opens_at=OPENS, closes_at=OPENS + timedelta(days=60), grace=300)
    opens_at = datetime(2027, 6, 1, tzinfo=UTC)

    stages = clone(source).stages.values_list("kind", "opens_at", "closes_at", "grace")

    assert list(stages) == [("submission", opens_at, opens_at + timedelta(days=60), 300)]


def test_topics_come_along_under_their_numbers(source):
    for number in (3, 5):
        TopicFactory(track__competition=source, track__number=number, number=2, title=f"赛题{number}")

    topics = Topic.objects.filter(track__competition=clone(source))

    assert list(topics.values_list("track__number", "number", "title").order_by("track__number")) == [
        (3, 2, "赛题3"),
        (5, 2, "赛题5"),
    ]


def test_a_topic_begins_again_with_its_latest_text_as_revision_one(source):
    topic = TopicFactory(track__competition=source, title="新标题", body="新正文")
    RevisionFactory(topic=topic, number=2)

    revisions = TopicRevision.objects.filter(topic__track__competition=clone(source))

    assert list(revisions.values_list("number", "title", "body")) == [(1, "新标题", "新正文")]


def test_withdrawn_topics_stay_behind(source):
    TopicFactory(track__competition=source, status=TopicStatus.WITHDRAWN)

    assert not Topic.objects.filter(track__competition=clone(source)).exists()


def test_rubrics_come_along_with_their_lines(source):
    rubric = RubricFactory(competition=source)
    lines = ("position", "name", "guidance", "max_points", "weight")

    copied = Rubric.objects.get(competition=clone(source))

    assert (copied.name, list(copied.criteria.values(*lines))) == (rubric.name, list(rubric.criteria.values(*lines)))


def test_people_stay_behind(source):
    OrganizerFactory(competition=source)
    JudgeFactory(competition=source)
    SubmissionFactory(team__competition=source)

    copy = clone(source)

    assert [model.objects.filter(competition=copy).count() for model in (Organizer, Judge, Team)] == [0, 0, 0]


def test_news_files_and_answers_stay_behind(source):
    for factory in (AnnouncementFactory, DocumentFactory, QuestionFactory):
        factory(competition=source)

    copy = clone(source)

    assert [rows.count() for rows in (copy.announcements, copy.documents, copy.questions)] == [0, 0, 0]


def test_the_source_stays_as_it_was(source):
    TopicFactory(track__competition=source)
    before = Competition.objects.filter(pk=source.pk).values().get()

    clone(source)

    assert Competition.objects.filter(pk=source.pk).values().get() == before


def test_the_trail_of_the_copy_names_its_source(source):
    copy = clone(source)

    line = AuditEntry.objects.get(action="clone")
    assert (line.object_id, line.after["source"]) == (str(copy.pk), source.pk)


def test_an_address_that_is_taken_is_refused(source):
    with pytest.raises(ValidationError) as refused:
        clone(source, slug=source.slug)

    assert list(refused.value.error_dict) == ["slug"]


def test_an_address_that_a_rival_takes_meanwhile_is_refused_at_its_field(source, monkeypatch):
    check = Competition.full_clean

    def checked_just_before_a_rival(copy):
        check(copy)
        monkeypatch.setattr(Competition, "full_clean", check)
        CompetitionFactory(slug=copy.slug)

    monkeypatch.setattr(Competition, "full_clean", checked_just_before_a_rival)

    with pytest.raises(ValidationError) as refused:
        clone(source)

    assert list(refused.value.error_dict) == ["slug"]


def test_a_word_of_the_portal_is_refused_as_an_address(source):
    with pytest.raises(ValidationError):
        clone(source, slug="theme")


def test_stages_can_not_leave_the_calendar(source):
    StageFactory(competition=source)

    with pytest.raises(ValidationError) as refused:
        clone(source, shift=timedelta(days=3_000_000))

    assert "shift" in refused.value.error_dict


def test_an_organizer_alone_can_not_clone(source):
    organizer = OrganizerFactory(competition=source).user

    with pytest.raises(PermissionDenied):
        clone_competition(source, actor=organizer, **NEXT_YEAR)


def test_a_site_admin_signs_the_revisions(source):
    TopicFactory(track__competition=source)
    admin = SiteAdminFactory()

    copy = clone_competition(source, actor=admin, **NEXT_YEAR)

    assert TopicRevision.objects.get(topic__track__competition=copy).created_by == admin


@pytest.mark.database
def test_a_receiver_that_fails_leaves_no_copy(source):
    def fail(sender, **kwargs):
        raise RuntimeError

    competition_cloned.connect(fail)
    try:
        with pytest.raises(RuntimeError):
            clone(source)
    finally:
        competition_cloned.disconnect(fail)

    assert not Competition.objects.filter(slug=NEXT_YEAR["slug"]).exists()


@pytest.mark.parametrize("count", [1, 3])
def test_cloning_costs_the_same_however_many_topics(source, count, django_assert_num_queries):
    RubricFactory.create_batch(count, competition=source)
    TopicFactory.create_batch(count, track__competition=source)

    with django_assert_num_queries(QUERIES):
        clone(source)


def test_stages_can_not_leave_the_century(source):
    StageFactory(competition=source)

    with pytest.raises(ValidationError) as refused:
        clone(source, shift=timedelta(days=75 * 366))

    assert "shift" in refused.value.error_dict
