from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from portal.accounts.enums import AgreementKind
from portal.accounts.forms import DocumentForm, ProfileForm, take_errors
from portal.accounts.models import IdentityDocument
from portal.accounts.services import agreements, identity, people
from portal.accounts.views.own import own


@sensitive_post_parameters("phone")
@own
@require_http_methods(["GET", "HEAD", "POST"])
def profile(request: HttpRequest) -> HttpResponse:
    """Name, phone, organization."""
    user: Any = request.user
    initial = {"full_name": user.full_name, "phone": user.phone.removeprefix("+86"), "affiliation": user.affiliation}
    form = ProfileForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        with take_errors(form):
            people.change_profile(user, actor=user, **form.cleaned_data)
        if not form.errors:
            messages.success(request, _("Your profile has been saved."))
            return redirect("accounts:profile")
    return render(request, "accounts/profile.html", {"form": form}, status=400 if form.errors else 200)


@sensitive_post_parameters("number")
@own
@require_http_methods(["GET", "HEAD", "POST"])
def document(request: HttpRequest) -> HttpResponse:
    """The document number, where a competition asks for it."""
    user: Any = request.user
    notice, asked = agreements.current(AgreementKind.DOCUMENT_NUMBER), identity.asked_by(user)
    kept = IdentityDocument.objects.visible_to(user).select_related("consent").first()
    form = DocumentForm(request.POST or None, initial={"notice_version": notice.version if notice else 0})
    if request.method == "POST" and form.is_valid():
        values = {name: form.cleaned_data[name] for name in ("kind", "number", "notice_version")}
        with take_errors(form):
            identity.save_document(user, actor=user, **values)
        if not form.errors:
            messages.success(request, _("The document number has been saved, encrypted."))
            return redirect("accounts:identity")
    context = {
        "form": form,
        "notice": notice,
        "asked": asked,
        "document": kept,
        "masked": identity.masked(kept) if kept else "",
    }
    return render(request, "accounts/identity.html", context, status=400 if form.errors else 200)


@own
@require_POST
def document_delete(request: HttpRequest) -> HttpResponse:
    user: Any = request.user
    identity.delete_document(user, actor=user)
    messages.success(request, _("The document number has been deleted and your consent withdrawn."))
    return redirect("accounts:identity")
