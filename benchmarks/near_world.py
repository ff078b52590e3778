"""Twenty thousand submitted entries in the official form, some of them made from others."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from itertools import islice
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.utils import timezone

from portal.core.models import StoredFile
from submissions.asked import definition_of
from submissions.definition import Section
from submissions.enums import MemberRole, SectionKind, SubmissionStatus
from submissions.models import Attachment, Organization, Submission, SubmissionVersion, Team, TeamMember
from tests.factories.submissions import credit_code
from tests.made_entries import Made, Maker
from tracks.models import Competition, Topic

WAYS = ("paraphrase", "shuffled", "with_copied_section", "with_copied_file")
EACH = 250
MEMBERS = 3
CHUNK = 1_000
SEED = 2026


def fill(count: int, length: int) -> dict[str, list[tuple[int, int]]]:
    """By way, the pairs that were made, by the keys of their entries."""
    call_command("loaddata", "sichuan-2026", "sichuan-2026-form", verbosity=0)
    world = _World(Competition.objects.get())
    made: dict[str, list[tuple[int, int]]] = {way: [] for way in WAYS}
    keys: list[int] = []
    for chunk in _chunks(_entries(count, length, made), CHUNK):
        keys += world.add(chunk)
    return {way: [(keys[one], keys[other]) for one, other in pairs] for way, pairs in made.items()}


def _entries(count: int, length: int, made: dict[str, list[tuple[int, int]]]) -> Iterator[Made]:
    maker = Maker(SEED)
    each = min(EACH, count // 20)
    honest = count - each * len(WAYS)
    sources = []
    for number in range(honest):
        entry = maker.honest(length=length)
        if number < each * len(WAYS):
            sources.append(entry)
        yield entry
    for place, source in enumerate(sources):
        way = WAYS[place % len(WAYS)]
        made[way].append((place, honest + place))
        yield getattr(maker, way)(source)


def _chunks(entries: Iterator[Made], size: int) -> Iterator[list[Made]]:
    while chunk := list(islice(entries, size)):
        yield chunk


class _World:
    def __init__(self, competition: Competition) -> None:
        self.competition = competition
        self.count = 0
        rows = Topic.objects.select_related("track").filter(track__competition=competition)
        self.topics = {f"{topic.track.number}.{topic.number}": topic for topic in rows}
        self.revisions = {topic.pk: topic.revisions.latest("number") for topic in rows}

    def add(self, chunk: list[Made]) -> list[int]:
        first, now = self.count, timezone.now()
        self.count += len(chunk)
        numbers = range(first, self.count)
        users = self._users(numbers)
        houses = Organization.objects.bulk_create(
            Organization(code=credit_code(n), name=f"单位{n}", kind="company") for n in numbers
        )
        teams = Team.objects.bulk_create(
            Team(competition=self.competition, name=f"队{n}", organization=house)
            for n, house in zip(numbers, houses, strict=True)
        )
        TeamMember.objects.bulk_create(
            TeamMember(team=team, user=user, role=MemberRole.MEMBER if place else MemberRole.CAPTAIN)
            for n, team in enumerate(teams)
            for place, user in enumerate(users[n * MEMBERS : (n + 1) * MEMBERS])
        )
        entries = Submission.objects.bulk_create(
            Submission(
                team=team, topic=self.topics[made.topic.key], track=self.topics[made.topic.key].track,
                topic_revision=self.revisions[self.topics[made.topic.key].pk], number=f"N-{n}", title=f"作品{n}",
                status=SubmissionStatus.SUBMITTED, submitted_at=now,
            )
            for n, team, made in zip(numbers, teams, chunk, strict=True)
        )  # fmt: skip
        versions = SubmissionVersion.objects.bulk_create(
            SubmissionVersion(
                submission=entry, number=1, topic_revision=entry.topic_revision, form=self._form(entry, made),
                form_sha256="0" * 64, submitted_by=users[place * MEMBERS], created_at=now,
            )
            for place, (entry, made) in enumerate(zip(entries, chunk, strict=True))
        )  # fmt: skip
        self._attach(entries, versions, chunk, users)
        return [entry.pk for entry in entries]

    def _users(self, numbers: range) -> list[Any]:
        model = get_user_model()
        addresses = [f"m{n}-{place}@example.com" for n in numbers for place in range(MEMBERS)]
        return model.objects.bulk_create(model(email=address) for address in addresses)

    def _form(self, entry: Submission, made: Made) -> dict[str, Any]:
        definition = definition_of(entry)
        sections: list[Section] = [each for each in definition.sections if each.kind == SectionKind.LONG_TEXT]
        texts = zip(sections, made.texts.values(), strict=False)
        answers = {section.key: text for section, text in texts}
        return {"title": entry.title, "form": {"versions": list(definition.versions)}, "answers": answers}

    def _attach(self, entries: list[Any], versions: list[Any], chunk: list[Made], users: list[Any]) -> None:
        """A file of their own, or one that another entry has handed in."""
        sums = [hashlib.sha256(made.files[0].encode()).hexdigest() for made in chunk]
        StoredFile.objects.bulk_create(
            (StoredFile(sha256=each, size=1) for each in dict.fromkeys(sums)), ignore_conflicts=True
        )
        stored = dict(StoredFile.objects.filter(sha256__in=sums).values_list("sha256", "pk"))
        rows = Attachment.objects.bulk_create(
            Attachment(submission=entry, file_id=stored[each], name="申报书.pdf", uploaded_by=users[place * MEMBERS])
            for place, (entry, each) in enumerate(zip(entries, sums, strict=True))
        )
        joins = SubmissionVersion.attachments.through
        joins.objects.bulk_create(
            joins(submissionversion=version, attachment=row) for version, row in zip(versions, rows, strict=True)
        )
