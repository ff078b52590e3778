"""An entry as it stands on paper: plain data that the PDF and the Word document are both drawn from.

An official document has one wording, so what is printed around people's words is Chinese and waits for no catalogue.
A blind edition names nobody: neither team nor organization, no file by the name that people gave it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from portal.core.templatetags.ui import BEIJING
from portal.core.text import UNSHOWABLE
from submissions.canonical import sha256_of
from submissions.enums import Edition, MemberRole
from submissions.models import Attachment, Submission, SubmissionVersion, TeamMember
from submissions.sheet import Audience, Block, Sheet, sheet_of_draft, sheet_of_version

# Another layout makes other documents: a higher number here, and nothing made before is offered again.
LAYOUT = 1
EDITIONS = {Edition.TEAM: "", Edition.JUDGE: "评审用", Edition.BLIND_JUDGE: "评审用（隐名）"}
OTHERWISE = "作品内容"
ROLES = {MemberRole.CAPTAIN: "队长", MemberRole.MEMBER: "成员"}


def paper_of_draft(entry: Submission, edition: Edition) -> dict[str, Any]:
    return _paper(entry, edition, sheet_of_draft(entry, Audience(edition.value)))


def paper_of_version(version: SubmissionVersion, edition: Edition) -> dict[str, Any]:
    return _paper(version.submission, edition, sheet_of_version(version, Audience(edition.value)), version)


def hash_of(paper: dict[str, Any]) -> str:
    return sha256_of(paper)


def _paper(
    entry: Submission, edition: Edition, sheet: Sheet, version: SubmissionVersion | None = None
) -> dict[str, Any]:
    is_blind = edition == Edition.BLIND_JUDGE
    groups = [_group(group.title or OTHERWISE, group.blocks) for group in sheet.groups]
    if sheet.no_longer_asked:
        groups.append(_group("表单不再询问的内容", sheet.no_longer_asked))
    content = {
        "layout": LAYOUT,
        "contest": entry.team.competition.name,
        "mark": "" if version else "草稿",
        "edition": EDITIONS[edition],
        "title": sheet.title,
        "facts": [["赛道", str(entry.track.name)], ["赛题", str(entry.topic.title)], *_facts(entry, edition, version)],
        "groups": groups,
        "team": None if is_blind else _team(entry, edition),
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


def _facts(entry: Submission, edition: Edition, version: SubmissionVersion | None) -> list[list[str]]:
    facts = [["作品编号", entry.number]] if entry.number else []
    if version is None:
        return facts
    facts.append(["版本", f"第 {version.number} 版"])
    if edition == Edition.TEAM:
        received = version.receipt.received_at.astimezone(BEIJING)
        facts.append(["收到时间", f"{received:%Y-%m-%d %H:%M:%S}（北京时间）"])
        facts.append(["回执编号", str(version.receipt.public_id)])
        facts.append(["表单校验值", version.form_sha256])
    return facts


def _team(entry: Submission, edition: Edition) -> dict[str, Any]:
    organization = entry.team.organization
    members = TeamMember.objects.filter(team=entry.team_id).select_related("user")
    return {
        "name": entry.team.name,
        "organizations": [["牵头单位", organization.name, organization.code if edition == Edition.TEAM else ""]],
        "members": [[str(member.user), ROLES[MemberRole(member.role)]] for member in members],
    }


def _file(title: str, attachment: Attachment, place: int, *, is_blind: bool) -> list[str]:
    ending = attachment.name.rpartition(".")[2]
    name = f"附件{place}.{ending}" if is_blind else attachment.name
    return [title, name, f"{attachment.file.size:,}", attachment.file.sha256]
