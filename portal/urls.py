from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from allauth.account.models import EmailAddress
from allauth.account.views import email as account_email
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import transaction
from django.urls import include, path, re_path
from rest_framework.routers import SimpleRouter

from judging.api import ResultViewSet
from portal.core import api_pages
from portal.core import views as core
from portal.dashboards.api import CountedTopicViewSet
from portal.dashboards.token_api import TokenView
from portal.notifications.mailbox import mailbox
from submissions.api import UploadsView, UploadView
from tracks.api import TrackViewSet

handler404 = core.not_found
handler429 = core.too_many
handler500 = core.failed
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]
# Who may do what follows from roles in a competition, not from groups.
admin.site.unregister(Group)
# What they hold opens accounts; addresses change through the person's own pages.
admin.site.unregister([Authenticator, UserSession, EmailAddress])

router = SimpleRouter(use_regex_path=False)
router.register("tracks", TrackViewSet, basename="track")
router.register("topics", CountedTopicViewSet, basename="topic")
router.register("results", ResultViewSet, basename="result")
api = [
    path("schema/", api_pages.schema, name="schema"),
    path("docs/", api_pages.docs, name="docs"),
    path("token/", TokenView.as_view(), name="token"),
    path("uploads/", UploadsView.as_view(), name="uploads"),
    path("uploads/<uuid:public_id>/", UploadView.as_view(), name="upload"),
    *router.urls,
    re_path(r"^(?:.*/)?$", api_pages.nothing_here),
]

urlpatterns = [
    path("healthz", core.healthz, name="healthz"),
    path("readyz", core.readyz, name="readyz"),
    path("status/", core.status, name="status"),
    # Django's own way to an object's page asks nobody who may know that there is one.
    path("admin/r/<path:rest>", core.nothing_here),
    path("admin/", admin.site.urls),
    # All or nothing: an address that is the main one is the account's as well.
    path("accounts/email/", transaction.atomic(account_email), name="account_email"),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", include(api)),
    path("", include("portal.accounts.urls")),
]

if settings.MAILBOX_DIR:
    urlpatterns.append(path("mailbox/", mailbox, name="mailbox"))

urlpatterns += [
    path("", include("submissions.urls")),
    path("", include("judging.urls")),
    # Last: a competition's address takes any first part that is still free.
    path("", include("tracks.urls")),
    path("", include("portal.dashboards.urls")),
]
