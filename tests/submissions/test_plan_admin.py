"""Who runs a competition says in the administration how it is screened; a copy of it takes that along."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from portal.core.models import AuditEntry
from submissions.models import ChecklistItem, ScreeningPlan, ScreeningReason
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TrackFactory
from tests.submissions.people import client_for
from tracks.checking import findings
from tracks.services import clone_competition

pytestmark = pytest.mark.django_db
NEXT_YEAR = {"slug": "next", "name": "明年的大赛", "short_name": "明年", "year": 2027, "shift": timedelta(days=364)}
LIST = "/admin/submissions/screeningplan/"


@pytest.fixture
def competition():
    return CompetitionFactory(open=True)


@pytest.fixture
def organizer(competition):
    return client_for(OrganizerFactory(competition=competition).user)


def typed(competition, **changes):
    """One item and one reason, as the page sends them."""
    return {
        "competition": competition.pk,
        "correction_days": "5",
        "items-TOTAL_FORMS": "1",
        "items-INITIAL_FORMS": "0",
        "items-0-place": "1",
        "items-0-key": "seal",
        "items-0-title": "盖章签字",
        "items-0-hint": "盖章页是否清晰完整。",
        "reasons-TOTAL_FORMS": "1",
        "reasons-INITIAL_FORMS": "0",
        "reasons-0-use": "return",
        "reasons-0-place": "1",
        "reasons-0-code": "seal",
        "reasons-0-title": "缺少盖章",
        "reasons-0-text": "申报书盖章页缺少牵头单位印章，请补齐后重新上传。",
        **changes,
    }


def test_a_plan_is_begun_with_items_and_reasons(organizer, competition):
    response = organizer.post(f"{LIST}add/", typed(competition))

    plan = ScreeningPlan.objects.get(competition=competition)
    assert (response.status_code, plan.items.get().key, plan.reasons.get().code) == (302, "seal", "seal")


def test_each_change_is_on_record(organizer, competition):
    organizer.post(f"{LIST}add/", typed(competition))

    actions = AuditEntry.objects.filter(object_type="submissions.screeningplan").values_list("action", flat=True)
    assert set(actions) == {"begin_plan", "edit_plan"}


def test_an_item_is_taken_out(organizer, competition):
    organizer.post(f"{LIST}add/", typed(competition))
    plan, item, reason = ScreeningPlan.objects.get(), ChecklistItem.objects.get(), ScreeningReason.objects.get()
    sent = {"items-INITIAL_FORMS": "1", "items-0-id": item.pk, "items-0-plan": plan.pk, "items-0-DELETE": "on"}
    sent |= {"reasons-INITIAL_FORMS": "1", "reasons-0-id": reason.pk, "reasons-0-plan": plan.pk}
    organizer.post(f"{LIST}{plan.pk}/change/", typed(competition, **sent))

    assert (plan.items.count(), plan.reasons.count()) == (0, 1)


@pytest.mark.parametrize(
    "given",
    [
        {"correction_days": "0"},
        {"items-0-key": "Not a key"},
        {"items-0-title": ""},
        {"reasons-0-text": "长" * 1001},
        {"reasons-0-text": "盖章\x00"},
    ],
)
def test_what_cannot_be_is_refused(organizer, competition, given):
    response = organizer.post(f"{LIST}add/", typed(competition, **given))

    assert (response.status_code, ScreeningPlan.objects.exists()) == (200, False)


def test_a_key_is_there_once(organizer, competition):
    sent = {key.replace("-0-", "-1-"): value for key, value in typed(competition).items() if key.startswith("items-0")}
    response = organizer.post(f"{LIST}add/", typed(competition, **sent, **{"items-TOTAL_FORMS": "2"}))

    assert (response.status_code, ScreeningPlan.objects.exists()) == (200, False)


def test_an_organizer_of_a_track_has_no_say_in_it(competition):
    plan = ScreeningPlan.objects.create(competition=competition)
    role = OrganizerFactory(competition=competition, tracks=[TrackFactory(competition=competition)])
    client = client_for(role.user)

    answers = [client.get(f"{LIST}{plan.pk}/change/").status_code, client.post(f"{LIST}add/").status_code]
    assert answers == [404, 403]


def test_nobody_begins_one_for_a_competition_of_others(organizer):
    other = CompetitionFactory()

    response = organizer.post(f"{LIST}add/", typed(other))
    assert (response.status_code, ScreeningPlan.objects.exists()) == (200, False)


def test_a_copy_of_the_competition_is_screened_alike(competition):
    plan = ScreeningPlan.objects.create(competition=competition, needs_second_look=True, correction_days=7)
    plan.items.create(key="seal", title="盖章签字")
    plan.reasons.create(code="seal", title="缺少盖章", text="请补齐。")
    copy = clone_competition(competition, actor=None, **NEXT_YEAR)

    made = copy.screening_plan
    said = (made.needs_second_look, made.correction_days, made.items.get().title, made.reasons.get().text)
    assert said == (True, 7, "盖章签字", "请补齐。")


def test_before_it_opens_a_competition_is_told_that_it_has_no_plan(competition):
    assert any("screeningplan/add" in finding.url for finding in findings(competition))


def test_with_a_checklist_and_reasons_there_is_nothing_to_say(competition):
    plan = ScreeningPlan.objects.create(competition=competition)
    plan.items.create(key="seal", title="盖章签字")
    plan.reasons.create(code="seal", title="缺少盖章", text="请补齐。")
    plan.reasons.create(use="reject", code="off_topic", title="不符合赛题", text="内容与赛题不符。")

    assert not any("screeningplan" in finding.url for finding in findings(competition))


@pytest.mark.parametrize(("use", "missing"), [("return", "rejection"), ("reject", "return")])
def test_reasons_for_one_decision_are_none_for_the_other(competition, use, missing):
    plan = ScreeningPlan.objects.create(competition=competition)
    plan.items.create(key="seal", title="盖章签字")
    plan.reasons.create(use=use, code="seal", title="缺少盖章", text="请补齐。")

    with override("en"):
        said = [finding.words for finding in findings(competition) if "screeningplan" in finding.url]
    assert ([f"reasons for a {missing}" in words for words in said]) == [True]


@pytest.mark.parametrize(
    ("needs_second_look", "people", "said"),
    [(True, ["all"], "1, 2"), (True, ["all", "first"], "2"), (True, ["all", "all"], ""), (False, ["all"], "")],
)
def test_a_track_that_one_alone_screens_can_reject_nothing_by_two(needs_second_look, people, said):
    competition = CompetitionFactory()
    first = TrackFactory(competition=competition, number=1)
    TrackFactory(competition=competition, number=2)
    for whose in people:
        OrganizerFactory(competition=competition, tracks=[first] if whose == "first" else [])
    OrganizerFactory(competition=competition, user__is_active=False)
    ScreeningPlan.objects.create(competition=competition, needs_second_look=needs_second_look)

    with override("en"):
        found = [finding.words for finding in findings(competition) if "takes two" in finding.words]
    assert found == ([f"A rejection takes two organizers, and these tracks have fewer: {said}."] if said else [])
