"""What is done here, in the words of the audit trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.core.deeds import describe

describe(
    {
        "submissions.team.found": _("founded the team"),
        "submissions.team.join": _("joined the team"),
        "submissions.team.leave": _("left the team"),
        "submissions.team.edit_member": _("changed a member's duty or the contact"),
        "submissions.team.move_member": _("moved a member in the list"),
        "submissions.team.remove_member": _("took a member out of the team"),
        "submissions.team.hand_over": _("handed the team over to another captain"),
        "submissions.team.add_partner": _("added a partner organization"),
        "submissions.team.remove_partner": _("removed a partner organization"),
        "submissions.team.edit_partner": _("changed what the team says about a partner organization"),
        "submissions.team.read_contact_phone": _("read the phone number of a partner's contact person"),
        "submissions.team.edit_organization": _("changed what is said about an organization of the team"),
        "submissions.team.merge_organization": _("merged an organization of the team with another entry of the same"),
        "submissions.organization.merge": _("merged two entries of one organization"),
        "submissions.organization.edit": _("corrected what is said about an organization"),
        "submissions.team.read": _("read the team's page"),
        "submissions.invitation.invite": _("invited somebody into the team"),
        "submissions.invitation.revoke": _("took an invitation back"),
        "submissions.extension.grant_extension": _("gave a team more time"),
        "submissions.extension.revoke_extension": _("took the additional time back"),
        "submissions.entryform.begin_form": _("began an entry form"),
        "submissions.entryform.edit_form": _("edited the entry form"),
        "submissions.entryform.publish_form": _("published the entry form"),
        "submissions.submission.start": _("began an entry"),
        "submissions.submission.read_topic": _("read the newer text of the topic"),
        "submissions.submission.attach": _("put a file into the entry"),
        "submissions.submission.detach": _("took a file out of the entry"),
        "submissions.submission.submit": _("submitted the entry"),
        "submissions.submission.issue_receipt": _("got a receipt"),
        "submissions.submission.withdraw": _("withdrew the entry"),
        "submissions.submission.pass_screening": _("passed the entry in screening"),
        "submissions.submission.return_for_correction": _("returned the entry for correction"),
        "submissions.submission.reject": _("rejected the entry in screening"),
        "submissions.rendition.request_rendition": _("asked for the entry on paper"),
        "submissions.rendition.make_rendition": _("put the entry on paper"),
        "submissions.rendition.fail_rendition": _("couldn't put the entry on paper"),
        "submissions.rendition.retry_rendition": _("asked for the entry on paper again"),
        "submissions.rendition.download": _("downloaded the entry on paper"),
        "submissions.submission.read": _("read the entry"),
        "submissions.submission.download": _("downloaded a file of the entry"),
    },
    named={
        "submissions.team": (),
        "submissions.submission": (),
        "submissions.organization": (),
        "submissions.extension": ("team",),
    },
)
