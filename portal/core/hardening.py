"""What every request and every answer is held to, whatever view it meets."""

from __future__ import annotations

from collections.abc import Callable

from csp.constants import HEADER
from csp.middleware import CheckableLazyObject, CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

GetResponse = Callable[[HttpRequest], HttpResponse]

# What a proxy says of client and request. Four of them are read, and only where a proxy of ours stands in front.
READ = ("HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REQUEST_START", "HTTP_X_REQUEST_ID")
CLAIMS = (*READ, "HTTP_FORWARDED", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PORT", "HTTP_X_REAL_IP")

# Passkeys and full screen for our own pages; everything else that a browser could hand out, for nobody.
OWN = ("publickey-credentials-create", "publickey-credentials-get", "fullscreen")
NOBODYS = (
    *("accelerometer", "autoplay", "bluetooth", "browsing-topics", "camera", "clipboard-read", "display-capture"),
    *("encrypted-media", "geolocation", "gyroscope", "hid", "idle-detection", "local-fonts", "magnetometer"),
    *("microphone", "midi", "payment", "picture-in-picture", "screen-wake-lock", "serial", "storage-access"),
    *("usb", "web-share", "xr-spatial-tracking"),
)
PERMISSIONS = ", ".join([*(f"{name}=(self)" for name in OWN), *(f"{name}=()" for name in NOBODYS)])

# What django-csp's decorators leave on the answer of a view that they stand on.
OWN_SOURCES = {f"_csp_{what}{where}" for what in ("config", "update", "replace", "exempt") for where in ("", "_ro")}


class ProxyMiddleware:
    """Take away what a client claims to be a proxy's word, before anything reads it."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        for name in CLAIMS:
            if not (settings.TRUSTED_PROXY_COUNT and name in READ):
                request.META.pop(name, None)
        return self.get_response(request)


class PolicyMiddleware:
    """What browsers may do with an answer; static files and refusals too."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response


class SourcesMiddleware(CSPMiddleware):
    """django-csp's; the policy of a page that asks for none of its own is put into words once."""

    def __init__(self, get_response: GetResponse):
        super().__init__(get_response)
        self.policy = build_policy()

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if request.csp_nonce or not OWN_SOURCES.isdisjoint(vars(response)) or settings.DEBUG:  # type: ignore[attr-defined]
            return super().process_response(request, response)
        response.headers.setdefault(HEADER, self.policy)
        # A nonce that is asked for from here on would stand in no policy.
        request.csp_nonce = CheckableLazyObject(self._csp_nonce_post_response)  # type: ignore[attr-defined]
        return response


class PrivacyMiddleware:
    """What is answered to somebody who is signed in, by session or token, is kept by no cache and no browser.

    Going by the session's cookie costs no query; that it counts visitors in who have a session for another reason
    does no harm. A view whose answer is the same for everybody says ``public``.
    """

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if self._is_somebodys(request, response) and "public" not in response.get("Cache-Control", ""):
            response["Cache-Control"] = "private, no-store"
        return response

    def _is_somebodys(self, request: HttpRequest, response: HttpResponse) -> bool:
        name = settings.SESSION_COOKIE_NAME
        return name in request.COOKIES or name in response.cookies or "Authorization" in request.headers
