"""The verdict after a run has to be able to fail: what a client says is changed in each way that would be a scandal."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage

from benchmarks.load import books
from benchmarks.load.journal import LATE, RECEIPT, REFUSED, Attempt, Deadline, Journal, Kept, Sent, Writer, read
from benchmarks.load.reconcile import reconcile
from portal.notifications.enums import OutboxStatus
from portal.notifications.models import Outbox
from submissions.models import Receipt
from tests.factories.submissions import ReceiptFactory, TeamMemberFactory, VersionFactory, captain_of
from tests.submissions.people import KEY, complete_draft, save, submit

pytestmark = pytest.mark.django_db


@pytest.fixture
def receipt():
    return submit(complete_draft(), key=KEY)


@pytest.fixture
def journal(receipt):
    """What an honest client has noted."""
    entry, came = receipt.version.submission, receipt.received_at.timestamp()
    attempt = Attempt(
        entry=str(entry.public_id),
        user=captain_of(entry.team).pk,
        key=KEY,
        sent=came,
        ended=came + 1,
        outcome=RECEIPT,
        status=302,
        receipt=str(receipt.public_id),
    )
    file = receipt.files[0]
    return Journal(
        attempts=[attempt],
        kept=[Kept(attempt.entry, KEY, receipt.document)],
        sent=[Sent(attempt.entry, file["sha256"], file["size"])],
        deadlines=[Deadline(came - 100, came - 100, came + 60)],
    )


def counts(journal, mails=None, **options):
    """Lost, duplicated, wrongly late."""
    verdict = reconcile(journal, books.read(mails), **options)
    return len(verdict.lost), len(verdict.duplicated), len(verdict.wrongly_late)


def doctored(journal, **changes):
    journal.attempts = [replace(journal.attempts[0], **changes)]
    return journal


def test_honest_books_hold(journal):
    found = reconcile(journal, books.read())

    assert str(found) == "reconciled: 1 receipts, 0 lost, 0 duplicated, 0 wrongly late"
    assert found.holds


def test_a_receipt_that_the_portal_does_not_know_is_lost(journal):
    unknown = "00000000-0000-0000-0000-000000000000"
    journal.kept = []

    # And its key is booked for another one.
    assert counts(doctored(journal, receipt=unknown)) == (1, 1, 0)


def test_a_receipt_that_says_something_else_is_lost(journal):
    said = journal.kept[0].document
    journal.kept = [replace(journal.kept[0], document={**said, "receipt": {**said["receipt"], "version": 7}})]

    assert counts(journal) == (1, 0, 0)


def test_a_receipt_whose_signature_fails_is_lost(receipt):
    said = {"receipt": {**receipt.document["receipt"], "version": 7}, "signature": receipt.document["signature"]}
    ReceiptFactory(version=VersionFactory(submission=receipt.version.submission), document=said)

    assert "its signature doesn't hold" in reconcile(Journal(), books.read()).lost[0]


def test_a_file_whose_bytes_are_gone_is_lost(journal, receipt):
    default_storage.delete(receipt.version.attachments.get().file.path)

    # The receipt that names it, and the upload that was acknowledged.
    assert counts(journal) == (2, 0, 0)


def test_a_file_that_never_got_into_the_entry_is_lost(journal):
    journal.sent = [replace(journal.sent[0], sha256="0" * 64)]

    assert counts(journal) == (1, 0, 0)


def test_a_press_without_an_answer_in_the_end_is_lost(journal):
    journal.attempts.append(replace(journal.attempts[0], key="another-key", outcome="broken", receipt=""))

    assert counts(journal) == (1, 0, 0)


def test_a_receipt_that_nobody_will_be_told_of_is_lost(journal):
    Outbox.objects.filter(kind="submissions.submitted").delete()

    assert counts(journal) == (1, 0, 0)


def test_a_mail_that_is_done_and_never_left_is_lost(journal, receipt, tmp_path):
    (tmp_path / "mails").touch()
    Outbox.objects.filter(kind="submissions.submitted").update(status=OutboxStatus.DONE, done_at=receipt.received_at)

    assert counts(journal, tmp_path / "mails") == (1, 0, 0)


@pytest.mark.parametrize(("allowed", "found"), [(0, 1), (1, 0)])
def test_a_mail_twice_is_a_duplicate_unless_a_worker_was_killed(journal, receipt, tmp_path, allowed, found):
    key = f"submitted:{receipt.pk}:{journal.attempts[0].user}"
    (tmp_path / "mails").write_text(f"{books.message_id(key)}\n" * 2)

    assert counts(journal, tmp_path / "mails", twice_allowed=allowed) == (0, found, 0)


def test_two_receipts_for_one_key_are_a_duplicate(journal, receipt):
    entry = save(receipt.version.submission, abstract="另一稿")
    second = submit(entry, key="another-key-1234", received_at=receipt.received_at)
    journal.attempts.append(replace(journal.attempts[0], receipt=str(second.public_id)))

    # One key has two receipts, one of which it isn't booked for; and there are more versions than keys.
    assert counts(journal)[1] == 2


def test_a_version_that_no_key_asked_for_is_a_duplicate(journal, receipt):
    entry = save(receipt.version.submission, abstract="另一稿")
    submit(entry, key="another-key-1234", received_at=receipt.received_at)

    assert counts(journal) == (0, 1, 0)


@pytest.mark.parametrize("outcome", [REFUSED, LATE])
def test_whoever_came_in_time_and_was_refused_is_wrongly_late(journal, outcome):
    journal.kept = []

    assert counts(doctored(journal, outcome=outcome, receipt=""))[2] == 1


def test_whoever_came_too_late_and_counts_is_wrongly_late(journal):
    end = journal.attempts[0].sent - 1
    journal.deadlines = [Deadline(end - 100, end - 100, end)]

    assert counts(journal) == (0, 0, 1)


def test_whoever_is_booked_at_another_moment_is_wrongly_late(journal):
    journal.attempts = [replace(journal.attempts[0], sent=journal.attempts[0].sent - 0.5)]

    assert counts(journal) == (0, 0, 1)


def test_without_a_proxy_nobody_outside_knows_the_moment(journal):
    journal.is_stamped = False

    assert counts(doctored(journal, sent=journal.attempts[0].sent - 0.5)) == (0, 0, 0)


def test_an_end_that_was_moved_meanwhile_may_have_held_or_not(journal):
    came = journal.attempts[0].sent
    journal.deadlines.append(Deadline(came, came + 1, came - 1))

    assert counts(journal) == (0, 0, 0)


def test_each_member_is_owed_a_mail(journal, receipt):
    TeamMemberFactory(team=receipt.version.submission.team)

    assert counts(journal) == (1, 0, 0)


def test_what_is_written_down_is_read_again(journal, tmp_path):
    writer = Writer(tmp_path / "journal")
    for row in journal.rows():
        writer.note(row)
    writer.file.close()

    assert read(tmp_path / "journal") == journal


def test_the_books_know_every_receipt(receipt):
    assert set(books.read().receipts) == {str(each.public_id) for each in Receipt.objects.all()}


def test_a_receipt_of_a_later_version_is_no_duplicate(journal, receipt):
    entry = save(receipt.version.submission, abstract="另一稿")
    second = submit(entry, key="another-key-1234", received_at=receipt.received_at + timedelta(milliseconds=1))
    again = replace(
        journal.attempts[0],
        key="another-key-1234",
        sent=second.received_at.timestamp(),
        receipt=str(second.public_id),
    )
    journal.attempts.append(again)

    assert counts(journal) == (0, 0, 0)
