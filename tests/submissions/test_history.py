"""A team's own history: what it did and was told, without who of the others did what; and who read its entry."""

import pytest
from django.contrib.auth import get_user_model
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.core import audit
from portal.core.models import AuditEntry
from submissions import services
from submissions.enums import MemberRole, OrganizationKind, RosterChange
from tests.factories.accounts import SiteAdminFactory, UserFactory
from tests.factories.judging import AssignmentFactory
from tests.factories.submissions import (
    AttachmentFactory,
    InvitationFactory,
    SubmissionFactory,
    TeamFactory,
    TeamMemberFactory,
    captain_of,
    credit_code,
)
from tests.factories.tracks import OrganizerFactory
from tests.submissions.people import client_for, send_back
from tests.submissions.rosters import ask, locked_team

pytestmark = [pytest.mark.django_db, pytest.mark.makeshift("files and assignments beside an entry that never had them")]


def page_of(team):
    return reverse("submissions:team_history", args=[team.pk])


@pytest.fixture
def entry():
    return SubmissionFactory(submitted=True, team__captain=UserFactory(full_name="队长刘"))


@pytest.fixture
def organizer(entry):
    return OrganizerFactory(competition=entry.team.competition, user__full_name="组委陈", user__is_staff=True).user


@pytest.fixture
def captain(entry):
    return client_for(captain_of(entry.team))


def shown(client, team):
    return [(line["entry"].action, line["doer"]) for line in client.get(page_of(team)).context["lines"]]


def test_the_team_sees_what_it_did(captain, entry):
    audit.record("found", entry.team, actor=captain_of(entry.team))
    audit.record("submit", entry, actor=captain_of(entry.team))

    assert shown(captain, entry.team) == [("submit", "队长刘"), ("found", "队长刘")]


def test_it_sees_what_it_was_told_by_the_committee(captain, entry, organizer):
    send_back(entry, actor=organizer, reason="请补盖章页")

    page = captain.get(page_of(entry.team)).content.decode()
    assert [part in page for part in ("请补盖章页", "组委陈")] == [True, False]


def lines_about(client, team):
    return [
        (each["entry"].action, each["doer"], str(each["about"])) for each in client.get(page_of(team)).context["lines"]
    ]


def test_it_sees_who_has_changed_the_roster_and_about_whom():
    team = TeamFactory(captain=UserFactory(full_name="队长刘"))
    captain, (first, second) = (
        captain_of(team),
        [TeamMemberFactory(team=team, user__full_name=name) for name in ("成员甲", "成员乙")],
    )
    services.edit_member(first, actor=captain, duty="算法", is_contact=True)
    services.move_member(first, actor=captain, up=False)
    services.remove_member(second, actor=captain)
    services.accept_team(services.offer_team(team, actor=captain, to=first), actor=first.user)
    services.leave_team(team, actor=captain)

    assert lines_about(client_for(first.user), team) == [
        ("leave", "队长刘", ""),
        ("accept_team", "成员甲", ""),
        ("hand_over", "成员甲", ""),
        ("offer_team", "队长刘", ""),
        ("remove_member", "队长刘", "成员乙"),
        ("move_member", "队长刘", "成员甲"),
        ("edit_member", "队长刘", "成员甲"),
    ]


@pytest.mark.parametrize(
    ("change", "action", "about"),
    [
        (RosterChange.REMOVE, "remove_member", "成员甲"),
        (RosterChange.EDIT, "edit_member", "成员甲"),
        (RosterChange.CAPTAIN, "hand_over", "成员甲"),
        (RosterChange.ADD, "add_member", "新来的"),
    ],
)
def test_what_organizers_approve_is_done_by_the_committee(change, action, about):
    team = locked_team(captain=UserFactory(full_name="队长刘"))
    get_user_model().objects.filter(memberships=team.members.last()).update(full_name="成员甲")
    more = {
        RosterChange.ADD: {"email": UserFactory(full_name="新来的").email},
        RosterChange.EDIT: {"duty": "算法", "place": 1},
    }
    request = ask(team, change, **more.get(change, {}))
    if request.asks_consent:
        asked = request.person or get_user_model().objects.get(email=request.email)
        request = services.agree(request, actor=asked)
    services.approve_change(request, actor=OrganizerFactory(competition=team.competition).user)

    lines = lines_about(client_for(captain_of(team)), team)
    assert [each for each in lines if each[0] == action] == [(action, "组委会", about)]


def test_it_sees_which_partners_came_and_went_and_what_was_said_of_them():
    team = TeamFactory(captain=UserFactory(full_name="队长刘"))
    captain = captain_of(team)
    said = {"name": "眉山水文研究院", "kind": OrganizationKind.RESEARCH_INSTITUTE}
    partner = services.add_partner(team, actor=captain, code=credit_code(777), **said)
    services.describe_partner(partner, actor=captain, introduction="三十年", strengths="", contact_name="")
    services.describe_organization(team, partner.organization, actor=captain, name="眉山水文院")
    services.remove_partner(partner, actor=captain)

    assert lines_about(client_for(captain), team) == [
        (action, "队长刘", "眉山水文院")
        for action in ("remove_partner", "edit_organization", "edit_partner", "add_partner")
    ]


def test_it_sees_that_a_file_was_taken_out_and_which_text_was_read(captain, entry):
    for action in ("detach", "read_topic"):
        audit.record(action, entry, actor=captain_of(entry.team))

    assert shown(captain, entry.team) == [("read_topic", "队长刘"), ("detach", "队长刘")]


def test_nobody_learns_here_who_judges(captain, entry, organizer):
    assignment = AssignmentFactory(submission=entry, judge__user__full_name="评委李")
    audit.record("submit", assignment, actor=assignment.judge.user)
    audit.record("recuse", assignment, actor=assignment.judge.user, reason="同单位")
    audit.record("assign", assignment.round, actor=organizer)

    assert shown(captain, entry.team) == []


def test_nor_who_has_read_the_entry(captain, entry, organizer):
    client_for(organizer).get(entry.get_absolute_url())

    assert (AuditEntry.objects.get(action="read").actor_id, shown(captain, entry.team)) == (organizer.pk, [])


def test_an_action_nobody_thought_of_is_not_shown(captain, entry, organizer):
    audit.record("score", entry, actor=organizer, after={"total": "87.5"})

    assert shown(captain, entry.team) == []


def test_other_teams_are_not_in_it(captain, entry):
    other = SubmissionFactory(submitted=True, team__competition=entry.team.competition)
    audit.record("submit", other, actor=captain_of(other.team))

    assert shown(captain, entry.team) == []


def test_a_row_of_another_kind_with_the_same_key_is_not_in_it(captain, entry):
    audit.record("revoke", InvitationFactory(pk=entry.pk), actor=None)

    assert shown(captain, entry.team) == []


def test_a_site_admin_who_did_it_in_somebodys_name_is_told_of(captain, entry):
    line = audit.record("attach", entry, actor=captain_of(entry.team))
    assert not captain.get(page_of(entry.team)).context["lines"][0]["is_acting"]

    from portal.core.context import current_real_actor

    token = current_real_actor.set(SiteAdminFactory().pk)
    audit.record("submit", entry, actor=captain_of(entry.team))
    current_real_actor.reset(token)

    assert [each["is_acting"] for each in captain.get(page_of(entry.team)).context["lines"]] == [True, False]
    assert line.real_actor_id is None


@pytest.mark.parametrize("who", ["other captain", "judge", "former member"])
def test_for_others_there_is_no_such_page(entry, who):
    person = {
        "other captain": lambda: captain_of(TeamFactory(competition=entry.team.competition)),
        "judge": lambda: AssignmentFactory(submission=entry).judge.user,
        "former member": lambda: _former(entry.team),
    }[who]()

    assert client_for(person).get(page_of(entry.team)).status_code == 404


def _former(team):
    member = TeamMemberFactory(team=team, role=MemberRole.MEMBER)
    member.delete()
    return member.user


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_however_much_there_is(captain, entry, count):
    for _ in range(count):
        audit.record("attach", entry, actor=captain_of(entry.team))
        audit.record("invite", InvitationFactory(team=entry.team), actor=captain_of(entry.team))
        audit.record("attach", SubmissionFactory(), actor=None)
    with CaptureQueriesContext(connection) as queries:
        captain.get(page_of(entry.team))

    # session, person, agreements, team, its six kinds of things, is it a member, people, entries, are there results
    assert len(queries) == 14


def test_the_teams_page_leads_there(captain, entry):
    assert page_of(entry.team) in captain.get(entry.team.get_absolute_url()).content.decode()


class TestReading:
    @pytest.fixture
    def reader(self, organizer):
        return client_for(organizer)

    def addresses(self, entry):
        attachment = AttachmentFactory(submission=entry, replaced_at=entry.created_at)
        entry.versions.get().attachments.add(attachment)
        return {
            "entry": entry.get_absolute_url(),
            "screening": reverse("admin:submissions_submission_change", args=[entry.pk]),
            "receipt": entry.versions.get().receipt.get_absolute_url(),
            "file": attachment.get_absolute_url(),
            "team": entry.team.get_absolute_url(),
            "team's history": page_of(entry.team),
            "team in the administration": reverse("admin:submissions_team_change", args=[entry.team.pk]),
        }

    def status(self, client, address):
        response = client.get(address)
        # A server closes files; closing the whole answer would close the test's connection too.
        for close in response._resource_closers:
            close()
        return response.status_code

    @pytest.mark.parametrize(
        ("what", "line"),
        [
            ("entry", ("submissions.submission", "read")),
            ("screening", ("submissions.submission", "read")),
            ("receipt", ("submissions.submission", "read")),
            ("file", ("submissions.submission", "download")),
            ("team", ("submissions.team", "read")),
            ("team's history", ("submissions.team", "read")),
            ("team in the administration", ("submissions.team", "read")),
        ],
    )
    def test_an_organizer_who_opens_it_leaves_a_line(self, reader, organizer, entry, what, line):
        assert self.status(reader, self.addresses(entry)[what]) == 200

        (found,) = AuditEntry.objects.values_list("object_type", "action", "actor_id", "scope")
        assert found == (*line, organizer.pk, f"reading:{entry.team.competition_id}")

    def test_the_team_itself_leaves_none(self, captain, entry):
        addresses = self.addresses(entry)
        for what in ("entry", "receipt", "file", "team", "team's history"):
            assert self.status(captain, addresses[what]) == 200

        assert not AuditEntry.objects.exists()

    def test_who_looks_again_within_the_hour_leaves_no_other(self, reader, entry):
        for _ in range(3):
            reader.get(entry.get_absolute_url())

        assert AuditEntry.objects.count() == 1

    def test_another_organizer_leaves_their_own(self, reader, entry):
        reader.get(entry.get_absolute_url())
        client_for(OrganizerFactory(competition=entry.team.competition).user).get(entry.get_absolute_url())

        assert AuditEntry.objects.count() == 2

    def test_what_is_not_there_to_be_read_leaves_none(self, reader):
        draft = SubmissionFactory()

        assert (reader.get(draft.get_absolute_url()).status_code, AuditEntry.objects.exists()) == (404, False)
