import re

import pytest
from django.conf import settings

from portal.env import NAMES, parts_dir
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


@pytest.fixture
def arriving(monkeypatch):
    """Where the image has files that are on their way to a storage that speaks S3."""
    image = (settings.BASE_DIR / "Dockerfile").read_text(encoding="utf-8")
    monkeypatch.setenv("PORTAL_VAR", re.search(r"PORTAL_VAR=(/srv/\S+)", image)[1])
    monkeypatch.setenv("STORAGE_URL", "s3://bucket")
    return str(parts_dir())


@pytest.mark.parametrize("name", APPLICATION)
def test_a_file_on_its_way_to_s3_lies_where_all_find_it_again(services, name, arriving):
    assert f"parts:{arriving}" in services[name]["volumes"]


def test_whoever_runs_in_the_image_may_write_there(arriving):
    # A new volume belongs to whom the folder belongs to in the image.
    (made,) = re.findall(r"install --directory --owner portal (.*)", (settings.BASE_DIR / "Dockerfile").read_text())

    assert arriving in made.split()


@pytest.mark.parametrize("name", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_the_keys_of_the_storage_reach_the_portal(name):
    services = read_compose({**VALUES, name: "key"})["services"]

    assert {services[each]["environment"][name] for each in APPLICATION} == {"key"}


@pytest.mark.parametrize("name", ["web", "submits"])
def test_whoever_waits_too_long_for_a_page_is_told_so_before_nginx_gives_up(services, name):
    proxy = (settings.BASE_DIR / "deploy" / "nginx.conf").read_text(encoding="utf-8")
    patience = min(int(seconds) for seconds in re.findall(r"proxy_read_timeout (\d+)s;", proxy))

    assert 0 < int(services[name]["environment"]["SHED_AFTER_SECONDS"]) < patience
