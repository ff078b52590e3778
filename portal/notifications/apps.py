from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class NotificationsConfig(AppConfig):
    name = "portal.notifications"
    label = "notifications"
    verbose_name = _("notifications")

    def ready(self) -> None:
        from portal.accounts.personal_data import register
        from portal.notifications import deeds, invariants, personal_mail, receivers, retention  # noqa: F401 - registers the handlers
        from portal.notifications.keeper import NotificationKeeper

        register(NotificationKeeper())
