from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JudgingConfig(AppConfig):
    name = "judging"
    verbose_name = _("judging")

    def ready(self) -> None:
        from judging import checking, cloning, deeds, factors, invariants, receivers, trail  # noqa: F401 - registers the handlers
        from judging.keeper import JudgingKeeper
        from judging.services.conflicts import competes_under
        from portal.accounts import acting
        from portal.accounts.personal_data import register

        register(JudgingKeeper())
        acting.CONFLICTS.append(competes_under)
