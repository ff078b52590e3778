"""Teams and their entries, one in each state."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.files.base import ContentFile
from django.utils import timezone

from portal.core import files
from submissions.enums import LateOutcome, ScreeningOutcome, SubmissionStatus
from submissions.links import invitation_path
from submissions.models import (
    Correction,
    EntryForm,
    LateDecision,
    NearNote,
    NearPair,
    Replacement,
    ScreeningClaim,
    ScreeningPlan,
    Shortlisting,
    TeamOrganization,
    UnsentText,
    VersionFacts,
)
from tests.factories.files import pdf
from tests.factories.submissions import (
    AttachmentFactory,
    CommentFactory,
    ExtensionFactory,
    HandOverFactory,
    InvitationFactory,
    LateAttemptFactory,
    OrganizationFactory,
    ReceiptFactory,
    RegisteredFileFactory,
    RenditionFactory,
    RosterRequestFactory,
    ScreeningFactory,
    SubmissionFactory,
    TeamFactory,
    TeamMemberFactory,
    VersionFactory,
    write,
)
from tests.visibility.actors import TEAM_A
from tests.visibility.world.building import World


def add(world: World) -> None:
    _teams(world)
    # Not published yet: an organizers' affair.
    world.entry_form = EntryForm.objects.create(competition=world.alpha, track=world.track1)
    world.entry_form.sections.create(key="acreage", title=world.canaries.text("entry_form.section"))
    for label, status in [
        ("draft", None),
        ("submitted", SubmissionStatus.SUBMITTED),
        ("returned", SubmissionStatus.RETURNED),
        ("rejected", SubmissionStatus.REJECTED),
        ("judged", SubmissionStatus.ELIGIBLE),
        ("ranked", SubmissionStatus.ELIGIBLE),
        ("awarded", SubmissionStatus.ELIGIBLE),
        ("withdrawn", SubmissionStatus.SUBMITTED),
        ("dropped", None),
    ]:
        entry(world, label, team=world.team_a, topic=world.topic, status=status)
    for label in ("withdrawn", "dropped"):
        row = getattr(world, label)
        row.status = SubmissionStatus.WITHDRAWN
        row.save(update_fields=["status"])
    world.unsent_of_tm = UnsentText.objects.create(
        submission=world.draft, user=world.tm, key="abstract", value="来得太晚", created_at=timezone.now()
    )
    entry(world, "rival", team=world.team_b, topic=world.topic, status=SubmissionStatus.ELIGIBLE)
    entry(world, "elsewhere", team=world.team_b, topic=world.topic2, status=SubmissionStatus.SUBMITTED)
    entry(world, "draft_d", team=world.team_d, topic=world.topic2, status=None)
    entry(world, "draft_e", team=world.team_e, topic=world.topic2, status=None)
    _late(world)
    _registered(world)
    _screening(world)
    entry(world, "beta_entry", team=world.beta_team, topic=world.beta_topic, status=SubmissionStatus.ELIGIBLE)
    _near(world)
    _shortlist(world)


def _shortlist(world: World) -> None:
    """Of team A: one entry that is on it and not announced, and one that is."""
    who, now = world.users["OR"], timezone.now()
    world.shortlisted = Shortlisting.objects.create(submission=world.judged, made_by=who, made_at=now)
    world.announced = Shortlisting.objects.create(
        submission=world.ranked, made_by=who, made_at=now, announced_by=who, announced_at=now
    )
    again = VersionFactory(
        submission=world.ranked, form=world.ranked.version.form, attachments=world.ranked.version.attachments.all()
    )
    ReceiptFactory(version=again)
    world.announced.replacement = Replacement.objects.create(version=again, shortlisting=world.announced, slots=[])


def entry(world: World, label: str, *, team: Any, topic: Any, status: Any) -> None:
    """An entry that says something else by now than when it was submitted: what it says now is ``newer``."""
    words = world.canaries
    made = SubmissionFactory(
        team=team,
        topic=topic,
        title=words.text(f"{label}.title"),
        abstract=words.text(f"{label}.abstract"),
        history=False,
        **({"has_been_submitted": True, "status": status} if status else {}),
    )
    sent = _file(world, label, made)
    if status:
        version = VersionFactory(submission=made)
        receipt = ReceiptFactory(version=version)
        words.literal(f"{label}.receipt", receipt.public_id)
        outcomes = {
            SubmissionStatus.ELIGIBLE: "passed",
            SubmissionStatus.RETURNED: "returned",
            SubmissionStatus.REJECTED: "rejected",
        }
        if status in outcomes:
            ScreeningFactory(version=version, outcome=outcomes[status], reason=words.text(f"{label}.screening"))
        sent.replaced_at = timezone.now()
        sent.save(update_fields=["replaced_at"])
        write(made, title=words.text(f"{label}.newer"), abstract=words.text(f"{label}.newer_abstract"))
        made.unsent, made.version, made.receipt = _file(world, f"{label}.newer", made), version, receipt
    made.sent = sent
    made.on_paper = _on_paper(world, f"{label}.newer" if status else label, made, None)
    made.sent_on_paper = _on_paper(world, label, made, version) if status else None
    made.comment = CommentFactory(submission=made, text=words.text(f"{label}.comment"))
    words.literal(f"{label}.id", made.public_id)
    setattr(world, label, made)


def _screening(world: World) -> None:
    """What organizers keep about entries of team A while they screen them."""
    words, who, now = world.canaries, world.users["OR"], timezone.now()
    world.plan = ScreeningPlan.objects.create(competition=world.alpha)
    world.plan.items.create(key="seal", title=words.text("plan.item"))
    returned = world.returned.version.screening
    world.returned.correction = Correction.objects.create(
        screening=returned, sections=["abstract"], slots=[], closes_at=now + timedelta(days=3)
    )
    waiting = world.submitted
    world.screening_note = waiting.screening_notes.create(
        author=who, text=words.text("screening_note.text"), created_at=now
    )
    version = waiting.version
    world.version_facts = VersionFacts.objects.create(version=version, title=version.title, made_at=now)
    said = {"reason": words.text("submitted.proposal"), "proposed_by": who, "proposed_at": now}
    world.proposal = waiting.version.proposals.create(**said)
    ScreeningClaim.objects.create(submission=waiting, user=who, claimed_at=now, expires_at=now + timedelta(minutes=20))
    world.judged.version.undone_screenings.create(
        outcome=ScreeningOutcome.RETURNED,
        reason=words.text("judged.undone"),
        decided_by=who,
        decided_at=now,
        undone_by=who,
        undone_at=now,
        why_undone="看错了附件",
    )


def _late(world: World) -> None:
    """What was handed in too late on the draft, which says something else by now."""
    words = world.canaries
    sent = _file(world, "late", world.draft)
    sent.replaced_at = timezone.now()
    sent.save(update_fields=["replaced_at"])
    form = {"title": words.text("late.title"), "answers": {"abstract": words.text("late.abstract")}}
    world.late = LateAttemptFactory(submission=world.draft, form=form, attachments=[sent])
    world.late.sent = sent
    words.literal("late.id", world.late.public_id)
    other = {"title": words.text("late_declined.title"), "answers": {}}
    world.late_declined = LateAttemptFactory(submission=world.draft, form=other, attachments=[sent])
    words.literal("late_declined.id", world.late_declined.public_id)
    LateDecision.objects.create(
        attempt=world.late_declined,
        outcome=LateOutcome.DECLINED,
        reason=words.text("late_declined.reason"),
        decided_by=world.users["OR"],
        decided_at=timezone.now(),
    )


def _near(world: World) -> None:
    """Entries that resemble each other: in one track, and in two competitions."""
    words = world.canaries
    world.near = near(world.submitted, world.rival)
    world.near_across = near(world.rival, world.beta_entry)
    for label, author, side in (("near", "OR", None), ("near_across", "TI", world.rival)):
        pair, text = getattr(world, label), words.text(f"{label}.note")
        pair.note = NearNote.objects.create(
            pair=pair, submission=side, author=world.users[author], text=text, at=timezone.now()
        )


def near(first: Any, second: Any) -> NearPair:
    versions = {"first_version": first.versions.last(), "second_version": second.versions.last()}
    passages = [["abstract", 0, 2, "abstract", 0, 2]]
    return NearPair.objects.create(
        first=first, second=second, **versions, score=80, text=80, passages=passages, found_at=timezone.now()
    )


def _registered(world: World) -> None:
    """By their hash: one on which something submitted counts, and one of a draft."""
    words = world.canaries
    for label, made in (("registered", world.submitted), ("registered_draft", world.draft)):
        name = f"{words.word(f'{label}.file')}.pdf"
        row = RegisteredFileFactory(submission=made, slot="evidence", name=name)
        words.literal(f"{label}.id", row.public_id)
        words.literal(f"{label}.hash", row.sha256)
        setattr(world, label, row)
    world.registered.versions.add(world.submitted.version)


def _file(world: World, label: str, made: Any) -> Any:
    words = world.canaries
    file = AttachmentFactory(
        submission=made,
        name=f"{words.word(f'{label}.file')}.pdf",
        file=files.store(ContentFile(pdf(words.word(f"{label}.content")))),
    )
    words.literal(f"{label}.file_id", file.public_id)
    words.literal(f"{label}.file_hash", file.file.sha256)
    return file


def _on_paper(world: World, label: str, made: Any, version: Any) -> Any:
    words = world.canaries
    paper = files.store(ContentFile(pdf(words.word(f"{label}.on_paper"))))
    rendition = RenditionFactory(submission=made, version=version, file=paper)
    words.literal(f"{label}.rendition_id", rendition.public_id)
    return rendition


def _teams(world: World) -> None:
    users, words = world.users, world.canaries

    def team(label: str, competition: Any, captain: Any, organization: Any = None) -> Any:
        if organization is None:
            organization = OrganizationFactory(name=words.text(f"{label}.organization"))
            words.literal(f"{label}.organization_code", organization.code)
        made = TeamFactory(
            competition=competition,
            name=words.text(f"{label}.name", "{}队"),
            captain=captain,
            organization=organization,
        )
        setattr(world, label, made)
        return made

    team("team_a", world.alpha, users["TC"], world.organization_a)
    team("team_b", world.alpha, users["OT"])
    team("team_d", world.alpha, users["AB"])
    team("team_e", world.alpha, users["OX"])
    team("beta_team", world.beta, None)
    world.member = TeamMemberFactory(team=world.team_a, user=users["TM"])
    for actor in sorted({*TEAM_A, "DI"} - {"TC", "TM"}):
        TeamMemberFactory(team=world.team_a, user=users[actor])
    _rosters(world)
    _partners(world)
    world.invitation = InvitationFactory(team=world.team_a, email=words.email("invitation.address"))
    world.invitation_to_vi = InvitationFactory(team=world.team_a, email=users["Vi"].email)
    world.invitation.signature = invitation_path(world.invitation).rstrip("/").rpartition("/")[2]
    world.extension = ExtensionFactory(team=world.team_a, reason=words.text("extension.reason"), granted_by=users["OR"])
    for label in ("invitation", "invitation_to_vi"):
        words.literal(f"{label}.id", getattr(world, label).public_id)


def _rosters(world: World) -> None:
    users, words = world.users, world.canaries
    world.hand_over = HandOverFactory(team=world.team_a, offered_to=users["CJ"])
    world.roster_request = RosterRequestFactory(
        team=world.team_a,
        person=users["TM"],
        reason=words.text("roster_request.reason"),
        objection=words.text("roster_request.objection"),
        objected_at=timezone.now(),
    )
    world.roster_joining = RosterRequestFactory(
        team=world.team_a, joining=True, email=users["Vi"].email, reason=words.text("roster_joining.reason")
    )
    for label in ("roster_request", "roster_joining"):
        words.literal(f"{label}.id", getattr(world, label).public_id)


def _partners(world: World) -> None:
    users, words = world.users, world.canaries
    world.partner = TeamOrganization.objects.create(
        team=world.team_a,
        organization=OrganizationFactory(name=words.text("partner.organization")),
        introduction=words.text("partner.introduction"),
        contact_name=words.text("partner.contact"),
        contact_phone="+8613800138000",
    )
    # The phone number itself: pages show it masked.
    words.literal("partner.phone", "13800138000")
    world.double = OrganizationFactory(name=words.text("double.name"), merged_into=world.partner.organization)
    world.partner_d = TeamOrganization.objects.create(team=world.team_d, organization=OrganizationFactory())
    # Entered while a team was to be founded, which then wasn't.
    world.entered_by_vi = OrganizationFactory(created_by=users["Vi"])
