"""What holds of the rows is asked by a command, every night, and after each test."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core import mail
from django.core.management import CommandError, call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from portal.core import audit
from portal.core.invariants import INVARIANTS, MOST, Invariant, breaches
from portal.core.models import AuditHead, StoredFile
from portal.notifications import periodic
from portal.notifications.models import Outbox
from portal.notifications.tasks import drain_outbox
from tests.factories.accounts import SiteAdminFactory, UserFactory
from tests.invariants import broken_now

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.makeshift("they break what they ask about")]
HEADS = "core.chain_ends_where_its_head_says"


def broken(name):
    return [breach.name for breach in breaches([INVARIANTS[name]])]


def break_a_chain():
    audit.record("test", StoredFile(pk=1), actor=None)
    AuditHead.objects.update(sequence=9)


def test_with_nothing_in_the_database_all_hold():
    assert list(breaches()) == []


def test_a_chain_that_ends_elsewhere_than_its_head_says_is_found():
    break_a_chain()

    assert broken(HEADS) == [HEADS]


def test_a_chain_that_goes_on_as_it_should_holds():
    audit.record("test", StoredFile(pk=1), actor=None)
    audit.record("test", StoredFile(pk=1), actor=None)

    assert broken(HEADS) == []


def test_an_outgoing_item_that_nobody_carries_out_is_found():
    Outbox.objects.create(kind="nobody.knows", key="1")

    assert [each.name for each in breaches()] == ["notifications.somebody_carries_out_each_outgoing_item"]


def test_no_more_rows_are_named_than_somebody_looks_at():
    for number in range(MOST + 5):
        Outbox.objects.create(kind="nobody.knows", key=str(number))

    (found,) = breaches()
    assert (len(found.keys), str(found)[-1]) == (MOST, "…")


def test_each_is_one_query():
    with CaptureQueriesContext(connection) as queries:
        list(breaches())

    assert len(queries) == len(INVARIANTS)


def test_the_command_says_that_all_hold():
    out = StringIO()
    call_command("check_invariants", stdout=out)

    assert len(out.getvalue().splitlines()) == len(INVARIANTS)


def test_the_command_fails_and_names_the_rows():
    row = Outbox.objects.create(kind="nobody.knows", key="1")
    said = StringIO()

    with pytest.raises(CommandError, match="1 of"):
        call_command("check_invariants", stdout=StringIO(), stderr=said)
    assert f"notifications.outbox {row.pk}" in said.getvalue()


def test_the_command_asks_only_what_it_is_told_to():
    Outbox.objects.create(kind="nobody.knows", key="1")

    call_command("check_invariants", HEADS, stdout=StringIO())


def test_the_command_knows_no_others():
    with pytest.raises(CommandError, match=r"no such invariant: core\.nothing"):
        call_command("check_invariants", "core.nothing")


def test_whoever_runs_the_site_is_told_at_night(settings):
    settings.ADMINS = [("值班", "duty@example.com")]
    admin = SiteAdminFactory()
    UserFactory()
    break_a_chain()

    periodic.check_invariants()
    periodic.check_invariants()
    drain_outbox()

    told = [message for message in mail.outbox if HEADS in message.body]
    assert sorted(message.to[0] for message in told) == sorted([admin.email, "duty@example.com"])


def test_nobody_is_told_when_all_hold():
    SiteAdminFactory()

    periodic.check_invariants()
    assert not Outbox.objects.exists()


def test_what_is_asked_after_each_test_finds_the_same():
    break_a_chain()

    assert broken_now() == [HEADS]


def test_names_are_said_once():
    assert all(isinstance(each, Invariant) and name == each.name for name, each in INVARIANTS.items())
