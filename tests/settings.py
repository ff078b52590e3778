"""The portal's own settings with what tests need: a folder each, quick passwords, nothing shared.

The environment says where the servers are (``tests/run.py`` starts them); without one everything runs on
SQLite and files, so that a plain ``pytest`` needs no server.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
if os.environ.get("TEST_VAR_OF") != WORKER:
    # A process that a test starts inherits the test's own folder; another test worker takes a new one.
    os.environ["TEST_VAR_OF"] = WORKER
    os.environ["PORTAL_VAR"] = tempfile.mkdtemp(prefix=f"portal-tests-{WORKER}-")
    atexit.register(shutil.rmtree, os.environ["PORTAL_VAR"], ignore_errors=True)
VAR = Path(os.environ["PORTAL_VAR"])

(VAR / "static").mkdir()  # WhiteNoise warns about a folder that is missing
os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "0" * 32)
os.environ.setdefault("LOG_LEVEL", "WARNING")
if server := os.environ.get("TEST_REDIS_URL"):
    # Two Redis databases a worker, so that one test's flush is not another's surprise.
    number = 0 if WORKER == "main" else 2 * int(WORKER.removeprefix("gw"))
    os.environ["CELERY_BROKER_URL"] = f"{server}/{number}"
    os.environ["CACHE_URL"] = f"{server}/{number + 1}"

from portal.settings import *  # noqa: E402, F403
from portal.settings import CACHES, DATABASES, STORAGES  # noqa: E402

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

# Factories write no audit lines, so a remembered page would not notice them; its own tests turn it on.
CACHES["pages"] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}

# Pages are counted by their queries, and a look every two seconds would be one too many for some.
SERVICE_STATE_SECONDS = None

if "sqlite" not in DATABASES["default"]["ENGINE"] and (migrated := os.environ.get("TEST_MIGRATED")):
    DATABASES["default"]["TEST"] = {"TEMPLATE": migrated}
if "postgresql" in DATABASES["default"]["ENGINE"]:
    # A race of twenty takes a busy machine longer than anybody should wait for a page.
    DATABASES["default"]["OPTIONS"]["options"] = "-c statement_timeout=120000 -c lock_timeout=60000"
if "sqlite" in DATABASES["default"]["ENGINE"]:
    # A file and not memory: threads and processes then meet the locks that real requests meet.
    DATABASES["default"]["TEST"] = {"NAME": str(VAR / "test.sqlite3")}
