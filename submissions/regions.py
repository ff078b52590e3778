"""Where an organization is at home, by 行政区划代码 (GB/T 2260): Sichuan by its 21 cities and prefectures."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

ABROAD = "99"
SICHUAN: list[tuple[str, Any]] = [
    ("5101", _("Chengdu")),
    ("5103", _("Zigong")),
    ("5104", _("Panzhihua")),
    ("5105", _("Luzhou")),
    ("5106", _("Deyang")),
    ("5107", _("Mianyang")),
    ("5108", _("Guangyuan")),
    ("5109", _("Suining")),
    ("5110", _("Neijiang")),
    ("5111", _("Leshan")),
    ("5113", _("Nanchong")),
    ("5114", _("Meishan")),
    ("5115", _("Yibin")),
    ("5116", _("Guang'an")),
    ("5117", _("Dazhou")),
    ("5118", _("Ya'an")),
    ("5119", _("Bazhong")),
    ("5120", _("Ziyang")),
    ("5132", _("Ngawa Tibetan and Qiang Autonomous Prefecture")),
    ("5133", _("Garze Tibetan Autonomous Prefecture")),
    ("5134", _("Liangshan Yi Autonomous Prefecture")),
]
PROVINCES: list[tuple[str, Any]] = [
    ("11", _("Beijing")),
    ("12", _("Tianjin")),
    ("13", _("Hebei")),
    ("14", _("Shanxi")),
    ("15", _("Inner Mongolia")),
    ("21", _("Liaoning")),
    ("22", _("Jilin")),
    ("23", _("Heilongjiang")),
    ("31", _("Shanghai")),
    ("32", _("Jiangsu")),
    ("33", _("Zhejiang")),
    ("34", _("Anhui")),
    ("35", _("Fujian")),
    ("36", _("Jiangxi")),
    ("37", _("Shandong")),
    ("41", _("Henan")),
    ("42", _("Hubei")),
    ("43", _("Hunan")),
    ("44", _("Guangdong")),
    ("45", _("Guangxi")),
    ("46", _("Hainan")),
    ("50", _("Chongqing")),
    ("52", _("Guizhou")),
    ("53", _("Yunnan")),
    ("54", _("Tibet")),
    ("61", _("Shaanxi")),
    ("62", _("Gansu")),
    ("63", _("Qinghai")),
    ("64", _("Ningxia")),
    ("65", _("Xinjiang")),
]
ELSEWHERE: list[tuple[str, Any]] = [
    ("71", _("Taiwan")),
    ("81", _("Hong Kong")),
    ("82", _("Macao")),
    (ABROAD, _("abroad")),
]
# As a list to choose from, in groups.
REGIONS: list[tuple[Any, list[tuple[str, Any]]]] = [
    (_("Sichuan"), SICHUAN),
    (_("other provinces"), PROVINCES),
    (_("Hong Kong, Macao, Taiwan and abroad"), ELSEWHERE),
]
REGION_CODES = [code for _group, choices in REGIONS for code, _name in choices]


def region_of_code(credit_code: str) -> str:
    """Where the body was registered, as its 统一社会信用代码 says in the third to eighth character; "" is unknown.

    What a province or the state itself registered may be anywhere in it.
    """
    city, province = credit_code[2:6], credit_code[2:4]
    return next((code for code in (city, province) if code in REGION_CODES and code != ABROAD), "")
