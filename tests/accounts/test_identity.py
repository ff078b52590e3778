"""Document numbers: who is asked, what is kept how, who reads it."""

import logging
from io import StringIO

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command
from django.urls import reverse
from django.views.debug import get_exception_reporter_filter

from portal.accounts import sealing
from portal.accounts.enums import AgreementKind, DocumentKind
from portal.accounts.identity_numbers import masked_number, normalize_number
from portal.accounts.models import IdentityDocument
from portal.accounts.services import identity
from portal.core.errors import Conflict
from portal.core.models import AuditEntry
from tests.accounts.people import client_for
from tests.factories.accounts import AgreementFactory, DocumentFactory, UserFactory
from tests.factories.submissions import TeamFactory, TeamMemberFactory, captain_of

pytestmark = pytest.mark.django_db
PAGE = reverse("accounts:identity")
NUMBER = "11010519491231002X"
OLD, NEW = "old-key-" + "o" * 32, "new-key-" + "n" * 32


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        (DocumentKind.RESIDENT_ID, NUMBER, NUMBER),
        (DocumentKind.RESIDENT_ID, "11010519491231002x", NUMBER),
        (DocumentKind.RESIDENT_ID, " 110105 19491231 002X ", NUMBER),
        (DocumentKind.RESIDENT_ID, "１１０１０５１９４９１２３１００２Ｘ", NUMBER),
        (DocumentKind.PASSPORT, "e12345678", "E12345678"),
        (DocumentKind.HONG_KONG_MACAO, "H12345678", "H12345678"),
        (DocumentKind.HONG_KONG_MACAO, "m1234567800", "M1234567800"),
        (DocumentKind.TAIWAN, "12345678", "12345678"),
        (DocumentKind.TAIWAN, "0123456701(B)", "0123456701B"),
        (DocumentKind.FOREIGNER, "CAN110078112345", "CAN110078112345"),
        (DocumentKind.FOREIGNER, "911124198108030024", "911124198108030024"),
    ],
)
def test_a_number_is_kept_in_one_form(kind, typed, kept):
    assert normalize_number(kind, typed) == kept


@pytest.mark.parametrize(
    ("kind", "typed"),
    [
        (DocumentKind.RESIDENT_ID, "110105194912310021"),  # check digit
        (DocumentKind.RESIDENT_ID, "11010519490230002X"),
        (DocumentKind.RESIDENT_ID, "110105194912310"),
        (DocumentKind.RESIDENT_ID, "1101051949123100２X "[:17]),
        (DocumentKind.RESIDENT_ID, "١١٠١٠٥١٩٤٩١٢٣١٠٠٢X"),
        (DocumentKind.RESIDENT_ID, NUMBER + " " * 100),
        (DocumentKind.PASSPORT, "ABCDEFGH"),
        (DocumentKind.PASSPORT, "E1234;--"),
        (DocumentKind.PASSPORT, "护照12345"),
        (DocumentKind.HONG_KONG_MACAO, "A12345678"),
        (DocumentKind.HONG_KONG_MACAO, "H1234567"),
        (DocumentKind.TAIWAN, "1234567"),
        (DocumentKind.FOREIGNER, "CA1100781123456"),
        (DocumentKind.FOREIGNER, "911124198108030025"),
        (DocumentKind.RESIDENT_ID, ""),
        (DocumentKind.RESIDENT_ID, "9" * 5000),
        (DocumentKind.PASSPORT, "😀" * 20),
    ],
)
def test_what_is_no_such_number(kind, typed):
    with pytest.raises(ValidationError) as refusal:
        normalize_number(kind, typed)
    assert typed == "" or typed not in str(refusal.value)


@pytest.mark.parametrize("year", ["1899", "2999", "0001"])
def test_a_date_of_birth_that_can_not_be(year):
    body = f"110105{year}1231002"
    check = next(digit for digit in "0123456789X" if _fits(body + digit))

    with pytest.raises(ValidationError) as refusal:
        normalize_number(DocumentKind.RESIDENT_ID, body + check)
    assert refusal.value.code == "birth"


def _fits(number):
    weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2]
    total = sum(weight * int(digit) for weight, digit in zip(weights, number[:17], strict=True))
    return "10X98765432"[total % 11] == number[-1]


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("510105194912310021", "510***********0021"),
        ("E12345678", "E*****678"),
        ("12345678", "1****678"),
        ("1234", "****"),
        ("", ""),
    ],
)
def test_a_masked_number_shows_its_ends(number, shown):
    assert masked_number(number) == shown


@pytest.fixture
def notice():
    return AgreementFactory(series__kind=AgreementKind.DOCUMENT_NUMBER)


@pytest.fixture
def member(notice):
    """Somebody in a team of a competition that asks."""
    team = TeamFactory(competition__asks_document_number=True)
    return TeamMemberFactory(team=team).user


def enter(user, **changes):
    form = {"kind": "resident_id", "number": NUMBER, "notice_version": 1, "agreed": "on"}
    return client_for(user).post(PAGE, {**form, **changes})


class TestEntering:
    def test_a_number_is_kept_sealed(self, member):
        enter(member)
        document = IdentityDocument.objects.get(user=member)

        assert (NUMBER in document.sealed, sealing.unseal(document.sealed, owner=member.pk)) == (False, NUMBER)

    def test_consent_is_kept_with_it(self, member, notice):
        enter(member)

        assert IdentityDocument.objects.get().consent.agreement == notice

    def test_without_separate_consent_nothing_is_kept(self, member):
        response = enter(member, agreed="")

        assert (list(response.context["form"].errors), IdentityDocument.objects.count()) == (["agreed"], 0)

    def test_of_somebody_whom_no_competition_asks_nothing_is_taken(self, notice):
        user = UserFactory()
        TeamMemberFactory(user=user)

        assert (enter(user).status_code, IdentityDocument.objects.count()) == (409, 0)

    def test_without_a_notice_nothing_is_taken(self):
        team = TeamFactory(competition__asks_document_number=True)

        assert enter(captain_of(team)).status_code == 409

    def test_a_notice_that_has_changed_is_read_again(self, member, notice):
        AgreementFactory(series=notice.series)

        assert (enter(member).status_code, IdentityDocument.objects.count()) == (409, 0)

    def test_what_is_wrong_stands_at_its_field(self, member):
        response = enter(member, number="110105194912310021")

        assert (response.status_code, list(response.context["form"].errors)) == (400, ["number"])

    @pytest.mark.parametrize("kind", ["", "driving_licence", "x" * 300])
    def test_a_kind_that_is_none(self, member, kind):
        assert enter(member, kind=kind).status_code == 400

    def test_another_number_takes_its_place(self, member):
        enter(member)
        enter(member, kind="passport", number="E12345678")

        assert IdentityDocument.objects.get().kind == "passport"

    def test_the_page_shows_it_masked(self, member):
        enter(member)
        page = client_for(member).get(PAGE).content.decode()

        assert (masked_number(NUMBER) in page, NUMBER in page) == (True, False)

    def test_the_page_shows_nobody_elses(self, member):
        DocumentFactory()

        assert client_for(member).get(PAGE).context["document"] is None

    def test_nobody_enters_it_for_somebody_else(self, member):
        with pytest.raises(PermissionDenied):
            identity.save_document(member, actor=UserFactory(), kind="passport", number="E12345678", notice_version=1)

    def test_the_trail_does_not_hold_it(self, member):
        enter(member)

        assert NUMBER not in str(list(AuditEntry.objects.values()))

    def test_neither_row_nor_its_name_show_it(self, member):
        enter(member)
        document = IdentityDocument.objects.get()

        assert NUMBER not in f"{document!r}{document}{vars(document)}"

    def test_deleting_it_withdraws_the_consent(self, member):
        enter(member)
        client_for(member).post(reverse("accounts:identity_delete"))

        assert (IdentityDocument.objects.count(), member.consents.get().withdrawn_at is not None) == (0, True)

    def test_deleting_nothing_is_no_fault(self, member):
        assert client_for(member).post(reverse("accounts:identity_delete")).status_code == 302

    def test_after_deleting_it_can_be_entered_again(self, member):
        enter(member)
        client_for(member).post(reverse("accounts:identity_delete"))

        assert (enter(member).status_code, IdentityDocument.objects.count()) == (302, 1)


class TestReading:
    def test_it_leaves_a_line_with_who_whose_and_what_for(self):
        document, reader = DocumentFactory(), UserFactory()
        identity.read_number(document, actor=reader, purpose="核验参赛资格")

        line = AuditEntry.objects.get(action="read_document_number")
        assert (line.actor_id, line.after, line.reason) == (reader.pk, {"person": document.user_id}, "核验参赛资格")

    def test_the_line_does_not_hold_the_number(self):
        identity.read_number(DocumentFactory(), actor=UserFactory(), purpose="核验参赛资格")

        assert NUMBER not in str(list(AuditEntry.objects.values()))

    @pytest.mark.parametrize("purpose", ["", "   ", "x", "长" * 201, "见 http://evil.example", "a\u202ebcd"])
    def test_without_a_purpose_nobody_reads_it(self, purpose):
        with pytest.raises(ValidationError):
            identity.read_number(DocumentFactory(), actor=UserFactory(), purpose=purpose)
        assert AuditEntry.objects.count() == 0

    def test_one_that_no_key_opens_is_told_and_leaves_no_line(self, settings):
        document = DocumentFactory()
        settings.PERSONAL_DATA_KEYS = [NEW]

        with pytest.raises(Conflict):
            identity.read_number(document, actor=UserFactory(), purpose="核验参赛资格")
        assert (AuditEntry.objects.count(), identity.masked(document)) == (0, "****")


class TestRotation:
    @pytest.fixture
    def documents(self, settings):
        settings.PERSONAL_DATA_KEYS = [OLD]
        made = DocumentFactory.create_batch(3)
        settings.PERSONAL_DATA_KEYS = [NEW, OLD]
        return made

    def rotate(self):
        said = StringIO()
        call_command("rotate_personal_data_keys", stdout=said)
        return said.getvalue().strip()

    def test_all_numbers_open_with_the_new_key_alone(self, documents, settings):
        self.rotate()
        settings.PERSONAL_DATA_KEYS = [NEW]

        opened = [sealing.unseal(each.sealed, owner=each.user_id) for each in IdentityDocument.objects.all()]
        assert opened == [NUMBER] * 3

    def test_a_second_time_there_is_nothing_to_do(self, documents):
        assert [self.rotate(), self.rotate()] == ["3 re-encrypted", "0 re-encrypted"]

    def test_what_no_key_opens_is_named_by_its_row(self, documents):
        IdentityDocument.objects.filter(pk=documents[0].pk).update(sealed="x")

        with pytest.raises(CommandError, match=str(documents[0].pk)):
            self.rotate()
        assert sum(sealing.is_newest(each.sealed) for each in IdentityDocument.objects.all()) == 2

    def test_a_number_that_is_replaced_meanwhile_stays(self, documents, monkeypatch):
        document = documents[0]
        reseal = sealing.reseal

        def replaced_meanwhile(sealed):
            IdentityDocument.objects.filter(pk=document.pk).update(sealed=sealing.seal("E1", owner=document.user_id))
            return reseal(sealed)

        monkeypatch.setattr(sealing, "reseal", replaced_meanwhile)
        identity.rotate_keys()

        document.refresh_from_db()
        assert sealing.unseal(document.sealed, owner=document.user_id) == "E1"


@pytest.mark.usefixtures("notice")
def test_no_log_holds_a_number_even_when_saving_fails(member, monkeypatch, caplog, client):
    def fails(*args, **kwargs):
        raise RuntimeError("out of order")

    monkeypatch.setattr(sealing, "seal", fails)
    client.raise_request_exception = False
    client.force_login(member)
    form = {"kind": "resident_id", "number": NUMBER, "notice_version": 1, "agreed": "on"}
    with caplog.at_level(logging.DEBUG):
        response = client.post(PAGE, form)

    assert (response.status_code, NUMBER in caplog.text, NUMBER in response.content.decode()) == (500, False, False)


def test_djangos_own_report_of_an_error_leaves_it_out(member):
    """Where DEBUG is on, or errors are mailed."""
    request = enter(member, agreed="").wsgi_request

    assert get_exception_reporter_filter(request).get_post_parameters(request)["number"] != NUMBER
