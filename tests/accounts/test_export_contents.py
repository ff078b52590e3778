"""What is in the copy of one's own data, and that nobody else's is."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from judging.enums import CertificateStatus, RoundStatus
from portal.accounts.personal_data import KEEPERS
from portal.core.models import AuditEntry
from portal.notifications import relay
from portal.notifications.enums import OutboxStatus
from portal.notifications.models import Outbox
from tests.accounts.copies import copy_of, made
from tests.factories.accounts import ConsentFactory, DocumentFactory, SiteAdminFactory, UserFactory
from tests.factories.judging import (
    AssignmentFactory,
    CertificateFactory,
    ConflictFactory,
    JudgeFactory,
    ReviewFactory,
    RoundFactory,
)
from tests.factories.submissions import (
    AttachmentFactory,
    InvitationFactory,
    ScreeningFactory,
    SubmissionFactory,
    TeamFactory,
    TeamMemberFactory,
    captain_of,
)
from tests.submissions.people import submit

pytestmark = pytest.mark.django_db
PAGE, ASK = reverse("accounts:data"), reverse("accounts:export_request")
NUMBER, PHONE = "11010519491231002X", "+8613812341234"


class TestContents:
    def test_who_one_is_and_the_number_in_full(self):
        document = DocumentFactory(user__phone=PHONE, user__affiliation="成都大学")
        copy = copy_of(document.user)

        profile = copy["profile"][0]
        assert (profile["phone"], profile["organization"], copy["identity-document"][0]["number"]) == (
            PHONE,
            "成都大学",
            NUMBER,
        )

    def test_what_one_has_accepted(self):
        given = ConsentFactory()

        assert copy_of(given.user)["consents"][0]["version"] == given.agreement.version

    def test_teams_entries_versions_and_files(self):
        entry = SubmissionFactory()
        AttachmentFactory(submission=entry)
        submit(entry)
        copy = copy_of(captain_of(entry.team))

        assert (copy["teams"][0]["team"], copy["entries"][0]["title"]) == (entry.team.name, entry.title)
        assert copy["versions"][0]["form"]["title"] == entry.title
        assert "files/001-申报书.pdf" in copy["names"]

    def test_after_leaving_a_team_only_that_one_submitted(self):
        entry = SubmissionFactory()
        AttachmentFactory(submission=entry)
        submit(entry)
        captain = captain_of(entry.team)
        entry.team.members.all().delete()
        copy = copy_of(captain)

        assert (copy["teams"], copy["entries"], copy["uploads"], "form" in copy["versions"][0]) == ([], [], [], False)
        assert not [name for name in copy["names"] if name.startswith("files/")]

    def test_reviews_of_ones_own(self):
        review = ReviewFactory(submitted=True, comment="数据来源清楚")
        copy = copy_of(review.assignment.judge.user)

        assert (copy["reviews"][0]["comment"], len(copy["reviews"][0]["scores"])) == ("数据来源清楚", 5)

    def test_certificates_of_ones_team_with_the_pdf(self):
        stored = AttachmentFactory().file
        certificate = CertificateFactory(status=CertificateStatus.ISSUED, file=stored, issued_at=timezone.now())
        copy = copy_of(captain_of(certificate.award.submission.team))

        assert (copy["certificates"][0]["serial"], f"files/001-{certificate.serial}.pdf" in copy["names"]) == (
            certificate.serial,
            True,
        )

    def test_mails_that_were_sent(self):
        user = UserFactory()
        made(user)
        relay.drain()

        assert copy_of(user)["mails"][0]["to"] == user.email

    def test_the_manifest_counts_the_lines(self):
        given = ConsentFactory()
        copy = copy_of(given.user)

        assert (copy["manifest"]["sections"]["consents"], copy["manifest"]["format"]) == (1, 1)

    def test_a_page_says_what_is_what(self):
        copy = copy_of(UserFactory())

        assert all(str(section.name) in copy["text"] for keeper in KEEPERS for section in keeper.sections)

    @pytest.mark.parametrize("name", ["../../etc/passwd.pdf", "a\x01b\r\n.pdf", "\u202efdp.exe", "长" * 150])
    def test_a_files_name_leads_nowhere_else(self, name):
        attachment = AttachmentFactory(name=name[:150])
        names = copy_of(attachment.uploaded_by)["names"]

        assert all(".." not in each and "\x01" not in each and not each.startswith("/") for each in names)


class TestOthers:
    """Canaries: what is about somebody else is in nobody's copy."""

    def test_of_a_team_mate_neither_name_nor_address_nor_number(self):
        team = TeamFactory()
        mate = TeamMemberFactory(team=team, user__full_name="金丝雀甲", user__phone="+8613900001111").user
        DocumentFactory(user=mate)
        InvitationFactory(team=team, email="canary@example.com")
        text = copy_of(captain_of(team))["text"]

        assert [canary in text for canary in ("金丝雀甲", mate.email, "13900001111", NUMBER, "canary@example.com")] == [
            False
        ] * 5

    def test_of_another_judge_neither_scores_nor_words(self):
        mine = ReviewFactory(submitted=True)
        assignment = mine.assignment
        other = AssignmentFactory(round=assignment.round, submission=assignment.submission, version=assignment.version)
        ReviewFactory(assignment=other, comment="金丝雀乙", submitted_at=timezone.now())
        copy = copy_of(assignment.judge.user)

        assert (len(copy["reviews"]), "金丝雀乙" in copy["text"]) == (1, False)

    def test_of_a_blind_entry_neither_team_nor_organization(self):
        review = ReviewFactory(submitted=True)
        team = review.assignment.submission.team
        ConflictFactory(judge=review.assignment.judge)
        text = copy_of(review.assignment.judge.user)["text"]

        assert [canary in text for canary in (team.name, team.organization.name, captain_of(team).full_name)] == [
            False
        ] * 3

    def test_of_a_round_in_preparation_nothing(self):
        assignment = AssignmentFactory(round=RoundFactory(status=RoundStatus.PLANNED))

        assert copy_of(assignment.judge.user)["assignments"] == []

    @pytest.mark.makeshift("a screening of a draft")
    def test_a_site_admin_does_not_get_everybodys(self):
        SubmissionFactory(title="金丝雀丙")
        JudgeFactory()
        ScreeningFactory()
        copy = copy_of(SiteAdminFactory())

        empty = ("teams", "entries", "versions", "reviews", "assignments", "screenings", "mails")
        assert [copy[name] for name in empty] == [[]] * len(empty)
        assert "金丝雀丙" not in copy["text"]

    def test_what_a_line_of_the_trail_says_of_others_stays_out(self):
        entry = SubmissionFactory(submitted=True)
        AuditEntry.objects.create(
            scope="x",
            sequence=1,
            at=timezone.now(),
            actor_id=captain_of(entry.team).pk,
            action="reject",
            object_type="submissions.submission",
            object_id="1",
            after={"who": "金丝雀丁"},
            reason="金丝雀戊",
            previous_hash="",
            hash="",
        )
        copy = copy_of(captain_of(entry.team))

        assert (copy["actions"][0]["action"], "金丝雀" in copy["text"]) == ("reject", False)

    def test_links_that_open_something_stay_out(self):
        user = UserFactory()
        payload = {"to": user.email, "subject": "重置", "body": "https://example.com/reset/金丝雀己"}
        Outbox.objects.create(kind="mail.secret", key="k", payload=payload, status=OutboxStatus.WAITING)

        assert "金丝雀己" not in copy_of(user)["text"]

    def test_sessions_and_factors_are_told_without_their_secrets(self):
        copy = copy_of(UserFactory())

        assert "password" not in json.dumps({name: copy[name] for name in copy if name not in ("text", "names")})
