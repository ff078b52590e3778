"""The entry on paper: asked for on a page, made by a worker, kept, and never made twice for the same content."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.accounts.services import lock_person
from portal.core import audit, files
from portal.core.errors import Conflict, TransitionNotAllowed
from portal.core.pdf import PdfUnavailable
from portal.core.permissions import require
from portal.notifications.enums import OutboxStatus
from portal.notifications.models import Outbox
from portal.notifications.services import enqueue
from submissions import documents, paper, rules, word
from submissions.enums import Edition, RenditionKind, RenditionStatus
from submissions.lifecycle import RENDITION_LIFECYCLE
from submissions.models import Rendition, Submission, SubmissionVersion

KIND = "submissions.rendition"
MOST_AN_HOUR = 30


@transaction.atomic
def request_rendition(
    entry: Submission,
    *,
    actor: Any,
    kind: RenditionKind,
    edition: Edition,
    version: SubmissionVersion | None = None,
    now: datetime | None = None,
) -> Rendition:
    """Ask for the draft, or for ``version``, on paper. The same content again gives what has been asked for before."""
    require(rules.may_put_on_paper, actor, entry, version)
    content = paper.paper_of_version(version, edition) if version else paper.paper_of_draft(entry, edition)
    same = {"submission": entry, "kind": kind, "edition": edition, "content_sha256": paper.hash_of(content)}
    # Whoever asks in two tabs at once is counted once in each, and finds what the other has asked for.
    now, actor = now or timezone.now(), lock_person(actor)
    known = Rendition.objects.filter(**same).first()
    if known is not None:
        return _again(known, actor=actor)
    if Rendition.objects.filter(requested_by=actor, requested_at__gt=now - timedelta(hours=1)).count() >= MOST_AN_HOUR:
        raise Conflict(_("You have asked for many documents in the last hour. Please come back later."))
    more = {"version": version, "paper": content, "requested_by": actor, "requested_at": now}
    rendition, is_new = Rendition.objects.get_or_create(**same, defaults=more)
    if is_new:
        audit.record("request_rendition", rendition, actor=actor, after={"kind": kind, "edition": edition})
        enqueue(KIND, key=_key(rendition), payload=_payload(rendition))
    return rendition


def make_rendition(rendition_id: int) -> None:
    """Draw what waits for it; what is gone or made already is let be."""
    waiting = Rendition.objects.filter(pk=rendition_id, status=RenditionStatus.REQUESTED)
    rendition = waiting.select_related("submission__team").first()
    if rendition is None:
        return
    try:
        try:
            # Drawn and stored before the transaction: it takes a while, and the same bytes are kept once.
            stored = files.store(ContentFile(_draw(rendition)))
        except PdfUnavailable as error:
            # Trying again later changes nothing: the page says so at once.
            RENDITION_LIFECYCLE.apply(rendition, "fail_rendition", actor=None, reason=str(error))
        else:
            done: dict[str, Any] = {"file": stored, "ready_at": timezone.now(), "paper": {}}
            RENDITION_LIFECYCLE.apply(rendition, "make_rendition", actor=None, **done)
    except TransitionNotAllowed:
        return


def delayed_among(renditions: Iterable[Rendition]) -> set[int]:
    """Those that still wait although something has already gone wrong; one query."""
    waiting = [each for each in renditions if each.status == RenditionStatus.REQUESTED]
    if not waiting:
        return set()
    tries = Q(pk__in=[])
    for each in waiting:
        tries |= Q(key=_key(each)) | Q(key__startswith=f"{_key(each)}:")
    failed = Outbox.objects.filter(tries).exclude(last_error="").values_list("key", flat=True)
    return {int(key.split(":")[1]) for key in failed}


def _again(known: Rendition, *, actor: Any) -> Rendition:
    """What failed, or was given up, is tried once more."""
    tries = _tries(known)
    if known.status == RenditionStatus.FAILED:
        RENDITION_LIFECYCLE.apply(known, "retry_rendition", actor=actor)
    elif known.status == RenditionStatus.READY or tries.exclude(status=OutboxStatus.DEAD).exists():
        return known
    enqueue(KIND, key=f"{_key(known)}:{tries.count() + 1}", payload=_payload(known))
    return known


def _draw(rendition: Rendition) -> bytes:
    content = paper.as_printed(rendition.paper, rendition.requested_at)
    if rendition.kind == RenditionKind.DOCX:
        return word.entry_docx(content)
    return documents.entry_pdf(content, identifier=bytes.fromhex(rendition.content_sha256[:32]))


def _tries(rendition: Rendition) -> QuerySet[Outbox]:
    return Outbox.objects.filter(Q(key=_key(rendition)) | Q(key__startswith=f"{_key(rendition)}:"))


def _key(rendition: Rendition) -> str:
    return f"{KIND}:{rendition.pk}"


def _payload(rendition: Rendition) -> dict[str, int]:
    return {"rendition_id": rendition.pk}
