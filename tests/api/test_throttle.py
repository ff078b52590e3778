"""How many requests a minute the API answers."""

from unittest import mock

import pytest
from django.core.cache import cache
from django.test import Client

from tests.api.programs import program
from tests.factories.accounts import UserFactory

pytestmark = [pytest.mark.database, pytest.mark.django_db]
TRACKS, TOKEN = "/api/v1/tracks/", "/api/v1/token/"


@pytest.fixture
def person():
    return UserFactory()


class TestThrottle:
    @pytest.fixture(autouse=True)
    def few(self, settings, time_machine):
        settings.API_REQUESTS_A_MINUTE = 3
        time_machine.move_to("2026-07-01T00:00:10Z", tick=False)

    def test_the_next_after_the_most_waits(self):
        responses = [Client().get(TRACKS) for _ in range(4)]

        assert [each.status_code for each in responses] == [200, 200, 200, 429]
        assert (responses[3]["Retry-After"], responses[3].json()["error"]["code"]) == ("51", "throttled")

    def test_after_that_time_one_goes_on(self, time_machine):
        for _ in range(4):
            Client().get(TRACKS)
        time_machine.shift(51)

        assert Client().get(TRACKS).status_code == 200

    def test_each_token_person_and_address_has_its_own(self, person):
        signed_in = Client()
        signed_in.force_login(person)
        for client in (program(person), program(person), signed_in, Client(), Client(REMOTE_ADDR="203.0.113.7")):
            assert [client.get(TRACKS).status_code for _ in range(4)] == [200, 200, 200, 429]

    def test_a_claimed_address_is_no_way_out(self):
        statuses = [Client(headers={"x-forwarded-for": f"203.0.113.{n}"}).get(TRACKS).status_code for n in range(4)]

        assert statuses[3] == 429

    def test_all_addresses_of_the_api_count(self):
        for address in ("/api/v1/topics/", "/api/v1/none/", TOKEN):
            Client().get(address)

        assert Client().get("/api/v1/results/").status_code == 429

    def test_when_nobody_can_count_nobody_is_turned_back(self, caplog):
        with (
            mock.patch.object(cache, "incr", side_effect=ConnectionError),
            mock.patch.object(cache, "add", side_effect=ConnectionError),
        ):
            statuses = [Client().get(TRACKS).status_code for _ in range(5)]

        assert (statuses, "can't be counted" in caplog.text) == ([200] * 5, True)

    def test_a_count_that_was_thrown_out_begins_anew(self):
        with mock.patch.object(cache, "incr", side_effect=ValueError):
            assert Client().get(TRACKS).status_code == 200

    def test_nought_is_no_limit(self, settings):
        settings.API_REQUESTS_A_MINUTE = 0

        assert {Client().get(TRACKS).status_code for _ in range(5)} == {200}
