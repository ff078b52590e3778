from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class JudgingConfig(AppConfig):
    name = "judging"
    verbose_name = _("judging")

    def ready(self) -> None:
        from judging import cloning, receivers  # noqa: F401 - registers the handlers
