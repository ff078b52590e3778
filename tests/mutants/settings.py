"""The tests' settings with a database in memory: a forked process then has a copy of it to itself."""

from tests.settings import *  # noqa: F403
from tests.settings import DATABASES

DATABASES["default"]["TEST"] = {}
