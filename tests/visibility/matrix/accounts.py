"""Accounts: each person's own. The site admin sees them in the administration, nobody else does."""

from tests.visibility.actors import EVERYBODY, SIGNED_IN, SITE, STAFF, people
from tests.visibility.lines import REFUSED, Family, admin, admin_get, admin_post, get, open_get, post

CLOSED = STAFF - SITE
TM = people("TM")

FAMILIES = [
    Family("account_*", "allauth's pages about the account of whoever is signed in"),
    Family("mfa_*", "allauth's pages about the second factor of whoever is signed in"),
    Family("usersessions_*", "allauth's page about the sessions of whoever is signed in"),
]
LINES = [
    open_get("accounts:privacy"),
    open_get("accounts:user_agreement"),
    open_get("accounts:document_number_notice"),
    open_get("accounts:agreement", "notice.series.slug,notice.version"),
    open_get("accounts:agreement", "notice.series.slug,future_notice.version", "future_text.body", shown=SITE),
    open_get("accounts:agreement", "pledge.series.slug,pledge.text.version", "pledge.body", shown=TM | SITE),
    open_get("accounts:agreement", "pledge.series.slug,future_pledge.version", shown=SITE),
    get("accounts:profile", "", "phone.TM", shown=TM, empty=SIGNED_IN - TM),
    post("accounts:profile", let_in=SIGNED_IN),
    get("accounts:identity", shown=SIGNED_IN),
    post("accounts:identity", let_in=SIGNED_IN),
    post("accounts:identity_delete", let_in=SIGNED_IN),
    get("accounts:consents", shown=SIGNED_IN),
    get("accounts:agreements_due", away=SIGNED_IN),
    post("accounts:agreements_due", let_in=SIGNED_IN),
    get("accounts:data", "", "copy_of_tm.id", shown=TM, empty=SIGNED_IN - TM),
    post("accounts:export_request", let_in=SIGNED_IN),
    get("accounts:export", "copy.public_id", "copy_of_tm.content", shown=TM),
    get("accounts:close", shown=SIGNED_IN),
    post("accounts:close", let_in=SIGNED_IN),
    open_get("accounts:closed"),
    get("accounts:security", shown=SIGNED_IN),
    get("accounts:second_factor", away=SIGNED_IN),
    get("accounts:go_on", away=SIGNED_IN),
    post("accounts:send_again", asked=EVERYBODY),
    *admin("accounts.user", "tm", "person.TM", see=SITE, closed_to=CLOSED),
    *[
        line
        for step, person in [("disable", "tm"), ("enable", "users.DI"), ("appoint", "tm"), ("dismiss", "users.SE")]
        for line in [
            admin_get(f"admin:accounts_user_{step}", f"{person}.pk", outsiders=REFUSED, shown=SITE),
            admin_post(
                f"admin:accounts_user_{step}",
                f"{person}.pk",
                outsiders=REFUSED,
                let_in=SITE,
                data={"reason": "来电核实"},
            ),
        ]
    ],
    *admin("accounts.agreement", "notice", see=SITE, add=SITE, closed_to=CLOSED),
    *admin("accounts.retentionrule", "retention_rule", see=SITE, closed_to=CLOSED),
    admin_post("admin:accounts_retentionrule_changelist", outsiders=REFUSED, let_in=SITE),
    *admin("accounts.consent", "consent", "person.TM", see=SITE, closed_to=CLOSED),
]
