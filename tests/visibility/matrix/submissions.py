"""Who enters and what. A draft is its team's own affair; what was submitted is the organizers' of its track too."""

from tests.factories.submissions import credit_code
from tests.visibility.actors import (
    EVERYBODY,
    IMPARTIAL,
    NOBODY,
    RUN,
    RUN_1,
    RUN_2,
    RUN_ANY,
    RUN_BETA,
    RUN_SOME,
    SIGNED_IN,
    SITE,
    STAFF,
    TEAM_A,
    people,
)
from tests.visibility.lines import Line, admin, admin_get, admin_post, admin_row, get, open_get, post

CAPTAIN, AB, OT, OX, VI = people("TC"), people("AB"), people("OT"), people("OX"), people("Vi")
GAMMA = people("OR TI SU SE")
HAVE_A_TEAM = TEAM_A | OT | OX
# The mailed link shows this to whoever holds it.
BY_LINK = "team_a.name organization_a.name person.TC"
KEY = "0123456789abcdef"


def entry(
    label: str, *, team: frozenset[str], captain: frozenset[str], others: frozenset[str], tells: str
) -> list[Line]:
    """All pages of an entry: its team, and the others who may read it."""
    at, rest = f"{label}.public_id", others - team
    return [
        get("submissions:submission", at, tells, shown=team | others),
        post("submissions:submission", at, let_in=team, refused=rest),
        get("submissions:submission_submit", at, shown=team, refused=rest),
        post(
            "submissions:submission_submit",
            at,
            let_in=captain,
            refused=(team | others) - captain,
            data={"expected_version": "1", "idempotency_key": KEY},
        ),
        post("submissions:read_topic", at, let_in=team, refused=rest, data={"revision": "1"}),
        post("submissions:withdraw", at, let_in=captain, refused=(team | others) - captain),
    ]


def sent(label: str, *, readers: frozenset[str], writers: frozenset[str]) -> list[Line]:
    """The receipt, the file that was submitted, and the one that lies in the draft."""
    return [
        get("submissions:receipt", f"{label}.receipt.public_id", f"{label}.file", shown=readers),
        get("submissions:receipt_pdf", f"{label}.receipt.public_id", f"{label}.receipt", shown=readers),
        get("submissions:receipt_document", f"{label}.receipt.public_id", f"{label}.receipt", shown=readers),
        get("submissions:attachment", f"{label}.sent.public_id,{label}.sent.name", f"{label}.content", shown=readers),
        get(
            "submissions:attachment",
            f"{label}.unsent.public_id,{label}.unsent.name",
            f"{label}.newer.content",
            shown=writers,
        ),
        get("submissions:attachment", f"{label}.sent.public_id,=other.pdf", shown=NOBODY),
    ]


def writing(label: str, *, team: frozenset[str], others: frozenset[str], tells: str) -> list[Line]:
    """What the page of a draft asks while somebody writes: the team's own."""
    at, rest = f"{label}.public_id", others - team
    section = f"{at},=abstract"
    return [
        post("submissions:save_section", section, let_in=team, refused=rest),
        get("submissions:section_history", section, tells, shown=team, refused=rest),
        post("submissions:restore_section", section, let_in=team, refused=rest),
        get("submissions:preview", at, tells, shown=team, refused=rest),
    ]


def talk(
    label: str, *, team: frozenset[str], others: frozenset[str], author: frozenset[str], outsiders: frozenset[str]
) -> list[Line]:
    """What the team says to itself. Whoever sees what was submitted learns nothing of it."""
    at, comment, said = f"{label}.public_id", f"{label}.comment.pk", f"{label}.comment"
    rest, words = others - team, {"text": "x", "idempotency_key": KEY}
    return [
        get("submissions:comments", at, said, shown=team | others),
        post("submissions:comments", at, let_in=team, refused=rest, data=words),
        get("submissions:section_comments", f"{at},=abstract", said, shown=team | others),
        post("submissions:section_comments", f"{at},=abstract", let_in=team, refused=rest, data=words),
        get("submissions:comment", comment, said, shown=author, refused=(team | others) - author),
        post("submissions:comment", comment, let_in=author, refused=(team | others) - author, data=words),
        post("submissions:comment_delete", comment, let_in=author, refused=(team | others) - author),
        post("submissions:comment_resolve", comment, let_in=team, refused=rest),
        post("submissions:presence", at, let_in=team, refused=(others | outsiders) - team, data={"section": "title"}),
    ]


def on_paper(label: str, *, team: frozenset[str], readers: frozenset[str]) -> list[Line]:
    """What was submitted, for whoever reads it; the draft is its team's alone, and the site admin's to read."""
    at, wanted = f"{label}.public_id", {"edition": "team", "kind": "pdf"}
    newer, own = "newer." if readers else "", team | SITE
    lines = [
        get(
            "submissions:renditions", at, f"{label}.{newer}rendition_id", shown=team | SITE, empty=readers - team - SITE
        ),
        post("submissions:renditions", at, let_in=own | readers, data={"text": "draft", **wanted}),
        get("submissions:rendition", f"{label}.on_paper.public_id", f"{label}.{newer}on_paper", shown=own),
    ]
    if readers:
        sent = f"{label}.sent_on_paper.public_id"
        lines.append(get("submissions:rendition", sent, f"{label}.on_paper", shown=team | readers))
    return lines


LINES = [
    # Tells nothing but what it is given.
    open_get("submissions:verify_receipt"),
    post("submissions:verify_receipt", let_in=EVERYBODY, data={"text": "{}"}),
    get("submissions:team_new", shown=SIGNED_IN),
    get("submissions:team_new", query="?competition={gamma.slug}", shown=GAMMA),
    post("submissions:team_new", let_in=SIGNED_IN),
    get("submissions:team", "team_a.pk", "team_a.name", shown=TEAM_A | RUN_1),
    get("submissions:team", "team_a.pk", "draft.title", shown=TEAM_A, empty=RUN_1 - TEAM_A),
    get("submissions:team", "team_b.pk", "team_b.name", shown=OT | RUN_1 | RUN_2),
    get("submissions:team", "team_d.pk", "team_d.name", shown=AB | RUN),
    get("submissions:team", "team_e.pk", "team_e.name", shown=OX | RUN),
    get("submissions:team", "beta_team.pk", "beta_team.name", shown=RUN_BETA),
    post(
        "submissions:team",
        "team_a.pk",
        let_in=CAPTAIN,
        refused=(TEAM_A | RUN_1) - CAPTAIN,
        data={"email": "new@example.com", "idempotency_key": KEY},
    ),
    get("submissions:team_history", "team_a.pk", "returning.reason", shown=TEAM_A | RUN_1),
    get("submissions:team_history", "team_b.pk", "team_b.name", shown=OT | RUN_1 | RUN_2),
    get("submissions:team_history", "beta_team.pk", "beta_team.name", shown=RUN_BETA),
    post(
        "submissions:hand_over",
        "team_a.pk",
        let_in=CAPTAIN,
        refused=(TEAM_A | RUN_1) - CAPTAIN,
        data={"member": "{member.pk}"},
    ),
    post("submissions:hand_over", "team_a.pk", data={"member": "987654321"}),
    post(
        "submissions:hand_over_answer",
        "team_a.pk,hand_over.pk",
        let_in=people("CJ"),
        refused=(TEAM_A | SITE) - people("CJ"),
        data={"answer": "accept"},
    ),
    post(
        "submissions:hand_over_answer",
        "team_a.pk,hand_over.pk",
        let_in=CAPTAIN,
        refused=(TEAM_A | SITE) - CAPTAIN,
        data={"answer": "take_back"},
    ),
    post("submissions:hand_over_answer", "team_b.pk,hand_over.pk", data={"answer": "decline"}),
    post(
        "submissions:partner_add",
        "team_a.pk",
        let_in=CAPTAIN,
        refused=(TEAM_A | RUN_1) - CAPTAIN,
        data={
            "organization_name": "四川大学",
            "organization_code": credit_code(987654321),
            "organization_kind": "university",
            "idempotency_key": KEY,
        },
    ),
    get("submissions:team", "team_a.pk", "partner.contact", shown=TEAM_A | RUN_1),
    post("submissions:lead_edit", "team_a.pk", let_in=CAPTAIN, refused=(TEAM_A | RUN_1) - CAPTAIN),
    post("submissions:lead_edit", "team_b.pk", let_in=OT, refused=(RUN_1 | RUN_2) - OT),
    post("submissions:partner_edit", "team_a.pk,partner.pk", let_in=CAPTAIN, refused=(TEAM_A | RUN_1) - CAPTAIN),
    post("submissions:partner_edit", "team_b.pk,partner.pk"),
    get(
        "submissions:partner_contact",
        "team_a.pk,partner.pk",
        "partner.contact",
        shown=IMPARTIAL,
        refused=(TEAM_A | RUN_1) - IMPARTIAL,
    ),
    post(
        "submissions:partner_contact",
        "team_a.pk,partner.pk",
        let_in=IMPARTIAL,
        refused=(TEAM_A | RUN_1) - IMPARTIAL,
        data={"purpose": "核对联合体单位"},
        also="partner.phone",
    ),
    get("submissions:partner_contact", "team_b.pk,partner.pk"),
    post(
        "submissions:partner_remove",
        "team_a.pk,partner.pk",
        let_in=CAPTAIN,
        refused=(TEAM_A | RUN_1) - CAPTAIN,
    ),
    post("submissions:partner_remove", "team_b.pk,partner.pk"),
    *(
        post(route, "team_a.pk,member.pk", let_in=CAPTAIN, refused=(TEAM_A | RUN_1) - CAPTAIN)
        for route in ("submissions:member_edit", "submissions:member_move", "submissions:member_remove")
    ),
    post("submissions:member_remove", "team_b.pk,member.pk"),
    post("submissions:leave", "team_a.pk", let_in=TEAM_A - CAPTAIN, refused=RUN_1 - TEAM_A),
    # Changes of a locked roster
    get("submissions:roster_request_new", "team_a.pk,=add", shown=CAPTAIN, refused=(TEAM_A | RUN_1) - CAPTAIN),
    get("submissions:roster_request_new", "team_a.pk,=edit", shown=CAPTAIN, refused=(TEAM_A | RUN_1) - CAPTAIN),
    get("submissions:roster_request_new", "team_a.pk,=everything"),
    post("submissions:roster_request_new", "team_a.pk,=remove", let_in=CAPTAIN, refused=(TEAM_A | RUN_1) - CAPTAIN),
    get("submissions:roster_request", "roster_request.public_id", "roster_request.reason", shown=TEAM_A | RUN_1),
    get(
        "submissions:roster_request",
        "roster_request.public_id",
        "roster_request.objection",
        shown=people("TM") | (RUN_1 - TEAM_A),
        empty=(TEAM_A | RUN_1) - people("TM") - (RUN_1 - TEAM_A),
    ),
    get("submissions:roster_request", "roster_joining.public_id", "roster_joining.reason", shown=TEAM_A | RUN_1 | VI),
    get(
        "submissions:roster_request",
        "roster_joining.public_id",
        "address.Vi",
        shown=TEAM_A | SITE | VI,
        empty=RUN_1 - TEAM_A - SITE,
        because="Whoever has agreed to nothing yet is named by their address to the team alone.",
    ),
    post(
        "submissions:roster_request_answer",
        "roster_joining.public_id",
        let_in=VI,
        refused=TEAM_A | RUN_1,
        data={"answer": "agree"},
    ),
    post(
        "submissions:roster_request_answer",
        "roster_request.public_id",
        let_in=people("TM"),
        refused=(TEAM_A | RUN_1) - people("TM"),
        data={"answer": "object", "text": "x"},
    ),
    post(
        "submissions:roster_request_answer",
        "roster_request.public_id",
        let_in=CAPTAIN,
        refused=(TEAM_A | RUN_1) - CAPTAIN,
        data={"answer": "withdraw"},
    ),
    post(
        "submissions:roster_request_decide",
        "roster_request.public_id",
        let_in=RUN_1 - TEAM_A,
        refused=TEAM_A,
        data={"outcome": "approve", "answer": ""},
    ),
    get("submissions:roster_board", "alpha.slug", "roster_request.id", shown=RUN_1, empty=people("TO")),
    get(
        "submissions:roster_board",
        "alpha.slug",
        "roster_joining.id",
        query="?state=all",
        shown=RUN_1,
        empty=people("TO"),
    ),
    get("submissions:roster_board", "beta.slug", shown=RUN_BETA),
    # Invitations
    get(
        "submissions:invitation",
        "invitation.public_id",
        "team_a.name",
        shown=TEAM_A | SITE,
        because="An invitation shows the address of somebody who has agreed to nothing yet: the team's alone.",
    ),
    get("submissions:invitation", "invitation_to_vi.public_id", "team_a.name", shown=TEAM_A | SITE | VI),
    post("submissions:invitation", "invitation.public_id", refused=TEAM_A | SITE),
    post("submissions:invitation", "invitation_to_vi.public_id", let_in=VI, refused=TEAM_A | SITE),
    get(
        "submissions:invitation_link",
        "invitation.public_id,invitation.signature",
        "team_a.name",
        shown=EVERYBODY,
        also=BY_LINK,
    ),
    get("submissions:invitation_link", "invitation.public_id,=nosuchthing", shown=TEAM_A | SITE),
    post("submissions:invitation_link", "invitation.public_id,invitation.signature", refused=SIGNED_IN, also=BY_LINK),
    post(
        "submissions:invitation_revoke",
        "team_a.pk,invitation.public_id",
        let_in=CAPTAIN,
        refused=(TEAM_A | SITE) - CAPTAIN,
    ),
    # Entries
    get(
        "submissions:start",
        "alpha.slug,track1.number,topic.number",
        "topic.title",
        shown=HAVE_A_TEAM,
        away=SIGNED_IN - HAVE_A_TEAM,
    ),
    get("submissions:start", "gamma.slug,gamma_track.number,gamma_topic.number", away=GAMMA),
    post("submissions:start", "alpha.slug,track1.number,topic.number", let_in=SIGNED_IN),
    post("submissions:start", "gamma.slug,gamma_track.number,gamma_topic.number", let_in=GAMMA),
    *entry("draft", team=TEAM_A, captain=CAPTAIN, others=SITE, tells="draft.title"),
    get("submissions:submission", "dropped.public_id", "dropped.title", shown=TEAM_A | SITE),
    *entry("submitted", team=TEAM_A, captain=CAPTAIN, others=RUN_1, tells="submitted.receipt"),
    get("submissions:submission", "returned.public_id", "returned.screening", shown=TEAM_A | RUN_1),
    get("submissions:submission", "rejected.public_id", "rejected.screening", shown=TEAM_A | RUN_1),
    get("submissions:submission", "judged.public_id", "judged.receipt", shown=TEAM_A | RUN_1),
    get("submissions:submission", "withdrawn.public_id", "withdrawn.receipt", shown=TEAM_A | RUN_1),
    get("submissions:submission", "awarded.public_id", "awarded.receipt", shown=TEAM_A | RUN_1),
    *entry("rival", team=OT, captain=OT, others=RUN_1, tells="rival.receipt"),
    *entry("elsewhere", team=OT, captain=OT, others=RUN_2, tells="elsewhere.receipt"),
    get("submissions:submission", "draft_d.public_id", "draft_d.title", shown=AB | SITE),
    *entry("draft_e", team=OX, captain=OX, others=SITE, tells="draft_e.title"),
    get("submissions:submission", "beta_entry.public_id", "beta_entry.receipt", shown=RUN_BETA),
    *sent("submitted", readers=TEAM_A | RUN_1, writers=TEAM_A | SITE),
    *sent("judged", readers=TEAM_A | RUN_1, writers=TEAM_A | SITE),
    *sent("elsewhere", readers=OT | RUN_2, writers=OT | SITE),
    get("submissions:attachment", "draft.sent.public_id,draft.sent.name", "draft.content", shown=TEAM_A | SITE),
    post("submissions:remove_file", "draft.sent.public_id", let_in=TEAM_A, refused=SITE - TEAM_A),
    post("submissions:remove_file", "submitted.unsent.public_id", let_in=TEAM_A, refused=SITE - TEAM_A),
    *writing("draft", team=TEAM_A, others=SITE, tells="draft.title"),
    *writing("submitted", team=TEAM_A, others=RUN_1, tells="submitted.newer"),
    *writing("elsewhere", team=OT, others=RUN_2, tells="elsewhere.newer"),
    get("submissions:token", shown=EVERYBODY),
    *talk("draft", team=TEAM_A, others=SITE, author=CAPTAIN, outsiders=NOBODY),
    *talk("submitted", team=TEAM_A, others=SITE, author=CAPTAIN, outsiders=RUN_1),
    *on_paper("draft", team=TEAM_A, readers=NOBODY),
    *on_paper("submitted", team=TEAM_A, readers=RUN_1),
    *on_paper("elsewhere", team=OT, readers=RUN_2),
    # Handed in after the end, on an entry that was never submitted
    get("submissions:late_attempt", "late.public_id", "late.title", shown=TEAM_A | RUN_1),
    post(
        "submissions:late_attempt",
        "late.public_id",
        let_in=RUN_1 - TEAM_A,
        refused=TEAM_A,
        data={"outcome": "accepted", "reason": "系统故障"},
    ),
    get("submissions:late_attempts", "alpha.slug", "late.title", shown=RUN_1, empty=RUN_SOME - RUN_1),
    get("submissions:late_attempts", "beta.slug", shown=RUN_BETA),
    get("submissions:late_attempts", "gamma.slug", shown=GAMMA),
    get("submissions:attachment", "late.sent.public_id,late.sent.name", "late.content", shown=TEAM_A | RUN_1),
    # The administration
    *admin("submissions.submission", "submitted", "submitted.title", see=RUN_1),
    *admin_row("submissions.submission", "elsewhere", "elsewhere.title", see=RUN_2),
    *admin_row("submissions.submission", "beta_entry", "beta_entry.title", see=RUN_BETA),
    *admin_row(
        "submissions.submission",
        "draft",
        "draft.title",
        because="The house decided that a draft is its team's own affair; organizers learn of it when it is submitted.",
    ),
    admin_post(
        "admin:submissions_submission_screen",
        "submitted.pk",
        let_in=RUN_1 - TEAM_A,
        refused=RUN_1 & TEAM_A,
        data={"version": "1"},
    ),
    admin_post("admin:submissions_submission_screen", "draft.pk"),
    *admin("submissions.team", "team_a", "team_a.name", see=(RUN_1 | TEAM_A) & STAFF),
    *admin_row("submissions.team", "team_e", "team_e.name", see=RUN | OX),
    *admin_row("submissions.team", "beta_team", "beta_team.name", see=RUN_BETA),
    *admin("submissions.organization", "organization_a", "organization_a.name", see=RUN_1, change=RUN),
    *admin_row("submissions.organization", "double", "double.name", see=RUN_1),
    admin_get("admin:submissions_organization_merge", "organization_a.pk", shown=RUN, refused=RUN_1 - RUN),
    admin_get(
        "admin:submissions_organization_merge",
        "organization_a.pk",
        "partner.organization",
        query="?with={partner.organization_id}",
        shown=RUN,
        refused=RUN_1 - RUN,
    ),
    # Whoever is in a team of one of the two decides nothing about it.
    admin_post(
        "admin:submissions_organization_merge",
        "organization_a.pk",
        query="?with={partner.organization_id}",
        let_in=IMPARTIAL,
        refused=RUN_1 - IMPARTIAL,
        data={"kept": "{organization_a.pk}", "reason": "同一单位"},
    ),
    *admin("submissions.entryform", "entry_form", "track1.name", see=RUN, add=RUN_ANY, change=RUN),
    admin_get("admin:submissions_entryform_preview", "entry_form.pk", "entry_form.section", shown=RUN),
    admin_get("admin:submissions_entryform_publish", "entry_form.pk", "entry_form.section", shown=RUN),
    admin_post("admin:submissions_entryform_publish", "entry_form.pk", let_in=RUN),
    *admin("submissions.screeningplan", "plan", "alpha.short_name", see=RUN, add=RUN_ANY, change=RUN),
    *admin("submissions.extension", "extension", "extension.reason", see=RUN, add=RUN_ANY),
]
