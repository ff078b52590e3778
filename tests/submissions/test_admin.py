import pytest
from django.urls import reverse

from submissions.models import Screening, Submission
from tests.factories.accounts import SiteAdminFactory, UserFactory
from tests.factories.submissions import ABSTRACT, SubmissionFactory, TeamFactory, TeamMemberFactory, captain_of
from tests.factories.tracks import OrganizerFactory, TrackFactory
from tests.submissions.people import client_for, queries_of, save, send_back, submit

pytestmark = pytest.mark.django_db
LIST = "/admin/submissions/submission/"
REASON = "申报书第 3 页缺少盖章。"


@pytest.fixture
def entry():
    return SubmissionFactory(submitted=True)


@pytest.fixture
def organizers(entry):
    """Those who run the entry's competition or track, and those who don't."""
    competition = entry.team.competition
    elsewhere = TrackFactory(competition=competition)
    return {
        "OR": lambda: OrganizerFactory(competition=competition).user,
        "TO in": lambda: OrganizerFactory(competition=competition, tracks=[entry.track]).user,
        "TO out": lambda: OrganizerFactory(competition=competition, tracks=[elsewhere]).user,
        "OR elsewhere": lambda: OrganizerFactory().user,
        "staff": lambda: UserFactory(is_staff=True),
        "SU": SiteAdminFactory,
    }


@pytest.fixture
def organizer(organizers):
    return client_for(organizers["OR"]())


def change_url(entry):
    return reverse("admin:submissions_submission_change", args=[entry.pk])


def let_pass(client, entry, version=1):
    return client.post(reverse("admin:submissions_submission_screen", args=[entry.pk]), {"version": version})


@pytest.mark.parametrize("role", ["OR", "TO in", "SU"])
def test_who_runs_the_track_finds_its_entries(entry, organizers, role):
    page = client_for(organizers[role]()).get(LIST).content.decode()

    assert entry.number in page


@pytest.mark.parametrize("role", ["TO out", "OR elsewhere", "staff"])
def test_who_does_not_run_the_track_finds_none(entry, organizers, role):
    page = client_for(organizers[role]()).get(LIST).content.decode()

    assert (entry.title in page, entry.track.name in page) == (False, False)


def test_a_draft_is_not_in_the_list(organizer, entry):
    draft = SubmissionFactory(team__competition=entry.team.competition)

    assert draft.title not in organizer.get(LIST).content.decode()


def test_the_list_shows_the_title_that_was_submitted(organizer, entry):
    save(entry, title="没提交的名称")

    page = organizer.get(LIST).content.decode()

    assert (entry.title in page, "没提交的名称" in page) == (True, False)


@pytest.mark.parametrize("what", ["number", "title", "team", "organization"])
def test_entries_can_be_searched(organizer, entry, what):
    words = {
        "number": entry.number,
        "title": entry.title,
        "team": entry.team.name,
        "organization": entry.team.organization.name,
    }[what]

    assert organizer.get(LIST, {"q": words}).context["cl"].result_count == 1


def test_a_search_finds_no_word_that_was_not_submitted(organizer, entry):
    save(entry, title="没提交的名称")

    assert organizer.get(LIST, {"q": "没提交的名称"}).context["cl"].result_count == 0


@pytest.mark.parametrize(
    "probe", ["answers__value__startswith", "team__members__user__email__startswith", "draft_version__gt", "team__name"]
)
def test_the_address_filters_by_nothing_but_the_filters_shown(organizer, entry, probe):
    assert organizer.get(LIST, {probe: "a"}).status_code == 400


def test_the_list_filters_by_state(organizer, entry):
    assert organizer.get(LIST, {"status__exact": "rejected"}).context["cl"].result_count == 0


def test_the_page_shows_the_version_submitted_last(organizer, entry):
    save(entry, abstract="没来得及提交")

    page = organizer.get(change_url(entry)).content.decode()

    assert (ABSTRACT in page, "没来得及提交" in page) == (True, False)


def test_the_page_leads_to_the_file_through_the_gate(organizer, entry):
    url = entry.attachments.get().get_absolute_url()

    assert url in organizer.get(change_url(entry)).content.decode()


@pytest.mark.parametrize("role", ["TO out", "OR elsewhere", "staff"])
@pytest.mark.parametrize("method", ["get", "head", "post"])
def test_for_others_there_is_no_such_entry(entry, organizers, role, method):
    client = client_for(organizers[role]())

    missing = reverse("admin:submissions_submission_change", args=[entry.pk + 1])
    answers = [getattr(client, method)(url).status_code for url in (change_url(entry), missing)]
    assert answers == [404, 404]


@pytest.mark.parametrize("url", [LIST, f"{LIST}1/change/", f"{LIST}1/screen/"])
def test_a_team_has_no_business_here(entry, url):
    response = client_for(captain_of(entry.team)).post(url)

    assert (response.status_code, "/login/" in response["Location"]) == (302, True)


def test_the_page_shows_what_was_decided(organizer, organizers, entry):
    send_back(entry, actor=organizers["OR"](), reason=REASON)

    assert REASON in organizer.get(change_url(entry)).content.decode()


@pytest.mark.parametrize("role", ["OR", "TO in", "SU"])
def test_the_button_lets_it_pass(entry, organizers, role):
    response = let_pass(client_for(organizers[role]()), entry)

    assert (response["Location"], Submission.objects.get().status) == (change_url(entry), "eligible")


def test_what_was_decided_has_no_button(organizer, entry):
    let_pass(organizer, entry)

    assert 'name="version"' not in organizer.get(change_url(entry)).content.decode()


@pytest.mark.parametrize("role", ["TO out", "OR elsewhere", "staff"])
def test_others_decide_nothing(entry, organizers, role):
    response = let_pass(client_for(organizers[role]()), entry)

    assert (response.status_code, Screening.objects.count()) == (404, 0)


@pytest.mark.parametrize("version", ["x", "", "0", str(2**70)])
def test_a_forged_form_decides_nothing(organizer, entry, version):
    assert (let_pass(organizer, entry, version).status_code, Screening.objects.count()) == (400, 0)


def test_an_entry_that_was_submitted_anew_comes_back(organizer, entry):
    save(entry, abstract="改过的")
    submit(entry)

    response = let_pass(organizer, entry)
    assert (response.status_code, response.context["form"]["version"].value()) == (409, 2)


def test_nobody_decides_about_their_own_team(entry, organizers):
    user = organizers["OR"]()
    TeamMemberFactory(team=entry.team, user=user)
    client = client_for(user)

    assert 'name="version"' not in client.get(change_url(entry)).content.decode()
    assert let_pass(client, entry).status_code == 403


def test_a_get_decides_nothing(organizer, entry):
    assert organizer.get(reverse("admin:submissions_submission_screen", args=[entry.pk])).status_code == 405


@pytest.mark.parametrize("model", ["submission", "team"])
@pytest.mark.parametrize("role", ["OR", "SU"])
def test_nothing_is_added_or_deleted_here(entry, organizers, model, role):
    client = client_for(organizers[role]())
    row = {"submission": entry, "team": entry.team}[model]
    base = f"/admin/submissions/{model}/"

    answers = [
        client.post(url).status_code for url in (f"{base}add/", f"{base}{row.pk}/delete/", f"{base}{row.pk}/change/")
    ]
    assert answers == [403, 403, 403]


@pytest.mark.parametrize("model", ["team", "organization"])
def test_a_track_organizer_sees_the_teams_of_the_track(entry, organizers, model):
    other = TeamFactory(competition=entry.team.competition)
    client = client_for(organizers["TO in"]())

    page = client.get(f"/admin/submissions/{model}/").content.decode()

    shown, hidden = (entry.team, other) if model == "team" else (entry.team.organization, other.organization)
    assert (shown.name in page, hidden.name in page) == (True, False)


@pytest.mark.parametrize("model", ["submission", "team", "organization"])
def test_a_list_costs_the_same_however_long(organizer, entry, model):
    url = f"/admin/submissions/{model}/"
    SubmissionFactory(submitted=True)  # of another competition, must not appear
    SubmissionFactory(team__competition=entry.team.competition, submitted=True)
    queries = queries_of(organizer, url)

    for _more in range(2):
        SubmissionFactory(team__competition=entry.team.competition, submitted=True)

    assert (queries_of(organizer, url), organizer.get(url).context["cl"].result_count) == (queries, 4)


def test_an_entrys_page_costs_the_same_however_often_it_was_submitted(organizer, entry):
    organizer.get(change_url(entry))  # the first look leaves a line in the audit trail
    queries = queries_of(organizer, change_url(entry))

    for number in range(2):
        save(entry, abstract=f"第 {number} 次修改")
        submit(entry)

    assert queries_of(organizer, change_url(entry)) == queries
