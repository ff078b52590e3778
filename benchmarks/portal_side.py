"""What has to run inside the portal: filling the database, and counting the queries of its pages.

``python -m benchmarks.portal_side prepare|grow|fill``, with the environment that ``run.py`` gives.
"""

import json
import os
import re
import sys
from datetime import timedelta
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.cache import caches  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402
from django.utils import timezone  # noqa: E402
from django.utils.crypto import get_random_string  # noqa: E402

from benchmarks import submits  # noqa: E402
from judging.models import Publication, Rubric  # noqa: E402
from portal.core.catalogues import compile_catalogues  # noqa: E402
from portal.core.management.commands.serve import collect_static  # noqa: E402
from submissions import services  # noqa: E402
from submissions.models import EntryFormVersion, Submission  # noqa: E402
from tests.factories.judging import AwardFactory, PublicationFactory  # noqa: E402
from tests.factories.submissions import SubmissionFactory, captain_of  # noqa: E402
from tests.factories.tracks import AnnouncementFactory  # noqa: E402
from tracks.enums import StageKind  # noqa: E402
from tracks.models import Competition, Stage, Topic, TopicRevision  # noqa: E402

# The people behind the awards never sign in.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# A process looks at the service's mode every few seconds, whoever comes then: it is no question of the page's.
settings.SERVICE_STATE_SECONDS = None

SLUG = "sichuan-2026"
AWARDS = 60
NEWS = 20
TIMES = 10
ENTRIES, REVISIONS = 50, 20
# Where a transaction begins and ends is no question.
FRAME = re.compile(r"BEGIN|COMMIT|SAVEPOINT|RELEASE")
FEW, MANY = "1 award, 121 topics", "3 awards, 121 topics"
LOTS = f"{AWARDS} awards, {121 * TIMES:,} topics"
PAGES = {
    "home": "/",
    "track": f"/{SLUG}/tracks/11/",
    "topic": f"/{SLUG}/tracks/11/topics/8/",
    "announcements": f"/{SLUG}/announcements/",
    "results page": f"/{SLUG}/results/",
    "API tracks": "/api/v1/tracks/",
    "API topics (200)": "/api/v1/topics/?page_size=200",
    "API results (50)": "/api/v1/results/",
}


def prepare() -> None:
    for folder in settings.LOCALE_PATHS:
        compile_catalogues(folder)
    collect_static()
    call_command("migrate", verbosity=0, interactive=False)
    call_command("loaddata", "sichuan-2026", "sichuan-2026-form", "sichuan-2026-rubric", verbosity=0)
    AnnouncementFactory.create_batch(NEWS, competition=Competition.objects.get(slug=SLUG))


def grow() -> None:
    """The same contest with ten times as many topics."""
    prepare()
    multiply_topics()


def fill() -> None:
    """In one process, because the people made here are numbered in it."""
    json.dump({"pages": queries(), "teams": team_queries(), "writer": writer()}, sys.stdout)


def queries() -> dict[str, dict[str, int]]:
    """Count the queries of each page at three sizes; the awards stay for what is measured next, the topics go."""
    competition = Competition.objects.get(slug=SLUG)
    publication = PublicationFactory(
        round__competition=competition, round__rubric=Rubric.objects.get(competition=competition)
    )
    counts = {}
    for name, awards in ((FEW, 1), (MANY, 3), (LOTS, AWARDS)):
        award(publication, awards)
        added = multiply_topics() if name == LOTS else []
        counts[name] = {page: count(address) for page, address in PAGES.items()}
        TopicRevision.objects.filter(topic__in=added).delete()
        Topic.objects.filter(pk__in=added).delete()
    return counts


def writer() -> dict[str, Any]:
    """A captain at a draft, signed in: where the bare view keeps its words, and how a section of the draft is saved."""
    serial = "bigserial" if connection.vendor == "postgresql" else "integer"
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS benchmarks_words")
        cursor.execute(
            f"CREATE TABLE benchmarks_words (id {serial} PRIMARY KEY, text text NOT NULL, version integer NOT NULL)"
        )
    entry, client = draft()
    token = get_random_string(32)
    cookies = {settings.SESSION_COOKIE_NAME: client.cookies[settings.SESSION_COOKIE_NAME].value}
    cookies[settings.CSRF_COOKIE_NAME] = token
    headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items()), "X-CSRFToken": token}
    return {"address": saving(entry), "headers": headers}


def draft() -> tuple[Submission, Client]:
    """In the contest's own form, while entries are open; and its captain's browser."""
    # Its versions are never written over.
    if not EntryFormVersion.objects.exists():
        call_command("loaddata", "sichuan-2026-form", verbosity=0)
    now = timezone.now()
    stages = Stage.objects.filter(competition__slug=SLUG, kind=StageKind.SUBMISSION)
    stages.update(opens_at=now - timedelta(days=1), closes_at=now + timedelta(days=9))
    topic = Topic.objects.filter(track__competition__slug=SLUG).order_by("pk").first()
    entry = SubmissionFactory(team__competition=topic.track.competition, topic=topic, abstract="")
    client = Client(headers={"host": "localhost"})
    client.force_login(captain_of(entry.team))
    return entry, client


def saving(entry: Submission) -> str:
    return f"{entry.get_absolute_url()}sections/abstract/"


def team_queries() -> dict[str, dict[str, int]]:
    """What a team's own pages ask of the database: little, and as much."""
    entry, client = draft()
    few = asked_by_team(client, entry)
    sitting = timedelta(minutes=5)
    start = timezone.now() - 2 * REVISIONS * sitting
    for number in range(REVISIONS):
        answer = entry.answers.filter(key="abstract").first()
        services.save_section(
            Submission.objects.get(pk=entry.pk),
            actor=captain_of(entry.team),
            key="abstract",
            value=f"第 {number} 稿",
            expected_version=answer.version if answer else 0,
            now=start + number * sitting,
        )
    topics = Topic.objects.filter(track__competition__slug=SLUG).exclude(pk=entry.topic_id)[: ENTRIES - 1]
    for topic in topics:
        SubmissionFactory(team=entry.team, topic=topic)
    many = asked_by_team(client, entry)
    return {"1 entry": few, f"{ENTRIES} entries, {REVISIONS} revisions": many}


def asked_by_team(client: Client, entry: Submission) -> dict[str, int]:
    pages = {"entry's form": entry.get_absolute_url(), "team's entries": "/desk/entries/"}
    # The first one also reads what is then remembered in the process: the form, the site.
    for address in pages.values():
        client.get(address)
    asked = {name: count(address, client) for name, address in pages.items()}
    answer = entry.answers.filter(key="abstract").first()
    version = answer.version if answer else 0
    with CaptureQueriesContext(connection) as captured:
        body = {"value": f"再写一句 {version}", "version": version}
        response = client.post(saving(entry), body, content_type="application/json")
    if response.status_code != 200:
        sys.exit(f"{saving(entry)} answered {response.status_code}")
    asked["autosave"] = len([each for each in captured if not FRAME.match(each["sql"])])
    return asked


def award(publication: Publication, wanted: int) -> None:
    topics = list(Topic.objects.select_related("track").order_by("pk")[:AWARDS])
    for topic in topics[publication.awards.count() : wanted]:
        AwardFactory(
            publication=publication,
            submission__team__competition=publication.round.competition,
            submission__topic=topic,
            submission__history=False,
        )


def multiply_topics() -> list[int]:
    copies = [
        Topic(track_id=topic.track_id, number=topic.number + 100 * again, title=topic.title, body=topic.body)
        for topic in Topic.objects.all()
        for again in range(1, TIMES)
    ]
    made = Topic.objects.bulk_create(copies)
    TopicRevision.objects.bulk_create(
        TopicRevision(
            topic=topic, number=1, title=topic.title, body=topic.body, created_at=topic.track.competition.created_at
        )
        for topic in Topic.objects.filter(pk__in=[each.pk for each in made]).select_related("track__competition")
    )
    return [each.pk for each in made]


def count(address: str, client: Client | None = None) -> int:
    caches["pages"].clear()
    with CaptureQueriesContext(connection) as captured:
        response = (client or Client(headers={"host": "localhost"})).get(address)
    if response.status_code != 200:
        sys.exit(f"{address} answered {response.status_code}")
    return len(captured)


if __name__ == "__main__":
    own = {"prepare": prepare, "grow": grow, "fill": fill}
    if sys.argv[1] in own:
        own[sys.argv[1]]()
    else:
        submits.main_side(sys.argv[1])
