"""Who may see a thing and not do this to it is told so before anything else; for whoever sees nothing there is none."""

from __future__ import annotations

import pytest
from django.urls import reverse

from submissions.models import TeamOrganization
from tests.factories.accounts import SiteAdminFactory
from tests.factories.submissions import (
    CommentFactory,
    HandOverFactory,
    InvitationFactory,
    LateAttemptFactory,
    OrganizationFactory,
    RegisteredFileFactory,
    RenditionFactory,
    RosterRequestFactory,
    SubmissionFactory,
    TeamFactory,
    TeamMemberFactory,
    captain_of,
)
from tests.factories.tracks import OrganizerFactory
from tests.submissions.people import client_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def things():
    """An entry that was submitted, and what hangs on it and its team, by name."""
    entry = SubmissionFactory(submitted=True)
    team, member = entry.team, TeamMemberFactory(team=entry.team)
    registered = RegisteredFileFactory(submission=entry)
    registered.versions.add(entry.versions.get())
    return {
        "entry": entry,
        "team": team,
        "member": member,
        "competition": team.competition,
        "comment": CommentFactory(submission=entry),
        "request": RosterRequestFactory(team=team, person=member.user),
        "late": LateAttemptFactory(submission=entry),
        "registered": registered,
        "file": entry.attachments.get(),
        "rendition": RenditionFactory(submission=entry, version=entry.versions.get()),
        "receipt": entry.versions.get().receipt,
        "invitation": InvitationFactory(team=team),
        "offer": HandOverFactory(team=team, offered_to=member.user),
        "partner": TeamOrganization.objects.create(team=team, organization=OrganizationFactory()),
    }


def address(things, name, *args):
    def key(arg):
        of, _, field = arg.partition(".")
        return getattr(things[of], field) if field else arg

    return reverse(f"submissions:{name}", args=[key(arg) for arg in args])


def person(things, who):
    team = things["team"]
    if who == "stranger":
        user = OrganizerFactory().user
        TeamFactory(competition=team.competition, captain=user)
        return user
    if who == "captain":
        return captain_of(team)
    if who == "site admin":
        return SiteAdminFactory()
    if who == "member":
        return things["member"].user
    user = OrganizerFactory(competition=team.competition).user
    if who == "organizer in the team":
        TeamMemberFactory(team=team, user=user)
    return user


def answer(things, who, method, name, *args, **data):
    return getattr(client_for(person(things, who)), method)(address(things, name, *args), data).status_code


ENTRY, FILE = "entry.public_id", "registered.public_id"
SCREEN = ("competition.slug", ENTRY)
# What is sent is nothing that anybody could do, so that nothing but the door can say no.
REFUSED = [
    ("organizer", "post", "submission", ENTRY),
    ("organizer", "get", "submission_submit", ENTRY),
    ("organizer", "post", "read_topic", ENTRY),
    ("organizer", "post", "withdraw", ENTRY),
    ("organizer", "get", "preview", ENTRY),
    ("organizer", "get", "section_history", ENTRY, "abstract"),
    ("organizer", "post", "restore_section", ENTRY, "abstract"),
    ("organizer", "post", "save_section", ENTRY, "abstract"),
    ("site admin", "post", "comments", ENTRY),
    ("organizer", "post", "presence", ENTRY),
    ("organizer", "get", "register_file", ENTRY, "proposal"),
    ("organizer", "post", "registered_file", FILE),
    ("organizer", "post", "registered_withdraw", FILE),
    ("organizer", "get", "roster_request_new", "team.pk", "add"),
    ("member", "get", "roster_request_new", "team.pk", "add"),
    ("member", "post", "roster_request_decide", "request.public_id"),
    ("organizer in the team", "post", "roster_request_decide", "request.public_id"),
    ("member", "post", "late_attempt", "late.public_id"),
    ("organizer in the team", "post", "late_attempt", "late.public_id"),
    ("member", "get", "comment", "comment.pk"),
    ("member", "post", "comment_delete", "comment.pk"),
    ("captain", "get", "partner_contact", "team.pk", "partner.pk"),
    ("organizer in the team", "get", "partner_contact", "team.pk", "partner.pk"),
    ("organizer in the team", "get", "screen_entry", *SCREEN),
    ("organizer in the team", "post", "screen_second_look", *SCREEN),
    ("organizer in the team", "post", "screen_note", *SCREEN),
]


@pytest.mark.parametrize("door", REFUSED, ids=" ".join)
def test_who_may_see_it_and_not_do_it_is_refused(things, door):
    assert answer(things, *door) == 403


def test_who_was_not_asked_about_cannot_object(things):
    """The captain, whose own request it is."""
    door = ("captain", "post", "roster_request_answer", "request.public_id")
    assert answer(things, *door, answer="object") == 403


MISSING = [
    ("get", "submission", ENTRY),
    ("post", "submission", ENTRY),
    ("get", "submission_submit", ENTRY),
    ("post", "submission_submit", ENTRY),
    ("post", "read_topic", ENTRY),
    ("post", "withdraw", ENTRY),
    ("post", "presence", ENTRY),
    ("get", "comments", ENTRY),
    ("post", "comments", ENTRY),
    ("get", "comment", "comment.pk"),
    ("post", "comment_delete", "comment.pk"),
    ("post", "comment_resolve", "comment.pk"),
    ("get", "renditions", ENTRY),
    ("get", "rendition", "rendition.public_id"),
    ("get", "preview", ENTRY),
    ("post", "save_section", ENTRY, "abstract"),
    ("get", "section_history", ENTRY, "abstract"),
    ("post", "restore_section", ENTRY, "abstract"),
    ("post", "remove_file", "file.public_id"),
    ("get", "attachment", "file.public_id", "file.name"),
    ("get", "register_file", ENTRY, "proposal"),
    ("get", "registered_file", FILE),
    ("post", "registered_withdraw", FILE),
    ("get", "receipt", "receipt.public_id"),
    ("get", "receipt_document", "receipt.public_id"),
    ("get", "receipt_pdf", "receipt.public_id"),
    ("get", "late_attempt", "late.public_id"),
    ("post", "late_attempt", "late.public_id"),
    ("get", "team", "team.pk"),
    ("get", "team_history", "team.pk"),
    ("post", "hand_over", "team.pk"),
    ("post", "hand_over_answer", "team.pk", "offer.pk"),
    ("get", "roster_request_new", "team.pk", "add"),
    ("get", "roster_request", "request.public_id"),
    ("post", "roster_request_answer", "request.public_id"),
    ("post", "roster_request_decide", "request.public_id"),
    ("post", "member_edit", "team.pk", "member.pk"),
    ("post", "member_move", "team.pk", "member.pk"),
    ("post", "member_remove", "team.pk", "member.pk"),
    ("post", "leave", "team.pk"),
    ("post", "lead_edit", "team.pk"),
    ("post", "partner_add", "team.pk"),
    ("post", "partner_edit", "team.pk", "partner.pk"),
    ("post", "partner_remove", "team.pk", "partner.pk"),
    ("get", "partner_contact", "team.pk", "partner.pk"),
    ("post", "invitation_revoke", "team.pk", "invitation.public_id"),
    ("get", "invitation", "invitation.public_id"),
    ("get", "screen_entry", *SCREEN),
    ("post", "screen_claim", *SCREEN),
    ("get", "screening_queue", "competition.slug"),
    ("get", "late_attempts", "competition.slug"),
    ("get", "near_report", "competition.slug"),
    ("get", "numbers", "competition.slug"),
    ("get", "export_entries", "competition.slug", "csv"),
    ("get", "export_files", "competition.slug"),
    ("get", "roster_board", "competition.slug"),
]


@pytest.mark.parametrize("door", MISSING, ids=" ".join)
def test_for_a_stranger_there_is_none(things, door):
    """Captain of another team in the same competition, and an organizer elsewhere."""
    assert answer(things, "stranger", *door) == 404
