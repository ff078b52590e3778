"""The certificate as a PDF: one A4 page, in Chinese whatever the reader's language, fetching nothing."""

from __future__ import annotations

import math
import re
from base64 import b64encode
from functools import cache
from pathlib import Path
from typing import NamedTuple

import segno
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import translation

from judging.enums import AwardLevel
from judging.models import Award, Certificate
from portal.core.pdf import one_page
from portal.core.templatetags.ui import BEIJING
from portal.notifications import mail

# An official document has one wording: it doesn't wait for a catalogue.
LEVELS = {
    AwardLevel.FIRST: "一等奖",
    AwardLevel.SECOND: "二等奖",
    AwardLevel.THIRD: "三等奖",
    AwardLevel.MERIT: "优秀奖",
}
DIGITS = "〇一二三四五六七八九"
RIM_RADIUS, RIM_SPAN, WIDEST_STEP = 35.5, 248.0, 30.0


class Glyph(NamedTuple):
    """A character on the rim of the seal, and how many degrees from the top it stands."""

    text: str
    degrees: str


def certificate_pdf(certificate: Certificate) -> bytes:
    """The same certificate gives the same bytes on the same machine."""
    return one_page(certificate_html(certificate), style="certificate.css", identifier=certificate.public_id.bytes)


def certificate_html(certificate: Certificate) -> str:
    award = certificate.award
    competition = award.publication.round.competition
    engraved = re.sub(r"[“”‘’《》「」\"'\s]", "", competition.host) or competition.host
    context = {
        "award": award,
        "certificate": certificate,
        "competition": competition,
        "contest": with_year(competition.name, competition.year),
        "date": chinese_date(award),
        "host_length": "longer" if len(competition.host) > 60 else "long" if len(competition.host) > 28 else "",
        "level": LEVELS[AwardLevel(award.level)],
        "members": "、".join(award.members),
        "qr": qr(certificate),
        "rim": rim(engraved),
        "rim_size": rim_size(engraved),
        "track": award.track_name.removesuffix("赛道") + "赛道",
        "weave": _weave(),
    }
    with translation.override("zh-hans"):
        return render_to_string("judging/pdf/certificate.html", context)


@cache
def _weave() -> str:
    drawing = Path(settings.BASE_DIR, "static/img/weave.svg").read_text().replace("<svg ", '<svg fill="#a8802f" ', 1)
    return f"data:image/svg+xml;base64,{b64encode(drawing.encode()).decode()}"


def with_year(name: str, year: int) -> str:
    """The contest's name in print: no gap after figures, and its year whether or not the name says it."""
    name = re.sub(r"(?<=\d)\s+(?=[\u4e00-\u9fff])", "", name)
    return name if str(year) in name else f"{year}年{name}"


def chinese_date(award: Award) -> str:
    """二〇二六年九月十八日: the day of the publication in Beijing."""
    day = award.publication.published_at.astimezone(BEIJING)
    year = "".join(DIGITS[int(digit)] for digit in str(day.year))
    return f"{year}年{_as_read(day.month)}月{_as_read(day.day)}日"


def _as_read(number: int) -> str:
    tens, ones = divmod(number, 10)
    few = ["", "十", "二十", "三十"][tens]
    return few + (DIGITS[ones] if ones else "")


def qr(certificate: Certificate) -> str:
    """The address that verifies it, as a data URI."""
    code = segno.make(mail.address(certificate.get_absolute_url()), error="m", micro=False)
    return code.svg_data_uri(border=0, dark="#2c2118")


def rim(text: str) -> list[Glyph]:
    """The host's name round the seal, symmetric about its top."""
    step = _rim_step(text)
    first = -step * (len(text) - 1) / 2
    return [Glyph(char, f"{first + step * place:.2f}") for place, char in enumerate(text)]


def rim_size(text: str) -> str:
    """The type size at which neighbours on the rim don't touch."""
    return f"{min(10.5, math.radians(_rim_step(text)) * RIM_RADIUS):.2f}"


def _rim_step(text: str) -> float:
    return min(WIDEST_STEP, RIM_SPAN / max(1, len(text) - 1))
