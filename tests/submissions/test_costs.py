"""A page costs the same for one row and for three."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from submissions import signing
from submissions.services import receipts
from tests.factories.submissions import (
    CommentFactory,
    InvitationFactory,
    SubmissionFactory,
    TeamMemberFactory,
    captain_of,
)
from tests.submissions.people import client_for, complete_draft, queries_of, save, submit, write

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft():
    return complete_draft()


@pytest.fixture
def captain(draft):
    return client_for(captain_of(draft.team))


def submit_again(draft, *, times):
    for number in range(times):
        save(draft, abstract=f"第 {number} 稿")
        submit(draft)


def test_the_teams_page(draft, captain):
    url = draft.team.get_absolute_url()
    SubmissionFactory()  # somebody else's, must not appear
    InvitationFactory(team=draft.team)
    queries = queries_of(captain, url)

    TeamMemberFactory.create_batch(2, team=draft.team)
    InvitationFactory.create_batch(2, team=draft.team)
    for _more in range(2):
        SubmissionFactory(team=draft.team, submitted=True)

    context = captain.get(url).context
    assert [len(context[name]) for name in ("members", "invitations", "submissions")] == [3, 3, 3]
    assert queries_of(captain, url) == queries


def test_the_entrys_page(draft, captain):
    submit_again(draft, times=1)
    queries = queries_of(captain, draft.get_absolute_url())

    submit_again(draft, times=2)
    TeamMemberFactory.create_batch(2, team=draft.team)

    assert queries_of(captain, draft.get_absolute_url()) == queries


@pytest.mark.parametrize("times", [0, 3])
def test_the_entrys_page_costs_at_most_twelve(draft, captain, times):
    """With files, versions, comments, and twenty revisions of a section."""
    submit_again(draft, times=times)
    CommentFactory.create_batch(times, submission=draft)
    for number in range(times * 8):
        write(draft, "abstract", f"第 {number} 稿", now=timezone.now() - timedelta(minutes=90 - 3 * number))
    captain.get(draft.get_absolute_url())

    assert queries_of(captain, draft.get_absolute_url()) <= 12


@pytest.mark.parametrize("times", [0, 3])
@pytest.mark.parametrize("page", ["", "submit/"])
def test_no_question_of_an_entrys_page_joins_more_than_eight(draft, captain, times, page):
    """How long PostgreSQL plans grows with each join much faster than their number."""
    submit_again(draft, times=times)
    with CaptureQueriesContext(connection) as queries:
        assert captain.get(f"{draft.get_absolute_url()}{page}").status_code == 200

    assert max(each["sql"].count(" JOIN ") for each in queries) <= 8


def test_the_last_look_of_a_first_draft_asks_ten(draft, captain):
    """No version is looked for where none has been submitted."""
    url = f"{draft.get_absolute_url()}submit/"
    captain.get(url)

    assert queries_of(captain, url) <= 10


def test_the_last_look(draft, captain):
    url = f"{draft.get_absolute_url()}submit/"
    submit_again(draft, times=1)
    queries = queries_of(captain, url)

    submit_again(draft, times=2)

    assert queries_of(captain, url) == queries


def test_the_receipt(draft, captain):
    submit_again(draft, times=1)
    receipt = draft.versions.get().receipt
    queries = queries_of(captain, receipt.get_absolute_url())

    submit_again(draft, times=2)

    assert queries_of(captain, receipt.get_absolute_url()) == queries


@pytest.mark.parametrize(("file", "most"), [("", 7), ("receipt.json", 4)])
def test_a_receipt_asks_no_more_than_it_says(draft, captain, file, most):
    """Session, person and agreements; itself; and on its page team, other versions and whether there are results."""
    url = f"{submit(draft).get_absolute_url()}{file}"
    captain.get(url)

    assert queries_of(captain, url) <= most


def test_submitting_costs_the_same_for_a_large_team(draft):
    first = complete_draft(topic=draft.topic, team__competition=draft.team.competition)
    large = complete_draft(topic=draft.topic, team__competition=draft.team.competition)
    TeamMemberFactory.create_batch(5, team=large.team)
    submit(first)  # the first line of an audit trail costs one more

    costs = []
    for each in (draft, large):
        with CaptureQueriesContext(connection) as queries:
            submit(each)
        costs.append(len(queries))

    assert costs[0] == costs[1]


def press(captain, draft):
    """Captain's last step, as the page sends it."""
    page = captain.get(f"{draft.get_absolute_url()}submit/").context["fields"]
    fields = {**page, "idempotency_key": "0123456789abcdef"}
    with CaptureQueriesContext(connection) as queries:
        response = captain.post(f"{draft.get_absolute_url()}submit/", fields)
    assert response.status_code == 302
    frames = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
    return sum(not each["sql"].startswith(frames) for each in queries)


def test_a_first_submit_asks_no_more_than_it_has_to(draft, captain, monkeypatch):
    """docs/deadline.md says what each is for."""
    # A process asks once whether its key is known, and remembers it with a commit, which no test here comes to.
    monkeypatch.setattr(receipts, "_kept", {signing.key_id(signing.newest_key())})
    other = complete_draft(topic=draft.topic, team__competition=draft.team.competition)
    press(client_for(captain_of(other.team)), other)  # what is remembered in a process is read by the first

    assert press(captain, draft) <= (19 if connection.features.has_select_for_update else 14)
