"""Models with rows about people or entries that have no ``visible_to`` of their own, each with the reason."""

UNGUARDED = {
    # Parts of a row that is guarded; read through it alone.
    "judging.Criterion": "a line of a rubric, read with its round or rubric",
    "judging.RankingEntry": "a line of a ranking, read with it",
    "judging.Decision": "about one line of a ranking, read with it",
    "judging.Score": "a line of a review, read with it",
    "judging.ConflictOfInterest": "shown on no page; the assignment's plan names its kind to organizers without a team",
    "submissions.Screening": "about one version of an entry, read with it",
    "submissions.ChecklistItem": "a line of a plan of screening, read with it",
    "submissions.ScreeningReason": "a line of a plan of screening, read with it",
    "submissions.SubmissionVersion_attachments": "joins versions and files, both guarded",
    "tracks.Organizer_tracks": "joins roles and tracks, both guarded",
    "submissions.LateAttempt_attachments": "joins late attempts and files, both guarded",
    "submissions.ReceiptKey": "public halves of keys, for anybody who checks a receipt",
    # The house's own books.
    "core.AuditHead": "where the trail ends: a number and a hash, shown nowhere",
    "core.AuditVerification": "the nightly walk through the chains: counts and hashes, shown to operators alone",
    "core.StoredFile": "bytes under their hash; leave only through the row that names them",
    "core.IdempotencyKey": "looked up by its actor and key alone",
    "accounts.User": "the site admin's list, and each person's own; others see a name where a guarded row has it",
    "accounts.AgreementSeries": "joins the versions of one text, which are guarded",
    "accounts.RetentionRule": "how long what is kept: the site admin's page",
    # Django's and allauth's.
    "accounts.User_groups": "unused: roles follow from competitions",
    "accounts.User_user_permissions": "unused: roles follow from competitions",
    "admin.LogEntry": "each person's own on the first page; with a row of the administration for whoever sees it",
    "auth.Group": "unused: roles follow from competitions",
    "auth.Group_permissions": "unused: roles follow from competitions",
    "auth.Permission": "names of what could be permitted",
    "contenttypes.ContentType": "names of models",
    "sessions.Session": "looked up by its secret key",
    "account.EmailAddress": "each person's own pages",
    "account.EmailConfirmation": "looked up by its secret key",
    "mfa.Authenticator": "each person's own pages",
    "usersessions.UserSession": "each person's own page",
}
