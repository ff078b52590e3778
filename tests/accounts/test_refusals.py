"""What somebody does with their own account, nobody else does, whoever they are; and some of it nobody for them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from portal.accounts.models import ApiToken, IdentityDocument
from portal.accounts.services import closing, exports, identity, people, tokens
from portal.core.context import current_real_actor
from tests.factories.accounts import DocumentFactory, ExportFactory, SiteAdminFactory, UserFactory
from tests.refusing import call

pytestmark = pytest.mark.django_db
OWN = {
    people.change_profile: ["user", "full_name", "phone", "affiliation"],
    exports.request_export: ["user"],
    exports.open_export: ["export"],
    identity.save_document: ["user", "kind", "number", "notice_version"],
    identity.delete_document: ["user"],
    closing.close_account: ["user"],
}


@pytest.fixture
def given():
    user = UserFactory()
    return {
        "user": user,
        "export": ExportFactory(user=user),
        "full_name": "周敏",
        "phone": "13812345678",
        "affiliation": "",
        "kind": "passport",
        "number": "E12345678",
        "notice_version": 1,
    }


@pytest.mark.parametrize("service", OWN, ids=lambda service: service.__name__)
def test_a_site_admin_is_refused(given, service):
    with pytest.raises(PermissionDenied):
        call(service, given, actor=SiteAdminFactory())


@pytest.mark.parametrize("service", OWN, ids=lambda service: service.__name__)
def test_a_closed_account_is_refused(given, service):
    given["user"].is_active = False
    given["export"].user.is_active = False
    with pytest.raises(PermissionDenied):
        call(service, given, actor=given["user"])


def test_a_document_stays_when_a_stranger_would_delete_it():
    document = DocumentFactory()
    with pytest.raises(PermissionDenied):
        identity.delete_document(document.user, actor=UserFactory())

    assert IdentityDocument.objects.filter(pk=document.pk).exists()


@pytest.fixture
def for_somebody():
    """A site admin acts for whoever is signed in."""
    mark = current_real_actor.set(SiteAdminFactory().pk)
    yield
    current_real_actor.reset(mark)


def test_nobody_revokes_a_token_for_somebody_else(for_somebody):
    user = UserFactory()
    token, _secret = ApiToken.objects.issue(user, expiry=timezone.now() + timedelta(days=1), name="同步")
    with pytest.raises(PermissionDenied):
        tokens.revoke_token(token, actor=user)


def test_a_closed_account_has_no_row_to_queue_at():
    user = UserFactory(is_active=False)
    with pytest.raises(PermissionDenied):
        people.lock_person(user)
