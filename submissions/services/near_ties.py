"""What two entries share besides their words: files, people, organizations."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Coalesce

from submissions.enums import SubmissionStatus
from submissions.models import Fingerprint, Submission, SubmissionVersion, TeamMember, TeamOrganization

# A file that more entries than this have handed in is a form to be filled in, or an enclosure of everybody's.
MOST_HOLDERS = 12
MOST_TIES = 20
SAME_FILE = 90
SAME_PERSON, SAME_ORGANIZATION, BOTH = 40, 30, 50

Ties = Mapping[int, Mapping[int, int]]


def shared_files(prints: Iterable[Fingerprint]) -> Ties:
    """By entry, the others that have handed in one of its files: bytes for bytes the same."""
    joins = SubmissionVersion.attachments.through.objects
    held = joins.filter(submissionversion__in=[each.version_id for each in prints])
    files = set(held.values_list("attachment__file", flat=True))
    latest = joins.filter(attachment__file__in=files, submissionversion__fingerprint__isnull=False)
    latest = latest.exclude(submissionversion__submission__status=SubmissionStatus.WITHDRAWN)
    holders: dict[int, set[int]] = defaultdict(set)
    for file, entry in latest.values_list("attachment__file", "submissionversion__submission"):
        holders[file].add(entry)
    groups = [entries for entries in holders.values() if len(entries) <= MOST_HOLDERS]
    return _tied({each.submission_id for each in prints}, [(entries, SAME_FILE) for entries in groups])


def shared_people(prints: Iterable[Fingerprint]) -> Ties:
    """By entry, the others on a topic of this name with a member or an organization of its team."""
    entries = Submission.objects.filter(pk__in=[each.submission_id for each in prints])
    near = Submission.objects.filter(topic__title__in=entries.order_by().values("topic__title"))
    near = near.filter(Exists(Fingerprint.objects.filter(submission=OuterRef("pk"))))
    near = near.exclude(status=SubmissionStatus.WITHDRAWN)
    teams: dict[int, list[tuple[str, int]]] = defaultdict(list)
    of_team = near.order_by().values("team")
    house = Coalesce("organization__merged_into", "organization")
    partners = TeamOrganization.objects.filter(team__in=of_team).order_by().annotate(house=house)
    for team, organization in partners.values_list("team", "house"):
        teams[team].append(("organization", organization))
    for team, user in TeamMember.objects.filter(team__in=of_team).order_by().values_list("team", "user"):
        teams[team].append(("person", user))
    groups: dict[Any, set[int]] = defaultdict(set)
    lead = Coalesce(F("team__organization__merged_into"), F("team__organization"))
    for entry, team, topic, organization in near.values_list("pk", "team", "topic__title", lead).order_by("pk"):
        for tie in {("organization", organization), *teams[team]}:
            groups[topic, *tie].add(entry)
    weighed = [(members, SAME_PERSON if key[1] == "person" else SAME_ORGANIZATION) for key, members in groups.items()]
    return _tied({each.submission_id for each in prints}, weighed)


def _tied(asked: set[int], groups: Iterable[tuple[set[int], int]]) -> Ties:
    found: dict[int, dict[int, int]] = defaultdict(dict)
    for members, weight in groups:
        for entry in members & asked:
            for other in sorted(members - {entry}):
                known = found[entry].get(other)
                both = known is not None and known != weight
                if known is not None or len(found[entry]) < MOST_TIES:
                    found[entry][other] = BOTH if both else weight
    return found
