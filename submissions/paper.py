"""An entry as it stands on paper: plain data that the PDF and the Word document are both drawn from.

An official document has one wording, so what is printed around people's words is Chinese and waits for no catalogue.
A blind edition names nobody: neither team nor organization, no file by the name that people gave it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from portal.core.templatetags.ui import BEIJING
from portal.core.text import UNSHOWABLE
from submissions.canonical import sha256_of
from submissions.enums import Edition, MemberRole
from submissions.models import Attachment, Submission, SubmissionVersion, TeamMember, TeamOrganization
from submissions.sheet import Audience, Block, Sheet, sheet_of_draft, sheet_of_version

# Another layout makes other documents: a higher number here, and nothing made before is offered again.
LAYOUT = 2
EDITIONS = {Edition.TEAM: "", Edition.JUDGE: "评审用", Edition.BLIND_JUDGE: "评审用（隐名）"}
OTHERWISE = "作品内容"
LEAD, PARTNER = "牵头单位", "联合单位"
# Beside what a version doesn't hold.
OF_PRINTING = "截至打印时"
UNSAID = "（未填写）"
ROLES = {MemberRole.CAPTAIN: "队长", MemberRole.MEMBER: "成员"}


def paper_of_draft(entry: Submission, edition: Edition) -> dict[str, Any]:
    return _paper(entry, edition, sheet_of_draft(entry, Audience(edition.value)))


def paper_of_version(version: SubmissionVersion, edition: Edition) -> dict[str, Any]:
    return _paper(version.submission, edition, sheet_of_version(version, Audience(edition.value)), version)


def hash_of(paper: dict[str, Any]) -> str:
    return sha256_of(paper)


def as_printed(paper: dict[str, Any], moment: datetime) -> dict[str, Any]:
    """``paper`` with the moment as of which it names the team. That is no part of what it says: the same again is the
    same document, and still true."""
    team = paper.get("team")
    if not team or not team.get("is_of_printing"):
        return paper
    note = f"提交的版本不含团队与单位信息；以下登记情况{OF_PRINTING}，即 {_moment(moment)}。"
    return {**paper, "team": {**team, "note": note}}


def _paper(
    entry: Submission, edition: Edition, sheet: Sheet, version: SubmissionVersion | None = None
) -> dict[str, Any]:
    is_blind = edition == Edition.BLIND_JUDGE
    groups = [_group(group.title or OTHERWISE, group.blocks) for group in sheet.groups]
    if sheet.no_longer_asked:
        groups.append(_group("表单不再询问的内容", sheet.no_longer_asked))
    content = {
        "layout": LAYOUT,
        "contest": version.receipt.contest if version else entry.team.competition.name,
        "mark": "" if version else "草稿",
        "edition": EDITIONS[edition],
        "title": sheet.title,
        "facts": [*_place(entry, version), *_facts(entry, edition, version)],
        "groups": groups,
        "team": None if is_blind else {**_team(entry, edition), "is_of_printing": version is not None},
        "files": [_file(title, each, place, is_blind=is_blind) for place, (title, each) in enumerate(_all(sheet), 1)],
    }
    return dict(_showable(content))


def _group(title: str, blocks: Iterable[Block]) -> dict[str, Any]:
    return {"title": title, "blocks": [_block(block) for block in blocks]}


def _block(block: Block) -> dict[str, Any]:
    rows = [list(row) for row in block.rows]
    return {"title": block.title, "text": block.text, "columns": list(block.columns), "rows": rows}


def _all(sheet: Sheet) -> Iterator[tuple[str, Attachment]]:
    """Each file with the title of its slot, and a number where the slot has several."""
    for slot in sheet.slots:
        for number, file in enumerate(slot.files, start=1):
            yield f"{slot.title}{number}" if len(slot.files) > 1 else slot.title, file


def _showable(content: Any) -> Any:
    """What neither a PDF nor XML can hold would make a document that nobody can open."""
    if isinstance(content, str):
        return UNSHOWABLE.sub("\ufffd", content)
    if isinstance(content, dict):
        return {key: _showable(value) for key, value in content.items()}
    return [_showable(each) for each in content] if isinstance(content, list) else content


def _place(entry: Submission, version: SubmissionVersion | None) -> list[list[str]]:
    """Track and topic: of a version as they were called when it was received, whatever they are called now."""
    if version is None:
        return [["赛道", str(entry.track.name)], ["赛题", str(entry.topic.title)]]
    receipt = version.receipt
    track = "赛道" if receipt.is_signed else f"赛道（{OF_PRINTING}）"
    return [[track, str(receipt.track.name)], ["赛题", str(receipt.topic["title"])]]


def _facts(entry: Submission, edition: Edition, version: SubmissionVersion | None) -> list[list[str]]:
    facts = [["作品编号", entry.number]] if entry.number else []
    if version is None:
        return facts
    facts.append(["版本", f"第 {version.number} 版"])
    if edition == Edition.TEAM:
        facts.append(["收到时间", _moment(version.receipt.received_at)])
        facts.append(["回执编号", str(version.receipt.public_id)])
        facts.append(["表单校验值", version.form_sha256])
    return facts


def _moment(moment: datetime) -> str:
    return f"{moment.astimezone(BEIJING):%Y-%m-%d %H:%M:%S}（北京时间）"


def _team(entry: Submission, edition: Edition) -> dict[str, Any]:
    is_full = edition == Edition.TEAM
    members = TeamMember.objects.filter(team=entry.team_id).select_related("user")
    partners = list(TeamOrganization.objects.filter(team=entry.team_id).select_related("organization"))
    organizations = [(LEAD, entry.team.organization), *((PARTNER, each.organization) for each in partners)]
    return {
        "name": entry.team.name,
        "organizations": [[part, each.name, each.code if is_full else ""] for part, each in organizations],
        "partners": [{"title": each.organization.name, "facts": _partner(each, is_full=is_full)} for each in partners],
        "has_duties": is_full,
        "members": [_member(each, is_full=is_full) for each in members],
    }


def _partner(partner: TeamOrganization, *, is_full: bool) -> list[list[str]]:
    """What the team says about it. Whom to call is no affair of judges, and nobody's whole number goes on paper."""
    facts = [["单位简介", partner.introduction], ["核心能力", partner.strengths]]
    if is_full:
        facts.append(["联系人", f"{partner.contact_name} {partner.masked_contact_phone}".strip()])
    return [[label, said or UNSAID] for label, said in facts]


def _member(member: TeamMember, *, is_full: bool) -> list[str]:
    role = ROLES[MemberRole(member.role)]
    if not is_full:
        return [str(member.user), role]
    return [str(member.user), f"{role}、团队联系人" if member.is_contact else role, member.duty]


def _file(title: str, attachment: Attachment, place: int, *, is_blind: bool) -> list[str]:
    ending = attachment.name.rpartition(".")[2]
    name = f"附件{place}.{ending}" if is_blind else attachment.name
    return [title, name, f"{attachment.file.size:,}", attachment.file.sha256]
