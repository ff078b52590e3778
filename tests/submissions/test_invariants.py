"""Each invariant of entries holds of what the services do, and is broken by what it speaks of."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from portal.core import audit
from portal.core.invariants import INVARIANTS, breaches
from submissions import services
from submissions.models import (
    Attachment,
    Correction,
    Receipt,
    Replacement,
    Screening,
    ScreeningClaim,
    ScreeningProposal,
    Shortlisting,
    Submission,
    SubmissionVersion,
    UndoneScreening,
)
from tests.factories.submissions import AttachmentFactory, ScreeningFactory, SubmissionFactory, VersionFactory
from tests.factories.tracks import OrganizerFactory
from tests.submissions.people import complete_draft, save, submit

pytestmark = [pytest.mark.django_db, pytest.mark.database, pytest.mark.makeshift("they break what they ask about")]
OWN = sorted(name.partition(".")[2] for name in INVARIANTS if name.startswith("submissions."))


@pytest.fixture
def entry():
    """Submitted, sent back, and submitted again."""
    draft = complete_draft()
    submit(draft)
    actor = OrganizerFactory(competition=draft.team.competition).user
    opened = {"sections": ["abstract"], "slots": [], "closes_at": timezone.now() + timedelta(days=3)}
    services.return_for_correction(Submission.objects.get(), actor=actor, version=1, reason="请补盖公章。", **opened)
    save(draft, abstract="补正后的简述")
    submit(draft)
    return Submission.objects.get()


def broken():
    return [each.name.partition(".")[2] for each in breaches() if each.name.startswith("submissions.")]


def undone(version, **times):
    now = timezone.now()
    return UndoneScreening.objects.create(
        version=version,
        outcome="passed",
        decided_by=version.submitted_by,
        undone_by=version.submitted_by,
        why_undone="点错",
        **{"decided_at": now, "undone_at": now, **times},
    )


def proposal(version):
    return ScreeningProposal.objects.create(
        version=version, proposed_by=version.submitted_by, proposed_at=timezone.now(), reason="不符合要求"
    )


def claim(entry):
    now = timezone.now()
    user = entry.versions.first().submitted_by
    return ScreeningClaim.objects.create(submission=entry, user=user, claimed_at=now, expires_at=now)


def decide(entry, outcome, status):
    ScreeningFactory(version=entry.versions.last(), outcome=outcome)
    Submission.objects.update(status=status)
    audit.record("pass_screening", entry, actor=None, after={"status": status})


def without_a_number(entry):
    Submission.objects.update(number="", status="draft")
    audit.record("withdraw", entry, actor=None, after={"status": "draft"})


def with_a_gap(entry):
    VersionFactory(submission=entry, number=9)


def without_a_receipt(entry):
    VersionFactory(submission=entry, created_at=entry.submitted_at)
    audit.record("submit", entry, actor=None)
    audit.record("issue_receipt", entry, actor=None)


def with_a_file_too_many(entry):
    last = entry.versions.last()
    file = AttachmentFactory(
        submission=entry, file=last.attachments.get().file, slot="other", replaced_at=timezone.now()
    )
    last.attachments.add(file)


def with_another_file(entry):
    last = entry.versions.last()
    Attachment.objects.filter(pk=last.attachments.get().pk).update(file=AttachmentFactory().file)


def with_a_receipt_from_tomorrow(entry):
    late = entry.submitted_at + timedelta(days=1)
    # The row can't be changed: one more that says so.
    version = VersionFactory(submission=entry, created_at=late)
    attached = [{"name": each.name, "size": 1, "sha256": each.file.sha256} for each in version.attachments.all()]
    Receipt.objects.create(version=version, files=attached, received_at=late, committed_at=entry.submitted_at)
    Submission.objects.update(submitted_at=late)
    for deed in ("submit", "issue_receipt"):
        audit.record(deed, entry, actor=None)


def with_a_claim_after_the_decision(entry):
    decide(entry, "passed", "eligible")
    claim(entry)


def with_an_open_proposal_after_the_decision(entry):
    decide(entry, "passed", "eligible")
    proposal(entry.versions.last())


def with_a_correction_of_what_passed(entry):
    decide(entry, "passed", "eligible")
    Correction.objects.create(screening=Screening.objects.get(outcome="passed"), closes_at=timezone.now())


def decided_before_it_came(entry):
    decide(entry, "passed", "eligible")
    Screening.objects.filter(outcome="passed").update(decided_at=entry.submitted_at - timedelta(hours=1))


def undone_before_it_was_decided(entry):
    undone(entry.versions.last(), undone_at=timezone.now() - timedelta(hours=1))


def eligible_without_a_decision(entry):
    Submission.objects.update(status="eligible")
    audit.record("pass_screening", entry, actor=None, after={"status": "eligible"})


def moved_behind_the_trail(entry):
    decide(entry, "passed", "eligible")
    audit.record("reject", entry, actor=None, after={"status": "rejected"})


def listed(entry):
    return Shortlisting.objects.create(
        submission=entry, made_by=entry.versions.first().submitted_by, made_at=timezone.now()
    )


def with_other_words_beside_replaced_files(entry):
    form = {**entry.versions.last().form, "answers": {"abstract": "入围后改写"}}
    Replacement.objects.create(version=VersionFactory(submission=entry, form=form), shortlisting=listed(entry))


BREAKING = {
    "shortlisted_entry_has_passed_screening": listed,
    "replaced_files_keep_the_words_of_the_version_before": with_other_words_beside_replaced_files,
    "entry_has_a_number_once_it_has_a_version": without_a_number,
    "entry_number_is_of_its_form": lambda entry: Submission.objects.update(number="T1-3"),
    "versions_are_counted_without_a_gap": with_a_gap,
    "version_has_a_receipt": without_a_receipt,
    "receipt_counts_the_files_of_its_version": with_a_file_too_many,
    "receipt_names_each_file_of_its_version": with_another_file,
    "receipt_is_written_after_what_it_is_for": with_a_receipt_from_tomorrow,
    "entry_was_submitted_when_its_last_receipt_says": lambda entry: Submission.objects.update(
        submitted_at=timezone.now() + timedelta(days=1)
    ),
    "entry_stands_as_its_last_screening_says": eligible_without_a_decision,
    "correction_is_of_a_return": with_a_correction_of_what_passed,
    "decision_follows_what_it_is_about": decided_before_it_came,
    "decision_is_undone_after_it_was_made": undone_before_it_was_decided,
    "nobody_holds_a_decided_entry": with_a_claim_after_the_decision,
    "open_proposal_is_about_an_undecided_version": with_an_open_proposal_after_the_decision,
    "entry_stands_where_its_last_move_left_it": moved_behind_the_trail,
    "each_version_is_in_the_trail": lambda entry: audit.record("submit", entry, actor=None),
    "each_receipt_is_in_the_trail": lambda entry: audit.record("issue_receipt", entry, actor=None),
}


def test_all_hold_of_what_the_services_do(entry):
    assert broken() == []


def test_all_hold_of_what_may_be_while_somebody_screens(entry):
    claim(entry)
    proposal(entry.versions.last())
    undone(entry.versions.last())

    assert broken() == []


def test_a_rejection_may_be_proposed_of_what_was_returned_and_not_mended(entry):
    decide(entry, "returned", "returned")
    proposal(entry.versions.last())

    assert "open_proposal_is_about_an_undecided_version" not in broken()


def test_a_draft_breaks_none():
    SubmissionFactory()

    assert broken() == []


def test_each_has_something_that_breaks_it():
    assert sorted(BREAKING) == OWN


@pytest.mark.parametrize("name", BREAKING)
def test_each_can_fail(entry, name):
    BREAKING[name](entry)

    assert name in broken()


@pytest.mark.parametrize("outcome", ["passed", "returned", "rejected"])
def test_what_waits_has_no_decision(entry, outcome):
    ScreeningFactory(version=entry.versions.last(), outcome=outcome)

    assert "entry_stands_as_its_last_screening_says" in broken()


def test_what_was_withdrawn_may_have_been_returned_before(entry):
    ScreeningFactory(version=entry.versions.last(), outcome="returned")
    Submission.objects.update(status="withdrawn")
    audit.record("withdraw", entry, actor=None, after={"status": "withdrawn"})

    assert broken() == []


def test_they_ask_of_every_version(entry):
    assert SubmissionVersion.objects.count() == 2
