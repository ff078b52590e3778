"""What has to run inside the portal: filling the database, and counting the queries of its pages.

``python -m benchmarks.portal_side prepare|queries``, with the environment that ``run.py`` gives.
"""

import json
import os
import sys

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
django.setup()

from django.conf import settings  # noqa: E402
from django.core.cache import caches  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from benchmarks import submits  # noqa: E402
from judging.models import Publication, Rubric  # noqa: E402
from portal.core.catalogues import compile_catalogues  # noqa: E402
from portal.core.management.commands.serve import collect_static  # noqa: E402
from tests.factories.judging import AwardFactory, PublicationFactory  # noqa: E402
from tests.factories.tracks import AnnouncementFactory  # noqa: E402
from tracks.models import Competition, Topic, TopicRevision  # noqa: E402

# The people behind the awards never sign in.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

SLUG = "sichuan-2026"
AWARDS = 60
NEWS = 20
TIMES = 10
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


def queries() -> None:
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
    json.dump(counts, sys.stdout)


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


def count(address: str) -> int:
    caches["pages"].clear()
    with CaptureQueriesContext(connection) as captured:
        response = Client(headers={"host": "localhost"}).get(address)
    if response.status_code != 200:
        sys.exit(f"{address} answered {response.status_code}")
    return len(captured)


if __name__ == "__main__":
    own = {"prepare": prepare, "grow": grow, "queries": queries}
    if sys.argv[1] in own:
        own[sys.argv[1]]()
    else:
        submits.main_side(sys.argv[1])
