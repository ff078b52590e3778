"""The tests' settings with database and cache in memory: a forked process then has a copy of them to itself."""

from tests.settings import *  # noqa: F403
from tests.settings import CACHES, DATABASES

DATABASES["default"]["TEST"] = {}
CACHES["default"] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "LOCATION": "tests"}
