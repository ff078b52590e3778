from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TracksConfig(AppConfig):
    name = "tracks"
    verbose_name = _("tracks and topics")

    def ready(self) -> None:
        from portal.accounts.personal_data import register
        from tracks import deeds, factors, receivers, trail  # noqa: F401 - registers the handlers
        from tracks.keeper import TrackKeeper

        register(TrackKeeper())
