"""The entry, and its receipt, as PDFs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import segno
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation

from portal.core.pdf import pdf
from portal.core.templatetags.ui import BEIJING
from portal.core.text import UNSHOWABLE
from portal.notifications import mail
from submissions.enums import ReceiptRule
from submissions.models import Receipt

# An official document has one wording: it doesn't wait for a catalogue.
RULES = {
    ReceiptRule.STAGE_END: "截止前收到",
    ReceiptRule.EXTENSION: "在延长的期限内收到",
    ReceiptRule.GRACE: "截止后随即收到，按时计入",
    ReceiptRule.CORRECTION: "按组委会要求补正",
    ReceiptRule.LATE: "截止后收到，经组委会认可",
    ReceiptRule.REPLACEMENT: "入围后按组委会规定的期限更换文件",
}


def entry_pdf(paper: dict[str, Any], *, identifier: bytes) -> bytes:
    return pdf(entry_html(paper), style="entry.css", identifier=identifier)


def entry_html(paper: dict[str, Any]) -> str:
    with translation.override("zh-hans"):
        return render_to_string("submissions/pdf/entry.html", {"paper": paper})


def receipt_pdf(receipt: Receipt) -> bytes:
    """The same receipt gives the same bytes on the same machine."""
    return pdf(receipt_html(receipt), style="receipt.css", identifier=receipt.public_id.bytes)


def receipt_html(receipt: Receipt) -> str:
    version, document = receipt.version, receipt.document
    entry, topic = version.submission, receipt.topic
    verify = mail.address(reverse("submissions:verify_receipt"))
    facts = [
        ("作品编号", f"{entry.number}（第 {version.number} 版）"),
        ("项目名称", version.title),
        ("赛道", str(receipt.track)),
        ("赛题", f"{topic['number']}. {topic['title']}（第 {topic['revision']} 版）"),
        ("团队名称", entry.team.name),
        ("牵头单位", entry.team.organization.name),
        ("提交人", str(version.submitted_by)),
        ("收到时间", _moment(receipt.received_at)),
        ("入库时间", _moment(receipt.committed_at)),
        *([("计入依据", RULES[ReceiptRule(document["receipt"]["rule"])])] if document else []),
        ("回执编号", str(receipt.public_id)),
    ]
    context = {
        "contest": entry.team.competition.name,
        "facts": [(label, _showable(value)) for label, value in facts],
        "form_sha256": version.form_sha256,
        "files": [{**each, "name": _showable(each["name"]), "bytes": f"{each['size']:,}"} for each in receipt.files],
        "registered": [
            {
                **each,
                "name": _showable(each["name"]),
                "bytes": f"{each['size']:,}",
                "until": _moment(each["until"]),
            }
            for each in receipt.registered
        ],
        "key": document["receipt"]["key"] if document else "",
        "signature": document["signature"] if document else "",
        "verify": verify,
        "qr": segno.make(verify, error="m", micro=False).svg_data_uri(border=0, dark="#1f2933"),
    }
    with translation.override("zh-hans"):
        return render_to_string("submissions/pdf/receipt.html", context)


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}（北京时间）"


def _showable(words: str) -> str:
    return UNSHOWABLE.sub("\ufffd", words)
