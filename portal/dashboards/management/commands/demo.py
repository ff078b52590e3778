from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandParser
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from judging.services import appoint_judge
from portal.accounts.models import User
from portal.accounts.services import accept_all
from submissions.enums import OrganizationKind, OrganizationSize, RosterChange
from submissions.models import Organization
from submissions.services import Wanted, add_partner, agree, describe_partner, found_team, request_change
from tracks.enums import StageKind
from tracks.models import Competition
from tracks.services import appoint_organizer, set_stage

FIXTURES = [
    *("agreements", "sichuan-2026", "sichuan-2026-pledge", "sichuan-2026-form", "sichuan-2026-screening"),
    "sichuan-2026-rubric",
]
OPEN_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Player:
    email: str
    name: str
    part: str
    organization: tuple[str, str, str] | None = None


UNIVERSITY = ("12510000450DEM0XKL", "蜀都大学", OrganizationKind.UNIVERSITY)
COMPANY = ("91510100MA6C0DEM0Q", "锦江数据科技有限公司", OrganizationKind.COMPANY)
# A team that is there already, with a partner. The names stand in no other contest.
LEAD: dict[str, Any] = {
    "organization_code": "12510700450DEM1MJ3",
    "organization_name": "岷江水文数据研究院",
    "organization_kind": OrganizationKind.RESEARCH_INSTITUTE,
    "organization_region": "5107",
    "organization_size": OrganizationSize.NOT_APPLICABLE,
}
PARTNER: dict[str, Any] = {
    "code": "91510107MA6C0DEM24",
    "name": "青衣智算科技有限公司",
    "kind": OrganizationKind.COMPANY,
    "region": "5101",
    "size": OrganizationSize.SMALL,
}
PARTNER_WORDS: dict[str, Any] = {
    "introduction": "专注流域数据治理与人工智能应用的科技型企业，现有员工 86 人，为省内 12 个县提供数据服务。",
    "strengths": "承担数据汇聚、模型训练和平台运维：\n1. 雨量与视频数据的实时接入；\n2. 沟道级风险模型的训练与评估。",
    "contact_name": "何青",
    "contact_phone": "13800138000",
}
PLAYERS = [
    Player("organizer@example.com", "组委会 陈静", "organizer"),
    Player("judge1@example.com", "评委 李志远", "judge"),
    Player("judge2@example.com", "评委 王雪梅", "judge", UNIVERSITY),
    Player("judge3@example.com", "评委 张立", "judge", COMPANY),
    Player("captain1@example.com", "队长 刘洋", "captain"),
    Player("captain2@example.com", "队长 赵敏", "captain"),
    Player("captain3@example.com", "队长 周岚", "team"),
    Player("member1@example.com", "吴桐", "member"),
]


def is_open(competition: Competition) -> bool:
    """Of a contest that was there before it need not be."""
    stage = competition.stages.filter(kind=StageKind.REGISTRATION).first()
    return stage is not None and stage.opens_at <= timezone.now() < stage.closes_at


class Command(BaseCommand):
    help = "Load the first contest into an empty portal and make people to try it with; a second run changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--new-passwords", action="store_true", help="give the demo people new passwords")

    def handle(self, *args: Any, new_passwords: bool, **options: Any) -> None:
        with transaction.atomic():
            known = Competition.objects.order_by("pk").first()
            competition = known or self.load()
            passwords = {
                player.email: self.enter(player, competition, new_password=new_passwords) for player in PLAYERS
            }
            if known is None:
                late_change(competition)
        self.tell({email: password for email, password in passwords.items() if password})

    def load(self) -> Competition:
        """The contest as published, with its stages moved so that entry is open today."""
        call_command("loaddata", *FIXTURES, verbosity=0)
        competition = Competition.objects.get()
        entry = competition.stages.get(kind=StageKind.SUBMISSION)
        closes_at = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0) + OPEN_FOR
        shift = closes_at - entry.closes_at
        for stage in competition.stages.all():
            window = {"opens_at": stage.opens_at + shift, "closes_at": stage.closes_at + shift}
            set_stage(competition, actor=None, kind=stage.kind, **window)
        return competition

    def enter(self, player: Player, competition: Competition, *, new_password: bool) -> str:
        """Make the person unless there; returns the password when it is a new one."""
        user = User.objects.filter(email=player.email).first()
        is_new = user is None
        password = secrets.token_urlsafe(9) if is_new or new_password else ""
        if user is None:
            user = User.objects.create_user(player.email, full_name=player.name)
            EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
            accept_all(user)
            self.cast(user, player, competition)
        if password:
            user.set_password(password)
            user.save(update_fields=["password"])
        return password

    def cast(self, user: User, player: Player, competition: Competition) -> None:
        if player.part == "organizer":
            appoint_organizer(user, competition, actor=None)
        elif player.part == "judge":
            appoint_judge(user, competition, actor=None, organization=self.organization(player))
        elif player.part == "team" and is_open(competition):
            team = found_team(competition, actor=user, name="岷江数据联队", **LEAD)
            describe_partner(add_partner(team, actor=user, **PARTNER), actor=user, **PARTNER_WORDS)

    def organization(self, player: Player) -> Organization | None:
        if player.organization is None:
            return None
        code, name, kind = player.organization
        return Organization.objects.get_or_create(code=code, defaults={"name": name, "kind": kind})[0]

    def tell(self, passwords: dict[str, str]) -> None:
        if not passwords:
            return
        self.stdout.write(_("People to try it with (shown once; “manage.py demo --new-passwords” makes new ones):"))
        for player in PLAYERS:
            if player.email in passwords:
                self.stdout.write(f"  {player.email:<24} {passwords[player.email]}  {player.name}")


def late_change(competition: Competition) -> None:
    """A captain asks, as if registration were over, for somebody who has agreed: it waits for the organizers."""
    captain, newcomer = (User.objects.get(email=email) for email in ("captain3@example.com", "member1@example.com"))
    team = captain.memberships.get().team
    registration = competition.stages.filter(kind=StageKind.REGISTRATION)
    end = registration.values_list("closes_at", flat=True).get()
    registration.update(closes_at=timezone.now())
    wanted = Wanted(RosterChange.ADD, email=newcomer.email, duty="算法")
    request = request_change(team, wanted, actor=captain, reason="原算法工程师调离，由吴桐接手模型训练。")
    agree(request, actor=newcomer)
    registration.update(closes_at=end)
