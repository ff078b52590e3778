"""What is done here, in the words of the audit trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.core.deeds import describe

describe(
    {
        "judging.round.create": _("round created"),
        "judging.round.assign": _("judges assigned"),
        "judging.round.open": _("round opened"),
        "judging.round.close": _("round closed"),
        "judging.round.rank": _("ranking computed"),
        "judging.round.decide": _("awards decided"),
        "judging.round.publish": _("results published"),
        "judging.round.request_certificates": _("certificates ordered"),
        "judging.assignment.start": _("review begun"),
        "judging.assignment.submit": _("review handed in"),
        "judging.assignment.recuse": _("judge recused"),
        "judging.assignment.revoke": _("assignment revoked"),
        "judging.judge.appoint": _("judge appointed"),
        "judging.judge.update": _("judge's standing changed"),
        "judging.rubric.add": _("rubric made"),
        "judging.rubric.rename": _("rubric renamed"),
        "judging.rubric.save_criterion": _("criterion of a rubric written"),
        "judging.rubric.remove_criterion": _("criterion of a rubric removed"),
        "judging.certificate.issue": _("certificate issued"),
        "judging.certificate.revoke": _("certificate revoked"),
    },
    named={
        "judging.round": ("competition",),
        "judging.judge": ("user",),
        "judging.rubric": (),
        "judging.assignment": ("judge__user", "submission"),
        "judging.certificate": (),
    },
)
