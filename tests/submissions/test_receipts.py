"""What a receipt says, and what becomes of one that somebody else made, or made different."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from submissions import signing
from submissions.enums import Verdict
from submissions.models import ReceiptKey
from submissions.services.receipts import check_receipt
from tests.factories.submissions import ExtensionFactory, ReceiptFactory, SubmissionFactory, VersionFactory, captain_of
from tests.submissions.people import client_for, close, complete_draft, submit
from tracks.enums import StageKind

pytestmark = [pytest.mark.django_db, pytest.mark.database]
OLD, NEW = "old-key-" + "o" * 32, "new-key-" + "n" * 32
URL = "/receipts/verify/"


@pytest.fixture(autouse=True)
def _key(settings):
    settings.RECEIPT_KEYS = [OLD]


@pytest.fixture
def receipt():
    return submit(complete_draft())


def text_of(receipt, **changes):
    document = {**receipt.document, "receipt": {**receipt.document["receipt"], **changes}}
    return json.dumps(document, ensure_ascii=False)


def asked(**data):
    return Client(headers={"accept-language": "en"}).post(URL, data)


def test_a_receipt_is_genuine(receipt):
    assert check_receipt(text_of(receipt)).verdict == Verdict.GENUINE


def test_it_names_what_was_received(receipt):
    said, version = receipt.document["receipt"], receipt.version

    assert (said["entry"], said["version"], said["form_sha256"], said["files"]) == (
        version.submission.number,
        1,
        version.form_sha256,
        receipt.files,
    )


def test_it_says_when_to_the_microsecond(receipt):
    assert receipt.document["receipt"]["received_at"] == receipt.received_at.isoformat(timespec="microseconds")


def test_how_it_is_laid_out_does_not_matter(receipt):
    text = json.dumps(receipt.document, indent=7, sort_keys=True)

    assert check_receipt(text).verdict == Verdict.GENUINE


@pytest.mark.parametrize(
    "changes", [{"entry": "T01-9999"}, {"version": 2}, {"received_at": "2026-01-01"}, {"more": 1}, {"entry": "\ud800"}]
)
def test_a_changed_receipt_is_altered(receipt, changes):
    assert check_receipt(text_of(receipt, **changes)).verdict == Verdict.ALTERED


def test_another_signature_is_no_signature(receipt):
    other = {**receipt.document, "signature": submit(complete_draft()).document["signature"]}

    assert check_receipt(json.dumps(other)).verdict == Verdict.ALTERED


@pytest.mark.parametrize("signature", ["x", "字", "AAAA", 5, ["a"]])
def test_a_senseless_signature_is_no_signature(receipt, signature):
    assert check_receipt(json.dumps({**receipt.document, "signature": signature})).verdict == Verdict.ALTERED


def test_a_receipt_of_another_portal_is_foreign(receipt, settings):
    settings.RECEIPT_KEYS = [NEW]
    foreign = signing.sign({**receipt.document["receipt"], "key": "0" * 16})

    assert signing.check(json.dumps(foreign), {}).verdict == Verdict.FOREIGN


def test_a_receipt_without_signature_is_called_that(receipt):
    assert check_receipt(json.dumps({"receipt": receipt.document["receipt"]})).verdict == Verdict.UNSIGNED


@pytest.mark.parametrize(
    "text",
    [
        "",
        "字",
        "{}",
        "[]",
        "null",
        '{"receipt": []}',
        '{"receipt": {}}',
        "[" * 5000,
        "x" * 70_000,
        b"\xff\xfe",
        b"\x00",
    ],
    ids=["empty", "word", "object", "list", "null", "list in it", "object in it", "deep", "long", "bytes", "NUL"],
)
def test_what_is_no_receipt_is_called_that(text):
    assert check_receipt(text).verdict == Verdict.UNREADABLE


def test_a_name_that_stands_there_twice_is_not_believed(receipt):
    text = text_of(receipt).replace('"entry":', '"entry": "T01-9999", "entry":')

    assert check_receipt(text).verdict == Verdict.UNREADABLE


def test_what_a_retired_key_signed_stays_genuine(receipt, settings):
    settings.RECEIPT_KEYS = [NEW]

    assert check_receipt(text_of(receipt)).verdict == Verdict.GENUINE


def test_a_new_key_signs_under_its_own_name(receipt, settings):
    settings.RECEIPT_KEYS = [NEW, OLD]
    again = submit(complete_draft())

    assert again.document["receipt"]["key"] != receipt.document["receipt"]["key"]


def test_a_public_key_is_kept_once(receipt):
    submit(complete_draft())

    assert ReceiptKey.objects.count() == 1


def test_a_public_key_is_never_deleted(receipt):
    with pytest.raises(IntegrityError), transaction.atomic():
        ReceiptKey.objects.all().delete()


def test_before_the_end_of_the_stage(receipt):
    assert receipt.document["receipt"]["rule"] == "stage_end"


def test_with_additional_time():
    draft = complete_draft()
    close(draft.team.competition, StageKind.SUBMISSION)
    ExtensionFactory(team=draft.team)

    assert submit(draft).document["receipt"]["rule"] == "extension"


def test_in_the_grace_after_the_end():
    draft = complete_draft()
    close(draft.team.competition, StageKind.SUBMISSION)
    draft.team.competition.stages.update(grace=3600)

    assert submit(draft).document["receipt"]["rule"] == "grace"


def test_the_length_of_the_grace_is_not_told():
    draft = complete_draft()
    close(draft.team.competition, StageKind.SUBMISSION)
    # So long that no hash has it in it by chance.
    draft.team.competition.stages.update(grace=36170538)

    assert "36170538" not in text_of(submit(draft))


def test_mended_after_the_end():
    entry = SubmissionFactory(returned=True)
    close(entry.team.competition, StageKind.SUBMISSION)

    assert submit(entry).document["receipt"]["rule"] == "correction"


def test_the_page_says_what_the_receipt_says(receipt):
    assert receipt.version.form_sha256 in asked(text=text_of(receipt)).content.decode()


def test_the_page_repeats_nothing_of_an_altered_one(receipt):
    page = asked(text=text_of(receipt, entry="T01-9999")).content.decode()

    assert page.count("T01-9999") == 1  # in the box, where it was typed


def test_a_file_may_be_uploaded(receipt, tmp_path):
    path = tmp_path / "receipt.json"
    path.write_text(text_of(receipt))
    with path.open("rb") as file:
        page = asked(file=file).content.decode()

    assert "This receipt is genuine" in page


def test_nothing_at_all_is_asked_for_again():
    assert asked(text=" ").status_code == 400


def test_the_public_page_looks_up_nothing_but_keys(receipt):
    with CaptureQueriesContext(connection) as queries:
        asked(text=text_of(receipt))

    assert [
        query["sql"] for query in queries if "submissions_" in query["sql"] and "receiptkey" not in query["sql"]
    ] == []


def test_the_team_downloads_what_can_be_checked(receipt):
    url = f"{receipt.get_absolute_url()}receipt.json"
    answer = client_for(captain_of(receipt.version.submission.team)).get(url)

    assert check_receipt(answer.content).verdict == Verdict.GENUINE


def test_an_old_receipt_is_shown_as_unsigned():
    entry = SubmissionFactory(submitted=True, history=False)
    old = ReceiptFactory(version=VersionFactory(submission=entry), document=None)
    client = client_for(captain_of(entry.team))
    page = client.get(old.get_absolute_url(), headers={"accept-language": "en"}).content.decode()

    assert "bears no signature" in page


def test_the_command_finds_a_receipt_genuine(receipt, tmp_path):
    path, out = tmp_path / "receipt.json", StringIO()
    path.write_text(text_of(receipt))
    call_command("verify_receipt", path, stdout=out)

    assert receipt.version.form_sha256 in out.getvalue()


def test_public_keys_alone_are_enough_to_check(receipt, tmp_path, settings, django_assert_num_queries):
    keys, path, out = tmp_path / "keys.json", tmp_path / "receipt.json", StringIO()
    call_command("receipt_keys", stdout=out)
    keys.write_text(out.getvalue())
    path.write_text(text_of(receipt))
    settings.RECEIPT_KEYS = [NEW]

    with django_assert_num_queries(0):
        call_command("verify_receipt", path, keys=keys, stdout=StringIO())


@pytest.mark.parametrize(("text", "code"), [("{}", 5), ('{"receipt": {"kind": "submission-receipt"}}', 4)])
def test_the_exit_code_says_what_is_wrong(tmp_path, text, code):
    path = tmp_path / "receipt.json"
    path.write_text(text)
    with pytest.raises(CommandError) as refusal:
        call_command("verify_receipt", path)

    assert refusal.value.returncode == code
