from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from portal.accounts import second_factor

GetResponse = Callable[[HttpRequest], HttpResponse]


class SecondFactorMiddleware:
    """The one place where a role that asks for a second factor is asked for it: before the pages that are its own."""

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if not second_factor.is_guarded(name, request.path):
            return None
        return self._lead(request) if getattr(request.user, "lacks_second_factor", False) else None

    def _lead(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(second_factor.API):
            message = _("Your role asks for a second factor. Please set one up on the page “Account and security”.")
            body = {"code": "second_factor_required", "message": message, "fields": {}}
            return JsonResponse({"error": body}, status=403)
        if request.method in {"GET", "HEAD"}:
            query = urlencode({"next": request.get_full_path()})
            return HttpResponseRedirect(f"{reverse('accounts:second_factor')}?{query}")
        # What was typed is in the browser still: with a factor set up in another tab, sending again carries it out.
        return render(request, "accounts/second_factor_missing.html", status=403)


class AccountPagesMiddleware:
    """allauth's pages as the portal's own: bad input is 400, and what they say is kept by no cache."""

    names = ("account_", "mfa_", "usersessions_")

    def __init__(self, get_response: GetResponse):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if self._is_ours(request):
            add_never_cache_headers(response)
        return response

    def _is_ours(self, request: HttpRequest) -> bool:
        return bool(request.resolver_match and request.resolver_match.view_name.startswith(self.names))

    def process_template_response(self, request: HttpRequest, response: TemplateResponse) -> TemplateResponse:
        if request.method == "POST" and response.status_code == 200 and self._is_ours(request):
            form: Any = (response.context_data or {}).get("form")
            if getattr(form, "is_bound", False) and form.errors:
                response.status_code = 400
        return response
