from datetime import UTC, datetime

import pytest
from django.core.exceptions import ValidationError

from portal.core.instants import validate_instant


@pytest.mark.parametrize("year", [2000, 2026, 2100])
def test_a_year_of_this_century_is_accepted(year):
    assert validate_instant(datetime(year, 6, 1, tzinfo=UTC)) is None


@pytest.mark.parametrize("year", [1, 1999, 2101, 9999])
def test_a_slip_in_the_year_is_refused(year):
    with pytest.raises(ValidationError, match="2000"):
        validate_instant(datetime(year, 6, 1, tzinfo=UTC))
