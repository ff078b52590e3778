"""Django's own log keeps what a row was called when it was written: nobody's name, once their account is closed."""

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType

from portal.accounts.models import User
from portal.accounts.services.closing import close_account
from portal.core import audit
from tests.factories.accounts import SiteAdminFactory, UserFactory
from tests.factories.judging import JudgeFactory
from tests.factories.tracks import CompetitionFactory, OrganizerFactory
from tracks.models import Organizer

pytestmark = pytest.mark.django_db


def close(user):
    return close_account(user, actor=user)


def log(row, **changes):
    line = LogEntry(
        user=SiteAdminFactory(), content_type=ContentType.objects.get_for_model(row), object_id=str(row.pk),
        object_repr=str(row), action_flag=2, change_message="[]",
    )  # fmt: skip
    line.save()
    # As it was written before lines were called neutrally.
    LogEntry.objects.filter(pk=line.pk).update(object_repr=str(row), **changes)
    return line


def said(line):
    return LogEntry.objects.values_list("object_repr", "change_message").get(pk=line.pk)


@pytest.mark.parametrize("role", [OrganizerFactory, JudgeFactory, lambda **to: to["user"]])
def test_it_forgets_the_name(role):
    user = UserFactory(full_name="金丝雀")
    row = role(user=user)
    if isinstance(row, Organizer):
        OrganizerFactory(competition=row.competition)
    line = log(row)
    close(user)

    assert said(line) == (f"#{line.object_id}", "")


def test_and_one_from_before_of_a_row_that_is_gone():
    user = UserFactory(full_name="旧名字")
    line = log(role := OrganizerFactory(user=user))
    audit.record("appoint", role, actor=None)
    role.delete()
    User.objects.filter(pk=user.pk).update(full_name="金丝雀")
    close(User.objects.get(pk=user.pk))

    assert said(line) == (f"#{line.object_id}", "")


def test_and_the_address_wherever_it_stands():
    user = UserFactory()
    line = log(CompetitionFactory(), change_message=f'[{{"added": {{"object": "{user.email}"}}}}]')
    close(user)

    assert said(line)[1] == ""


def test_what_is_called_by_the_same_word_stays():
    lines = [log(CompetitionFactory(name="金丝雀大赛")), log(JudgeFactory())]
    before = [said(line) for line in lines]
    close(UserFactory(full_name="金丝雀"))

    assert [said(line) for line in lines] == before


def test_a_new_line_names_nobody():
    judge = JudgeFactory()
    line = LogEntry.objects.create(
        user=judge.user, content_type=ContentType.objects.get_for_model(judge), object_id=str(judge.pk),
        object_repr=str(judge), action_flag=1,
    )  # fmt: skip

    assert line.object_repr == f"#{judge.pk}"
