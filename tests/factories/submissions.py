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
from submissions.enums import MemberRole, OrganizationKind, ScreeningOutcome, SubmissionStatus
from submissions.models import (
    Attachment,
    Extension,
    Invitation,
    Organization,
    Receipt,
    Screening,
    Submission,
    SubmissionVersion,
    Team,
    TeamMember,
)
from tests.factories.accounts import UserFactory
from tests.factories.files import pdf
from tests.factories.tracks import CompetitionFactory, TopicFactory
from tracks.enums import StageKind

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
    title = factory.Sequence(lambda n: f"川西山洪短临预警{n}")
    abstract = "融合雨量、视频与卫星数据，每十分钟给出沟道级风险。"

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
    form = factory.LazyAttribute(
        lambda version: {"title": version.submission.title, "abstract": version.submission.abstract}
    )
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
