"""Read-only and submissions only: switched by a row, told honestly, and never in the way of a submit by mistake."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import DatabaseError
from django.urls import reverse

from portal.core import service
from portal.core.errors import Unavailable
from portal.core.models import AuditEntry, Service
from tests.factories.accounts import UserFactory
from tests.factories.submissions import captain_of
from tests.factories.tracks import OrganizerFactory
from tests.submissions.people import KEY, client_for, complete_draft, save, submit, typed

pytestmark = pytest.mark.django_db
NOTE = "数据库维护，约二十分钟"


@pytest.fixture(autouse=True)
def _afresh(settings, monkeypatch):
    settings.SERVICE_STATE_SECONDS = 0
    monkeypatch.setattr(service, "_known", service.State())
    service.forget()


@pytest.fixture
def row():
    return Service.objects.get_or_create(pk=1)[0]


@pytest.fixture
def admin_user():
    return UserFactory(is_superuser=True, is_staff=True)


@pytest.fixture
def draft():
    return complete_draft()


@pytest.fixture
def captain(draft):
    return client_for(captain_of(draft.team))


def switch(row, admin_user, mode, note=""):
    return service.set_state(row, actor=admin_user, mode=mode, note=note)


def press_submit(captain, draft):
    data = {"expected_version": draft.draft_version, "idempotency_key": KEY}
    return captain.post(reverse("submissions:submission_submit", args=[draft.public_id]), data)


def test_read_only_every_change_is_refused_with_a_time_to_come_again(row, admin_user, draft, captain):
    switch(row, admin_user, "read_only")
    answer = captain.post(draft.get_absolute_url(), typed(draft, abstract="改"))

    assert (answer.status_code, answer["Retry-After"], "只能查看" in answer.content.decode()) == (503, "120", True)


def test_read_only_a_submit_is_refused_and_nothing_is_half_done(row, admin_user, draft, captain):
    switch(row, admin_user, "read_only")

    assert (press_submit(captain, draft).status_code, draft.versions.count()) == (503, 0)


def test_read_only_the_body_is_not_read(row, admin_user, client):
    switch(row, admin_user, "read_only")
    request = client.post(reverse("submissions:team_new"), {"name": "队"}).wsgi_request

    assert not request._read_started


def test_read_only_pages_can_be_read(row, admin_user, draft, captain):
    switch(row, admin_user, "read_only", NOTE)
    page = captain.get(draft.get_absolute_url())

    assert (page.status_code, NOTE in page.content.decode()) == (200, True)


def test_read_only_the_api_says_it_as_the_api_does(row, admin_user, captain):
    switch(row, admin_user, "read_only")
    answer = captain.post("/api/v1/uploads/")

    assert (answer.status_code, answer.json()["error"]["code"]) == (503, "unavailable")


@pytest.mark.parametrize("name", ["account_login", "account_logout", "admin:login", "set_language"])
def test_read_only_people_sign_in_and_out(row, admin_user, client, name):
    switch(row, admin_user, "read_only")

    assert client.post(reverse(name)).status_code != 503


def test_read_only_is_switched_off_where_it_was_switched_on(row, admin_user):
    switch(row, admin_user, "read_only")
    address = reverse("admin:core_service_change", args=[row.pk])
    client_for(admin_user).post(address, {"mode": "normal", "note": ""})

    assert Service.objects.get().mode == "normal"


def test_submissions_only_search_and_preview_wait(row, admin_user, draft, captain):
    switch(row, admin_user, "submissions_only")
    competition = draft.team.competition
    addresses = [
        reverse("submissions:preview", args=[draft.public_id]),
        reverse("tracks:search", args=[competition.slug]) + "?q=预警",
    ]
    assert [captain.get(address).status_code for address in addresses] == [503, 503]


def test_submissions_only_documents_wait(row, admin_user, draft, captain):
    switch(row, admin_user, "submissions_only")
    wanted = {"text": "draft", "edition": "team", "kind": "pdf"}

    assert captain.post(reverse("submissions:renditions", args=[draft.public_id]), wanted).status_code == 503


def test_submissions_only_exports_wait(row, admin_user, draft):
    switch(row, admin_user, "submissions_only")
    organizer = client_for(OrganizerFactory(competition=draft.team.competition).user)

    answer = organizer.post(reverse("dashboards:people_export", args=[draft.team.competition.slug]))
    assert (answer.status_code, answer["Retry-After"]) == (503, "60")


def test_submissions_only_writing_and_submitting_go_on(row, admin_user, draft, captain):
    switch(row, admin_user, "submissions_only")
    draft = save(draft, abstract="改")

    assert press_submit(captain, draft).status_code == 302


def test_a_process_looks_again_without_a_restart(row, admin_user, settings):
    before = service.state().mode
    Service.objects.update(mode="read_only")  # by another process

    assert (before, service.state().mode) == ("normal", "read_only")


def test_it_does_not_look_at_each_request(row, settings, django_assert_num_queries):
    settings.SERVICE_STATE_SECONDS = 1000
    service.state()

    with django_assert_num_queries(0):
        service.state()


def test_without_the_database_what_was_known_goes_on(row, monkeypatch):
    Service.objects.update(mode="read_only")
    service.state()

    def away():
        raise DatabaseError

    monkeypatch.setattr(Service.objects, "first", away)
    assert service.state().mode == "read_only"


def test_switching_leaves_a_line(row, admin_user):
    switch(row, admin_user, "read_only", NOTE)

    line = AuditEntry.objects.get(action="switch")
    assert (line.before, line.after) == ({"mode": "normal", "note": ""}, {"mode": "read_only", "note": NOTE})


def test_switching_to_what_it_is_leaves_none(row, admin_user):
    switch(row, admin_user, "normal")

    assert not AuditEntry.objects.filter(action="switch").exists()


def test_an_organizer_switches_nothing(row):
    with pytest.raises(PermissionDenied):
        switch(row, OrganizerFactory().user, "read_only")


@pytest.mark.parametrize(
    ("mode", "note", "field"),
    [("off", "", "mode"), ("read_only", "字" * 201, "note"), ("read_only", "a\u202eb", "note")],
    ids=["no mode", "long", "bidi"],
)
def test_what_can_not_be_is_refused(row, admin_user, mode, note, field):
    with pytest.raises(ValidationError) as refused:
        switch(row, admin_user, mode, note)
    assert list(refused.value.error_dict) == [field]


def test_what_can_wait_waits_in_both_modes(row):
    for mode in ("submissions_only", "read_only"):
        Service.objects.update(mode=mode)
        with pytest.raises(Unavailable):
            service.require_spare()


def test_the_status_page_asks_no_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert client.get("/status/").status_code == 200


def test_submissions_only_receipts_on_paper_wait(row, admin_user, draft, captain):
    receipt = submit(draft)
    switch(row, admin_user, "submissions_only")
    answers = [captain.get(f"{receipt.get_absolute_url()}{name}") for name in ("receipt.pdf", "receipt.json", "")]

    assert [answer.status_code for answer in answers] == [503, 200, 200]


def test_submissions_only_lists_of_the_administration_are_there_and_not_searched(row, admin_user, draft):
    switch(row, admin_user, "submissions_only")
    organizer = client_for(OrganizerFactory(competition=draft.team.competition, user__is_staff=True).user)
    at = reverse("admin:submissions_submission_changelist")

    assert (organizer.get(at).status_code, organizer.get(at, {"q": "山洪"}).status_code) == (200, 503)
