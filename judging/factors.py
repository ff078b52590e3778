from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, QuerySet

from judging.models import Judge
from portal.accounts.second_factor import asked_of, guard

# What is left out is everybody's, or a team's; the rest is the judges' and the organizers'.
guard(
    "judging:",
    but=["judging:results", "judging:verify_certificate", "judging:certificate", "judging:retry_certificate"],
)


@asked_of
def judges() -> QuerySet[Any]:
    return Judge.objects.filter(user=OuterRef("pk"), is_active=True, competition__requires_second_factor=True)
