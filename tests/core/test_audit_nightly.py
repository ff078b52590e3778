"""The trail is verified once a day, and who has to know is told."""

import logging
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection

from portal.core import audit, audit_nightly
from portal.core.audit import Thing
from portal.core.models import AuditEntry, AuditVerification
from portal.notifications.models import Outbox
from portal.notifications.periodic import verify_trail
from tests.append_only import changes_allowed
from tests.factories.accounts import SiteAdminFactory, UserFactory
from tests.race import race

pytestmark = [pytest.mark.database, pytest.mark.django_db]
NIGHT = datetime(2026, 7, 1, 3, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.fixture
def trail():
    return [audit.record("step", Thing("core.test", "1"), actor=None, scope="site") for _ in range(5)]


@pytest.fixture
def broken(trail):
    with changes_allowed(connection):
        AuditEntry.objects.filter(sequence=2).update(reason="nothing happened")


def test_one_verification_a_day(trail):
    days = [audit_nightly.step(now=NIGHT + timedelta(minutes=minutes)) for minutes in (0, 10, 20, 24 * 60)]

    assert [done and done.day.day for done in days] == [1, None, None, 2]


def test_not_before_the_night(trail):
    assert audit_nightly.step(now=NIGHT - timedelta(seconds=1)) is None


def test_a_machine_that_was_off_at_night_makes_up_for_it(trail):
    assert audit_nightly.step(now=NIGHT + timedelta(hours=14)).day.day == 1


def test_it_goes_on_where_the_last_step_stopped(trail):
    steps = [audit_nightly.step(now=NIGHT + timedelta(minutes=10 * number), most=2) for number in range(3)]

    assert ([done is not None for done in steps], steps[2].lines) == ([False, False, True], 5)


def test_two_at_once_make_one(trail, transactional_db):
    for _ in range(5):
        audit.record("step", Thing("core.test", "1"), actor=None, scope="site")

    outcomes = race([lambda: audit_nightly.step(now=NIGHT)] * 4)

    assert [each for each in outcomes if isinstance(each, Exception)] == []
    assert sum(each is not None for each in outcomes) == 1


def test_a_worker_that_died_leaves_the_rest_to_the_next(trail):
    audit_nightly.step(now=NIGHT, most=2)
    AuditVerification.objects.update(lease_until=NIGHT + timedelta(minutes=9))

    later = [audit_nightly.step(now=NIGHT + timedelta(minutes=minutes)) for minutes in (8, 9)]

    assert [done is not None for done in later] == [False, True]


def test_where_it_ended_is_kept_and_logged(trail, caplog):
    with caplog.at_level(logging.INFO):
        done = audit_nightly.step(now=NIGHT)

    assert (done.ends, trail[4].hash in caplog.text) == ({"site": [5, trail[4].hash]}, True)


def test_the_next_night_compares(trail):
    audit_nightly.step(now=NIGHT)
    with changes_allowed(connection):
        line = AuditEntry.objects.get(sequence=5)
        line.reason = "nothing happened"
        AuditEntry.objects.filter(pk=line.pk).update(reason=line.reason, hash=audit.digest(line))
        connection.cursor().execute("UPDATE core_audithead SET hash = %s", [audit.digest(line)])

    assert [each["sequence"] for each in audit_nightly.step(now=NIGHT + timedelta(days=1)).breaks] == [5]


def test_a_broken_trail_is_an_error_in_the_log(broken, caplog):
    audit_nightly.step(now=NIGHT)

    assert [record.levelname for record in caplog.records] == ["ERROR"]


def test_site_admins_and_whoever_the_settings_name_are_told_once(broken, settings, time_machine):
    time_machine.move_to(NIGHT, tick=False)
    settings.ADMINS = [("ops", "ops@example.cn")]
    SiteAdminFactory(email="root@example.cn")
    SiteAdminFactory(email="gone@example.cn", is_active=False)
    UserFactory(email="somebody@example.cn")

    verify_trail()
    verify_trail()

    letters = Outbox.objects.order_by("key").values_list("payload__to", flat=True)
    assert list(letters) == ["ops@example.cn", "root@example.cn"]


def test_the_mail_says_where(broken, settings, time_machine):
    time_machine.move_to(NIGHT, tick=False)
    settings.ADMINS = [("ops", "ops@example.cn")]

    verify_trail()

    letter = Outbox.objects.get().payload
    assert [part in letter["body"] for part in ("site", "2", "http://localhost:8000/organize/trail/")] == [True] * 3


def test_nobody_is_told_that_all_is_well(trail, time_machine):
    time_machine.move_to(NIGHT, tick=False)
    SiteAdminFactory()

    verify_trail()

    assert not Outbox.objects.exists()


@pytest.mark.parametrize(("days", "overdue"), [(1, False), (3, True)])
def test_days_without_one_that_came_to_its_end_are_noticed(trail, days, overdue):
    audit_nightly.step(now=NIGHT)

    assert audit_nightly.is_overdue(audit_nightly.latest(), NIGHT + timedelta(days=days)) is overdue


def test_begun_and_never_done_is_noticed_as_well(trail):
    audit_nightly.step(now=NIGHT, most=1)

    assert audit_nightly.is_overdue(audit_nightly.latest(), NIGHT + timedelta(days=3))


def test_a_portal_that_is_new_has_nothing_to_make_up_for():
    assert not audit_nightly.is_overdue(audit_nightly.latest(), NIGHT)
