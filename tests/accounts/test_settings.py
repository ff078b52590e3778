"""What production asks unless it is told otherwise, in a process of its own."""

import json
import subprocess
import sys

import pytest
from django.conf import settings

from scripts.check import PRODUCTION
from tests.servers import outside_environment

ASK = "import json; from portal import settings; print(json.dumps(settings.{}))"


def setting(name, folder, **environment):
    done = subprocess.run(
        [sys.executable, "-c", ASK.format(name)],
        cwd=settings.BASE_DIR,
        env={**outside_environment(), "PORTAL_VAR": str(folder), **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


@pytest.fixture
def production(tmp_path):
    return {**PRODUCTION, "DATABASE_URL": "sqlite:///x.sqlite3", "STORAGE_URL": f"file://{tmp_path}"}


def test_site_admins_need_a_second_factor_in_production(tmp_path, production):
    assert setting("REQUIRE_ADMIN_SECOND_FACTOR", tmp_path, **production) is True


def test_on_one_machine_they_need_none(tmp_path):
    assert setting("REQUIRE_ADMIN_SECOND_FACTOR", tmp_path) is False


def test_both_may_be_told_otherwise(tmp_path, production):
    production["REQUIRE_ADMIN_SECOND_FACTOR"] = "false"

    assert setting("REQUIRE_ADMIN_SECOND_FACTOR", tmp_path, **production) is False


def test_cookies_of_a_production_portal_belong_to_its_host_alone(tmp_path, production):
    assert setting("DEVICE_COOKIE_NAME", tmp_path, **production) == "__Host-device"


def test_one_machine_counts_in_a_cache_that_processes_share(tmp_path):
    assert setting("CACHES", tmp_path)["default"]["BACKEND"] == "portal.core.caches.SharedFileCache"
