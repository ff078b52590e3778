"""Back and forth through lines, also where many stand at the same instant."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core.exceptions import ValidationError

from portal.core.keyset import page_of
from portal.core.models import AuditEntry

pytestmark = [pytest.mark.database, pytest.mark.django_db]
NOON = datetime(2026, 7, 1, 4, tzinfo=UTC)


@pytest.fixture
def lines():
    """Seven; the first five at one instant."""
    moments = [NOON + timedelta(seconds=max(0, number - 4)) for number in range(7)]
    return AuditEntry.objects.bulk_create(
        AuditEntry(scope="x", sequence=number, at=moment, action="step", actor_id=number % 2)
        for number, moment in enumerate(moments)
    )


def numbers(page):
    return [row.sequence for row in page.rows]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 9])
def test_older_pages_hold_each_row_once(lines, size):
    seen, page = [], page_of([AuditEntry.objects.all()], size=size)
    while True:
        seen += numbers(page)
        if not page.older:
            break
        page = page_of([AuditEntry.objects.all()], size=size, before=page.older)

    assert seen == [6, 5, 4, 3, 2, 1, 0]


def test_newer_pages_lead_back_the_same_way(lines):
    rows = [AuditEntry.objects.all()]
    first = page_of(rows, size=3)
    second = page_of(rows, size=3, before=first.older)
    back = page_of(rows, size=3, after=second.newer)

    assert (numbers(second), numbers(back), back.newer) == ([3, 2, 1], [6, 5, 4], "")


def test_the_ends_have_no_way_on(lines):
    page = page_of([AuditEntry.objects.all()], size=7)

    assert (page.newer, page.older) == ("", "")


def test_several_querysets_make_one_order_and_no_row_stands_twice(lines):
    parts = [AuditEntry.objects.filter(actor_id=0), AuditEntry.objects.all()]

    assert numbers(page_of(parts, size=7)) == [6, 5, 4, 3, 2, 1, 0]


def test_lines_that_come_meanwhile_shift_nothing(lines):
    first = page_of([AuditEntry.objects.all()], size=3)
    AuditEntry.objects.create(scope="x", sequence=99, at=NOON + timedelta(days=1), action="step")

    assert numbers(page_of([AuditEntry.objects.all()], size=3, before=first.older)) == [3, 2, 1]


@pytest.mark.parametrize("cursor", ["x", "WyIyMDI2Il0:forged", "😀", "a:b:c"])
def test_a_forged_cursor_is_refused(lines, cursor):
    with pytest.raises(ValidationError):
        page_of([AuditEntry.objects.all()], size=3, before=cursor)
