"""The audit trail as organizers and site admins read it: whose lines, which filters, at what cost, as a file."""

import csv
import io

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from portal.core import audit
from portal.core.audit import ACCESS
from portal.core.models import AuditEntry
from portal.dashboards import trail as trail_module
from submissions.services import pass_screening
from tests.factories.accounts import SiteAdminFactory, UserFactory
from tests.factories.judging import JudgeFactory, RoundFactory
from tests.factories.submissions import SubmissionFactory, TeamFactory, TeamMemberFactory, captain_of
from tests.factories.tracks import CompetitionFactory, OrganizerFactory, TrackFactory
from tracks.services import change_competition

pytestmark = pytest.mark.django_db
WHOLE = reverse("dashboards:whole_trail")


def client_for(user):
    client = Client()
    client.force_login(user)
    return client


def page_of(competition):
    return reverse("dashboards:trail", args=[competition.slug])


def deeds(client, competition, **asked):
    response = client.get(page_of(competition), asked)
    assert response.status_code == 200
    return [(line.entry.object_type, line.entry.action) for line in response.context["lines"]]


@pytest.fixture
def competition():
    return CompetitionFactory(open=True)


@pytest.fixture
def organizer(competition):
    return client_for(OrganizerFactory(competition=competition, user__full_name="陈静", user__is_staff=True).user)


@pytest.fixture
def entry(competition):
    return SubmissionFactory(submitted=True, team__competition=competition, team__name="山洪队")


@pytest.fixture
def lines(competition, entry):
    """Two about the entry, one about the competition, one of another competition, one of an account."""
    captain = captain_of(entry.team)
    audit.record("start", entry, actor=captain)
    audit.record("submit", entry, actor=captain, before={"status": "draft"}, after={"status": "submitted"})
    audit.record("change", competition, actor=None, after={"name": "新名"})
    audit.record("change", CompetitionFactory(), actor=None)
    audit.record("sign_in", captain, actor=captain, scope=ACCESS)


class TestWhose:
    def test_an_organizer_sees_the_competitions_newest_first(self, organizer, competition, lines):
        assert [action for _type, action in deeds(organizer, competition)] == ["change", "submit", "start"]

    def test_a_track_organizer_sees_the_own_tracks(self, competition, entry, lines):
        role = OrganizerFactory(competition=competition, tracks=[entry.track])
        audit.record("add", TrackFactory(competition=competition), actor=None)

        assert [action for _type, action in deeds(client_for(role.user), competition)] == ["submit", "start"]

    def test_a_role_that_was_taken_opens_nothing_any_more(self, competition, lines):
        role = OrganizerFactory(competition=competition)
        client = client_for(role.user)
        client.get(page_of(competition))
        role.delete()

        assert client.get(page_of(competition)).status_code == 404

    @pytest.mark.parametrize("who", ["member", "judge", "other organizer", "nobody in particular"])
    def test_for_others_there_is_no_such_page(self, competition, entry, lines, who):
        person = {
            "member": lambda: captain_of(entry.team),
            "judge": lambda: JudgeFactory(competition=competition).user,
            "other organizer": lambda: OrganizerFactory().user,
            "nobody in particular": UserFactory,
        }[who]()

        statuses = [client_for(person).get(each).status_code for each in (page_of(competition), WHOLE)]
        assert statuses == [404, 404]

    def test_a_visitor_is_asked_to_sign_in(self, client, competition):
        assert client.get(page_of(competition)).url.startswith(reverse("account_login"))

    def test_an_unpublished_competition_can_not_be_told_from_none(self):
        hidden = CompetitionFactory(is_published=False)
        client = client_for(OrganizerFactory().user)

        assert [client.get(each).status_code for each in (page_of(hidden), "/organize/none/trail/")] == [404, 404]

    def test_a_site_admin_sees_all(self, lines):
        response = client_for(SiteAdminFactory()).get(WHOLE)

        assert len(response.context["lines"]) == 5

    def test_who_has_entered_the_competition_sees_nothing_of_its_judging(self, competition, lines):
        """A conflict outweighs the right, a site admin's too."""
        round_ = RoundFactory(competition=competition)
        audit.record("assign", round_, actor=None, after={"pairs": [[1, 2]]})
        seen = {}
        people = {"organizer": OrganizerFactory(competition=competition).user, "admin": SiteAdminFactory()}
        for name, person in people.items():
            TeamMemberFactory(team=TeamFactory(competition=competition), user=person)
            seen[name] = {kind for kind, _action in deeds(client_for(person), competition)}

        assert [kinds for kinds in seen.values() if "judging.round" in kinds] == []
        assert "submissions.submission" in seen["organizer"]

    def test_others_see_the_judging(self, organizer, competition):
        audit.record("assign", RoundFactory(competition=competition), actor=None)

        assert deeds(organizer, competition) == [("judging.round", "assign")]


class TestWhat:
    def test_words_person_and_object_are_named(self, organizer, competition, entry, lines):
        page = organizer.get(page_of(competition)).content.decode()

        parts = (str(captain_of(entry.team)), entry.number, entry.get_absolute_url())
        assert [part in page for part in parts] == [True] * 3

    def test_what_the_reader_can_not_see_has_no_name(self, competition):
        """The draft of a team: there is a line, and no way to it."""
        draft = SubmissionFactory(team__competition=competition)
        audit.record("start", draft, actor=captain_of(draft.team))
        (line,) = client_for(OrganizerFactory(competition=competition).user).get(page_of(competition)).context["lines"]

        assert (line.name, line.url, line.kind != "") == ("", "", True)

    def test_hostile_text_stays_text(self, organizer, competition):
        audit.record("change", competition, actor=None, after={"<b>x": "<script>alert(1)"}, reason="<script>alert(2)")

        assert "<script>alert" not in organizer.get(page_of(competition)).content.decode()

    def test_long_values_are_cut(self, organizer, competition):
        audit.record("change", competition, actor=None, after={"name": "😀" * 4000})

        assert "😀" * 200 not in organizer.get(page_of(competition)).content.decode()

    def test_services_write_what_is_shown(self, competition, entry):
        person = OrganizerFactory(competition=competition).user
        pass_screening(entry, actor=person, version=1)
        change_competition(competition, actor=person, host="新的主办方")

        assert deeds(client_for(person), competition) == [
            ("tracks.competition", "change"),
            ("submissions.submission", "pass_screening"),
        ]


class TestFilters:
    def test_by_person(self, organizer, competition, entry, lines):
        assert len(deeds(organizer, competition, person=captain_of(entry.team).full_name)) == 2

    def test_by_a_name_that_nobody_here_has(self, organizer, competition, lines):
        UserFactory(full_name="没做过事的人")

        assert deeds(organizer, competition, person="没做过事的人") == []

    def test_a_persons_address_is_nothing_to_search_by(self, organizer, competition, entry, lines):
        assert deeds(organizer, competition, person=captain_of(entry.team).email) == []

    def test_by_action(self, organizer, competition, lines):
        assert deeds(organizer, competition, action="submissions.submission.submit") == [
            ("submissions.submission", "submit")
        ]

    @pytest.mark.parametrize("field", ["number", "team", "key"])
    def test_by_object(self, organizer, competition, entry, lines, field):
        audit.record("join", entry.team, actor=None)
        asked = {"number": entry.number, "team": "山洪队", "key": f"submissions.submission:{entry.pk}"}[field]

        wanted = {"number": ["submit", "start"], "team": ["join"], "key": ["submit", "start"]}[field]
        assert [action for _type, action in deeds(organizer, competition, thing=asked)] == wanted

    def test_a_key_of_elsewhere_finds_nothing(self, organizer, competition, lines):
        person = AuditEntry.objects.get(action="sign_in").object_id

        assert deeds(organizer, competition, thing=f"accounts.user:{person}") == []

    def test_by_days_of_beijing(self, organizer, competition, entry, time_machine):
        for moment in ("2026-06-30T15:59:59Z", "2026-06-30T16:00:00Z", "2026-07-01T15:59:59Z", "2026-07-01T16:00:00Z"):
            time_machine.move_to(moment, tick=False)
            audit.record("attach", entry, actor=None)
        time_machine.move_to("2026-07-02T00:00:00Z")

        assert len(deeds(organizer, competition, since="2026-07-01", until="2026-07-01")) == 2

    @pytest.mark.parametrize(
        ("field", "value"),
        [
            ("action", "no.such.thing"),
            ("thing", "T99-9999"),
            ("thing", "x" * 200),
            ("since", "2026-13-40"),
            ("until", "昨天"),
            ("person", "长" * 61),
        ],
    )
    def test_what_can_not_be_asked_is_said_at_its_field(self, organizer, competition, lines, field, value):
        response = organizer.get(page_of(competition), {field: value})

        assert (response.status_code, list(response.context["form"].errors)) == (400, [field])

    def test_days_the_wrong_way_round(self, organizer, competition):
        response = organizer.get(page_of(competition), {"since": "2026-07-02", "until": "2026-07-01"})

        assert (response.status_code, list(response.context["form"].errors)) == (400, ["until"])

    def test_a_forged_cursor(self, organizer, competition):
        assert organizer.get(page_of(competition), {"before": "forged"}).status_code == 400

    def test_the_choice_of_actions_holds_no_accounts_for_an_organizer(self, organizer, competition):
        page = organizer.get(page_of(competition)).content.decode()

        assert ("accounts.user.sign_in" in page, "submissions.submission.submit" in page) == (False, True)


class TestCost:
    @pytest.fixture
    def short_pages(self, monkeypatch):
        monkeypatch.setattr(trail_module, "LINES_A_PAGE", 4)

    def test_a_page_costs_the_same_for_one_line_and_for_more(self, organizer, competition):
        costs = []
        for count in (1, 3):
            for _ in range(count):
                entry = SubmissionFactory(submitted=True, team__competition=competition)
                audit.record("submit", entry, actor=captain_of(entry.team))
                audit.record("submit", SubmissionFactory(submitted=True), actor=None)
            with CaptureQueriesContext(connection) as queries:
                organizer.get(page_of(competition))
            costs.append(len(queries))

        assert costs[0] == costs[1]

    @pytest.mark.usefixtures("short_pages")
    def test_the_pages_lead_through_all_lines_with_the_filter_kept(self, organizer, competition, entry):
        for _ in range(9):
            audit.record("attach", entry, actor=None)
            audit.record("submit", entry, actor=None)
        seen, address = [], f"{page_of(competition)}?action=submissions.submission.attach"
        while address:
            context = organizer.get(address).context
            seen += [line.entry.sequence for line in context["lines"]]
            address = context["next_url"] and page_of(competition) + context["next_url"]

        assert seen == list(range(17, 0, -2))

    @pytest.mark.parametrize(
        "asked",
        [
            {},
            {"action": ("submissions.submission", "submit")},
            {"things": [("submissions.submission", "7")]},
            {"people": [7]},
        ],
        ids=["all", "action", "thing", "person"],
    )
    @pytest.mark.parametrize("whole", [False, True])
    def test_no_page_sorts_what_it_finds(self, competition, asked, whole):
        """However long the trail is, a page reads its index from the end."""
        AuditEntry.objects.bulk_create(
            AuditEntry(
                scope=f"competition:{competition.pk}",
                competition_id=competition.pk,
                sequence=number,
                at=f"2026-07-01T00:00:{number % 60:02}Z",
                action=["submit", "start", "attach"][number % 3],
                object_type="submissions.submission",
                object_id=str(number % 50),
                actor_id=number % 3 + 6,
            )
            for number in range(3000)
        )
        user = SiteAdminFactory() if whole else OrganizerFactory(competition=competition).user
        if connection.vendor == "postgresql":
            # A few rows would be sorted just as well; what counts is that an index hands them over in order.
            connection.cursor().execute("SET LOCAL enable_sort = off")
        lines = trail_module.trail_of(user, None if whole else competition, trail_module.Wanted(**asked))

        plan = lines.order_by("-at", "-pk")[:51].explain()
        assert [word for word in ("TEMP B-TREE FOR ORDER BY", "Sort Key") if word in plan] == [], plan


class TestExport:
    @pytest.fixture
    def rows(self, organizer, competition, lines):
        response = organizer.post(reverse("dashboards:export_trail", args=[competition.slug]))
        return list(csv.reader(io.StringIO(response.getvalue().decode("utf-8-sig"))))

    def test_it_has_what_the_page_has_and_that_it_was_taken(self, rows):
        assert [row[12] for row in rows[1:]] == ["1", "3", "2", "1"]

    def test_that_it_was_taken_is_in_the_trail(self, rows, competition):
        line = AuditEntry.objects.get(action="export_trail")

        assert (line.scope, line.object_id) == (f"reading:{competition.pk}", str(competition.pk))

    def test_the_filters_are_in_the_trail_as_keys(self, organizer, competition, entry, lines):
        name = captain_of(entry.team).full_name
        organizer.post(reverse("dashboards:export_trail", args=[competition.slug]), {"person": name})

        assert AuditEntry.objects.get(action="export_trail").after == {"people": [captain_of(entry.team).pk]}

    def test_no_cell_is_a_formula(self, organizer, competition):
        audit.record("change", competition, actor=None, reason="=HYPERLINK(1)")
        response = organizer.post(reverse("dashboards:export_trail", args=[competition.slug]))

        assert "'=HYPERLINK(1)" in response.getvalue().decode()

    def test_a_link_takes_nothing(self, organizer, competition):
        assert organizer.get(reverse("dashboards:export_trail", args=[competition.slug])).status_code == 405

    def test_it_is_sent_in_chunks(self, organizer, competition, lines, monkeypatch):
        monkeypatch.setattr(trail_module, "LINES_A_CHUNK", 2)
        response = organizer.post(reverse("dashboards:export_trail", args=[competition.slug]))

        assert len(response.getvalue().decode().splitlines()) == 5

    @pytest.mark.parametrize("who", ["judge", "other organizer"])
    def test_not_for_others(self, competition, who):
        person = JudgeFactory(competition=competition).user if who == "judge" else OrganizerFactory().user
        client = client_for(person)

        own, whole = (
            reverse("dashboards:export_trail", args=[competition.slug]),
            reverse("dashboards:export_whole_trail"),
        )
        assert [client.post(each).status_code for each in (own, whole)] == [404, 404]
        assert not AuditEntry.objects.filter(action="export_trail").exists()

    def test_a_track_organizer_takes_the_own_tracks_alone(self, competition, entry, lines):
        role = OrganizerFactory(competition=competition, tracks=[entry.track])
        response = client_for(role.user).post(reverse("dashboards:export_trail", args=[competition.slug]))

        assert len(response.getvalue().decode().splitlines()) == 3

    def test_the_site_admin_takes_the_whole(self, lines):
        response = client_for(SiteAdminFactory()).post(reverse("dashboards:export_whole_trail"))

        assert len(response.getvalue().decode().splitlines()) == 7


def test_the_way_there_is_on_desk_and_administration(organizer, competition):
    pages = [organizer.get(each).content.decode() for each in ("/desk/", "/admin/")]

    assert [page_of(competition) in page for page in pages] == [True, True]


def test_a_track_organizer_finds_it_too(competition):
    role = OrganizerFactory(competition=competition, tracks=[TrackFactory(competition=competition)])

    assert page_of(competition) in client_for(role.user).get("/desk/").content.decode()


class TestAlarm:
    @pytest.fixture
    def broken(self):
        from portal.core.models import AuditVerification

        AuditVerification.objects.create(
            day="2026-07-01",
            started_at="2026-07-01T03:00:00Z",
            finished_at="2026-07-01T03:01:00Z",
            breaks=[{"scope": "competition:7", "sequence": 41, "why": "was changed"}],
        )

    @pytest.mark.usefixtures("broken")
    @pytest.mark.parametrize("address", ["/desk/", "/admin/", "/"])
    def test_a_site_admin_is_told_on_every_page(self, address):
        page = client_for(SiteAdminFactory()).get(address).content.decode()

        assert ('class="acting alarm"' in page, "competition:7" in page) == (True, True)

    @pytest.mark.usefixtures("broken")
    def test_nobody_else_is(self, organizer):
        assert "acting alarm" not in organizer.get("/desk/").content.decode()

    def test_while_it_holds_nobody_is(self):
        assert "acting alarm" not in client_for(SiteAdminFactory()).get("/desk/").content.decode()
