"""What is asked after each submit and each file, by the mails, the facts and the looks that follow: put into words once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.contrib.auth import get_user_model

from portal.core.prepared import Given, Prepared
from submissions.models import Attachment, Receipt, SubmissionVersion, TeamOrganization, VersionFacts
from tracks.models import Topic


def receipt_to_mail(pk: int) -> Receipt | None:
    return _receipt().first(receipt=pk)


def member(team: int, user: int) -> Any:
    """Whoever has left the team meanwhile, or is no longer in use, is nobody."""
    return _member().first(team=team, user=user)


def version_to_check(pk: int) -> SubmissionVersion | None:
    return _version().first(version=pk)


def files_in(version: int) -> list[Attachment]:
    return _files().ask(version=version)


def partners_codes(team: int) -> list[str]:
    found: list[Any] = _partners().ask(team=team)
    return found


def topics_in(competition: int) -> Sequence[int]:
    return _topics().ask(competition=competition)


def facts_about(file: int) -> list[VersionFacts]:
    """About the versions in which it was handed in."""
    return _facts().ask(file=file)


@cache
def _receipt() -> Prepared[Receipt]:
    rows = Receipt.objects.select_related("version__submission__team__competition", "version__replacement")
    return Prepared(rows.filter(pk=Given("receipt"))[:1])


@cache
def _member() -> Prepared[Any]:
    people = get_user_model().objects.filter(pk=Given("user"), is_active=True)
    return Prepared(people.filter(memberships__team=Given("team"))[:1])


@cache
def _version() -> Prepared[SubmissionVersion]:
    rows = SubmissionVersion.objects.filter(pk=Given("version"))
    return Prepared(rows.select_related("submission__team__organization", "submission__team__competition")[:1])


@cache
def _files() -> Prepared[Attachment]:
    rows = Attachment.objects.filter(versions=Given("version"))
    return Prepared(rows.select_related("file").order_by("pk"))


@cache
def _partners() -> Prepared[Any]:
    rows = TeamOrganization.objects.filter(team=Given("team")).order_by("pk")
    return Prepared(rows.values_list("organization__code", flat=True))


@cache
def _topics() -> Prepared[Any]:
    rows = Topic.objects.filter(track__competition=Given("competition")).order_by()
    return Prepared(rows.values_list("pk", flat=True))


@cache
def _facts() -> Prepared[VersionFacts]:
    return Prepared(VersionFacts.objects.of_file(Given("file")))
