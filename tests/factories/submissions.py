from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import Any

import factory
from django.core.files.base import ContentFile
from django.db import models
from django.utils import timezone
from stdnum.cn import uscc

from portal.core import files
from submissions.asked import definition_of
from submissions.enums import (
    Edition,
    MemberRole,
    OrganizationKind,
    ReceiptRule,
    RenditionKind,
    RenditionStatus,
    RosterChange,
    RosterRequestStatus,
    ScreeningOutcome,
    SubmissionStatus,
)
from submissions.models import (
    Answer,
    Attachment,
    Comment,
    Extension,
    HandOver,
    Invitation,
    LateAttempt,
    Organization,
    Receipt,
    RegisteredFile,
    Rendition,
    RosterRequest,
    Screening,
    Submission,
    SubmissionVersion,
    Team,
    TeamMember,
)
from submissions.services import receipts
from tests.factories.accounts import UserFactory
from tests.factories.files import pdf
from tests.factories.tracks import CompetitionFactory, TopicFactory
from tracks.enums import StageKind

ABSTRACT = "融合雨量、视频与卫星数据，每十分钟给出沟道级风险。"
OUTCOMES = {
    SubmissionStatus.ELIGIBLE: ScreeningOutcome.PASSED,
    SubmissionStatus.RETURNED: ScreeningOutcome.RETURNED,
    SubmissionStatus.REJECTED: ScreeningOutcome.REJECTED,
}


def credit_code(number: int) -> str:
    """A valid 统一社会信用代码, another one for each number."""
    body = f"91510100{number:09}"
    return body + uscc.calc_check_digit(body)


def captain_of(team: Team) -> Any:
    return team.members.get(role=MemberRole.CAPTAIN).user


class OrganizationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Organization

    code = factory.Sequence(credit_code)
    name = factory.Sequence(lambda n: f"成都数据科技{n}有限公司")
    kind = OrganizationKind.COMPANY


class TeamFactory(factory.django.DjangoModelFactory):
    """A team with its captain: ``captain=user``, or somebody new (see ``captain_of``)."""

    class Meta:
        model = Team
        skip_postgeneration_save = True

    competition = factory.SubFactory(CompetitionFactory, open=True)
    name = factory.Sequence(lambda n: f"山洪预警队{n}")
    organization = factory.SubFactory(OrganizationFactory)

    @factory.post_generation
    def captain(team, create, captain, **kwargs):  # noqa: N805 - factory_boy's way
        if create:
            TeamMemberFactory(team=team, user=captain or UserFactory(), role=MemberRole.CAPTAIN)


class TeamMemberFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = TeamMember

    team = factory.SubFactory(TeamFactory)
    user = factory.SubFactory(UserFactory)


class InvitationFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Invitation

    team = factory.SubFactory(TeamFactory)
    email = factory.Sequence(lambda n: f"invited{n}@example.com")
    invited_by = factory.LazyAttribute(lambda invitation: captain_of(invitation.team))
    expires_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=7))


class HandOverFactory(factory.django.DjangoModelFactory):
    """An open offer of the captain's to another member: ``offered_to=user``, or somebody new."""

    class Meta:
        model = HandOver

    team = factory.SubFactory(TeamFactory)
    offered_by = factory.LazyAttribute(lambda offer: captain_of(offer.team))
    offered_to = factory.LazyAttribute(lambda offer: TeamMemberFactory(team=offer.team).user)
    offered_at = factory.LazyFunction(timezone.now)


class RosterRequestFactory(factory.django.DjangoModelFactory):
    """The captain wants another member out; ``joining=True`` somebody new in, who has yet to agree."""

    class Meta:
        model = RosterRequest

    class Params:
        joining = factory.Trait(
            change=RosterChange.ADD,
            person=None,
            email=factory.Sequence(lambda n: f"wanted{n}@example.com"),
            status=RosterRequestStatus.ASKED,
        )

    team = factory.SubFactory(TeamFactory)
    change = RosterChange.REMOVE
    person = factory.LazyAttribute(lambda request: TeamMemberFactory(team=request.team).user)
    reason = "已离职，不再参与本项目"
    status = RosterRequestStatus.AWAITING
    requested_by = factory.LazyAttribute(lambda request: captain_of(request.team))
    requested_at = factory.LazyFunction(timezone.now)


class SubmissionFactory(factory.django.DjangoModelFactory):
    """A draft. ``submitted=True`` gives it number, file, version and receipt; ``eligible``, ``returned`` and
    ``rejected`` a screening as well."""

    class Meta:
        model = Submission
        skip_postgeneration_save = True

    class Params:
        has_been_submitted = factory.Trait(
            submitted_at=factory.LazyFunction(timezone.now),
            number=factory.LazyAttribute(lambda entry: next_number(entry.track)),
        )
        submitted = factory.Trait(has_been_submitted=True, status=SubmissionStatus.SUBMITTED)
        eligible = factory.Trait(has_been_submitted=True, status=SubmissionStatus.ELIGIBLE)
        returned = factory.Trait(has_been_submitted=True, status=SubmissionStatus.RETURNED)
        rejected = factory.Trait(has_been_submitted=True, status=SubmissionStatus.REJECTED)

    team = factory.SubFactory(TeamFactory)
    topic = factory.SubFactory(TopicFactory, track__competition=factory.SelfAttribute("...team.competition"))
    track = factory.SelfAttribute("topic.track")
    topic_revision = factory.LazyAttribute(lambda entry: entry.topic.revisions.last())
    title = factory.Sequence(lambda n: f"川西山洪短临预警{n}")

    @factory.post_generation
    def abstract(submission, create, text, **kwargs):  # noqa: N805 - factory_boy's way
        """What the draft says in the plain form's one section; "" leaves it out."""
        if create:
            write(submission, title=submission.title, abstract=ABSTRACT if text is None else text)

    @factory.post_generation
    def history(submission, create, wanted, **kwargs):  # noqa: N805 - factory_boy's way
        """The rows behind the status; ``history=False`` leaves them out."""
        if create and wanted is not False and submission.number:
            version = VersionFactory(submission=submission)
            ReceiptFactory(version=version)
            if outcome := OUTCOMES.get(submission.status):
                ScreeningFactory(version=version, outcome=outcome)


class AttachmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Attachment

    submission = factory.SubFactory(SubmissionFactory)
    name = "申报书.pdf"
    file = factory.LazyAttribute(lambda attachment: files.store(ContentFile(pdf(attachment.submission.title))))
    uploaded_by = factory.LazyAttribute(lambda attachment: captain_of(attachment.submission.team))


class VersionFactory(factory.django.DjangoModelFactory):
    """What the entry says now, as its next version."""

    class Meta:
        model = SubmissionVersion
        skip_postgeneration_save = True

    submission = factory.SubFactory(SubmissionFactory)
    number = factory.LazyAttribute(lambda version: version.submission.versions.count() + 1)
    topic_revision = factory.LazyAttribute(lambda version: version.submission.topic.revisions.latest("number"))
    form = factory.LazyAttribute(lambda version: _form(version.submission))
    form_sha256 = factory.LazyAttribute(lambda version: _hash(version.form))
    submitted_by = factory.LazyAttribute(lambda version: captain_of(version.submission.team))
    created_at = factory.LazyFunction(timezone.now)

    @factory.post_generation
    def attachments(version, create, given, **kwargs):  # noqa: N805 - factory_boy's way
        if create:
            entry = version.submission
            current = entry.attachments.filter(replaced_at=None)
            version.attachments.set(given or current or [AttachmentFactory(submission=entry)])


class ReceiptFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Receipt

    version = factory.SubFactory(VersionFactory)
    files = factory.LazyAttribute(
        lambda receipt: [
            {"name": each.name, "size": each.file.size, "sha256": each.file.sha256}
            for each in receipt.version.attachments.select_related("file")
        ]
    )
    received_at = factory.SelfAttribute("version.created_at")
    committed_at = factory.SelfAttribute("version.created_at")

    @classmethod
    def _create(cls, model_class, *args, **fields):
        """Signed, unless the test gives it a document of its own or None."""
        receipt = model_class(*args, **fields)
        if "document" not in fields:
            receipt.document = receipts.signed(receipt, ReceiptRule.STAGE_END)
        receipt.save()
        return receipt


class LateAttemptFactory(factory.django.DjangoModelFactory):
    """What the entry says now, handed in a minute after an end that was a minute ago."""

    class Meta:
        model = LateAttempt
        skip_postgeneration_save = True

    submission = factory.SubFactory(SubmissionFactory)
    topic_revision = factory.LazyAttribute(lambda late: late.submission.topic.revisions.latest("number"))
    form = factory.LazyAttribute(lambda late: _form(late.submission))
    form_sha256 = factory.LazyAttribute(lambda late: _hash(late.form))
    files = factory.LazyFunction(list)
    submitted_by = factory.LazyAttribute(lambda late: captain_of(late.submission.team))
    received_at = factory.LazyFunction(timezone.now)
    committed_at = factory.SelfAttribute("received_at")
    closed_at = factory.LazyAttribute(lambda late: late.received_at - timedelta(minutes=1))

    @factory.post_generation
    def attachments(late, create, given, **kwargs):  # noqa: N805 - factory_boy's way
        if create:
            late.attachments.set(given or late.submission.attachments.filter(replaced_at=None))


class RegisteredFileFactory(factory.django.DjangoModelFactory):
    """Of a draft, unless a version counts on it."""

    class Meta:
        model = RegisteredFile

    submission = factory.SubFactory(SubmissionFactory)
    slot = "proposal"
    name = "申报书.pdf"
    size = 81234
    sha256 = factory.Sequence(lambda n: hashlib.sha256(f"registered {n}".encode()).hexdigest())
    registered_by = factory.LazyAttribute(lambda row: captain_of(row.submission.team))
    registered_at = factory.LazyFunction(timezone.now)


class ScreeningFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Screening

    version = factory.SubFactory(VersionFactory)
    outcome = ScreeningOutcome.PASSED
    reason = factory.LazyAttribute(
        lambda screening: "" if screening.outcome == ScreeningOutcome.PASSED else "请补交盖章页。"
    )
    decided_by = factory.SubFactory(UserFactory, is_staff=True)
    decided_at = factory.LazyFunction(timezone.now)


def next_number(track: models.Model) -> str:
    return f"{track.code}-{track.submissions.exclude(number='').count() + 1:04}"


def write(entry: Submission, **answers: Any) -> None:
    """Let the draft say this, without the services."""
    now = timezone.now()
    for key, value in answers.items():
        state = {"value": value, "saved_at": now, "revision_began_at": now}
        if value:
            Answer.objects.update_or_create(submission=entry, key=key, defaults=state)
    if "title" in answers:
        Submission.objects.filter(pk=entry.pk).update(title=answers["title"])
        entry.title = answers["title"]


def _form(entry: Submission) -> dict[str, Any]:
    said = entry.answers.exclude(key="title").values_list("key", "value")
    versions = list(definition_of(entry).versions)
    return {"title": entry.title, "form": {"versions": versions}, "answers": dict(said)}


def _hash(form: dict[str, Any]) -> str:
    canonical = json.dumps(form, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()


class ExtensionFactory(factory.django.DjangoModelFactory):
    """A live one for submitting, which ends three days from now."""

    class Meta:
        model = Extension

    team = factory.SubFactory(TeamFactory)
    kind = StageKind.SUBMISSION
    closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=3))
    reason = "系统故障期间无法提交"
    granted_at = factory.LazyFunction(timezone.now)


class CommentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Comment

    submission = factory.SubFactory(SubmissionFactory)
    section = "abstract"
    author = factory.LazyAttribute(lambda comment: captain_of(comment.submission.team))
    text = factory.Sequence(lambda n: f"这里再补一个数据{n}。")
    at = factory.LazyFunction(timezone.now)


class RenditionFactory(factory.django.DjangoModelFactory):
    """One that has been made, of the draft unless a ``version`` is named."""

    class Meta:
        model = Rendition

    submission = factory.SubFactory(SubmissionFactory)
    version = None
    kind = RenditionKind.PDF
    edition = Edition.TEAM
    status = RenditionStatus.READY
    content_sha256 = factory.Sequence(lambda n: f"{n:064x}")
    file = factory.LazyAttribute(lambda rendition: files.store(ContentFile(pdf(rendition.submission.title))))
    requested_by = factory.LazyAttribute(lambda rendition: captain_of(rendition.submission.team))
    requested_at = factory.LazyFunction(timezone.now)
    ready_at = factory.LazyFunction(timezone.now)
