from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SubmissionsConfig(AppConfig):
    name = "submissions"
    verbose_name = _("teams and submissions")

    def ready(self) -> None:
        from portal.accounts.personal_data import register
        from submissions import checking, cloning, deeds, invariants, receivers, retention, trail  # noqa: F401 - registers the handlers and policies
        from submissions.keeper import SubmissionKeeper

        register(SubmissionKeeper())
