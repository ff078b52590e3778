"""The receipt on paper: it says what the signed one says, whatever people typed."""

from __future__ import annotations

import pytest
from django.urls import reverse

from submissions import documents
from submissions.enums import ReceiptRule
from submissions.models import Receipt
from submissions.views import proofs
from tests.factories.submissions import ReceiptFactory, captain_of
from tests.submissions.people import client_for, complete_draft, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def receipt():
    return submit(complete_draft())


def asked(receipt):
    team = receipt.version.submission.team
    return client_for(captain_of(team)).get(reverse("submissions:receipt_pdf", args=[receipt.public_id]))


def test_it_is_a_pdf_to_keep(receipt):
    answer = asked(receipt)

    name = f"receipt-{receipt.version.submission.number}-v1.pdf"
    assert (answer["Content-Type"], name in answer["Content-Disposition"]) == ("application/pdf", True)
    assert answer.content.startswith(b"%PDF")


def test_it_names_each_proof(receipt):
    page = documents.receipt_html(receipt)

    proofs_of = [receipt.version.form_sha256, receipt.files[0]["sha256"], str(receipt.public_id)]
    assert [proof for proof in [*proofs_of, receipt.document["signature"]] if proof not in page] == []


def test_what_people_typed_is_text():
    draft = complete_draft(title="<script>alert(1)</script>\U0001f600")

    assert "<script>" not in documents.receipt_html(submit(draft))


@pytest.mark.makeshift("a receipt of a draft")
def test_one_without_a_signature_says_so():
    assert "未附签名" in documents.receipt_html(ReceiptFactory(document=None))


@pytest.mark.parametrize("rule", list(ReceiptRule))
def test_each_rule_has_words(rule):
    assert documents.RULES[rule]


def test_while_another_is_drawn_it_asks_for_a_moment(receipt):
    with proofs.DRAWING:
        answer = asked(receipt)

    assert (answer.status_code, answer["Retry-After"]) == (503, "5")


def test_the_page_leads_to_it(receipt):
    client = client_for(captain_of(receipt.version.submission.team))
    address = reverse("submissions:receipt_pdf", args=[receipt.public_id])

    assert address in client.get(Receipt.objects.get().get_absolute_url()).content.decode()
