"""A competition whose organizers write what nobody should: in each field that the public reads."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from tracks import services as tracks
from tracks.enums import StageKind

SLUG = "hostile"
SCRIPT = "<script>document.title='taken'</script>"
TEMPLATE = "{% load static %}{{ 7|add:7 }}{{ user.password }}"
IMAGE = "<img src=x onerror=document.title='taken'>"
EMOJI = "🀄👩🏽‍🚒𠮷😀"
LINES = [SCRIPT, TEMPLATE, IMAGE, EMOJI]
ENDLESS = "W" * 10_000
BACKWARDS = "\u202e\u2067sdrawkcab"
TEXT = "\n\n".join([*LINES, BACKWARDS, "[here](javascript:alert(1))", ENDLESS])


def line(start: str, length: int) -> str:
    """As long as the field allows, without a place to break."""
    return (start + ENDLESS)[:length]


def fill() -> None:
    """Over since years, so that it is not what the site's own address shows."""
    competition = tracks.create_competition(actor=None, slug=SLUG, name="Hostile 2020", introduction=TEXT)
    opens_at = timezone.now() - timedelta(days=2000)
    tracks.set_stage(
        competition, actor=None, kind=StageKind.SUBMISSION, opens_at=opens_at, closes_at=opens_at + timedelta(days=1)
    )
    tracks.change_competition(
        competition,
        actor=None,
        name=line(SCRIPT, 100),
        short_name=line(TEMPLATE[:18], 40),
        host=line(IMAGE, 100),
        is_published=True,
    )
    for number, start in enumerate(LINES, start=1):
        track = tracks.add_track(competition, actor=None, number=number, name=line(start, 60))
        for position in (1, 2):
            title = line(f"{position}{start}", 120)
            tracks.add_topic(track, actor=None, number=position, title=title, body=TEXT)
        tracks.write_announcement(
            competition, actor=None, title=line(start, 120), body=TEXT, published_at=timezone.now()
        )
        tracks.write_question(
            competition, actor=None, question=line(start, 200), answer=TEXT, published_at=timezone.now()
        )
