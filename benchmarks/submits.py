"""What one submit costs: queries, and CPU time against a view that one would write by hand for the same rows."""

from __future__ import annotations

import http.client
import json
import sys
import uuid
from collections.abc import Callable, Mapping, Sequence
from statistics import median
from typing import Any
from urllib.parse import urlencode

from benchmarks.servers import Server

ROUNDS, EACH = 5, 30
TEAMS = ROUNDS * EACH + EACH
# docs/deadline.md says what each query is for that is more.
MOST_QUERIES, MOST_TIMES, MOST_OF_CHUNK = 14, 4.0, 3
FORM = {"Content-Type": "application/x-www-form-urlencoded", "Connection": "close"}
# What frames the queries and asks nothing.
FRAMES = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")


def queries_of(deed: Callable[[], Any]) -> int:
    """How often the database is asked something; for the side that runs inside the portal."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        deed()
    return sum(not each["sql"].startswith(FRAMES) for each in captured)


def count() -> dict[str, int]:
    """Of a first submit, and of a chunk of an upload; each after another one, which has warmed what is remembered."""
    from django.contrib.auth import get_user_model
    from django.test import Client

    from benchmarks.load import world

    found = {}
    for entrant in world.prepare(2):
        client = Client(headers={"host": "localhost"})
        client.force_login(get_user_model().objects.get(pk=entrant["captain"]["user"]))
        fields, path = fields_of(entrant), f"/submissions/{entrant['entry']}/submit/"
        found["chunk of an upload"] = _chunk(client, entrant["entry"])
        found["submit"] = queries_of(lambda client=client, path=path, fields=fields: client.post(path, fields))
    return found


def _chunk(client: Any, entry: str) -> int:
    from portal.core import parts
    from submissions.models import Submission, Upload

    parts.path_of("any").parent.mkdir(parents=True, exist_ok=True)
    from submissions.services import begin_upload
    from tests.factories.submissions import captain_of

    found = Submission.objects.get(public_id=entry)
    upload: Upload = begin_upload(found, actor=captain_of(found.team), slot="evidence", name="a.pdf", size=1000)
    headers = {"Tus-Resumable": "1.0.0", "Upload-Offset": "0"}
    at, kind = f"/api/v1/uploads/{upload.public_id}/", "application/offset+octet-stream"
    return queries_of(lambda: client.patch(at, b"%PDF-", content_type=kind, headers=headers))


def fields_of(entrant: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "expected_version": entrant["draft_version"],
        "topic_revision": entrant["revision"],
        "idempotency_key": uuid.uuid4().hex,
    }


def press(server: Server, entrant: Mapping[str, Any], *, is_portal: bool) -> None:
    captain = entrant["captain"]
    path, cookies = "/submit/", {}
    fields = {**fields_of(entrant), "entry": entrant["entry"], "user": captain["user"]}
    if is_portal:
        path = f"/submissions/{entrant['entry']}/submit/"
        fields["csrfmiddlewaretoken"] = captain["csrf"]
        cookies = {"Cookie": f"session={captain['session']}; csrf={captain['csrf']}"}
    line = http.client.HTTPConnection("localhost", server.port, timeout=30)
    line.request("POST", path, urlencode(fields), {**FORM, **cookies})
    answer = line.getresponse()
    answer.read()
    if answer.status != 302:
        sys.exit(f"{path} answered {answer.status}")
    line.close()


def cost(server: Server, entrants: Sequence[Mapping[str, Any]], *, is_portal: bool) -> float:
    """CPU milliseconds a submit."""
    before = server.cpu_seconds()
    for entrant in entrants:
        press(server, entrant, is_portal=is_portal)
    return (server.cpu_seconds() - before) / len(entrants) * 1000


def measure(entrants: Sequence[Mapping[str, Any]], portal: Server, bare: Server) -> list[tuple[float, float]]:
    """Pairs of portal and bare view; the first round warms both and is left out."""
    costs = []
    for start in range(0, TEAMS, EACH):
        some = entrants[start : start + EACH]
        costs.append((cost(bare, some, is_portal=False), cost(portal, some, is_portal=True)))
    return [(mine, plain) for plain, mine in costs[1:]]


def report(costs: Sequence[tuple[float, float]], counts: Mapping[str, int]) -> bool:
    mine = median(portal for portal, _bare in costs)
    times = median(portal / bare for portal, bare in costs)
    rows = [
        ("submit, queries", f"{counts['submit']}", counts["submit"] <= MOST_QUERIES, f"≤ {MOST_QUERIES}"),
        ("submit, CPU time", f"{mine:.1f} ms, {times:.1f} × bare", times <= MOST_TIMES, f"≤ {MOST_TIMES:g} ×"),
        ("chunk of an upload, queries", f"{counts['chunk of an upload']}",
         counts["chunk of an upload"] <= MOST_OF_CHUNK, f"≤ {MOST_OF_CHUNK}"),
    ]  # fmt: skip
    print(f"\nHanding in, against a bare view that writes the same rows: {ROUNDS} rounds of {EACH}, medians\n")
    for name, found, holds, target in rows:
        print(f"{name:<30}{found:>28}{target:>9}  {'holds' if holds else 'MISSED'}")
    return all(holds for _name, _found, holds, _target in rows)


def main_side(what: str) -> None:
    """Inside the portal: ``teams`` to submit for, or the ``counts``."""
    from benchmarks.load import world
    from tracks.models import Competition

    world.open_stages(Competition.objects.get())
    json.dump(world.prepare(TEAMS) if what == "teams" else count(), sys.stdout)
