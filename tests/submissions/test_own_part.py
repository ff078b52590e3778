"""Pages that several people see, each with their own part of it: what belongs to somebody else isn't there."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone

from portal.core import audit
from portal.core.models import AuditEntry
from submissions import kept
from submissions.models import NearPair, Upload
from tests.factories.accounts import SiteAdminFactory
from tests.factories.submissions import (
    HandOverFactory,
    InvitationFactory,
    OrganizationFactory,
    RenditionFactory,
    RosterRequestFactory,
    SubmissionFactory,
    TeamFactory,
    TeamMemberFactory,
    captain_of,
)
from tests.factories.tracks import OrganizerFactory, TopicFactory, TrackFactory
from tests.submissions.people import client_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    return SubmissionFactory(submitted=True)


def elsewhere(entry):
    """An entry of the same team in another track."""
    return SubmissionFactory(team=entry.team, submitted=True)


def organizer_of(entry, *tracks):
    return OrganizerFactory(competition=entry.team.competition, tracks=list(tracks)).user


def page(user, name, *args, **asked):
    return client_for(user).get(reverse(f"submissions:{name}", args=args), asked)


class TestEntry:
    def test_words_that_came_too_late_are_shown_to_whoever_typed_them(self, entry):
        people = {"甲": TeamMemberFactory(team=entry.team).user, "乙": captain_of(entry.team)}
        for words, user in people.items():
            entry.unsent_texts.create(user=user, key="abstract", value=words, created_at=timezone.now())

        shown = [page(user, "submission", entry.public_id).context["unsent"] for user in people.values()]
        assert [[each["text"] for each in texts] for texts in shown] == [["甲"], ["乙"]]

    def test_an_organizer_is_given_no_draft_on_paper(self, entry):
        draft = RenditionFactory(submission=entry)
        sent = RenditionFactory(submission=entry, version=entry.versions.get())

        shown = [
            set(page(user, "renditions", entry.public_id).context["renditions"])
            for user in (captain_of(entry.team), organizer_of(entry))
        ]
        assert shown == [{draft, sent}, {sent}]


class TestTeam:
    def test_an_organizer_of_a_track_sees_its_entries(self, entry):
        other = elsewhere(entry)

        shown = [
            set(page(user, "team", entry.team.pk).context["submissions"])
            for user in (captain_of(entry.team), organizer_of(entry, entry.track))
        ]
        assert shown == [{entry, other}, {entry}]

    def test_whom_it_invites_and_offers_itself_to_is_its_own_affair(self, entry):
        invitation, offer = InvitationFactory(team=entry.team), HandOverFactory(team=entry.team)

        def shown(user):
            context = page(user, "team", entry.team.pk).context
            return set(context["invitations"]), context["offer"]

        assert [shown(captain_of(entry.team)), shown(organizer_of(entry))] == [({invitation}, offer), (set(), None)]

    def test_an_organizer_of_a_track_reads_the_history_of_its_entries(self, entry):
        other = elsewhere(entry)
        for each in (entry, other):
            audit.record("submit", each, actor=captain_of(entry.team))

        def read(user):
            lines = page(user, "team_history", entry.team.pk).context["lines"]
            return {line["entry"].object_id for line in lines if line["entry"].action == "submit"}

        shown = [read(user) for user in (captain_of(entry.team), organizer_of(entry, entry.track))]
        assert shown == [{str(entry.pk), str(other.pk)}, {str(entry.pk)}]

    def test_a_member_has_the_lines_of_their_own_teams(self, entry):
        other = SubmissionFactory(submitted=True)
        for each in (entry, other):
            audit.record("submit", each, actor=captain_of(each.team))
        member = TeamMemberFactory(team=entry.team).user

        assert [line.object_id for line in AuditEntry.objects.visible_to(member).filter(action="submit")] == [
            str(entry.pk)
        ]

    def test_who_is_to_join_is_not_led_to_a_team_that_they_do_not_see(self):
        request = RosterRequestFactory(joining=True)
        wanted = SubmissionFactory().team.members.get().user
        request.email = wanted.email
        request.save(update_fields=["email"])

        def is_led(user):
            return page(user, "roster_request", request.public_id).context["can_see_team"]

        assert [is_led(user) for user in (captain_of(request.team), wanted)] == [True, False]


class TestStart:
    @pytest.fixture
    def own(self, entry):
        """An organizer with a team of their own in the competition."""
        return TeamFactory(competition=entry.team.competition, captain=organizer_of(entry))

    def address(self, topic):
        return "start", topic.track.competition.slug, topic.track.number, topic.number

    def test_it_offers_the_own_teams_and_tells_of_the_own_entries(self, entry, own):
        context = page(captain_of(own), *self.address(entry.topic)).context

        assert (list(context["teams"]), list(context["begun"])) == ([own], [])

    def test_an_organizer_without_a_team_founds_one_first(self, entry):
        answer = page(organizer_of(entry), *self.address(entry.topic))

        assert answer.url.startswith(reverse("submissions:team_new"))


class TestOrganizers:
    @pytest.fixture
    def other(self, entry):
        """Another track, and who runs it."""
        track = TrackFactory(competition=entry.team.competition)
        TopicFactory(track=track)
        return organizer_of(entry, track), track

    @pytest.mark.parametrize("name", ["screening_queue", "near_report", "numbers"])
    def test_they_choose_among_their_own_tracks(self, entry, other, name):
        organizer, track = other
        form = page(organizer, name, entry.team.competition.slug).context["form"]

        [offered] = [str(label) for value, label in form.fields["track"].choices if value]
        assert track.name in offered

    def test_a_track_of_others_is_none(self, entry, other):
        answer = page(other[0], "numbers", entry.team.competition.slug, track=str(entry.track.number))

        assert answer.status_code == 404

    def test_likeness_to_the_own_entry_does_not_count_as_unseen(self, entry):
        rival = SubmissionFactory(submitted=True, team__competition=entry.team.competition, topic=entry.topic)
        versions = {"first_version": entry.versions.get(), "second_version": rival.versions.get()}
        NearPair.objects.create(
            first=entry, second=rival, **versions, score=80, text=80, passages=[], found_at=timezone.now()
        )
        organizer = organizer_of(entry)
        before = NearPair.objects.unseen_by_competition(organizer)
        TeamMemberFactory(team=entry.team, user=organizer)

        after = NearPair.objects.unseen_by_competition(organizer)
        assert (before, after) == ({entry.team.competition_id: 1}, {})


class TestOrganizations:
    ADMIN = "/admin/submissions/organization/"

    @pytest.fixture
    def organizer(self):
        return OrganizerFactory()

    @pytest.fixture
    def one(self, organizer):
        return TeamFactory(competition=organizer.competition).organization

    def test_of_the_other_one_only_the_own_teams_are_shown(self, organizer, one):
        other = OrganizationFactory()
        own = TeamFactory(organization=other, competition=organizer.competition)
        TeamFactory(organization=other)

        answer = client_for(organizer.user).get(f"{self.ADMIN}{one.pk}/merge/", {"with": other.pk})
        assert list(answer.context["sides"][1]["leads"]) == [own]

    def test_one_that_nobody_of_theirs_names_is_not_proposed(self, organizer, one):
        TeamFactory(organization=OrganizationFactory(name=one.name))
        address = f"{self.ADMIN}{one.pk}/merge/"

        shown = [len(client_for(user).get(address).context["alike"]) for user in (SiteAdminFactory(), organizer.user)]
        assert shown == [1, 0]

    def test_whoever_runs_only_some_of_its_competitions_merges_nothing(self, organizer, one):
        TeamFactory(organization=one)
        client = client_for(organizer.user)
        addresses = [f"{self.ADMIN}{one.pk}/merge/", f"{self.ADMIN}{one.pk}/change/"]

        assert [client.get(addresses[0]).status_code, client.post(addresses[1], {}).status_code] == [403, 403]


def test_a_copy_of_ones_data_holds_the_own_entries(entry):
    SubmissionFactory(submitted=True)

    assert [row["number"] for row in kept.entries(captain_of(entry.team))] == [entry.number]


def test_an_upload_is_shown_to_whoever_sends_it():
    entry, now = SubmissionFactory(), timezone.now()
    member = TeamMemberFactory(team=entry.team).user
    upload = Upload.objects.create(
        submission=entry, user=member, slot="proposal", name="a.pdf", size=9, created_at=now, expires_at=now
    )

    def shown(user):
        client = client_for(user)
        one = client.get(f"/api/v1/uploads/{upload.public_id}/")
        return len(client.get("/api/v1/uploads/").json()["results"]), one.status_code

    assert [shown(user) for user in (member, captain_of(entry.team))] == [(1, 200), (0, 404)]
