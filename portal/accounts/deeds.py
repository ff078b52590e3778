"""What happens to accounts, in the words of the audit trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.core.deeds import describe

describe(
    {
        "accounts.user.sign_up": _("registered"),
        "accounts.user.sign_up_again": _("was to be registered once more, with an address that has an account"),
        "accounts.user.sign_in": _("signed in"),
        "accounts.user.sign_in_failed": _("failed to sign in"),
        "accounts.address.sign_in_failed": _("failed to sign in with an address that nobody has registered"),
        "accounts.user.sign_out": _("signed out"),
        "accounts.user.change_password": _("changed the password"),
        "accounts.user.set_password": _("set a password"),
        "accounts.user.reset_password": _("reset the password by mail"),
        "accounts.user.add_email": _("added an e-mail address"),
        "accounts.user.remove_email": _("removed an e-mail address"),
        "accounts.user.change_email": _("changed the main e-mail address"),
        "accounts.user.free_address": _("lost an address that was never confirmed to whoever confirmed it"),
        "accounts.user.confirm_email": _("confirmed an e-mail address"),
        "accounts.user.add_factor": _("added a second factor"),
        "accounts.user.remove_factor": _("removed a second factor"),
        "accounts.user.reset_factor": _("renewed the recovery codes"),
        "accounts.user.factor_failed": _("failed at the second factor"),
        "accounts.user.refused": _("was refused something"),
        "accounts.user.act_for": _("began to act for somebody"),
        "accounts.user.stop_acting": _("stopped acting for somebody"),
        "accounts.user.create_token": _("made an API token"),
        "accounts.user.revoke_token": _("revoked an API token"),
        "accounts.user.accept_notice": _("accepted the privacy notice"),
        "accounts.user.accept": _("accepted a text"),
        "accounts.user.change_profile": _("changed the profile"),
        "accounts.user.add_document": _("gave a document number"),
        "accounts.user.replace_document": _("replaced the document number"),
        "accounts.user.delete_document": _("deleted the document number"),
        "accounts.user.read_document_number": _("read a person's document number"),
        "accounts.user.read_phone": _("read a person's phone number"),
        "accounts.user.reset_second_factor": _("took the second factor away"),
        "accounts.user.close_account": _("closed the account"),
        "accounts.user.export_consents": _("took the list of who accepted what along as a file"),
        "accounts.agreement.publish_version": _("published a version of a text"),
        "accounts.dataexport.request_export": _("asked for a copy of their data"),
        "accounts.dataexport.finish_export": _("made a copy of somebody's data"),
        "accounts.dataexport.expire_export": _("deleted a copy of somebody's data"),
        "accounts.dataexport.download_export": _("downloaded the copy of their data"),
        "accounts.retentionrule.set_retention": _("set how long data is kept"),
        "accounts.retentionrule.retention": _("deleted data whose time was over"),
        "core.auditentry.export_trail": _("took the whole audit trail along as a file"),
    },
    named={"accounts.user": ()},
)
