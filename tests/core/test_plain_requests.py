"""NUL anywhere in a request is a bad request; PostgreSQL would raise at it."""

import pytest

pytestmark = pytest.mark.database


@pytest.mark.parametrize(
    "address", ["/teams/new/?competition=%00", "/%00/", "/?%00=1", "/admin/tracks/topic/?status__exact=%00"]
)
def test_nul_in_an_address_is_a_bad_request(client, db, address):
    assert client.get(address).status_code == 400


def test_nul_in_a_cookie_is_a_bad_request(client, db):
    response = client.get("/desk/", headers={"cookie": r'session="\000\000\000\000\000\000\000\000\000"'})

    assert response.status_code == 400


def test_the_answer_is_a_page_of_ours(client, db):
    assert "lang=" in client.get("/%00/").content.decode()


def test_what_people_type_passes(client, db):
    assert client.get("/?q=%E5%B1%B1%E6%B4%AA%F0%9F%98%80").status_code == 200
