"""The administration's rights, one by one and as everybody: those of matrix/administration.py, and no other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib import admin
from django.test import RequestFactory

from tests.visibility.actors import ACTORS, NOBODY, SIGNED_OUT, STAFF
from tests.visibility.matrix import administration as table
from tests.visibility.matrix.rows import VISIBLE
from tests.visibility.test_roles import LACKS, without
from tests.visibility.test_rows import row

pytestmark = pytest.mark.django_db

ASKED = [actor for actor in ACTORS if actor not in SIGNED_OUT]
# Those of libraries hold to Django's own permissions, which site admins alone have.
OURS = ("portal", "tracks", "submissions", "judging")
PAGES = {
    model._meta.label: page
    for model, page in admin.site._registry.items()
    if type(page).__module__.partition(".")[0] in OURS
}
INLINES = {
    f"{label}/{inline.__name__}": inline(page.model, admin.site)
    for label, page in PAGES.items()
    for inline in page.inlines
}
EVERYTHING = PAGES | INLINES


@pytest.fixture
def ask(world) -> Callable[..., Any]:
    def request_of(actor: str, **query: Any) -> Any:
        request = RequestFactory().get("/", query)
        request.user = world.person(actor)
        return request

    return request_of


def who(ask: Any, may: Callable[[Any], bool]) -> set[str]:
    return {actor for actor in ASKED if may(ask(actor))}


def rows_of(world: Any, label: str) -> dict[str, Any]:
    return {path: row(world, path) for path in VISIBLE.get(label.partition("/")[0], {})}


@pytest.mark.parametrize("label", PAGES)
def test_a_page_is_there_for_whom_it_is_meant(ask, label):
    page = PAGES[label]

    assert who(ask, page.has_module_permission) == table.MODULE.get(label, STAFF)


@pytest.mark.parametrize("label", PAGES)
def test_rows_are_added_by_whom_they_may_be(ask, label):
    page = PAGES[label]

    assert who(ask, page.has_add_permission) == table.ADD.get(label, NOBODY)


@pytest.mark.parametrize("label", EVERYTHING)
def test_looking_is_for_staff(ask, world, label):
    page, rows = EVERYTHING[label], [None, *rows_of(world, label).values()]
    seen = [who(ask, lambda request, obj=obj: page.has_view_permission(request, obj)) for obj in rows]

    assert seen == [table.VIEW.get(label, STAFF)] * len(rows)


@pytest.mark.parametrize("lack", LACKS)
@pytest.mark.parametrize("label", EVERYTHING)
def test_whose_account_is_not_all_right_has_no_right(ask, world, label, lack):
    page, found = EVERYTHING[label], set()
    for actor in STAFF:
        request = ask(actor)
        request.user = without(request.user, lack)
        rights = {"module": page.has_module_permission(request)} if label in table.MODULE else {}
        if label in PAGES:
            rights["add"] = page.has_add_permission(request)
        for obj in rows_of(world, label).values():
            rights |= {right: getattr(page, f"has_{right}_permission")(request, obj) for right in ("change", "delete")}
            if label in table.VIEW:
                rights["view"] = page.has_view_permission(request, obj)
        found |= {(actor, right) for right, is_given in rights.items() if is_given}

    assert found == set()


RIGHTS = [(label, right) for label in EVERYTHING for right in ("change", "delete")]


@pytest.mark.parametrize(("label", "right"), [*RIGHTS, *((label, "add") for label in INLINES)])
def test_a_row_is_changed_by_whom_it_may_be(ask, world, label, right):
    page, rows = EVERYTHING[label], rows_of(world, label)
    may = getattr(page, f"has_{right}_permission")
    expected = {"add": table.ADD_ROW, "change": table.CHANGE_ROW, "delete": table.DELETE_ROW}[right].get(label, {})

    found = {path: who(ask, lambda request, obj=obj: may(request, obj)) for path, obj in rows.items()}
    assert found == {path: expected.get(path, NOBODY) for path in rows}


@pytest.mark.parametrize("right", ["change", "delete"])
@pytest.mark.parametrize("label", PAGES)
def test_without_a_row_hardly_anything_may_be_changed(ask, label, right):
    expected = {"change": table.CHANGE, "delete": table.DELETE}[right].get(label, NOBODY)

    assert who(ask, getattr(PAGES[label], f"has_{right}_permission")) == expected


@pytest.mark.parametrize("label", [label for label in PAGES if label in VISIBLE and label != "accounts.Consent"])
def test_a_list_holds_what_is_meant_for_it(ask, world, label):
    page, rows = PAGES[label], rows_of(world, label)
    expected = table.LISTED.get(label, VISIBLE[label])

    found = {
        path: who(ask, lambda request, obj=obj: page.get_queryset(request).filter(pk=obj.pk).exists())
        for path, obj in rows.items()
    }
    assert found == {path: set(expected[path]) - SIGNED_OUT for path in rows}


@pytest.mark.parametrize(("label", "field"), table.CHOICES, ids=str)
def test_a_form_offers_nothing_that_is_not_ones_own(ask, world, label, field):
    expected = table.CHOICES[label, field]
    given: dict[str, set[str]] = {path: set() for path in expected}
    for actor in ASKED:
        offered = PAGES[label].get_form(ask(actor)).base_fields[field].queryset
        for path in expected:
            if offered.filter(pk=row(world, path).pk).exists():
                given[path].add(actor)

    assert given == {path: set(people) for path, people in expected.items()}


@pytest.mark.parametrize("label", table.CHOSEN_ALREADY)
def test_who_runs_one_competition_need_not_choose_it(ask, world, label):
    chosen = {actor: PAGES[label].get_changeform_initial_data(ask(actor)).get("competition") for actor in ASKED}

    given = {actor: row(world, path).pk for actor, path in table.ONE_COMPETITION.items()}
    assert {actor: pk for actor, pk in chosen.items() if pk} == given


@pytest.mark.parametrize("actor", ["OX", "St", "TI"])
def test_a_pledge_starts_from_no_text_of_somebody_elses_competition(ask, world, actor):
    """An address may name any competition."""
    initial = PAGES["tracks.Pledge"].get_changeform_initial_data(ask(actor, competition=row(world, "alpha").pk))

    assert "body" not in initial


@pytest.mark.parametrize("right", ["add", "change", "delete"])
@pytest.mark.parametrize("label", INLINES)
def test_rows_of_something_new_are_nobodys_unless_it_is_filled_in_at_once(ask, label, right):
    may = getattr(INLINES[label], f"has_{right}_permission")

    assert who(ask, lambda request: may(request, None)) == table.WITH_NEW.get(label, NOBODY)
