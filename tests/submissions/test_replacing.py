"""After the shortlist a team replaces what is open, until the end; all else stays as it was submitted."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.utils import timezone

from judging.models import Assignment
from judging.services.assignment import eligible_entries
from portal.core import parts
from portal.core.errors import Conflict
from portal.core.invariants import breaches
from submissions import services
from submissions.correcting import NotOpened
from submissions.models import Replacement, Screening, Shortlisting, Submission, SubmissionVersion
from submissions.services.receipts import check_receipt
from tests.factories.files import pdf
from tests.factories.forms import publish, section, slot
from tests.factories.judging import AssignmentFactory, RoundFactory
from tests.factories.submissions import RegisteredFileFactory, TeamMemberFactory, captain_of
from tests.submissions.people import client_for, write
from tests.submissions.screening_world import submitted_entry
from tests.submissions.shortlists import Shortlist, announced, hand_in, put

pytestmark = [pytest.mark.django_db, pytest.mark.database]


@pytest.fixture
def desk():
    return Shortlist()


@pytest.fixture
def entry(desk):
    entry = desk.entry()
    announced(desk, entry)
    return entry


def again(entry):
    return Submission.objects.get(pk=entry.pk)


def test_a_new_file_is_a_new_version_with_the_old_words(entry):
    before = entry.versions.get()
    put(entry)
    version = hand_in(entry).version

    assert (version.number, version.form, version.form_sha256) == (2, before.form, before.form_sha256)


def test_the_new_file_counts_beside_those_that_are_fixed(entry):
    put(entry)
    version = hand_in(entry).version

    found = dict(version.attachments.values_list("slot", "name"))
    assert found == {"proposal": "申报书.pdf", "slides": "新演示.pdf"}


def test_the_receipt_names_its_own_rule_and_each_file(entry):
    new = put(entry)
    said = hand_in(entry).document["receipt"]

    assert (said["rule"], new.file.sha256 in {each["sha256"] for each in said["files"]}) == ("replacement", True)


def test_the_signature_of_the_receipt_holds(entry):
    put(entry)
    document = hand_in(entry).document
    assert check_receipt(json.dumps(document)).verdict == "genuine"


def test_the_entry_stays_passed_and_nobody_screens_it_again(entry):
    put(entry)
    hand_in(entry)

    assert (again(entry).status, Screening.objects.count()) == ("eligible", 1)


@pytest.fixture
def real(desk):
    """One that came all the way through the portal's own doors."""
    entry = submitted_entry(desk.competition, topic=desk.topic)
    services.pass_screening(entry, actor=desk.organizer, version=1)
    announced(desk, entry)
    return again(entry)


def test_everything_still_adds_up(real):
    entry = real
    put(entry)
    hand_in(entry)

    assert list(breaches()) == []


def test_before_it_is_announced_a_file_is_refused_as_ever(desk):
    entry = desk.entry()
    with pytest.raises(Conflict) as before:
        put(entry)
    services.shortlist([entry.public_id], actor=desk.organizer)
    with pytest.raises(Conflict) as after:
        put(entry)

    assert str(before.value.message) == str(after.value.message)


def test_a_fixed_file_is_not_replaced(entry):
    with pytest.raises(NotOpened, match="申报书"):
        put(entry, "proposal")


def test_a_fixed_file_is_not_taken_out(entry):
    with pytest.raises(NotOpened):
        services.remove_file(entry.attachments.get(slot="proposal"), actor=captain_of(entry.team))


def test_no_word_is_written(entry):
    with pytest.raises(services.TooLate):
        write(entry, "abstract", "入围后改写")


def test_no_hash_stands_for_a_file(entry):
    with pytest.raises(Conflict):
        services.register_file(
            again(entry), actor=captain_of(entry.team), slot="slides", sha256="a" * 64, name="a.pdf", size=10
        )


def test_nothing_is_submitted_in_the_usual_way(entry):
    put(entry)
    found = again(entry)

    with pytest.raises(Conflict):
        services.hand_in(found, actor=captain_of(entry.team), expected_version=found.draft_version)


def test_words_and_files_left_in_the_draft_do_not_slip_in(desk):
    entry = desk.entry()
    services.undo_screening(entry, actor=desk.organizer, reason="重审")
    write(entry, "abstract", "没有提交的改动")
    put(entry, "proposal", "没提交的申报书.pdf")
    services.pass_screening(again(entry), actor=desk.organizer, version=1)
    announced(desk, entry)
    put(entry)
    version = hand_in(entry).version

    names = set(version.attachments.values_list("name", flat=True))
    assert (version.form, names) == (entry.versions.get(number=1).form, {"申报书.pdf", "新演示.pdf"})


def test_the_captain_hands_in(entry):
    put(entry)

    with pytest.raises(PermissionDenied):
        hand_in(entry, actor=TeamMemberFactory(team=entry.team).user)


def test_another_draft_than_the_one_looked_at_is_not_handed_in(entry):
    seen = again(entry).draft_version
    put(entry)

    with pytest.raises(Conflict):
        hand_in(entry, expected_version=seen)


def test_the_same_files_again_give_the_receipt_that_is_there(entry):
    put(entry)
    first = hand_in(entry)

    assert (hand_in(entry), SubmissionVersion.objects.count()) == (first, 2)


def test_the_same_key_gives_the_same_receipt(entry):
    put(entry)
    version, key = again(entry).draft_version, "0123456789abcdef"
    receipts = {hand_in(entry, key=key, expected_version=version).pk for _each in range(2)}

    assert len(receipts) == 1


@pytest.mark.parametrize(("before", "is_taken"), [(timedelta(microseconds=1), True), (timedelta(), False)])
def test_the_closing_second(desk, entry, before, is_taken):
    put(entry)
    try:
        hand_in(entry, received_at=desk.defence.opens_at - before)
    except Conflict:
        assert not is_taken
    else:
        assert is_taken


def test_an_end_of_its_own_holds_before_the_defence(desk):
    entry, end = desk.entry(), timezone.now() + timedelta(days=1)
    announced(desk, entry, closes_at=end)

    with pytest.raises(Conflict):
        put(entry, now=end)


def test_a_required_file_is_not_left_out(desk, entry):
    publish(
        desk.competition,
        section("abstract"),
        slots=[slot("proposal"), slot("slides", is_open_after_shortlist=True, is_required=True)],
    )

    with pytest.raises(ValidationError):
        hand_in(entry)


def test_an_undo_while_a_file_is_on_its_way_says_so(desk, entry, settings, tmp_path):
    settings.UPLOAD_PARTS_DIR = tmp_path / "parts"
    content = pdf("slides")
    coming = services.begin_upload(
        again(entry), actor=captain_of(entry.team), slot="slides", name="a.pdf", size=len(content)
    )
    parts.path_of(coming.public_id).write_bytes(content)
    services.undo_shortlist([entry.public_id], actor=desk.organizer, reason="名额有误")

    with pytest.raises(Conflict, match="撤销"):
        services.finish_upload(coming, actor=captain_of(entry.team))
    assert not again(entry).attachments.filter(slot="slides").exists()


def test_a_file_of_the_open_slot_arrives_in_pieces(entry, settings, tmp_path):
    settings.UPLOAD_PARTS_DIR = tmp_path / "parts"
    content = pdf("slides")
    coming = services.begin_upload(
        again(entry), actor=captain_of(entry.team), slot="slides", name="a.pdf", size=len(content)
    )
    parts.path_of(coming.public_id).write_bytes(content)
    services.finish_upload(coming, actor=captain_of(entry.team))

    assert again(entry).attachments.current().filter(slot="slides").count() == 1


def test_what_was_handed_in_stays_when_it_is_taken_back(desk, entry):
    put(entry)
    hand_in(entry)
    services.undo_shortlist([entry.public_id], actor=desk.organizer, reason="名额有误")

    assert (entry.versions.count(), Shortlisting.objects.live().count()) == (2, 0)


def test_screening_can_be_undone_after_that(desk, real):
    entry = real
    put(entry)
    hand_in(entry)
    services.undo_shortlist([entry.public_id], actor=desk.organizer, reason="名额有误")
    services.undo_screening(again(entry), actor=desk.organizer, reason="重审")

    assert (again(entry).status, list(breaches())) == ("submitted", [])


def test_what_was_replaced_is_never_changed(entry):
    put(entry)
    hand_in(entry)

    with pytest.raises(IntegrityError, match="append-only"):
        Replacement.objects.update(slots=[])


def test_judges_who_owe_a_review_read_the_new_files(entry):
    owed = AssignmentFactory(round__competition=entry.team.competition, submission=entry, version=entry.versions.get())
    put(entry)
    version = hand_in(entry).version

    assert Assignment.objects.get(pk=owed.pk).version == version


@pytest.mark.parametrize(("round_", "review"), [("closed", "assigned"), ("open", "submitted")])
def test_what_was_judged_stays_what_it_was(entry, round_, review):
    done = AssignmentFactory(
        round__competition=entry.team.competition,
        round__status=round_,
        submission=entry,
        version=entry.versions.get(),
        status=review,
    )
    put(entry)
    hand_in(entry)

    assert Assignment.objects.get(pk=done.pk).version.number == 1


def test_judges_are_told_when_it_was_replaced(entry):
    put(entry)
    version = hand_in(entry).version
    owed = AssignmentFactory(
        round__competition=entry.team.competition, round__status="open", submission=entry, version=version
    )
    page = client_for(owed.judge.user).get(owed.get_absolute_url())

    assert page.context["replaced"] == {"slides": version.created_at}


def test_a_round_of_the_defence_takes_the_shortlisted(desk, entry):
    desk.entry()
    defence = RoundFactory(competition=desk.competition, kind="defence")

    assert [each.pk for each in eligible_entries(defence)] == [entry.pk]


def test_without_a_shortlist_a_round_of_the_defence_takes_all(desk):
    entry = desk.entry()
    defence = RoundFactory(competition=desk.competition, kind="defence")

    assert [each.pk for each in eligible_entries(defence)] == [entry.pk]


def test_what_the_judges_of_the_defence_have_stays_on_the_shortlist(desk, entry):
    AssignmentFactory(
        round__competition=desk.competition, round__kind="defence", submission=entry, version=entry.versions.get()
    )

    with pytest.raises(Conflict, match=entry.number):
        services.undo_shortlist([entry.public_id], actor=desk.organizer, reason="名额有误")


def test_what_was_registered_for_a_fixed_file_is_still_waited_for(entry):
    row = RegisteredFileFactory(submission=entry, slot="proposal")
    row.versions.add(entry.versions.get())
    put(entry)
    version = hand_in(entry).version

    said = [each["sha256"] for each in version.receipt.document["receipt"]["registered"]]
    assert (list(version.registered.all()), said) == ([row], [row.sha256])
