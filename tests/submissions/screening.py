"""What the tests of screening start from: an organizer, their browser, entries that wait, a plan."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from submissions.models import ScreeningPlan, Submission
from submissions.services import facts
from tests.factories.submissions import SubmissionFactory, TeamFactory
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory
from tests.submissions.people import client_for

REASON = "申报书第 3 页缺少盖章。"


class Screening:
    """A competition with a track, and who screens it."""

    def __init__(self, **plan: Any) -> None:
        self.competition = CompetitionFactory(open=True)
        self.topic = TopicFactory(track__competition=self.competition)
        self.organizer = OrganizerFactory(competition=self.competition).user
        self.client: Client = client_for(self.organizer)
        self.plan = ScreeningPlan.objects.create(competition=self.competition, **plan)
        self.plan.items.create(key="seal", title="盖章页齐全")
        self.plan.items.create(key="names", title="成员姓名一致", place=1)
        self.plan.reasons.create(use="return", code="no_seal", title="缺盖章页", text="请补交盖章页。")
        self.plan.reasons.create(use="reject", code="off_topic", title="不符合赛题", text="内容与赛题不符。")

    def entry(self, *, hours: int = 0, status: str = "submitted", topic: Any = None, **more: Any) -> Submission:
        """One that was submitted so many ``hours`` ago."""
        team = more.pop("team", None) or TeamFactory(competition=self.competition)
        at = timezone.now() - timedelta(hours=hours)
        entry = SubmissionFactory(team=team, topic=topic or self.topic, submitted_at=at, **{status: True}, **more)
        facts.make_facts(entry.versions.last().pk)
        return entry

    def url(self, name: str, *args: Any) -> str:
        return reverse(f"submissions:{name}", args=[self.competition.slug, *args])

    def queue(self, client: Client | None = None, **asked: Any) -> Any:
        return (client or self.client).get(self.url("screening_queue"), asked)

    def numbers(self, client: Client | None = None, **asked: Any) -> list[str]:
        """What stands on the page of the queue, in its order."""
        return [line.entry.number for line in self.queue(client, **asked).context["lines"]]

    def address(self, entry: Submission) -> str:
        return self.url("screen_entry", entry.public_id)

    def decide(self, entry: Submission, what: str, *, client: Client | None = None, **typed: Any) -> Any:
        data = {"decide": what, "version": entry.versions.count(), "reason": REASON, **typed}
        if what == "reject":
            data.setdefault("code", "off_topic")
        return (client or self.client).post(self.address(entry), data)


def opened(**changes: Any) -> dict[str, Any]:
    """What returning an entry takes besides the reason."""
    return {"sections": ["abstract"], "closes_at": local(timezone.now() + timedelta(days=3)), **changes}


def local(moment: Any) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%dT%H:%M}"
