"""Who is given a role, and who loses it."""

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from portal.core.models import AuditEntry
from tests.factories.accounts import SiteAdminFactory, UserFactory
from tests.factories.tracks import OrganizerFactory, TrackFactory
from tracks.models import Organizer
from tracks.services import dismiss_organizer

pytestmark = pytest.mark.django_db


@pytest.fixture
def organizer():
    return OrganizerFactory()


def is_staff(user):
    user.refresh_from_db()
    return user.is_staff


def page(organizer, what):
    return reverse(f"admin:tracks_organizer_{what}", args=[organizer.pk])


def test_whoever_is_dismissed_has_the_role_no_longer(organizer):
    dismiss_organizer(organizer, actor=SiteAdminFactory())

    assert not Organizer.objects.exists()


def test_the_last_role_takes_the_administration_along(organizer):
    dismiss_organizer(organizer, actor=SiteAdminFactory())

    assert not is_staff(organizer.user)


def test_whoever_runs_another_competition_still_enters_the_administration(organizer):
    OrganizerFactory(user=organizer.user)

    dismiss_organizer(organizer, actor=SiteAdminFactory())

    assert is_staff(organizer.user)


def test_a_site_admin_without_a_role_still_enters_the_administration():
    admin = SiteAdminFactory()

    dismiss_organizer(OrganizerFactory(user=admin), actor=admin)

    assert is_staff(admin)


def test_a_dismissal_is_in_the_audit_trail():
    organizer = OrganizerFactory(tracks=[track := TrackFactory()])

    dismiss_organizer(organizer, actor=SiteAdminFactory(), reason="任期届满")

    line = AuditEntry.objects.get(action="dismiss")
    assert (line.before, line.reason) == ({"user": organizer.user_id, "tracks": [track.pk]}, "任期届满")


def test_a_second_dismissal_changes_nothing(organizer):
    for _time in range(2):
        dismiss_organizer(Organizer(pk=organizer.pk, user=organizer.user), actor=SiteAdminFactory())

    assert AuditEntry.objects.filter(action="dismiss").count() == 1


def test_an_organizer_dismisses_nobody(organizer):
    with pytest.raises(PermissionDenied):
        dismiss_organizer(organizer, actor=organizer.user)


def test_a_site_admin_dismisses_on_the_page_of_the_role(admin_client, organizer):
    admin_client.post(page(organizer, "delete"), {"post": "yes"})

    assert not Organizer.objects.exists()
    assert not is_staff(organizer.user)


def test_a_site_admin_dismisses_several_in_the_list(admin_client):
    organizers = OrganizerFactory.create_batch(2)
    chosen = [each.pk for each in organizers]
    form = {"action": "delete_selected", "_selected_action": chosen, "post": "yes"}
    admin_client.post(reverse("admin:tracks_organizer_changelist"), form)

    assert [is_staff(each.user) for each in organizers] == [False, False]


def test_an_organizer_has_no_page_to_dismiss_on(client, organizer):
    client.force_login(organizer.user)

    client.post(page(organizer, "delete"), {"post": "yes"})

    assert Organizer.objects.exists()


def test_a_role_stays_with_its_person(admin_client, organizer):
    other = UserFactory()
    admin_client.post(page(organizer, "change"), {"user": other.pk, "competition": organizer.competition_id})

    assert list(Organizer.objects.values_list("user", flat=True)) == [organizer.user_id]


def test_a_role_is_given_for_other_tracks(admin_client, organizer):
    track = TrackFactory(competition=organizer.competition)
    admin_client.post(page(organizer, "change"), {"tracks": [track.pk]})

    assert list(organizer.tracks.all()) == [track]
