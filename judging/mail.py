"""What judging tells people by mail: through the outbox, in the transaction of the deed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.urls import reverse

from judging.models import Assignment, Award, Judge, Round
from portal.notifications.mail import address, render
from portal.notifications.services import enqueue_mail


def tell_judges(round_: Round) -> None:
    """One mail a judge when the round opens: how many entries, until when."""
    due = Counter(round_.assignments.live().values_list("judge_id", flat=True))
    for judge in Judge.objects.filter(pk__in=due).select_related("user"):
        _send(f"round-opened:{round_.pk}:{judge.pk}", "round_opened", judge.user, round=round_, count=due[judge.pk])


def tell_judges_of_more(round_: Round, assignments: Iterable[Assignment]) -> None:
    """The round is under way already, and these judges have more to do."""
    latest: dict[int, int] = {}
    due: Counter[int] = Counter()
    for each in assignments:
        latest[each.judge_id] = max(each.pk, latest.get(each.judge_id, 0))
        due[each.judge_id] += 1
    for judge in Judge.objects.filter(pk__in=due).select_related("user"):
        key = f"more-to-review:{latest[judge.pk]}"
        _send(key, "more_to_review", judge.user, round=round_, count=due[judge.pk])


def tell_winners(awards: Iterable[Award]) -> None:
    """Each member of each team that won."""
    for award in awards:
        for member in award.submission.team.members.all():
            _send(f"award:{award.pk}:{member.user_id}", "award", member.user, award=award)


def _send(key: str, template: str, person: Any, **context: Any) -> None:
    link = address(reverse("judging:queue" if "round" in context else "dashboards:desk"))
    subject, body = render(f"judging/emails/{template}.txt", {"person": person, "link": link, **context})
    enqueue_mail(key=f"judging:{key}", to=person.email, subject=subject, body=body)
