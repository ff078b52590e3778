"""Each mail about an account: its words, whom it goes to, and that a forged Host gets into none of them."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.test import Client
from django.urls import reverse

from portal.notifications.models import Outbox
from tests.accounts.entrances import SIGNUP, letters, link_in, signed_in
from tests.factories.accounts import PASSWORD, AgreementFactory, EmailAddressFactory, SiteAdminFactory, UserFactory

pytestmark = pytest.mark.django_db(transaction=True)
OTHER_HOST = "other.example"
NEW = "pumpkin-lighthouse-9"


@pytest.fixture(autouse=True)
def _second_name(settings):
    """A host that the portal answers to as well, and that no mail may name."""
    settings.ALLOWED_HOSTS = ["localhost", "testserver", OTHER_HOST]
    AgreementFactory()


@pytest.fixture
def user():
    return UserFactory(email="owner@example.com", full_name="李雷")


def client_of(user):
    return signed_in(user, SERVER_NAME=OTHER_HOST)


def stranger():
    return Client(SERVER_NAME=OTHER_HOST)


def register(user, address="new@example.com"):
    entry = {"full_name": "韩梅", "email": address, "password1": NEW, "accept_notice": "on"}
    stranger().post(SIGNUP, entry)


def register_again(user):
    register(user, user.email)


def ask_for_code(user):
    stranger().post(reverse("account_request_login_code"), {"email": user.email})


def ask_for_code_unknown(user):
    stranger().post(reverse("account_request_login_code"), {"email": "nobody@example.com"})


def ask_for_reset(user):
    stranger().post(reverse("account_reset_password"), {"email": user.email})


def reset(user):
    ask_for_reset(user)
    client = stranger()
    form = client.get(link_in(letters()[-1]))["Location"]
    client.post(form, {"password1": NEW, "password2": NEW})


def change_password(user):
    client_of(user).post(
        reverse("account_change_password"), {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    )


def set_password(user):
    client = client_of(user)
    user.set_unusable_password()
    user.save()
    client = Client(SERVER_NAME=OTHER_HOST)
    client.force_login(user)
    client.post(reverse("account_set_password"), {"password1": NEW, "password2": NEW})


def add_address(user):
    client_of(user).post(reverse("account_email"), {"email": "second@example.com", "action_add": ""})


def change_main_address(user):
    EmailAddressFactory(user=user, email="second@example.com", primary=False)
    client_of(user).post(reverse("account_email"), {"email": "second@example.com", "action_primary": ""})


def remove_address(user):
    EmailAddressFactory(user=user, email="second@example.com", primary=False)
    client_of(user).post(reverse("account_email"), {"email": "second@example.com", "action_remove": ""})


def set_app_up(user):
    client = client_of(user)
    page = reverse("mfa_activate_totp")
    secret = client.get(page).context["form"].secret
    client.post(page, {"code": format_hotp_value(hotp_value(secret, int(time.time()) // 30))})


def take_app_off(user):
    client = client_of(user)
    TOTP.activate(user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    client.post(reverse("mfa_deactivate_totp"))


def make_codes(user):
    client = client_of(user)
    TOTP.activate(user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    client.post(reverse("mfa_generate_recovery_codes"))


def remove_passkey(user):
    client = client_of(user)
    key = Authenticator.objects.create(user=user, type="webauthn", data={"name": "手机", "credential": {}})
    client.post(reverse("mfa_remove_webauthn", args=[key.pk]))


def take_factors_off(user):
    TOTP.activate(user, "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    client = Client(SERVER_NAME=OTHER_HOST)
    client.force_login(SiteAdminFactory())
    client.post(
        "/admin/accounts/user/", {"action": "take_second_factor_off", "_selected_action": [user.pk], "index": 0}
    )


MAILS = {
    register: ("new@example.com", "请验证您的电子邮箱"),
    register_again: ("owner@example.com", "您已经注册过账号"),
    ask_for_code: ("owner@example.com", "登录验证码"),
    ask_for_code_unknown: ("nobody@example.com", "该邮箱尚未注册"),
    ask_for_reset: ("owner@example.com", "重设密码"),
    reset: ("owner@example.com", "您的密码已修改"),
    change_password: ("owner@example.com", "您的密码已修改"),
    set_password: ("owner@example.com", "您的账号已设置密码"),
    add_address: ("second@example.com", "请验证您的电子邮箱"),
    change_main_address: ("owner@example.com", "您的主邮箱已变更"),
    remove_address: ("owner@example.com", "您的账号移除了一个邮箱"),
    set_app_up: ("owner@example.com", "您的账号已启用验证器应用"),
    take_app_off: ("owner@example.com", "您的账号已停用验证器应用"),
    make_codes: ("owner@example.com", "您的账号已生成新的恢复码"),
    remove_passkey: ("owner@example.com", "您的账号已移除通行密钥"),
    take_factors_off: ("owner@example.com", "您账号的两步验证已解除"),
}


@pytest.fixture(params=MAILS, ids=lambda deed: deed.__name__)
def deed(request):
    return request.param


def test_a_mail_names_the_portal_and_the_canonical_address_alone(deed, user, settings):
    deed(user)
    letter = letters()[-1]

    address, subject = MAILS[deed]
    assert (letter.to, letter.subject) == ([address], f"【{settings.SITE_NAME}】{subject}")
    assert OTHER_HOST not in letter.body
    assert set(re.findall(r"https?://[^/\s]+", letter.body)) <= {"http://localhost:8000"}
    assert letter.body.rstrip().endswith(settings.SITE_NAME)


def test_a_mail_is_chinese_throughout(deed, user):
    deed(user)
    words = re.sub(r"\S*@\S+|https?://\S+|\(.*?\)|（.*?）|\d+\.\d+\.\d+\.\d+", "", letters()[-1].body)

    assert re.findall(r"[A-Za-z]{3,}", words) == []


def test_a_mail_is_forgotten_once_it_is_sent(deed, user):
    deed(user)
    letters()

    assert set(Outbox.objects.values_list("kind", flat=True)) == {"mail.secret"}
    assert [row.payload for row in Outbox.objects.all()] == [{}] * Outbox.objects.count()


def test_a_mail_is_plain_text(deed, user):
    deed(user)

    assert (letters()[-1].content_subtype, getattr(letters()[-1], "alternatives", [])) == ("plain", [])


def test_an_english_reader_gets_english(user):
    client = Client(headers={"accept-language": "en"})
    client.post(reverse("account_request_login_code"), {"email": user.email})

    assert "Your code for signing in" in letters()[-1].subject


@pytest.mark.parametrize("name", ["领奖请访问evil.example", "请联系 13800000000", "<b>x</b>"])
def test_a_stranger_reads_no_words_of_whoever_typed_their_address(name):
    entry = {"full_name": name, "email": "victim@example.com", "password1": NEW, "accept_notice": "on"}
    Client().post(SIGNUP, entry)

    assert name not in letters()[-1].body


def test_a_host_that_is_not_ours_is_refused():
    response = Client(SERVER_NAME="evil.example").post(reverse("account_reset_password"), {"email": "x@example.com"})

    assert (response.status_code, letters()) == (400, [])


@pytest.mark.parametrize("header", ["HTTP_X_FORWARDED_HOST", "HTTP_X_HOST", "HTTP_FORWARDED", "HTTP_ORIGIN"])
def test_no_other_header_gets_into_a_mail(user, header):
    Client(**{header: "evil.example"}).post(reverse("account_reset_password"), {"email": user.email})

    assert "evil.example" not in letters()[-1].body
