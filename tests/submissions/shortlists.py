"""What the tests of the shortlist start from: a form with a file that stays open, and a defence to come."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from submissions import services
from submissions.models import Attachment, Submission
from tests.factories.files import pdf, upload
from tests.factories.forms import publish, section, slot
from tests.factories.submissions import captain_of
from tests.submissions.screening import Screening
from tracks.models import Stage


class Shortlist(Screening):
    """``slides`` may be replaced after the shortlist, ``proposal`` may not."""

    def __init__(self, **plan: Any) -> None:
        super().__init__(**plan)
        opens = timezone.now() + timedelta(days=10)
        Stage.objects.filter(competition=self.competition, kind="defence").delete()
        self.defence = Stage.objects.create(
            competition=self.competition, kind="defence", opens_at=opens, closes_at=opens + timedelta(days=1)
        )
        publish(
            self.competition,
            section("abstract"),
            slots=[
                slot("proposal", title="申报书", is_required=True),
                slot("slides", title="演示文稿", is_open_after_shortlist=True, is_required=False),
            ],
        )

    def entry(self, *, status: str = "eligible", **more: Any) -> Submission:
        return super().entry(status=status, **more)


def announced(desk: Shortlist, *entries: Submission, **how: Any) -> None:
    chosen = [each.public_id for each in entries]
    services.shortlist(chosen, actor=desk.organizer)
    services.announce_shortlist(chosen, actor=desk.organizer, **how)


def put(entry: Submission, key: str = "slides", name: str = "新演示.pdf", **changes: Any) -> Attachment:
    """A new file in the slot, by the captain."""
    wanted = {"actor": captain_of(entry.team), **changes}
    found = Submission.objects.get(pk=entry.pk)
    return services.attach_file(found, slot=key, upload=upload(name, pdf(name)), **wanted)


def hand_in(entry: Submission, **changes: Any) -> Any:
    found = Submission.objects.get(pk=entry.pk)
    wanted = {"actor": captain_of(entry.team), "expected_version": found.draft_version, **changes}
    return services.replace_files(found, **wanted)
