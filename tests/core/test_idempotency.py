import pytest
from django.core.exceptions import ValidationError

from portal.accounts.models import User
from portal.core.idempotency import once
from portal.core.models import IdempotencyKey
from portal.notifications.models import Outbox
from tests.race import race

pytestmark = [pytest.mark.database, pytest.mark.makeshift("rows and lines of no real kind")]
KEY = "0123456789abcdef"


@pytest.fixture
def actor(db):
    return User.objects.create_user("li@example.cn", full_name="李")


def deed(actor, *, key=KEY, body=None, name="deed"):
    return once(
        "test",
        key=key,
        actor=actor,
        body=body or {"a": 1},
        find=lambda pk: Outbox.objects.get(pk=pk),
        perform=lambda: Outbox.objects.create(kind="test", key=f"{name}-{Outbox.objects.count()}"),
    )


def test_the_same_key_gives_the_same_result(actor):
    assert deed(actor) == deed(actor)


def test_the_same_key_acts_once(actor):
    deed(actor)
    deed(actor)

    assert Outbox.objects.count() == 1


def test_another_key_acts_again(actor):
    assert deed(actor) != deed(actor, key="fedcba9876543210")


def test_somebody_elses_key_is_another_key(actor):
    other = User.objects.create_user("wang@example.cn", full_name="王")

    assert deed(actor) != deed(other)


def test_a_key_used_for_another_body_is_refused(actor):
    deed(actor)

    with pytest.raises(ValidationError):
        deed(actor, body={"a": 2})


@pytest.mark.parametrize("key", ["", "short", "x" * 65, "钥匙钥匙钥匙钥匙"])
def test_a_malformed_key_is_refused(actor, key):
    with pytest.raises(ValidationError):
        deed(actor, key=key)


def test_a_deed_that_fails_leaves_its_key_free(actor):
    def fail():
        raise RuntimeError

    with pytest.raises(RuntimeError):
        once("test", key=KEY, actor=actor, body={}, find=Outbox.objects.get, perform=fail)

    assert not IdempotencyKey.objects.exists()


def test_a_double_click_acts_once(transactional_db):
    actor = User.objects.create_user("li@example.cn", full_name="李")

    results = race([lambda: deed(actor)] * 6)

    assert (Outbox.objects.count(), {result.pk for result in results}) == (1, {Outbox.objects.get().pk})
