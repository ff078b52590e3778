"""What has to run inside the portal: so many entries, and an organizer who opens the pages of screening."""

from __future__ import annotations

import os
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402

from benchmarks.screening import clocks  # noqa: E402
from portal.core import service  # noqa: E402
from portal.core.catalogues import compile_catalogues  # noqa: E402
from portal.core.management.commands.serve import collect_static  # noqa: E402
from submissions.models import (  # noqa: E402
    Correction,
    Organization,
    Screening,
    ScreeningPlan,
    Submission,
    SubmissionVersion,
    Team,
    VersionFacts,
)
from tests.factories.submissions import SubmissionFactory, credit_code  # noqa: E402
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TopicFactory  # noqa: E402

settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TRACKS = 17
# Of ten entries in the middle of screening.
STATES = ["submitted"] * 5 + ["returned", *["eligible"] * 3, "rejected"]
BATCH = 1000
WORDS = "融合雨量、视频与卫星数据，每十分钟给出沟道级风险，自动生成转移名单。" * 30


class Pages:
    def __init__(self, size: int) -> None:
        for folder in settings.LOCALE_PATHS:
            compile_catalogues(folder)
        collect_static()
        call_command("migrate", verbosity=0, interactive=False)
        competition = CompetitionFactory(open=True)
        self.client = Client(headers={"host": "localhost"})
        self.client.force_login(OrganizerFactory(competition=competition).user)
        plan = ScreeningPlan.objects.create(competition=competition)
        for n in range(5):
            plan.items.create(key=f"item{n}", title=f"盖章页齐全{n}", place=n)
            plan.reasons.create(use="reject" if n % 2 else "return", code=f"code{n}", title=f"缺章{n}", text="请补交。")
        topics = [TopicFactory(track__competition=competition) for _each in range(TRACKS)]
        entry = SubmissionFactory(submitted=True, topic=topics[0], team__competition=competition)
        fill(competition, topics, size)
        # As a database keeps it up by itself after so many rows.
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
        queue = reverse("submissions:screening_queue", args=[competition.slug])
        self.addresses = {
            "queue, waiting": queue,
            "queue, newest first": f"{queue}?order=new",
            "queue, one track": f"{queue}?track={topics[0].track.number}",
            "queue, passed": f"{queue}?state=passed",
            "entry": reverse("submissions:screen_entry", args=[competition.slug, entry.public_id]),
        }
        for address in self.addresses.values():
            if (status := self.client.get(address).status_code) != 200:
                raise SystemExit(f"{address} answered {status}")

    def queries(self) -> dict[str, int]:
        # Once a second whichever page comes next asks how the portal stands.
        return {name: min(self._queries(address) for _each in range(3)) for name, address in self.addresses.items()}

    def _queries(self, address: str) -> int:
        service.state()
        with CaptureQueriesContext(connection) as captured:
            self.client.get(address)
        return len([each for each in captured if not each["sql"].startswith(("BEGIN", "COMMIT", "SAVE", "REL"))])

    def costs(self, times: int) -> dict[str, tuple[float, float]]:
        """Of one request: CPU of this process, and what it waited."""
        found = {}
        for name, address in self.addresses.items():
            cpu, wall = clocks()
            for _each in range(times):
                self.client.get(address)
            cpu_then, wall_then = clocks()
            found[name] = ((cpu_then - cpu) / times, (wall_then - wall) / times)
        return found


def fill(competition: Any, topics: list[Any], size: int) -> None:
    start, submitter = timezone.now() - timedelta(days=9), OrganizerFactory(competition=competition).user
    texts = {topic.pk: topic.revisions.first() for topic in topics}
    for first in range(0, size, BATCH):
        numbers = range(first, min(first + BATCH, size))
        houses = Organization.objects.bulk_create(
            Organization(code=credit_code(500_000 + n), name=f"成都数据科技{n}有限公司", kind="company")
            for n in numbers
        )
        teams = Team.objects.bulk_create(
            Team(competition=competition, name=f"第{n}队", organization=house)
            for n, house in zip(numbers, houses, strict=True)
        )
        entries = Submission.objects.bulk_create(
            Submission(
                team=team,
                topic=topic_of(n, topics),
                track=topic_of(n, topics).track,
                number=f"B{n:06}",
                title=f"山洪预警{n}",
                status=STATES[n % len(STATES)],
                submitted_at=start + timedelta(seconds=30 * n),
            )
            for n, team in zip(numbers, teams, strict=True)
        )
        versions = SubmissionVersion.objects.bulk_create(
            SubmissionVersion(
                submission=entry,
                number=1,
                topic_revision=texts[entry.topic_id],
                form={"title": entry.title, "answers": {"abstract": WORDS}},
                form_sha256="0" * 64,
                submitted_by=submitter,
                created_at=entry.submitted_at,
            )
            for entry in entries
        )
        made = Screening.objects.bulk_create(
            Screening(version=version, outcome="returned", reason="缺盖章页", decided_by=submitter, decided_at=start)
            for n, version in zip(numbers, versions, strict=True)
            if STATES[n % len(STATES)] == "returned"
        )
        Correction.objects.bulk_create(
            Correction(screening=each, sections=["abstract"], closes_at=start + timedelta(days=8 + 2 * (n % 2)))
            for n, each in enumerate(made)
        )
        VersionFacts.objects.bulk_create(
            VersionFacts(version=version, title=version.title, remarks=n % 3, made_at=start)
            for n, version in zip(numbers, versions, strict=True)
        )


def topic_of(number: int, topics: list[Any]) -> Any:
    """Every second entry is in the first track, so that a page of it is full with few entries too."""
    return topics[0] if number % 2 == 0 else topics[number % TRACKS]
