import pytest
from django.urls import reverse

from portal.core.models import AuditEntry
from portal.notifications.enums import OutboxStatus
from portal.notifications.models import Outbox
from portal.notifications.services import revive
from tests.factories.tracks import OrganizerFactory

LIST = reverse("admin:notifications_outbox_changelist")


@pytest.fixture
def dead(db):
    return Outbox.objects.create(
        kind="mail", key="lost", status=OutboxStatus.DEAD, attempts=8, payload={"body": "秘密"}
    )


def try_again(client, row):
    return client.post(LIST, {"action": "try_again", "_selected_action": [row.pk]})


def test_a_site_admin_gives_a_lost_mail_another_chance(admin_client, dead):
    try_again(admin_client, dead)

    dead.refresh_from_db()
    assert (dead.status, dead.attempts) == (OutboxStatus.WAITING, 0)


def test_another_chance_is_in_the_audit_trail(admin_client, dead):
    try_again(admin_client, dead)

    assert AuditEntry.objects.get(action="revive").object_id == str(dead.pk)


def test_what_was_sent_is_not_sent_again(admin_client, dead):
    Outbox.objects.update(status=OutboxStatus.DONE, done_at=dead.created_at)
    try_again(admin_client, dead)

    dead.refresh_from_db()
    assert dead.status == OutboxStatus.DONE


def test_the_page_does_not_show_what_a_mail_says(admin_client, dead):
    page = admin_client.get(reverse("admin:notifications_outbox_change", args=[dead.pk]))

    assert (page.status_code, "秘密" in page.content.decode()) == (200, False)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long(admin_client, count, django_assert_num_queries):
    for number in range(count):
        Outbox.objects.create(kind="mail", key=f"row-{number}")

    # Two of them ask whether the audit trail is being verified.
    with django_assert_num_queries(10):
        response = admin_client.get(LIST)

    assert len(response.context["cl"].result_list) == count


def test_an_organizer_sees_no_outgoing_mail(client, dead):
    client.force_login(OrganizerFactory().user)
    page = client.get(reverse("admin:notifications_outbox_change", args=[dead.pk]))

    assert page.status_code == 404


def test_nobody_but_a_site_admin_gives_it_another_chance(dead):
    revive(Outbox.objects.all(), actor=OrganizerFactory().user)

    dead.refresh_from_db()
    assert dead.status == OutboxStatus.DEAD
