"""One entry on its way through screening, in any order that hypothesis thinks of: what must hold, always holds.

The team writes, submits and withdraws; two organizers return, pass, reject, agree, decline, take back and give more
time; ends pass. What is refused has to leave everything as it was.
"""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils import timezone
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from portal.core.audit_check import verify
from portal.core.errors import Conflict
from submissions import services
from submissions.enums import ScreeningOutcome, SubmissionStatus
from submissions.models import (
    Answer,
    Correction,
    Screening,
    ScreeningPlan,
    ScreeningProposal,
    Submission,
    SubmissionVersion,
    UndoneScreening,
)
from submissions.services import second_look
from tests.factories.submissions import captain_of
from tests.submissions.people import submit, version_of
from tests.submissions.screening_world import REASON, let_pass, organizer_of, submitted_entry

REFUSALS = (Conflict, ValidationError, PermissionDenied)
SECTIONS = ("title", "need", "method", "stage")
STATES = {
    None: SubmissionStatus.SUBMITTED,
    ScreeningOutcome.PASSED: SubmissionStatus.ELIGIBLE,
    ScreeningOutcome.RETURNED: SubmissionStatus.RETURNED,
    ScreeningOutcome.REJECTED: SubmissionStatus.REJECTED,
}
who = st.sampled_from(range(2))
some = st.sets(st.sampled_from(SECTIONS), max_size=3)


class World:
    """Made once; each run is undone after it."""

    def __init__(self) -> None:
        self.entry = submitted_entry()
        self.captain = captain_of(self.entry.team)
        self.organizers = [organizer_of(self.entry) for _each in range(2)]
        self.happened: Counter[str] = Counter()


class Screened(RuleBasedStateMachine):
    def __init__(self, world: World) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.world, self.entry = world, world.entry
        self.words = self.written
        self.count = 0
        self.versions, self.put_aside = 1, 0

    @initialize(needs_second_look=st.sampled_from([True, True, False]))
    def planned(self, *, needs_second_look: bool) -> None:
        ScreeningPlan.objects.create(competition=self.entry.team.competition, needs_second_look=needs_second_look)

    def teardown(self) -> None:
        try:
            assert verify() == []
        finally:
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)

    # The team

    @rule(key=st.sampled_from(SECTIONS), is_live=st.booleans())
    def write(self, key: str, *, is_live: bool) -> None:
        self.count += 1
        value = ("live" if is_live else "pilot") if key == "stage" else f"第 {self.count} 稿"
        given = {"key": key, "value": value, "expected_version": version_of(self.entry, key)}
        if self.tried("write", services.save_section, self.now, actor=self.world.captain, **given):
            self.words = {**self.words, key: value}

    @rule()
    def answer_what_else_is_asked(self) -> None:
        given = {"key": "users", "value": "应急管理局", "expected_version": version_of(self.entry, "users")}
        if self.tried("answer", services.save_section, self.now, actor=self.world.captain, **given):
            self.words = {**self.words, "users": "应急管理局"}

    @rule()
    def submit(self) -> None:
        before, scope = self.latest, self.correction
        counted = SubmissionVersion.objects.count()
        if self.tried("submit", submit, self.entry) and SubmissionVersion.objects.count() > counted:
            self.versions += 1
            if scope is not None:
                self.world.happened["corrected"] += 1
                self.what_was_closed_is_as_before(before, scope)

    @rule(chance=st.sampled_from([False] * 19 + [True]))
    def withdraw(self, *, chance: bool) -> None:
        if chance:
            self.tried("withdraw", services.withdraw, self.now, actor=self.world.captain)

    # The organizers

    @rule(by=who, sections=some, with_file=st.booleans())
    def send_back(self, by: int, sections: set[str], *, with_file: bool) -> None:
        given = {"sections": sorted(sections), "slots": ["proposal"] if with_file else [], "reason": REASON}
        given["closes_at"] = timezone.now() + timedelta(days=3)
        self.decide("return", services.return_for_correction, by, **given)

    @rule(by=who)
    def let_in(self, by: int) -> None:
        self.decide("pass", services.pass_screening, by)

    @rule(by=who)
    def reject(self, by: int) -> None:
        was_returned = self.now.status == SubmissionStatus.RETURNED
        done = self.decide("reject", services.reject, by, reason=REASON)
        self.put_aside += was_returned and isinstance(done, Screening)

    @precondition(lambda self: ScreeningProposal.objects.open().exists())
    @rule(is_other=st.sampled_from([True, True, True, False]), agrees=st.booleans())
    def look_twice(self, *, is_other: bool, agrees: bool) -> None:
        proposal = ScreeningProposal.objects.open().get()
        people = [each for each in self.world.organizers if (each.pk != proposal.proposed_by_id) is is_other]
        was_returned, actor = self.now.status == SubmissionStatus.RETURNED, people[0]
        if agrees:
            self.put_aside += was_returned and bool(self.tried("agree", second_look.agree, proposal, actor=actor))
        else:
            self.tried("decline", second_look.decline, proposal, actor=actor, reason="材料齐全")

    @rule(by=who)
    def take_back(self, by: int) -> None:
        actor = self.world.organizers[by]
        self.put_aside += bool(self.tried("undo", services.undo_screening, self.now, actor=actor, reason="看错了"))

    @rule(by=who, days=st.sampled_from([-1, 2, 9]))
    def give_more_time(self, by: int, days: int) -> None:
        end = timezone.now() + timedelta(days=days)
        actor = self.world.organizers[by]
        self.tried("extend", services.extend_correction, self.now, actor=actor, closes_at=end, reason="系统故障")

    @rule()
    def the_end_passes(self) -> None:
        let_pass(self.entry)

    # What always holds

    @invariant()
    def the_state_is_what_was_decided_about_the_last_version(self) -> None:
        entry = self.now
        made = Screening.objects.filter(version=self.latest).first()
        if entry.status != SubmissionStatus.WITHDRAWN:
            assert entry.status == STATES[made.outcome if made else None]

    @invariant()
    def a_scope_stands_with_every_return_and_with_nothing_else(self) -> None:
        returned = Screening.objects.filter(outcome=ScreeningOutcome.RETURNED)
        assert set(returned.values_list("pk")) == set(Correction.objects.values_list("screening"))

    @invariant()
    def a_proposal_is_about_the_last_version_while_nothing_is_decided(self) -> None:
        for proposal in ScreeningProposal.objects.open():
            assert (proposal.version_id, self.now.status in {"submitted", "returned"}) == (self.latest.pk, True)

    @invariant()
    def no_word_is_lost(self) -> None:
        assert self.written == self.words

    @invariant()
    def nothing_on_record_goes_or_comes_by_itself(self) -> None:
        assert (self.entry.versions.count(), UndoneScreening.objects.count()) == (self.versions, self.put_aside)

    def what_was_closed_is_as_before(self, before: SubmissionVersion, scope: Correction) -> None:
        now = self.latest
        for key in {*SECTIONS} - {*scope.sections}:
            assert now.answers[key] == before.answers[key]
        if "proposal" not in scope.slots:
            assert set(now.attachments.all()) == set(before.attachments.all())

    # Asking

    @property
    def now(self) -> Submission:
        return Submission.objects.get(pk=self.entry.pk)

    @property
    def latest(self) -> SubmissionVersion:
        return SubmissionVersion.objects.filter(submission=self.entry).latest("number")

    @property
    def correction(self) -> Correction | None:
        return Correction.objects.filter(screening__version=self.latest).first()

    @property
    def written(self) -> dict[str, Any]:
        return dict(Answer.objects.filter(submission=self.entry).values_list("key", "value"))

    def decide(self, name: str, deed: Any, by: int, **given: Any) -> Any:
        given = {"actor": self.world.organizers[by], "version": self.latest.number, **given}
        return self.tried(name, deed, self.now, **given)

    def tried(self, name: str, deed: Any, *about: Any, **given: Any) -> Any:
        """What it gives, or None where it is refused: then nothing has changed."""
        entry, record = self.now, self.on_record
        try:
            done = deed(*about, **given)
        except REFUSALS:
            self.world.happened[f"in vain: {name}"] += 1
            assert (self.now.status, self.now.draft_version, self.on_record) == (
                entry.status,
                entry.draft_version,
                record,
            )
            return None
        self.world.happened[name] += 1
        return done

    @property
    def on_record(self) -> list[int]:
        kept = (SubmissionVersion, Screening, Correction, UndoneScreening, ScreeningProposal)
        return [model._default_manager.count() for model in kept]
