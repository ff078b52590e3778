"""The colours of tokens.css against each other, as WCAG 2.2 AA counts it, in both schemes and for every hue."""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from django.conf import settings

TOKENS = (Path(settings.BASE_DIR) / "static/css/tokens.css").read_text()
PAIRS = dict(re.findall(r"--([\w-]+): light-dark\((oklch.*)\);", TOKENS))
COLOUR = re.compile(r"oklch\(([\d.]+) ([\d.]+) ([\d.]+|var\(--[\w-]+\))\)")
TEXT = ["ink", "ink-2", "ink-3", "brand", "seal", "ok", "warn"]
SURFACES = ["paper", "card", "wash", "brand-wash"]
ON_OWN_WASH = [("seal", "seal-wash"), ("ok", "ok-wash"), ("warn", "warn-wash"), ("track", "track-wash")]
ON_BUTTONS = [("brand-ink", "brand"), ("brand-ink", "brand-2")]
SCHEMES = pytest.mark.parametrize("scheme", ["light", "dark"])


def luminance(lightness: float, chroma: float, hue: float) -> float:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short
    return sum(part * min(1, max(0, light)) for part, light in ((0.2126, red), (0.7152, green), (0.0722, blue)))


def lights(name: str, scheme: str) -> list[float]:
    """The luminance of a token, for every hue it may be given."""
    lightness, chroma, hue = COLOUR.findall(PAIRS[name])[scheme == "dark"]
    hues = range(0, 360, 5) if hue.startswith("var") else [float(hue)] * 72
    return [luminance(float(lightness), float(chroma), each) for each in hues]


def contrast(name: str, other: str, scheme: str) -> float:
    pairs = zip(lights(name, scheme), lights(other, scheme), strict=True)
    return min((max(pair) + 0.05) / (min(pair) + 0.05) for pair in pairs)


@SCHEMES
@pytest.mark.parametrize(
    ("text", "surface"), [(text, surface) for text in TEXT for surface in SURFACES] + ON_OWN_WASH + ON_BUTTONS
)
def test_text_can_be_read_on_its_ground(text, surface, scheme):
    assert contrast(text, surface, scheme) >= 4.5


@SCHEMES
@pytest.mark.parametrize("surface", ["paper", "card", "wash"])
def test_the_edge_of_a_control_can_be_seen(surface, scheme):
    assert contrast("edge", surface, scheme) >= 3
