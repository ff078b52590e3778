"""A rejection carries a coded reason, where its competition has prepared some."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from submissions import services
from submissions.models import ScreeningPlan, ScreeningReason, Submission
from tests.submissions.screening import Screening
from tests.submissions.screening_world import REASON, organizer_of, plan_of, returned, submitted_entry

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def entry():
    return submitted_entry()


@pytest.fixture
def organizer(entry):
    return organizer_of(entry)


def prepared(entry, use):
    ScreeningReason.objects.create(plan=plan_of(entry), use=use, code=use, title="缺章", text="缺少盖章。")


def faults(call):
    with pytest.raises(ValidationError) as caught:
        call()
    return list(caught.value.message_dict)


def status(entry):
    return Submission.objects.get(pk=entry.pk).status


def test_a_rejection_takes_a_code_where_there_are_some_for_it(entry, organizer):
    prepared(entry, "reject")
    call = {"actor": organizer, "version": 1, "reason": REASON}

    assert faults(lambda: services.reject(entry, **call)) == ["code"]
    assert (status(entry), services.reject(entry, **call, code="reject").code) == ("submitted", "reject")


def test_so_does_one_that_is_only_proposed(entry, organizer):
    prepared(entry, "reject")
    ScreeningPlan.objects.update(needs_second_look=True)
    call = {"actor": organizer, "version": 1, "reason": REASON}

    assert faults(lambda: services.reject(entry, **call)) == ["code"]


def test_where_there_are_codes_for_a_return_alone_a_text_rejects(entry, organizer):
    prepared(entry, "return")

    assert services.reject(entry, actor=organizer, version=1, reason=REASON).code == ""


def test_a_return_needs_no_code(entry, organizer):
    prepared(entry, "return")

    assert returned(entry, "need", actor=organizer).code == ""


def test_many_are_rejected_with_a_code_or_none_is(entry, organizer):
    prepared(entry, "reject")
    call = {"actor": organizer, "decide": "reject", "reason": REASON}
    chosen = [(entry.public_id, 1)]

    assert faults(lambda: services.decide_many(chosen, **call)) == ["code"]
    assert [each.code for each in services.decide_many(chosen, **call, code="reject")] == ["reject"]


def test_on_the_page_a_reason_for_a_return_rejects_nothing():
    house = Screening()
    entry = house.entry()
    answer = house.decide(entry, "reject", code="no_seal")

    assert (answer.status_code, list(answer.context["form"].errors), status(entry)) == (400, ["code"], "submitted")
