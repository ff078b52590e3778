from portal.accounts.views.agreements import accepted, due, text, version
from portal.accounts.views.data import close, closed, data, export, export_request
from portal.accounts.views.profile import document, document_delete, profile

__all__ = [
    "accepted",
    "close",
    "closed",
    "data",
    "document",
    "document_delete",
    "due",
    "export",
    "export_request",
    "profile",
    "text",
    "version",
]
