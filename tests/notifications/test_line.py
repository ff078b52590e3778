"""Mails of one drain go over one line to the mail server, whatever that server does between them."""

import smtplib

import pytest
from django.core.mail.backends.smtp import EmailBackend

from portal.notifications import mail, relay, services
from portal.notifications.enums import OutboxStatus
from portal.notifications.models import Outbox
from tests.notifications.post_office import post_office

pytestmark = pytest.mark.django_db


@pytest.fixture
def office(settings):
    with post_office() as office:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", office.server_address[1]
        settings.EMAIL_TIMEOUT = 20
        office.is_open.set()
        yield office


def put(*names):
    for name in names:
        services.enqueue_mail(key=name, to=f"{name}@example.cn", subject="s", body="b")


def arrived(office):
    return [office.letters.get_nowait().partition("@")[0] for _each in range(office.letters.qsize())]


def test_mails_of_one_drain_go_over_one_line(office):
    put("li", "wang", "zhao")
    relay.drain()

    assert (arrived(office), office.callers.qsize()) == (["li", "wang", "zhao"], 1)


def test_the_line_ends_with_the_drain(office):
    put("li")
    relay.drain()
    put("wang")
    relay.drain()

    assert (arrived(office), office.callers.qsize()) == (["li", "wang"], 2)


def test_without_mails_nobody_calls(office):
    relay.drain()

    assert office.callers.qsize() == 0


def test_a_server_that_hangs_up_between_two_mails_is_called_again(office):
    office.letters_a_call = 1
    put("li", "wang", "zhao")
    relay.drain()

    assert (arrived(office), office.callers.qsize()) == (["li", "wang", "zhao"], 3)


def test_a_server_that_says_that_it_has_had_enough_is_called_again(office):
    office.letters_a_call, office.last_word = 1, "421 enough"
    put("li", "wang")
    relay.drain()

    assert (arrived(office), office.callers.qsize()) == (["li", "wang"], 2)


def test_a_mail_that_was_perhaps_taken_is_not_sent_again_at_once(office):
    office.silent_about = "wang@example.cn"
    put("li", "wang", "zhao")
    relay.drain()

    assert (arrived(office), office.callers.qsize()) == (["li", "wang", "zhao"], 2)
    assert Outbox.objects.get(key="wang").status == OutboxStatus.WAITING


def test_a_mail_that_breaks_off_leaves_nothing_for_the_next_to_be_taken_for(office, monkeypatch):
    send = EmailBackend._send

    def break_off(self, message):
        if message.to == ["wang@example.cn"]:
            self.connection.docmd("MAIL FROM:<somebody@example.cn>")
            self.connection.docmd("RCPT TO:<somebody@example.cn>")
            raise TimeoutError
        return send(self, message)

    monkeypatch.setattr(EmailBackend, "_send", break_off)
    put("li", "wang", "zhao")
    relay.drain()

    assert (arrived(office), office.callers.qsize()) == (["li", "zhao"], 2)
    assert Outbox.objects.get(key="wang").status == OutboxStatus.WAITING


def test_a_mail_that_is_refused_is_not_sent_twice_at_once(office, monkeypatch):
    tried = []

    def refuse(self, message):
        tried.append(message.to)
        raise smtplib.SMTPDataError(550, b"no")

    put("li")
    with mail.one_line():
        mail.send(key="first", to="zhao@example.cn", subject="s", body="b")
        monkeypatch.setattr(EmailBackend, "_send", refuse)
        with pytest.raises(smtplib.SMTPDataError):
            mail.send(key="second", to="li@example.cn", subject="s", body="b")

    assert tried == [["li@example.cn"]]
