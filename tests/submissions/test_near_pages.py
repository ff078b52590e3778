"""Pages about entries that resemble each other: who sees what of them, and that somebody has looked."""

from __future__ import annotations

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from portal.core.errors import Conflict
from portal.core.models import AuditEntry
from submissions.enums import SubmissionStatus
from submissions.models import NearNote, NearPair, Submission
from submissions.services import note_pair
from tests.factories.accounts import SiteAdminFactory
from tests.factories.submissions import TeamMemberFactory, captain_of
from tests.factories.tracks import OrganizerFactory
from tests.submissions.alike import COPIED, OWN, entry, pairs, submit_anew, texts, two_tracks
from tests.submissions.people import client_for, queries_of
from tracks.models import Track

pytestmark = [pytest.mark.django_db, pytest.mark.makeshift("versions made by hand")]


@pytest.fixture
def pair():
    """Of two tracks of one competition."""
    for track in two_tracks():
        entry(track)
    pairs()
    return NearPair.objects.get()


@pytest.fixture
def organizer(pair):
    return OrganizerFactory(competition=pair.first.track.competition).user


@pytest.fixture
def of_first(pair):
    """Runs the track of the first one alone."""
    return OrganizerFactory(competition=pair.first.track.competition, tracks=[pair.first.track]).user


def report(pair):
    return reverse("submissions:near_report", args=[pair.first.track.competition.slug])


def page(pair):
    return pair.address_in(pair.first.track.competition.slug)


def text_of(client, address):
    return client.get(address).content.decode()


def test_the_list_leads_to_the_pair(pair, organizer):
    assert page(pair) in text_of(client_for(organizer), report(pair))


def test_the_list_is_narrowed_to_one_entry_by_its_number(pair, organizer):
    for _each in range(2):
        entry(pair.first.track, texts(2)[0])
    pairs()
    response = client_for(organizer).get(report(pair), {"number": pair.second.number.lower()})

    assert [found for found, _address in response.context["pairs"]] == [pair]


def test_who_looked_at_it_is_nothing_for_an_organizer_in_one_of_the_teams(pair, organizer):
    insider = OrganizerFactory(competition=pair.first.track.competition).user
    TeamMemberFactory(team=pair.second.team, user=insider)
    note_pair(pair, actor=organizer, text="", versions=pair.versions)
    lines = [AuditEntry.objects.visible_to(person).filter(action="note_pair") for person in (organizer, insider)]

    assert [found.exists() for found in lines] == [True, False]


def test_nor_does_it_become_something_when_the_team_submits_anew(pair, organizer):
    insider = OrganizerFactory(competition=pair.first.track.competition).user
    TeamMemberFactory(team=pair.second.team, user=insider)
    admin = SiteAdminFactory()
    note_pair(pair, actor=organizer, text="", versions=pair.versions)
    submit_anew(pair.second, OWN)
    pairs()
    lines = [AuditEntry.objects.visible_to(person).filter(action="note_pair") for person in (admin, insider)]

    assert (NearNote.objects.exists(), [found.exists() for found in lines]) == (False, [True, False])


def test_both_texts_stand_side_by_side_with_what_they_share_marked(pair, organizer):
    text = text_of(client_for(organizer), page(pair))

    assert (text.count("<mark>"), text.count(COPIED.splitlines()[0][:40])) == (2, 2)


def test_whoever_runs_one_track_reads_that_one_alone(pair, of_first):
    client = client_for(of_first)
    text = text_of(client, report(pair)) + text_of(client, page(pair))
    hidden = pair.second

    told = [words in text for words in (hidden.number, hidden.title, hidden.team.name, hidden.team.organization.name)]
    assert (pair.first.title in text, told) == (True, [True, False, False, False])


def test_an_organizer_of_another_contest_is_told_number_and_contest_of_the_other(pair):
    row = entry(two_tracks()[0])
    pairs()
    found = NearPair.objects.get(first=pair.first, second=row)
    user = OrganizerFactory(competition=row.track.competition).user

    text = text_of(client_for(user), found.address_in(row.track.competition.slug))
    assert (found.first.number in text, pair.first.track.competition.short_name in text, found.first.title in text) == (
        True,
        True,
        False,
    )


def test_whoever_runs_neither_track_finds_nothing(pair):
    stranger = OrganizerFactory().user

    assert client_for(stranger).get(page(pair)).status_code == 404


@pytest.mark.parametrize("side", ["first", "second"])
def test_organizers_in_one_of_the_teams_find_nothing(pair, organizer, side):
    TeamMemberFactory(team=getattr(pair, side).team, user=organizer)
    client = client_for(organizer)

    assert (client.get(page(pair)).status_code, page(pair) in text_of(client, report(pair))) == (404, False)


def test_its_team_learns_nothing(pair):
    client = client_for(captain_of(pair.first.team))

    statuses = [client.get(address).status_code for address in (page(pair), report(pair))]
    assert (statuses, "near" in text_of(client, pair.first.get_absolute_url())) == ([404, 404], False)


def test_a_pair_of_which_one_was_withdrawn_is_not_listed(pair, organizer):
    Submission.objects.filter(pk=pair.first_id).update(status=SubmissionStatus.WITHDRAWN)

    assert page(pair) not in text_of(client_for(organizer), report(pair))


@pytest.mark.parametrize(
    ("query", "is_listed"),
    [("?kind=text", True), ("?kind=files", False), ("?kind=people", False), ("?unseen=on", True)],
)
def test_the_list_is_filtered(pair, organizer, query, is_listed):
    assert (page(pair) in text_of(client_for(organizer), report(pair) + query)) is is_listed


def test_the_list_is_filtered_by_track(pair, organizer):
    entry(pair.first.track, OWN), entry(pair.first.track, OWN)
    pairs()
    other = NearPair.objects.latest("pk")
    text = text_of(client_for(organizer), f"{report(pair)}?track={pair.second.track_id}")

    assert (page(pair) in text, page(other) in text) == (True, False)


@pytest.mark.parametrize("query", ["?kind=x", "?track=x", "?track=999999", "?before=x", "?after=x"])
def test_what_cannot_be_asked_is_refused(pair, organizer, query):
    assert client_for(organizer).get(report(pair) + query).status_code == 400


def test_a_track_that_one_does_not_run_is_no_filter(pair, of_first):
    assert client_for(of_first).get(f"{report(pair)}?track={pair.second.track_id}").status_code == 400


def test_pages_follow_each_other_by_score(pair, organizer, monkeypatch):
    monkeypatch.setattr("submissions.views.near.A_PAGE", 1)
    entry(pair.first.track, COPIED[:900] + texts(5)[0][:400])
    pairs()
    client = client_for(organizer)

    first = client.get(report(pair)).context
    second = client.get(report(pair) + first["next_url"]).context
    assert (first["pairs"][0][0].score > second["pairs"][0][0].score, second["previous_url"] != "") == (True, True)


def test_somebody_has_looked(pair, organizer):
    client = client_for(organizer)
    client.post(page(pair), {"versions": pair.versions, "text": "同一单位两支团队<script>"})

    text = text_of(client, page(pair))
    listed = page(pair) in text_of(client, f"{report(pair)}?unseen=on")
    assert ("同一单位两支团队&lt;script&gt;" in text, listed) == (True, False)


def test_looking_again_at_a_later_version_is_asked_for(pair, organizer):
    note_pair(pair, actor=organizer, versions=pair.versions)
    submit_anew(pair.second, COPIED + OWN[:100])
    pairs()

    assert page(pair) in text_of(client_for(organizer), f"{report(pair)}?unseen=on")


def test_what_was_noted_about_versions_that_are_no_more_is_a_conflict(pair, organizer):
    shown = pair.versions
    submit_anew(pair.second, COPIED + OWN[:100])
    pairs()

    assert client_for(organizer).post(page(pair), {"versions": shown}).status_code == 409


def test_who_reads_one_alone_does_not_read_what_others_say_about_both(pair, organizer, of_first):
    note_pair(pair, actor=organizer, versions=pair.versions, text="另一件是蜀道公司的")
    client = client_for(of_first)

    assert ("蜀道" in text_of(client, page(pair)), page(pair) in text_of(client, f"{report(pair)}?unseen=on")) == (
        False,
        True,
    )


def test_who_reads_both_reads_what_is_said_about_one(pair, organizer, of_first):
    note_pair(pair, actor=of_first, versions=pair.versions, text="像是抄的")

    assert "像是抄的" in text_of(client_for(organizer), page(pair))


def test_the_same_note_twice_is_one(pair, organizer):
    notes = {note_pair(pair, actor=organizer, versions=pair.versions, text="看过").pk for _each in range(2)}

    assert (len(notes), NearNote.objects.count()) == (1, 1)


@pytest.mark.parametrize("text", ["长" * 501, "\x00", "\u202e"])
def test_a_note_that_cannot_be_kept_is_refused(pair, organizer, text):
    with pytest.raises(ValidationError):
        note_pair(pair, actor=organizer, versions=pair.versions, text=text)


def test_a_stranger_notes_nothing(pair):
    with pytest.raises(PermissionDenied):
        note_pair(pair, actor=OrganizerFactory().user, versions=pair.versions)


def test_an_organizer_in_the_team_notes_nothing(pair, organizer):
    TeamMemberFactory(team=pair.first.team, user=organizer)

    with pytest.raises(PermissionDenied):
        note_pair(pair, actor=organizer, versions=pair.versions)


def test_a_pair_that_is_gone_is_a_conflict(pair, organizer):
    NearPair.objects.all().delete()

    with pytest.raises(Conflict):
        note_pair(pair, actor=organizer, versions=pair.versions)


def test_the_trail_says_who_looked_and_not_what_at(pair, organizer):
    note = note_pair(pair, actor=organizer, versions=pair.versions, text="看过")

    line = AuditEntry.objects.get(action="note_pair")
    assert (line.object_id, line.actor_id, line.track_id, "看过" in str(line.after)) == (
        str(note.pk),
        organizer.pk,
        pair.first.track_id,
        False,
    )


def test_who_reads_an_entry_here_leaves_a_line(pair, organizer):
    client_for(organizer).get(page(pair))

    assert AuditEntry.objects.filter(action="read", object_type="submissions.submission").count() == 2


def test_the_desk_says_how_many_wait(pair, organizer):
    client = client_for(organizer)
    (before,) = client.get("/desk/").context["organized"]
    note_pair(pair, actor=organizer, versions=pair.versions)
    (after,) = client.get("/desk/").context["organized"]

    assert (before["near_pairs"], after["near_pairs"]) == (1, 0)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_however_long(count):
    track, _other = two_tracks()
    first = entry(track)
    for _each in range(count):
        entry(track, submitted=False)
    made = [entry(track, OWN) for _each in range(count)]
    for row in made:
        NearPair.objects.create(
            first=first, second=row, first_version=first.versions.get(), second_version=row.versions.get(), score=50,
            text=50, found_at=first.created_at,
        )  # fmt: skip
    client = client_for(OrganizerFactory(competition=track.competition).user)
    address = reverse("submissions:near_report", args=[track.competition.slug])

    assert (queries_of(client, address), len(client.get(address).context["pairs"])) == (LIST_COSTS, count)


@pytest.mark.parametrize("sections", [1, 20])
def test_the_page_costs_the_same_however_much_is_alike(pair, organizer, sections):
    NearPair.objects.update(passages=[["abstract", n, n + 1, "abstract", n, n + 1] for n in range(sections)])
    client = client_for(organizer)
    client.get(page(pair))

    assert queries_of(client, page(pair)) == PAGE_COSTS


LIST_COSTS, PAGE_COSTS = 8, 14


def test_who_runs_the_site_sees_every_pair(pair, admin_user):
    assert set(NearPair.objects.visible_to(admin_user)) == {pair}


def test_tracks_change_who_sees_it(pair, of_first):
    """An entry may follow its topic to another track."""
    Submission.objects.filter(pk=pair.first_id).update(track=Track.objects.exclude(pk=pair.first.track_id).latest("pk"))

    assert list(NearPair.objects.visible_to(of_first)) == []
