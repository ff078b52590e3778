"""A file's SHA-256 in its place: registered before the end, followed by exactly that file, and by no other."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core import mail
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone

from portal.core.errors import Conflict
from portal.notifications import relay
from submissions import services
from submissions.documents import receipt_html
from submissions.models import RegisteredFile, Submission
from tests.factories.accounts import UserFactory
from tests.factories.files import pdf
from tests.factories.submissions import (
    AttachmentFactory,
    SubmissionFactory,
    captain_of,
)
from tests.submissions.people import submit
from tracks.enums import StageKind

pytestmark = pytest.mark.django_db
CONTENT = pdf("随后提交", pages=2)
SHA256 = hashlib.sha256(CONTENT).hexdigest()
OTHER = pdf("另一个文件", pages=2)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


def of_submission(entry):
    return entry.team.competition.stages.filter(kind=StageKind.SUBMISSION)


def allow(entry, minutes=120):
    of_submission(entry).update(hash_grace=minutes)
    return entry


def end(entry, *, ago=MINUTE):
    of_submission(entry).update(closes_at=timezone.now() - ago)


@pytest.fixture
def entry():
    """A draft without its file, where files may follow for two hours."""
    return allow(SubmissionFactory())


def register(entry, **changes):
    wanted = {"slot": "proposal", "sha256": SHA256, "name": "申报书.pdf", "size": len(CONTENT), **changes}
    wanted.setdefault("actor", captain_of(entry.team))
    return services.register_file(Submission.objects.get(pk=entry.pk), **wanted)


def upload(content=CONTENT, name="随便.pdf"):
    return SimpleUploadedFile(name, content)


def send(row, content=CONTENT, **changes):
    row = RegisteredFile.objects.get(pk=row.pk)
    wanted = {"actor": captain_of(row.submission.team), "upload": upload(content), **changes}
    return services.send_registered(row, **wanted)


@pytest.fixture
def awaited(entry):
    """Registered, submitted, and the end was a minute ago."""
    row = register(entry)
    submit(entry)
    end(entry)
    return row


def letters(word):
    relay.drain()
    return [letter.to[0] for letter in mail.outbox if word in letter.subject]


# Registering


def test_a_registered_file_stands_for_the_file(entry):
    register(entry)

    assert submit(entry).files == []


def test_without_it_the_slot_is_missing(entry):
    with pytest.raises(ValidationError) as caught:
        submit(entry)
    assert list(caught.value.message_dict) == ["slot-proposal"]


def test_where_files_may_not_follow_none_is_registered(entry):
    allow(entry, 0)

    with pytest.raises(Conflict):
        register(entry)


def test_what_was_registered_before_the_organizers_thought_better_of_it_is_missing(entry):
    register(entry)
    allow(entry, 0)

    with pytest.raises(ValidationError):
        submit(entry)


@pytest.mark.parametrize(("span", "is_taken"), [(-timedelta(microseconds=1), True), (timedelta(), False)])
def test_it_is_registered_until_the_end(entry, span, is_taken):
    closes_at = of_submission(entry).get().closes_at
    with suppress(Conflict):
        register(entry, now=closes_at + span)
    assert RegisteredFile.objects.exists() == is_taken


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("sha256", ""),
        ("sha256", SHA256[:-1]),
        ("sha256", SHA256 + "0"),
        ("sha256", "g" * 64),
        ("sha256", "０" * 64),
        ("sha256", SHA256 + "\x00"),
        ("name", "病毒.exe"),
        ("name", "申报书"),
        ("size", 0),
        ("size", 2**40),
    ],
    ids=ascii,
)
def test_what_makes_no_sense_is_refused_at_its_field(entry, field, value):
    with pytest.raises(ValidationError) as caught:
        register(entry, **{field: value})
    assert list(caught.value.message_dict) == [field]


@pytest.mark.parametrize(
    "given", [SHA256.upper(), f" {SHA256}\n", " ".join(SHA256[i : i + 2] for i in range(0, 64, 2))]
)
def test_the_hash_is_read_as_programs_print_it(entry, given):
    assert register(entry, sha256=given).sha256 == SHA256


@pytest.mark.parametrize(
    "name", ["../../etc/申报书.pdf", "a\x00b.pdf", "\u202efdp.pdf", "😀" * 4000 + ".pdf", "<script>.pdf"]
)
def test_a_hostile_name_is_made_tame(entry, name):
    kept = register(entry, name=name).name

    assert (len(kept) <= 150, kept.endswith(".pdf"), set(kept) & set("/\x00\u202e")) == (True, True, set())


def test_the_same_again_changes_nothing(entry):
    first = register(entry)

    assert (register(entry), RegisteredFile.objects.count()) == (first, 1)


def test_another_takes_its_place(entry):
    first = register(entry)
    second = register(entry, sha256="0" * 64)

    assert list(RegisteredFile.objects.current()) == [second]
    first.refresh_from_db()
    assert first.replaced_at is not None


def test_beside_a_file_there_is_no_place(entry):
    AttachmentFactory(submission=entry)

    with pytest.raises(Conflict):
        register(entry)


def test_a_file_takes_the_place_of_what_was_registered(entry):
    register(entry)
    services.attach_file(entry, actor=captain_of(entry.team), upload=upload(OTHER))

    assert not RegisteredFile.objects.current().exists()


def test_no_more_is_registered_than_the_team_may_store(entry, settings):
    settings.TEAM_QUOTA = len(CONTENT) - 1

    with pytest.raises(ValidationError) as caught:
        register(entry)
    assert list(caught.value.message_dict) == ["size"]


def test_taken_back_the_draft_no_longer_counts_on_it(entry):
    services.withdraw_registration(register(entry), actor=captain_of(entry.team))

    with pytest.raises(ValidationError):
        submit(entry)


def test_after_the_end_nothing_is_taken_back(awaited):
    with pytest.raises(Conflict):
        services.withdraw_registration(awaited, actor=captain_of(awaited.submission.team))


@pytest.mark.parametrize("deed", ["register", "withdraw", "send"])
def test_only_the_team_registers_takes_back_and_sends(awaited, deed):
    stranger = UserFactory()
    deeds = {
        "register": lambda: register(awaited.submission, actor=stranger),
        "withdraw": lambda: services.withdraw_registration(awaited, actor=stranger),
        "send": lambda: send(awaited, actor=stranger),
    }
    with pytest.raises(PermissionDenied):
        deeds[deed]()


def test_whoever_looked_at_the_draft_before_does_not_submit_it(entry):
    before = entry.draft_version
    register(entry)

    with pytest.raises(Conflict):
        submit(entry, expected_version=before)


# The receipt


def test_the_receipt_says_what_is_to_follow_and_until_when(entry):
    register(entry)
    said = submit(entry).document["receipt"]["registered"]

    until = of_submission(entry).get().closes_at + 2 * HOUR
    assert said == [
        {
            "name": "申报书.pdf",
            "size": len(CONTENT),
            "sha256": SHA256,
            "until": until.isoformat(timespec="microseconds"),
        }
    ]


def test_without_registered_files_a_receipt_reads_as_before(entry):
    AttachmentFactory(submission=entry)

    assert "registered" not in submit(entry).document["receipt"]


def test_the_receipt_on_paper_says_it(entry):
    register(entry)

    assert ("随后提交" in (paper := receipt_html(submit(entry))), SHA256 in paper) == (True, True)


def test_another_hash_is_another_version(entry):
    register(entry)
    first = submit(entry)
    register(entry, sha256="0" * 64)

    assert submit(entry).version.number == first.version.number + 1


def test_the_mail_with_the_receipt_says_it(entry):
    register(entry)
    submit(entry)
    relay.drain()

    assert (SHA256 in mail.outbox[0].body, "仅登记了校验值" in mail.outbox[0].body) == (True, True)
