from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from portal.core import views as core
from portal.notifications.mailbox import mailbox

admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

api = [
    path("schema/", SpectacularAPIView.as_view(), name="schema"),
    path("docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="docs"),
]

urlpatterns = [
    path("healthz", core.healthz, name="healthz"),
    path("readyz", core.readyz, name="readyz"),
    path("admin/", admin.site.urls),
    path("accounts/", include("allauth.urls")),
    path("i18n/", include("django.conf.urls.i18n")),
    path("api/v1/", include(api)),
    path("", include("portal.accounts.urls")),
]

if settings.MAILBOX_DIR:
    urlpatterns.append(path("mailbox/", mailbox, name="mailbox"))

# Last: a competition's address is a first part of its own.
urlpatterns += [
    path("", include("portal.dashboards.urls")),
    path("", include("tracks.urls")),
]
