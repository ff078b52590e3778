from portal.accounts.models.agreements import Agreement, AgreementSeries, Consent
from portal.accounts.models.exports import DataExport
from portal.accounts.models.identity import IdentityDocument
from portal.accounts.models.people import User, display_name
from portal.accounts.models.retention import RetentionRule
from portal.accounts.models.tokens import ApiToken

__all__ = [
    "Agreement",
    "AgreementSeries",
    "ApiToken",
    "Consent",
    "DataExport",
    "IdentityDocument",
    "RetentionRule",
    "User",
    "display_name",
]
