from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreConfig(AppConfig):
    name = "portal.core"
    label = "core"
    verbose_name = _("the portal itself")

    def ready(self) -> None:
        from portal.core import deeds, invariants, service_admin  # noqa: F401 - registers the page
        from portal.core.models import Service

        deeds.describe({f"{Service._meta.label_lower}.switch": _("switched what works on the portal")})
