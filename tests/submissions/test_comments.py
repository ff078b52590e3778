"""What a team says to itself about its entry, and who of it is there."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils import timezone

from portal.core.errors import Conflict
from submissions import services, talk
from submissions.keeper import SubmissionKeeper
from submissions.models import Comment
from submissions.services import comments as service
from tests.factories.accounts import UserFactory
from tests.factories.submissions import CommentFactory, SubmissionFactory, TeamMemberFactory, captain_of
from tests.factories.tracks import OrganizerFactory
from tests.submissions.people import KEY, client_for, queries_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    return SubmissionFactory()


@pytest.fixture
def captain(entry):
    return captain_of(entry.team)


@pytest.fixture
def mate(entry):
    return TeamMemberFactory(team=entry.team).user


def say(entry, actor, text="这里再补一个数据。", section="abstract", **more):
    return services.add_comment(entry, actor=actor, section=section, text=text, **more)


def url(entry, section=""):
    return talk.comments_url(entry, section)


def post(client, address, text="请看一下。", key=KEY):
    return client.post(address, {"text": text, "idempotency_key": key})


def test_a_member_says_something_and_the_others_read_it(entry, captain, mate):
    assert post(client_for(captain), url(entry, "abstract")).status_code == 302

    assert "请看一下。" in client_for(mate).get(url(entry)).content.decode()


def test_it_stands_at_its_section_only(entry, captain):
    say(entry, captain, text="只说标题", section="title")

    assert "只说标题" not in client_for(captain).get(url(entry, "abstract")).content.decode()


def test_sent_twice_it_is_said_once(entry, captain):
    client = client_for(captain)
    post(client, url(entry))
    post(client, url(entry))

    assert entry.comments.count() == 1


def test_markup_is_text(entry, captain):
    say(entry, captain, text="<script>alert(1)</script>")

    page = client_for(captain).get(url(entry)).content.decode()

    assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("length", [2000, 2001])
def test_it_has_at_most_2000_characters(entry, captain, length):
    status = post(client_for(captain), url(entry), text="字" * length).status_code

    assert status == (302 if length == 2000 else 400)


def test_what_was_too_long_is_kept_in_the_page(entry, captain):
    answer = post(client_for(captain), url(entry), text="留" * 2001)

    assert "留" * 2001 in answer.content.decode()


@pytest.mark.parametrize("text", ["", " \n", "a\x00b", "\u202eabc"], ids=["empty", "blank", "NUL", "override"])
def test_what_cannot_be_shown_is_refused(entry, captain, text):
    with pytest.raises(ValidationError):
        say(entry, captain, text=text)


@pytest.mark.parametrize("section", ["nothing", "a b", "x" * 61], ids=["unknown", "space", "long"])
def test_a_section_that_is_not_there_is_not_found(entry, captain, section):
    assert client_for(captain).get(url(entry) + f"{section}/").status_code == 404


def test_a_key_of_another_form_is_refused(entry, captain):
    with pytest.raises(ValidationError):
        say(entry, captain, section="../x")


def test_nobody_else_finds_them(entry, captain):
    say(entry, captain)

    assert client_for(UserFactory()).get(url(entry)).status_code == 404


def test_an_organizer_does_not_find_those_of_a_submitted_entry():
    entry = SubmissionFactory(submitted=True)
    organizer = OrganizerFactory(competition=entry.team.competition).user
    CommentFactory(submission=entry)

    assert client_for(organizer).get(entry.get_absolute_url()).status_code == 200
    assert client_for(organizer).get(url(entry)).status_code == 404


def test_whoever_has_left_the_team_says_nothing_more(entry, mate):
    entry.team.members.filter(user=mate).delete()

    with pytest.raises(PermissionDenied):
        say(entry, mate)


def test_own_words_are_changed_within_15_minutes(entry, captain):
    comment = say(entry, captain)

    services.edit_comment(comment, actor=captain, text="改过", now=comment.at + timedelta(minutes=14, seconds=59))

    assert Comment.objects.get().text == "改过"


@pytest.mark.parametrize("deed", ["edit", "delete"])
def test_not_after_15_minutes(entry, captain, deed):
    comment = say(entry, captain)
    later = {"actor": captain, "now": comment.at + timedelta(minutes=15)}

    with pytest.raises(Conflict):
        services.edit_comment(comment, text="x", **later) if deed == "edit" else services.delete_comment(
            comment, **later
        )


def test_nobody_changes_the_words_of_another(entry, captain, mate):
    comment = say(entry, captain)
    client = client_for(mate)

    answers = [
        client.post(f"/submissions/comments/{comment.pk}/{path}", {"text": "x", "idempotency_key": KEY}).status_code
        for path in ("", "delete/")
    ]

    assert answers == [403, 403]


def test_deleted_words_are_gone(entry, captain):
    comment = say(entry, captain)

    client_for(captain).post(f"/submissions/comments/{comment.pk}/delete/")

    assert not entry.comments.exists()


def test_changing_what_the_other_tab_has_deleted_says_so(entry, captain):
    comment = say(entry, captain)
    services.delete_comment(Comment.objects.get(), actor=captain)

    with pytest.raises(Conflict, match=r"deleted|删除"):
        services.edit_comment(comment, actor=captain, text="x")


def test_any_member_resolves_it_and_the_first_stands_there(entry, captain, mate):
    comment = say(entry, captain)
    for member in (mate, captain):
        services.resolve_comment(Comment.objects.get(), actor=member)

    comment.refresh_from_db()
    assert (comment.is_resolved, comment.resolved_by) == (True, mate)


def test_it_can_be_reopened(entry, captain):
    comment = say(entry, captain)
    client = client_for(captain)
    for data in ({}, {"open": "1"}):
        client.post(f"/submissions/comments/{comment.pk}/resolve/", data)

    comment.refresh_from_db()
    assert (comment.is_resolved, comment.resolved_by) == (False, None)


def test_there_are_so_many_at_most(entry, captain, monkeypatch):
    monkeypatch.setattr(service, "MOST_AN_ENTRY", 1)
    say(entry, captain)

    with pytest.raises(Conflict):
        say(entry, captain)


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_however_many(entry, captain, count):
    for _ in range(count):
        CommentFactory(submission=entry, author=TeamMemberFactory(team=entry.team).user)

    assert queries_of(client_for(captain), url(entry)) == 7


def test_long_talk_has_pages(entry, captain, monkeypatch):
    monkeypatch.setattr("submissions.views.talking.A_PAGE", 2)
    start = timezone.now()
    for place in range(3):
        CommentFactory(submission=entry, at=start + timedelta(seconds=place), text=f"第{place}条")

    client = client_for(captain)
    first = client.get(url(entry))
    second = client.get(url(entry) + first.context["next_url"])

    assert [each.comment.text for each in second.context["comments"]] == ["第0条"]


# Presence


def beat(client, entry, section="abstract", **more):
    return client.post(f"/submissions/{entry.public_id}/presence/", {"section": section, **more})


def test_alone_nobody_is_there(entry, captain):
    assert beat(client_for(captain), entry).json() == {"others": []}


def test_the_others_see_who_is_in_which_section(entry, captain, mate):
    beat(client_for(captain), entry, "abstract")

    assert beat(client_for(mate), entry).json() == {"others": [{"name": captain.full_name, "section": "abstract"}]}


def test_whoever_leaves_is_gone_at_once(entry, captain, mate):
    client = client_for(captain)
    beat(client, entry)
    beat(client, entry, leave="1")

    assert beat(client_for(mate), entry).json() == {"others": []}


def test_whoever_left_the_team_is_seen_no_more(entry, captain, mate):
    beat(client_for(mate), entry)
    entry.team.members.filter(user=mate).delete()

    assert beat(client_for(captain), entry).json() == {"others": []}


def test_it_lasts_45_seconds(entry, captain, monkeypatch):
    kept = []
    monkeypatch.setattr("submissions.presence.cache.set", lambda key, value, timeout: kept.append(timeout))

    beat(client_for(captain), entry)

    assert kept == [45]


def test_without_the_cache_nobody_is_seen_and_nothing_breaks(entry, captain, monkeypatch):
    def away(*arguments, **keywords):
        raise ConnectionError

    monkeypatch.setattr("submissions.presence.cache.set", away)
    monkeypatch.setattr("submissions.presence.cache.get_many", away)

    assert beat(client_for(captain), entry).json() == {"others": []}


def test_a_heartbeat_takes_three_queries(entry, captain, mate, django_assert_num_queries):
    client = client_for(captain)

    with django_assert_num_queries(3):
        beat(client, entry)


def test_a_section_that_can_not_be_is_refused(entry, captain):
    assert beat(client_for(captain), entry, "<b>").status_code == 400


def test_a_stranger_finds_no_presence(entry):
    assert beat(client_for(UserFactory()), entry).status_code == 404


def test_an_organizer_is_refused(captain):
    entry = SubmissionFactory(submitted=True)
    organizer = OrganizerFactory(competition=entry.team.competition).user

    assert beat(client_for(organizer), entry).status_code == 403


# When an account is closed


def test_what_was_said_stays_and_nobody_knows_who_said_it(entry, captain, mate):
    said = CommentFactory(submission=entry, author=mate, resolved_at=timezone.now(), resolved_by=mate)

    SubmissionKeeper().erase(mate, now=timezone.now())

    said.refresh_from_db()
    assert (said.author, said.resolved_by) == (None, None)
    assert said.text in client_for(captain).get(url(entry)).content.decode()


def test_a_copy_has_ones_own_words_and_nobody_elses(entry, captain, mate):
    CommentFactory(submission=entry, author=captain, text="我说的")
    CommentFactory(submission=entry, author=mate, text="别人说的")

    (section,) = (each for each in SubmissionKeeper().sections if each.name == "comments")

    assert [row["text"] for row in section.rows(captain)] == ["我说的"]
