from __future__ import annotations

from typing import Any

from django.contrib.auth.tokens import PasswordResetTokenGenerator


class ResetToken(PasswordResetTokenGenerator):
    """Dies with the password it replaces, a sign-in, a change of address, and when the account is disabled."""

    def _make_hash_value(self, user: Any, timestamp: int) -> str:
        return f"{super()._make_hash_value(user, timestamp)}{user.is_active}"
