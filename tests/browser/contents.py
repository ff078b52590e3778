"""What a portal in the middle of its season holds: something to see on every page.

Run inside a portal of its own (``Site.manage``): ``fill()`` says where the pages are, by name.
"""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils import timezone

from judging import services as judging
from judging.enums import AwardLevel, CertificateStatus
from judging.models import Assignment, Round, Rubric
from portal.accounts.models import User
from portal.core.files import store
from submissions import services as submissions
from submissions.enums import OrganizationKind
from submissions.links import invitation_path
from submissions.models import RosterRequest, Submission, Team
from tests.factories.answers import fill_in
from tests.factories.files import pdf
from tests.factories.judging import AwardFactory, CertificateFactory, PublicationFactory
from tests.factories.submissions import OrganizationFactory, SubmissionFactory, TeamFactory
from tracks import services as tracks
from tracks.models import Competition, Topic

ENTRIES = [
    ("沟道级山洪短临预警与转移辅助决策", "川西山洪预警队", "锦江数据科技有限公司"),
    ("森林火险分钟级研判", "瞭望塔", "蜀南林业信息中心"),
    ("基于多源数据的地震灾情快速评估与救援力量调度平台", "震后一小时", "成都平原减灾研究院"),
    ("城市内涝积水点实时推演", "看海不如治海", "天府水务数据有限责任公司"),
]
NEWS = """各参赛团队：

作品提交截止时间**不变**，请留意以下三点：

- 申报书须加盖单位公章；
- 一支团队可以就不同赛题分别提交作品；
- 提交之后仍可修改，以最后一次提交为准。

详情见[数据要素×大赛](https://example.com/)。
"""
ABSTRACT = "融合雨量站、铁塔视频与卫星降水，每十分钟给出沟道级风险，自动生成转移名单。"
COMMENT = "数据来源清楚，成效可以核验，建议补充推广成本测算。"


def fill() -> dict[str, str]:
    competition = Competition.objects.get()
    organizer = User.objects.get(email="organizer@example.com")
    publish(competition, organizer)
    return {
        **enter(competition, organizer),
        **judge(competition, organizer),
        **remember(competition),
    }


def publish(competition: Competition, organizer: Any) -> None:
    now = timezone.now()
    say = {"actor": organizer, "published_at": now - timedelta(hours=3)}
    tracks.write_announcement(competition, title="关于作品提交的补充说明", body=NEWS, is_pinned=True, **say)
    tracks.write_announcement(competition, title="线上赛题解读会回放", body="录像已上传，见资料下载。", **say)
    tracks.write_announcement(competition, actor=organizer, title="决赛路演安排（草稿）", body="待定。")
    for name in ("作品申报书模板.pdf", "评审办法.pdf"):
        content = SimpleUploadedFile(name, pdf(name, pages=2))
        tracks.add_document(competition, title=name.removesuffix(".pdf"), content=content, **say)
    for question, answer in (
        ("一个人可以参加几支团队？", "可以参加多支，但同一赛题只能代表一支团队。"),
        ("提交之后还能修改吗？", "截止之前可以**再次提交**，以最后一次为准。"),
    ):
        tracks.write_question(competition, question=question, answer=answer, **say)
    topic = Topic.objects.get(track__competition=competition, track__number=9, number=2)
    tracks.revise_topic(
        topic, actor=organizer, title=topic.title, body=f"{topic.body}\n鼓励跨部门联合申报。", reason="补充说明"
    )


def enter(competition: Competition, organizer: Any) -> dict[str, str]:
    """A captain with an entry in each state; another one who has just registered."""
    captain = User.objects.get(email="captain1@example.com")
    team = submissions.found_team(
        competition,
        actor=captain,
        name="岷江数据队",
        organization_code="12510000450DEM0XKL",
        organization_name="蜀都大学",
        organization_kind=OrganizationKind.UNIVERSITY,
    )
    invitation = submissions.invite(team, actor=captain, email="zhouhang@example.com")
    draft = start(team, captain, track=3, topic=1, title="车路云一体的货运路径优化")
    submitted = start(team, captain, track=9, topic=2, title="川西山洪短临预警与转移辅助决策")
    receipt = hand_in(submitted, captain)
    returned = start(team, captain, track=6, topic=1, title="蜀道文旅客流预测")
    hand_in(returned, captain)
    submissions.return_for_correction(
        returned,
        actor=organizer,
        version=1,
        reason="申报书第三页缺单位盖章，请补交。",
        sections=[],
        slots=["proposal"],
        closes_at=timezone.now() + timedelta(days=5),
    )
    return {
        "team": team.get_absolute_url(),
        # Of the demo data.
        "roster_request": RosterRequest.objects.earliest("pk").get_absolute_url(),
        "invitation": invitation_path(invitation),
        "draft": draft.get_absolute_url(),
        "submitted": submitted.get_absolute_url(),
        "returned": returned.get_absolute_url(),
        "receipt": receipt.get_absolute_url(),
        "screening": f"/admin/submissions/submission/{submitted.pk}/change/",
        "screen_entry": screening_of(submitted),
        "screen_returned": screening_of(returned),
        "admin_topic": f"/admin/tracks/topic/{submitted.topic_id}/change/",
        "admin_competition": f"/admin/tracks/competition/{competition.pk}/change/",
    }


def screening_of(entry: Submission) -> str:
    return reverse("submissions:screen_entry", args=[entry.team.competition.slug, entry.public_id])


def start(team: Team, captain: Any, *, track: int, topic: int, title: str) -> Submission:
    found = Topic.objects.get(track__competition=team.competition, track__number=track, number=topic)
    entry = submissions.start_submission(team, found, actor=captain, title=title)
    submissions.save_section(entry, actor=captain, key="abstract", value=ABSTRACT, expected_version=0)
    return fill_in(entry, actor=captain)


def hand_in(entry: Submission, captain: Any) -> Any:
    return submissions.submit(entry, actor=captain, expected_version=entry.draft_version)


def judge(competition: Competition, organizer: Any) -> dict[str, str]:
    """A round that is over and ranked, one in which judges are at work, and one that is planned."""
    topic = Topic.objects.get(track__competition=competition, track__number=9, number=1)
    for title, name, organization in ENTRIES:
        team = TeamFactory(competition=competition, name=name, organization=OrganizationFactory(name=organization))
        SubmissionFactory(team=team, topic=topic, title=title, abstract=ABSTRACT * 4, eligible=True)
    ranked, at_work, planned = (new_round(competition, organizer, number) for number in (1, 2, 3))
    for round_ in (ranked, at_work):
        judging.assign_judges(round_, actor=organizer)
        judging.open_round(round_, actor=organizer)
    for position, assignment in enumerate(owed(ranked)):
        score(assignment, share=Decimal(95 - 3 * position) / 100)
    ranking = judging.close_round(ranked, actor=organizer)
    levels = [AwardLevel.FIRST, AwardLevel.SECOND, AwardLevel.THIRD]
    decisions = {
        entry.pk: (level, "") for entry, level in zip(ranking.entries.order_by("position"), levels, strict=False)
    }
    judging.decide_awards(ranked, actor=organizer, decisions=decisions)
    own = owed(at_work).filter(judge__user__email="judge1@example.com")
    score(own[0], share=Decimal("0.9"))
    return {
        "review": own[1].get_absolute_url(),
        "handed_in": own[0].get_absolute_url(),
        **{
            f"{name}_round": round_.get_absolute_url()
            for name, round_ in (("ranked", ranked), ("open", at_work), ("planned", planned))
        },
    }


def new_round(competition: Competition, organizer: Any, number: int) -> Round:
    return judging.create_round(
        competition,
        actor=organizer,
        kind="review",
        number=number,
        rubric=Rubric.objects.get(competition=competition),
        judges_per_submission=2,
        opens_at=timezone.now() - timedelta(days=1),
        closes_at=timezone.now() + timedelta(days=7),
    )


def owed(round_: Round) -> Any:
    return Assignment.objects.filter(round=round_).select_related("judge__user").order_by("submission", "pk")


def score(assignment: Assignment, *, share: Decimal) -> None:
    lines = assignment.round.rubric.criteria.all()
    points = {line.pk: (line.max_points * share).quantize(Decimal("0.01")) for line in lines}
    judging.submit_review(assignment, actor=assignment.judge.user, points=points, comment=COMMENT, expected_version=0)


def remember(competition: Competition) -> dict[str, str]:
    """The year before: over, its results public."""
    year = competition.year - 1
    values = tracks.next_edition(competition, year)
    shift = timedelta(days=values.pop("shift_days"))
    earlier = tracks.clone_competition(competition, actor=None, shift=shift, **values)
    tracks.change_competition(earlier, actor=None, is_published=True)
    publication = PublicationFactory(round__competition=earlier)
    topic = Topic.objects.get(track__competition=earlier, track__number=9, number=2)
    levels = [AwardLevel.FIRST, AwardLevel.SECOND, AwardLevel.THIRD, AwardLevel.THIRD]
    for level, (title, name, organization) in zip(levels, ENTRIES, strict=True):
        team = TeamFactory(competition=earlier, name=name, organization__name=organization)
        entry = SubmissionFactory(team=team, topic=topic, title=title, eligible=True)
        award = AwardFactory(publication=publication, submission=entry, level=level)
    certificate = CertificateFactory(
        award=award,
        serial=f"{earlier.certificate_prefix}-T09-3-0004",
        status=CertificateStatus.ISSUED,
        file=store(ContentFile(pdf("certificate"))),
        issued_at=timezone.now(),
    )
    return {"results": f"/{earlier.slug}/results/", "certificate": certificate.get_absolute_url()}
