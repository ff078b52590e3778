import pytest

from portal.env import NAMES
from tests.deploy.compose import APPLICATION, read_compose, required_variables

VALUES = dict.fromkeys(required_variables(), "value")


@pytest.fixture(scope="module")
def services() -> dict:
    return read_compose(VALUES)["services"]


@pytest.mark.parametrize("name", APPLICATION)
def test_every_name_is_one_the_portal_knows(services, name):
    assert set(services[name]["environment"]) - set(NAMES) == set()


@pytest.mark.parametrize("name", ["proxy", "web", "submits", "worker", "beat", "database", "redis"])
def test_every_lasting_service_has_a_health_check(services, name):
    assert services[name]["healthcheck"]["test"][0] in {"CMD", "CMD-SHELL"}


def test_the_portal_runs_from_one_image(services):
    assert {services[name]["image"] for name in APPLICATION} == {"portal"}


def test_every_volume_is_declared():
    compose = read_compose(VALUES)
    mounted = {
        volume.split(":")[0]
        for service in compose["services"].values()
        for volume in service.get("volumes", [])
        if not volume.startswith(".")
    }

    assert mounted == set(compose["volumes"])


def test_redis_keeps_what_it_was_told(services):
    command = services["redis"]["command"]

    assert command[command.index("--appendonly") + 1] == "yes"


def test_no_secret_has_a_value_in_the_file():
    assert {"SECRET_KEY", "POSTGRES_PASSWORD", "EMAIL_URL"} <= required_variables()


def test_the_proxy_is_told_who_ends_tls():
    proxy = read_compose({**VALUES, "TLS_FRONT": "10.0.0.7"})["services"]["proxy"]

    assert (proxy["environment"]["TLS_FRONT"], "/etc/nginx/templates/default.conf.template" in proxy["volumes"][0]) == (
        "10.0.0.7",
        True,
    )


def test_the_portal_believes_one_proxy_whatever_stands_before_it():
    services = read_compose({**VALUES, "TRUSTED_PROXY_COUNT": "2", "TLS_FRONT": "10.0.0.7"})["services"]

    assert {services[name]["environment"]["TRUSTED_PROXY_COUNT"] for name in APPLICATION} == {"1"}
