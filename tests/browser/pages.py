"""Every page that a person can open, once: who opens it, where it is, what it answers."""

from __future__ import annotations

from dataclasses import dataclass

HERE, BEFORE = "/sichuan-2026", "/sichuan-2025"
NOWHERE = "00000000-0000-4000-8000-000000000000"
# What a person signs in with, by the part the page is for.
PEOPLE = {
    "captain": "captain1@example.com",
    "newcomer": "captain2@example.com",
    "judge": "judge1@example.com",
    "organizer": "organizer@example.com",
}


@dataclass(frozen=True)
class Place:
    """``path`` may name an address that ``contents.fill`` has made: ``{draft}submit/``."""

    name: str
    path: str
    who: str = ""
    status: int = 200

    @property
    def is_admin(self) -> bool:
        return self.path.startswith(("/admin/", "{admin_", "{screening}"))


PUBLIC = [
    Place("home", "/"),
    Place("home-of-last-year", f"{BEFORE}/"),
    Place("chooser", "/competitions/"),
    Place("track", f"{HERE}/tracks/9/"),
    Place("topic", f"{HERE}/tracks/9/topics/2/"),
    Place("topic-revisions", f"{HERE}/tracks/9/topics/2/revisions/"),
    Place("topics", f"{HERE}/topics/"),
    Place("topics-changed", f"{HERE}/topics/?changed=on"),
    Place("search", f"{HERE}/search/"),
    Place("search-found", f"{HERE}/search/?q=山洪预警"),
    Place("search-nothing", f"{HERE}/search/?q=qqqqzzzz"),
    Place("announcements", f"{HERE}/announcements/"),
    Place("announcement", f"{HERE}/announcements/1/"),
    Place("documents", f"{HERE}/documents/"),
    Place("faq", f"{HERE}/faq/"),
    Place("results", "{results}"),
    Place("results-not-yet", f"{HERE}/results/", status=404),
    Place("certificate", "{certificate}"),
    Place("certificate-unknown", f"/verify/{NOWHERE}/", status=404),
    Place("privacy", "/privacy/"),
    Place("style", "/style/"),
    Place("nowhere", "/no/such/page/", status=404),
    Place("invitation", "{invitation}"),
    Place("sign-in", "/accounts/login/"),
    Place("register", "/accounts/signup/"),
    Place("sign-in-by-code", "/accounts/login/code/"),
    Place("forgot-password", "/accounts/password/reset/"),
    Place("forgot-password-sent", "/accounts/password/reset/done/"),
    Place("mailbox", "/mailbox/"),
]
CAPTAINS = [
    Place("desk-captain", "/desk/", "captain"),
    Place("desk-newcomer", "/desk/", "newcomer"),
    Place("team-new", "/teams/new/?competition=sichuan-2026", "newcomer"),
    Place("team", "{team}", "captain"),
    Place("entry-start", f"/submissions/start{HERE}/2/1/", "captain"),
    Place("entry-draft", "{draft}", "captain"),
    Place("entry-submitted", "{submitted}", "captain"),
    Place("entry-returned", "{returned}", "captain"),
    Place("entry-check", "{draft}submit/", "captain"),
    Place("entries", "/desk/entries/", "captain"),
    Place("entry-comments", "{draft}comments/", "captain"),
    Place("entry-on-paper", "{submitted}renditions/", "captain"),
    Place("receipt", "{receipt}", "captain"),
    Place("security", "/accounts/security/", "captain"),
    Place("second-factor", "/accounts/2fa/", "captain"),
    Place("authenticator-app", "/accounts/2fa/totp/activate/", "captain"),
    Place("passkeys", "/accounts/2fa/webauthn/", "captain"),
    Place("passkey-new", "/accounts/2fa/webauthn/add/", "captain"),
    Place("sessions", "/accounts/sessions/", "captain"),
    Place("email-addresses", "/accounts/email/", "captain"),
    Place("change-password", "/accounts/password/change/", "captain"),
    Place("sign-out", "/accounts/logout/", "captain"),
]
JUDGES = [
    Place("desk-judge", "/desk/", "judge"),
    Place("judge-queue", "/judging/", "judge"),
    Place("judge-review", "{review}", "judge"),
    Place("judge-handed-in", "{handed_in}", "judge"),
    Place("judge-recuse", "{review}recuse/", "judge"),
]
ORGANIZERS = [
    Place("desk-organizer", "/desk/", "organizer"),
    Place("rounds", "/organize/", "organizer"),
    Place("roster-board", f"/organize/roster{HERE}/", "organizer"),
    Place("roster-request", "{roster_request}", "organizer"),
    Place("screening-queue", f"/organize/screening{HERE}/", "organizer"),
    Place("screen-entry", "{screen_entry}", "organizer"),
    Place("screen-returned", "{screen_returned}", "organizer"),
    Place("board-planned", "{planned_round}", "organizer"),
    Place("board-open", "{open_round}", "organizer"),
    Place("board-ranked", "{ranked_round}", "organizer"),
    Place("assign", "{planned_round}assign/", "organizer"),
    Place("close-round", "{open_round}close/", "organizer"),
    Place("publish-results", "{ranked_round}publish/", "organizer"),
]
ADMINISTRATION = [
    Place("admin", "/admin/", "organizer"),
    Place("admin-competition", "{admin_competition}", "organizer"),
    Place("admin-competition-check", "{admin_competition}../check/", "organizer"),
    Place("admin-topics-export", "{admin_competition}../topics/export/", "organizer"),
    Place("admin-tracks", "/admin/tracks/track/", "organizer"),
    Place("admin-topics", "/admin/tracks/topic/", "organizer"),
    Place("admin-topic", "{admin_topic}", "organizer"),
    Place("admin-topic-withdraw", "{admin_topic}../withdraw/", "organizer"),
    Place("admin-topic-move", "{admin_topic}../move/", "organizer"),
    Place("admin-announcements", "/admin/tracks/announcement/", "organizer"),
    Place("admin-announcement-new", "/admin/tracks/announcement/add/", "organizer"),
    Place("admin-entries", "/admin/submissions/submission/", "organizer"),
    Place("admin-screening", "{screening}", "organizer"),
    Place("admin-judges", "/admin/judging/judge/", "organizer"),
]
PLACES = [*PUBLIC, *CAPTAINS, *JUDGES, *ORGANIZERS, *ADMINISTRATION]
