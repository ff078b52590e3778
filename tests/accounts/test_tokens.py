"""How API tokens are made, kept and ended."""

import json
import logging
from io import StringIO
from itertools import count
from unittest import mock

import pytest
from django.contrib.auth.hashers import make_password
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from knox.crypto import hash_token

from portal.accounts.models import ApiToken
from portal.accounts.services import tokens as tokens_module
from portal.accounts.services.tokens import issue_token, revoke_token
from portal.core.context import current_real_actor
from portal.core.errors import Conflict
from portal.core.models import AuditEntry, IdempotencyKey
from tests.factories.accounts import PASSWORD, UserFactory
from tests.race import meeting_point, race, wait_then

pytestmark = [pytest.mark.database, pytest.mark.django_db]
NUMBERS = count()


@pytest.fixture
def person():
    return UserFactory()


def make(person, **changes):
    return issue_token(
        person, **{"name": "统计程序", "purpose": "每日统计", "key": f"key-{next(NUMBERS):012}", **changes}
    )


def is_live(token):
    token.refresh_from_db()
    return token.is_live(timezone.now())


def test_what_is_kept_is_a_hash(person):
    issued = make(person)

    assert issued.token.digest == hash_token(issued.secret)
    assert issued.secret not in json.dumps(list(ApiToken.objects.values_list()), default=str)


def test_neither_trail_log_nor_key_hold_it(person, caplog):
    with caplog.at_level(logging.DEBUG):
        issued = make(person)
        revoke_token(issued.token, actor=person)

    kept = [*AuditEntry.objects.values_list("before", "after", "reason"), *IdempotencyKey.objects.values_list()]
    said = f"{kept} {caplog.text}"
    assert [secret in said for secret in (issued.secret, issued.secret[7:], issued.token.digest)] == [False] * 3


def test_it_ends_after_ninety_days_unless_told_otherwise(person, time_machine):
    time_machine.move_to("2026-07-01T00:00:00Z", tick=False)

    assert [(make(person, **each).token.expiry - timezone.now()).days for each in ({}, {"days": 365})] == [90, 365]


@pytest.mark.parametrize("days", [0, -1, 366])
def test_never_later_than_in_a_year(person, days):
    with pytest.raises(ValidationError) as refusal:
        make(person, days=days)

    assert (list(refusal.value.message_dict), ApiToken.objects.exists()) == (["days"], False)


def test_the_database_knows_none_that_never_ends(person):
    with pytest.raises(IntegrityError, match="api_token_expires"), transaction.atomic():
        ApiToken.objects.create(user=person, digest="x", token_key="x", expiry=None)


@pytest.mark.parametrize("field", ["name", "purpose"])
@pytest.mark.parametrize("text", ["", "   ", "a\u202eb", "见 https://evil.example", "😀" * 4000], ids=ascii)
def test_words_that_can_not_be_are_refused_at_their_field(person, field, text):
    with pytest.raises(ValidationError) as refusal:
        make(person, **{field: text})

    assert list(refusal.value.message_dict) == [field]


def test_making_one_is_in_the_trail(person):
    issued = make(person, can_write=True, competition_id=7)

    line = AuditEntry.objects.get(action="create_token")
    facts = {"token": str(issued.token.public_id), "can_write": True, "competition": 7}
    assert (line.person_id, {**line.after, **facts} == line.after) == (person.pk, True)


def test_the_same_form_again_makes_no_other(person):
    make(person, key="0123456789abcdef")
    with pytest.raises(Conflict):
        make(person, key="0123456789abcdef")

    assert ApiToken.objects.count() == 1


def test_two_presses_at_once_make_one(transactional_db):
    person = UserFactory()

    outcomes = race([lambda: make(person, key="0123456789abcdef")] * 4)

    assert (ApiToken.objects.count(), sum(isinstance(each, Conflict) for each in outcomes)) == (1, 3)


def test_not_more_than_twenty_at_once(person, monkeypatch):
    monkeypatch.setattr(tokens_module, "MOST_LIVE", 2)
    first = make(person).token
    make(person)
    with pytest.raises(Conflict):
        make(person)
    revoke_token(first, actor=person)

    assert make(person).token.pk


def test_however_many_are_made_at_the_same_moment(transactional_db, monkeypatch):
    monkeypatch.setattr(tokens_module, "MOST_LIVE", 3)
    person = UserFactory()

    race([lambda: make(person)] * 8)

    assert ApiToken.objects.count() == 3


def test_without_the_persons_row_locked_more_are_made(transactional_db, monkeypatch):
    """The twin: everybody counts before anybody has made one."""
    if connection.vendor == "sqlite":
        # There one writer waits for the other, whatever they lock.
        assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
        return
    monkeypatch.setattr(tokens_module, "MOST_LIVE", 3)
    person = UserFactory()
    unlocked = mock.Mock(select_for_update=lambda **options: type(person)._base_manager.all())
    monkeypatch.setattr(tokens_module, "User", mock.Mock(objects=unlocked))
    monkeypatch.setattr(ApiToken, "clean_fields", wait_then(meeting_point(8), ApiToken.clean_fields))

    race([lambda: make(person)] * 8)

    assert ApiToken.objects.count() == 8


def test_revoking_is_in_the_trail_once(person):
    token = make(person).token
    for _ in range(2):
        revoke_token(token, actor=person)

    assert (AuditEntry.objects.filter(action="revoke_token").count(), is_live(token)) == (1, False)


def test_nobody_makes_or_ends_one_for_somebody_else(person):
    token = make(person).token
    acting = current_real_actor.set(UserFactory().pk)
    try:
        for deed in (lambda: make(person), lambda: revoke_token(token, actor=person)):
            with pytest.raises(PermissionDenied):
                deed()
    finally:
        current_real_actor.reset(acting)


class TestEnds:
    @pytest.fixture
    def token(self, person):
        return make(person).token

    def test_with_a_new_password_on_the_page(self, client, person, token):
        client.force_login(person)
        new = {"oldpassword": PASSWORD, "password1": "yi-ge-xin-de-mi-ma-9", "password2": "yi-ge-xin-de-mi-ma-9"}
        client.post(reverse("account_change_password"), new)

        assert not is_live(token)

    def test_with_a_new_password_by_command(self, person, token, monkeypatch):
        monkeypatch.setattr("getpass.getpass", lambda prompt: "yi-ge-xin-de-mi-ma-9")
        call_command("changepassword", person.email, stdout=StringIO())

        assert not is_live(token)

    def test_when_the_account_is_disabled_and_not_alive_again_with_it(self, person, token):
        person.is_active = False
        person.save(update_fields=["is_active"])
        person.is_active = True
        person.save(update_fields=["is_active"])

        assert not is_live(token)

    def test_not_when_something_else_is_changed(self, person, token):
        person.full_name = "李雷"
        person.save()

        assert is_live(token)

    def test_not_when_the_same_password_is_hashed_better(self, person, token, settings):
        settings.PASSWORD_HASHERS = [
            "django.contrib.auth.hashers.PBKDF2PasswordHasher",
            "django.contrib.auth.hashers.MD5PasswordHasher",
        ]
        type(person).objects.filter(pk=person.pk).update(password=make_password(PASSWORD, hasher="md5"))
        person.refresh_from_db()
        before = person.password
        person.check_password(PASSWORD)

        assert (person.password != before, is_live(token)) == (True, True)

    def test_no_others_end_with_them(self, person, token):
        other = make(UserFactory()).token
        person.set_password("yi-ge-xin-de-mi-ma-9")
        person.save()

        assert is_live(other)
