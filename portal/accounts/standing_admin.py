"""Pages where a site admin disables an account or opens it again, and appoints or dismisses site admins."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from allauth.account.decorators import reauthentication_required
from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.accounts.models import User
from portal.accounts.services import standing
from portal.core.errors import Conflict, TransitionNotAllowed
from portal.core.people import is_site_admin
from portal.core.text import validate_plain_line


@dataclass(frozen=True)
class Step:
    name: str
    is_possible: Callable[[User], bool]
    carry_out: Callable[..., User]
    button: Any
    help: Any
    done: Any

    def is_for(self, person: User, actor: Any) -> bool:
        """Nobody is offered what would lock them out."""
        return self.name != "disable" or person.pk != actor.pk


STEPS = [
    Step(
        "disable",
        standing.can_disable,
        standing.disable_person,
        gettext_lazy("Disable the account"),
        gettext_lazy(
            "Nobody can sign in with it any more, its sessions and API tokens end at once. What the person has entered,"
            " judged or decided stays, and so do their roles; the account can be opened again."
        ),
        gettext_lazy("The account has been disabled. The person is told by mail."),
    ),
    Step(
        "enable",
        standing.can_enable,
        standing.enable_person,
        gettext_lazy("Open the account again"),
        gettext_lazy("The person can sign in again, with the roles they have. API tokens from before stay revoked."),
        gettext_lazy("The account is open again. The person is told by mail."),
    ),
    Step(
        "appoint",
        standing.can_appoint,
        standing.appoint_site_admin,
        gettext_lazy("Appoint as site admin"),
        gettext_lazy(
            "A site admin sees and changes everything in all competitions, appoints organizers and site admins, and may"
            " act for others."
        ),
        gettext_lazy("The person is a site admin now, and told so by mail."),
    ),
    Step(
        "dismiss",
        standing.can_dismiss,
        standing.dismiss_site_admin,
        gettext_lazy("Dismiss as site admin"),
        gettext_lazy("The person keeps the account, and the roles they have in competitions."),
        gettext_lazy("The person is no site admin any more, and told so by mail."),
    ),
]


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=standing.LONGEST_REASON,
        validators=[validate_plain_line],
        help_text=gettext_lazy("It stands in the audit trail, and the person concerned reads it."),
        widget=forms.TextInput({"class": "vTextField"}),
    )


class StandingPages(admin.ModelAdmin):
    """A form with a reason for each step, one service, and back to the person."""

    def get_urls(self) -> list[Any]:
        pages = [
            path(
                f"<int:pk>/{step.name}/",
                self.admin_site.admin_view(partial(self.standing_step, step=step)),
                name=f"accounts_user_{step.name}",
            )
            for step in STEPS
        ]
        return [*pages, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        person = kwargs.get("obj")
        context["steps"] = [
            {"url": reverse(f"admin:accounts_user_{step.name}", args=[person.pk]), "button": step.button}
            for step in STEPS
            if person is not None and step.is_possible(person) and step.is_for(person, request.user)
        ]
        return super().render_change_form(request, context, *args, **kwargs)

    def standing_step(self, request: HttpRequest, pk: int, *, step: Step) -> HttpResponse:
        if not is_site_admin(request.user):
            raise PermissionDenied
        person: Any = self.get_object(request, str(pk))
        if person is None:
            raise Http404
        if not step.is_possible(person):
            raise TransitionNotAllowed(_("This step isn't possible in the present state."))
        return _confirmed(request, self, person, step)


@reauthentication_required
def _confirmed(request: HttpRequest, page: StandingPages, person: User, step: Step) -> HttpResponse:
    """With the password or second factor at hand, as for acting for somebody: an open browser is not enough."""
    form = ReasonForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound:
        status = _carried_out(form, person, step, request.user) if form.is_valid() else 400
        if status == 200:
            page.message_user(request, step.done)
            return HttpResponseRedirect(reverse("admin:accounts_user_change", args=[person.pk]))
    context = {
        **page.admin_site.each_context(request),
        "title": _("%(step)s: %(person)s") % {"step": step.button, "person": person},
        "help": step.help,
        "button": step.button,
        "opts": page.opts,
        "original": person,
        "form": form,
    }
    return render(request, "admin/step.html", context, status=status)


def _carried_out(form: ReasonForm, person: User, step: Step, actor: Any) -> int:
    """The status of the answer; what was refused stands in the form."""
    try:
        step.carry_out(person, actor=actor, reason=form.cleaned_data["reason"])
    except ValidationError as error:
        form.add_error(None, error)
        return 400
    except Conflict as error:
        form.add_error(None, str(error.message))
        return 409
    return 200
