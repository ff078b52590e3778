"""Rounds of alpha in each state, with what judges and organizers wrote; a round of beta under way."""

from __future__ import annotations

from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from judging.enums import AssignmentStatus as S
from judging.enums import CertificateStatus
from portal.core import audit, files
from portal.notifications.models import Outbox
from tests.factories.files import pdf
from tests.factories.judging import (
    AssignmentFactory,
    AwardFactory,
    CertificateFactory,
    ConflictFactory,
    DecisionFactory,
    JudgeFactory,
    PublicationFactory,
    RankingEntryFactory,
    RankingFactory,
    ReviewFactory,
    RoundFactory,
    RubricFactory,
)
from tests.visibility.world.building import World


def add(world: World) -> None:
    _planned(world)
    _open(world)
    _closed(world)
    _published(world)
    _beta(world)
    world.outbox = Outbox.objects.create(
        kind="mail",
        key=world.canaries.word("outbox.key"),
        payload={"to": "x", "body": world.canaries.word("outbox.body")},
    )


def _round(world: World, label: str, competition: Any, **state: bool) -> Any:
    words = world.canaries
    rubric = RubricFactory(
        competition=competition,
        name=words.text(f"{label}.rubric_name", "{}标准"),
        criteria=[(words.text(f"{label}.criterion", "指标{}"), 100)],
    )
    made = RoundFactory(competition=competition, rubric=rubric, **state)
    setattr(world, label, made)
    return made


def _assign(world: World, label: str, round_: Any, entry: Any, judge: Any, status: S = S.ASSIGNED) -> Any:
    """With what the judge wrote, once they have begun."""
    made = AssignmentFactory(round=round_, submission=entry, version=entry.version, judge=judge, status=status)
    world.canaries.literal(f"{label}.id", made.public_id)
    if status in {S.STARTED, S.SUBMITTED}:
        submitted_at = timezone.now() if status == S.SUBMITTED else None
        comment = world.canaries.text(f"{label}.comment")
        made.written = ReviewFactory(assignment=made, comment=comment, submitted_at=submitted_at, points=[73.21])
    setattr(world, label, made)
    return made


def _planned(world: World) -> None:
    round_ = _round(world, "planned", world.alpha)
    _assign(world, "planned_of_ja", round_, world.judged, world.judge_JA)


def _open(world: World) -> None:
    round_, words = _round(world, "open", world.alpha, open=True), world.canaries
    _assign(world, "begun_of_ja", round_, world.judged, world.judge_JA, S.STARTED)
    _assign(world, "done_of_j2", round_, world.judged, world.judge_J2, S.SUBMITTED)
    _assign(world, "open_of_jo", round_, world.judged, world.judge_JO)
    given_up = _assign(world, "given_up_by_jx", round_, world.judged, world.judge_JX, S.RECUSED)
    reason = words.text("conflict.reason")
    world.conflict = ConflictFactory(judge=world.judge_JX, submission=world.judged, reason=reason)
    world.audit_line = audit.record("recuse", given_up, actor=world.users["JX"], reason=words.text("recusal.reason"))
    audit.record("open", round_, actor=world.users["OR"], reason=words.text("opening.reason"))
    _assign(world, "open_of_di", round_, world.rival, world.judge_DI)
    _assign(world, "done_of_ju", round_, world.rival, world.judge_JU, S.SUBMITTED)
    _assign(world, "open_of_cj", round_, world.rival, world.judge_CJ, S.STARTED)


def _closed(world: World) -> None:
    round_ = _round(world, "closed", world.alpha, closed=True)
    _assign(world, "closed_of_ja", round_, world.ranked, world.judge_JA, S.SUBMITTED)
    # What a judge declares in one round holds in every other.
    _assign(world, "closed_of_jx", round_, world.judged, world.judge_JX)
    world.ranking = RankingFactory(round=round_, inputs_sha256=f"{7:064x}")
    world.canaries.literal("ranking.hash", world.ranking.inputs_sha256)
    line = RankingEntryFactory(ranking=world.ranking, submission=world.ranked, review=False)
    reason = world.canaries.text("decision.reason")
    world.decision = DecisionFactory(entry=line, reason=reason, decided_by=world.users["OR"])


def _published(world: World) -> None:
    round_ = _round(world, "published", world.alpha, published=True)
    _assign(world, "published_of_ja", round_, world.awarded, world.judge_JA, S.SUBMITTED)
    world.published_ranking = RankingFactory(round=round_, inputs_sha256=f"{8:064x}")
    world.canaries.literal("published_ranking.hash", world.published_ranking.inputs_sha256)
    line = RankingEntryFactory(ranking=world.published_ranking, submission=world.awarded, review=False)
    DecisionFactory(entry=line, decided_by=world.users["OR"])
    publication = PublicationFactory(round=round_, published_by=world.users["OR"])
    world.award, world.certificate = _award(world, "award", publication, world.awarded)
    world.certificate.status, world.certificate.issued_at = CertificateStatus.ISSUED, timezone.now()
    world.certificate.file = files.store(ContentFile(pdf(world.canaries.word("certificate.content"))))
    world.certificate.save()
    world.award_b, world.waiting_certificate = _award(world, "award_b", publication, world.rival)


def _award(world: World, label: str, publication: Any, entry: Any) -> tuple[Any, Any]:
    words = world.canaries
    award = AwardFactory(
        publication=publication,
        submission=entry,
        project=words.text(f"{label}.project"),
        team=words.text(f"{label}.team"),
        members=[words.text(f"{label}.member")],
        organization=words.text(f"{label}.organization"),
    )
    return award, CertificateFactory(award=award, serial=words.word(f"{label}.serial"))


def _beta(world: World) -> None:
    round_ = _round(world, "beta_round", world.beta, open=True)
    _assign(world, "beta_assignment", round_, world.beta_entry, world.judge_beta, S.SUBMITTED)
    world.beta_judge_row = JudgeFactory(competition=world.beta, user__full_name=world.canaries.text("beta_judge.name"))
