import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from portal.accounts.services.people import change_profile
from portal.core.models import AuditEntry
from tests.accounts.people import acted_for, client_for
from tests.factories.accounts import UserFactory
from tests.factories.submissions import TeamFactory, TeamMemberFactory, captain_of
from tests.submissions.people import queries_of

pytestmark = pytest.mark.django_db
PAGE = reverse("accounts:profile")
FORM = {"full_name": "李雷", "phone": "138 1234 1234", "affiliation": "成都大学"}


@pytest.fixture
def user():
    return UserFactory()


def save(user, **changes):
    return client_for(user).post(PAGE, {**FORM, **changes})


def test_a_person_says_who_they_are(user):
    save(user)
    user.refresh_from_db()

    assert (user.full_name, user.phone, user.affiliation) == ("李雷", "+8613812341234", "成都大学")


def test_phone_and_organization_are_nobodys_duty(user):
    save(user, phone="", affiliation="")
    user.refresh_from_db()

    assert (user.full_name, user.phone) == ("李雷", "")


def test_the_page_shows_ones_own_number_whole():
    user = UserFactory(phone="+8613812341234")

    assert b'value="13812341234"' in client_for(user).get(PAGE).content


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("full_name", ""),
        ("full_name", "名" * 61),
        ("full_name", "a\u202eb"),
        ("phone", "12345"),
        ("phone", "1" * 41),
        ("affiliation", "位" * 121),
        ("affiliation", "见 http://evil.example"),
        ("affiliation", "a\x00b"),
    ],
)
def test_what_is_wrong_is_told_at_its_field_and_nothing_is_lost(user, field, value):
    response = save(user, **{field: value})
    form = response.context["form"]

    assert (response.status_code, list(form.errors), form[field].value()) == (400, [field], value)


def test_markup_stays_text(user):
    response = save(user, affiliation="<script>alert(1)</script>", phone="1")

    assert b"<script>alert(1)" not in response.content


def test_the_trail_names_the_fields_and_nothing_that_they_say(user):
    save(user)
    line = AuditEntry.objects.get(action="change_profile")

    assert (line.before, line.after, line.reason) == ({}, {"fields": ["affiliation", "full_name", "phone"]}, "")


def test_what_stays_the_same_leaves_no_line(user):
    save(user)
    save(user)

    assert AuditEntry.objects.filter(action="change_profile").count() == 1


def test_nobody_writes_another_persons_profile(user):
    with pytest.raises(PermissionDenied):
        change_profile(user, actor=UserFactory(is_superuser=True), full_name="x", phone="", affiliation="")


def test_a_visitor_signs_in_first(client):
    assert client.get(PAGE)["Location"].startswith("/accounts/login/")


def test_no_cache_keeps_the_page(user):
    assert "no-store" in client_for(user).get(PAGE)["Cache-Control"]


def test_other_fields_can_not_be_slipped_in(user):
    save(user, is_superuser="on", email="evil@example.com", is_staff="1")
    user.refresh_from_db()

    assert (user.is_superuser, user.is_staff, user.email.startswith("person")) == (False, False, True)


def test_whoever_acts_in_somebodys_name_does_not_see_it(user):
    client = acted_for(user)

    assert client.get(PAGE).status_code == 403


def test_others_of_the_team_see_the_number_masked():
    team = TeamFactory()
    TeamMemberFactory(team=team, user__phone="+8613812341234")
    page = client_for(captain_of(team)).get(team.get_absolute_url()).content.decode()

    assert ("138****1234" in page, "13812341234" in page) == (True, False)


@pytest.mark.parametrize("count", [1, 3])
def test_the_teams_page_costs_no_more_with_numbers(count):
    team = TeamFactory()
    client = client_for(captain_of(team))
    before = queries_of(client, team.get_absolute_url())
    TeamMemberFactory.create_batch(count, team=team, user__phone="+8613812341234")

    assert queries_of(client, team.get_absolute_url()) == before
