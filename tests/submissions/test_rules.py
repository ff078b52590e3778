"""Who may act on a team and its entries: each rule, and what each person gets of it."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import AnonymousUser

from submissions import rules
from submissions.models import Comment
from tests.factories.accounts import UserFactory
from tests.factories.submissions import (
    CommentFactory,
    HandOverFactory,
    InvitationFactory,
    SubmissionFactory,
    TeamFactory,
    TeamMemberFactory,
    captain_of,
)
from tests.factories.tracks import OrganizerFactory

pytestmark = pytest.mark.django_db
PEOPLE = ("nobody", "stranger", "captain", "member", "disabled captain", "organizer", "organizer in the team")


@pytest.fixture
def entry():
    return SubmissionFactory(submitted=True)


def person(kind, entry):
    if kind == "nobody":
        return AnonymousUser()
    user = captain_of(entry.team) if "captain" in kind else UserFactory()
    if kind in {"member", "organizer in the team"}:
        TeamMemberFactory(team=entry.team, user=user)
    if "organizer" in kind:
        OrganizerFactory(user=user, competition=entry.team.competition)
    if kind == "stranger":
        TeamFactory(competition=entry.team.competition, captain=user)
    user.is_active = not kind.startswith("disabled")
    return user


def who(entry, rule, *about):
    return {kind for kind in PEOPLE if rule(person(kind, entry), *about)}


def test_somebody(entry):
    assert who(entry, rules.is_somebody) == set(PEOPLE) - {"nobody", "disabled captain"}


def test_members(entry):
    assert who(entry, rules.is_member, entry.team) == {"captain", "member", "organizer in the team"}


def test_the_captain(entry):
    assert who(entry, rules.is_captain, entry.team) == {"captain"}


def test_they_are_the_same_once_the_roles_have_been_read(entry):
    people = {kind: person(kind, entry) for kind in PEOPLE}
    entry.team.read_roles()

    told = {
        rule: {kind for kind, user in people.items() if rule(user, entry.team)}
        for rule in (rules.is_member, rules.is_captain)
    }
    assert told == {rules.is_member: {"captain", "member", "organizer in the team"}, rules.is_captain: {"captain"}}


def test_an_offer_is_theirs_who_are_still_in_the_team(entry):
    offer = HandOverFactory(team=entry.team)
    people = [offer.offered_to, offer.offered_by]
    before = [[rules.is_offered(user, offer), rules.has_offered(user, offer)] for user in people]
    entry.team.members.filter(user__in=people).delete()

    after = [rules.is_offered(offer.offered_to, offer), rules.has_offered(offer.offered_by, offer)]
    assert (before, after) == ([[True, False], [False, True]], [False, False])


def test_nobody_screens_the_entry_of_the_own_team(entry):
    assert who(entry, rules.can_screen, entry) == {"organizer"}


def test_what_was_submitted_is_put_on_paper_by_the_team_and_the_organizers(entry):
    version = entry.versions.get()
    assert who(entry, rules.may_put_on_paper, entry, version) == {
        *("captain", "member", "organizer", "organizer in the team")
    }


def test_a_draft_is_put_on_paper_by_the_team_alone(entry):
    assert who(entry, rules.may_put_on_paper, entry, None) == {"captain", "member", "organizer in the team"}


def test_a_version_of_another_entry_is_none_of_this_one(entry):
    other = SubmissionFactory(submitted=True).versions.get()
    assert who(entry, rules.may_put_on_paper, entry, other) == {"captain", "member", "organizer in the team"}


def test_a_comment_is_its_authors_as_long_as_they_are_in_the_team(entry):
    member = TeamMemberFactory(team=entry.team)
    comment = CommentFactory(submission=entry, author=member.user)
    told = [rules.is_author(user, comment) for user in (member.user, captain_of(entry.team))]
    member.delete()

    assert (told, rules.is_author(member.user, comment)) == ([True, False], False)


def test_a_comment_of_nobody_is_not_that_of_whoever_is_signed_out(entry):
    assert not rules.is_author(AnonymousUser(), Comment(submission=entry, author=None))


@pytest.mark.parametrize(("verified", "is_active", "accepts"), [(1, 1, True), (0, 1, False), (1, 0, False)])
def test_an_invitation_is_accepted_by_whoever_has_the_address(entry, verified, is_active, accepts):
    user = UserFactory()
    user.emailaddress_set.all().delete()
    user.emailaddress_set.create(email="a@example.com", verified=bool(verified))
    user.is_active = bool(is_active)

    told = [
        rules.can_accept(user, InvitationFactory(team=entry.team, email=email))
        for email in ("A@example.com", "b@example.com")
    ]
    assert told == [accepts, False]
