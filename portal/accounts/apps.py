from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "portal.accounts"
    label = "accounts"

    def ready(self) -> None:
        from portal.accounts import (
            deeds,  # noqa: F401 - says what is done here in words
            receivers,  # noqa: F401 - registers the handlers
            retention,  # noqa: F401 - registers the policies
        )
        from portal.accounts.keeper import AccountKeeper
        from portal.accounts.personal_data import register

        register(AccountKeeper())
