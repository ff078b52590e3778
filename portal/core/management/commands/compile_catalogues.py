from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from portal.core.catalogues import compile_catalogues


class Command(BaseCommand):
    help = "Compile the message catalogues that have changed; needs no gettext."
    requires_system_checks = ()

    def handle(self, **options: Any) -> None:
        for folder in settings.LOCALE_PATHS:
            for catalogue in compile_catalogues(folder):
                self.stdout.write(f"Compiled {catalogue.parent.parent.name}/{catalogue.name}")
