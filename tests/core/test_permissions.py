"""To refuse: whoever a rule doesn't hold for, and a site admin who acts for somebody where nobody may."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied

from portal.core.context import current_real_actor
from portal.core.permissions import require, require_in_person

NOBODY = AnonymousUser()


@pytest.fixture
def for_somebody():
    """A site admin acts for whoever is signed in."""
    mark = current_real_actor.set(1)
    yield
    current_real_actor.reset(mark)


def test_nobody_does_for_another_what_is_done_in_person(for_somebody):
    with pytest.raises(PermissionDenied):
        require_in_person()


def test_one_does_in_person_what_is_ones_own():
    require_in_person()


def test_for_whom_a_rule_does_not_hold_is_refused():
    with pytest.raises(PermissionDenied):
        require(lambda actor, about: actor is not NOBODY, NOBODY, "it")


def test_for_whom_a_rule_holds_goes_on():
    require(lambda actor, about: (actor, about) == (NOBODY, "it"), NOBODY, "it")


def test_the_portal_itself_is_asked_for_no_rule():
    require(lambda actor: False, None)
