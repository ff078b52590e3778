import uuid

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from tests.factories.accounts import UserFactory
from tests.factories.files import pdf
from tests.factories.submissions import SubmissionFactory, TeamFactory, TeamMemberFactory, captain_of
from tests.factories.tracks import OrganizerFactory, TrackFactory
from tests.submissions.people import client_for, complete_draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry():
    return SubmissionFactory(submitted=True)


@pytest.fixture
def url(entry):
    return entry.attachments.get().get_absolute_url()


def ask(user, url, method="get"):
    """The answer, its bytes read as ``body`` and its file closed."""
    response = getattr(client_for(user), method)(url)
    response.body = response.getvalue()
    # A server does this; closing the whole answer would close the test's connection too.
    for close in response._resource_closers:
        close()
    return response


def test_a_member_gets_the_bytes(entry, url):
    response = ask(TeamMemberFactory(team=entry.team).user, url)

    assert (response.status_code, response.body) == (200, pdf(entry.title))


@pytest.mark.parametrize("tracks", [False, True])
def test_an_organizer_gets_what_was_submitted(entry, url, tracks):
    role = OrganizerFactory(competition=entry.team.competition, tracks=[entry.track] if tracks else [])

    assert ask(role.user, url).status_code == 200


@pytest.mark.parametrize("somebody", ["stranger", "another team", "organizer of another track", "staff"])
@pytest.mark.parametrize("method", ["get", "head"])
def test_for_anybody_else_there_is_no_such_file(entry, url, somebody, method):
    competition = entry.team.competition
    user = {
        "stranger": UserFactory,
        "another team": lambda: captain_of(TeamFactory(competition=competition)),
        "organizer of another track": lambda: (
            OrganizerFactory(competition=competition, tracks=[TrackFactory(competition=competition)]).user
        ),
        "staff": lambda: UserFactory(is_staff=True),
    }[somebody]()

    missing = url.replace(url.split("/")[2], str(uuid.uuid4()))
    hidden, absent = ask(user, url, method), ask(user, missing, method)
    assert (hidden.status_code, absent.status_code, hidden.body) == (404, 404, absent.body)


def test_an_organizer_does_not_get_a_file_of_a_draft():
    draft = complete_draft()
    role = OrganizerFactory(competition=draft.team.competition)

    assert ask(role.user, draft.attachments.get().get_absolute_url()).status_code == 404


def test_a_visitor_is_asked_to_sign_in(url):
    response = Client().get(url)

    assert (response.status_code, response["Location"].startswith("/accounts/login/")) == (302, True)


def test_a_file_has_one_name_only(entry, url):
    assert ask(captain_of(entry.team), url.rsplit("/", 1)[0] + "/other.pdf").status_code == 404


def test_head_tells_the_size_without_the_bytes(entry, url):
    response = ask(captain_of(entry.team), url, "head")

    assert (response["Content-Length"], response.body) == (str(len(pdf(entry.title))), b"")


@pytest.mark.parametrize("method", ["post", "put", "delete"])
def test_a_file_can_only_be_read(entry, url, method):
    assert ask(captain_of(entry.team), url, method).status_code == 405


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Content-Type", "application/pdf"),
        ("Content-Disposition", "attachment; filename*=utf-8''%E7%94%B3%E6%8A%A5%E4%B9%A6.pdf"),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", "sandbox; default-src 'none'"),
        ("Cache-Control", "private, no-store"),
        ("Cross-Origin-Resource-Policy", "same-origin"),
        ("X-Frame-Options", "DENY"),
    ],
)
def test_a_browser_is_told_to_take_it_for_a_download(entry, url, header, value):
    assert ask(captain_of(entry.team), url)[header] == value


@pytest.mark.parametrize("name", ['a"b.pdf', "a;b=c.pdf", "a%0d%0ab.pdf", "申报书 (1).pdf", "..%2f.pdf"])
def test_a_name_cannot_break_out_of_its_header(entry, name):
    entry.attachments.update(name=name)
    url = entry.attachments.get().get_absolute_url()

    response = ask(captain_of(entry.team), url)

    assert response.status_code == 200
    assert response["Content-Disposition"].startswith("attachment; filename")


def test_a_file_that_is_gone_from_the_disk_is_an_honest_503(entry, url):
    default_storage.delete(entry.attachments.get().file.path)

    assert ask(captain_of(entry.team), url).status_code == 503
