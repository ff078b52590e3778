"""What opens something doesn't get into a log."""

import io
import logging
import re
import runpy

import pytest
from django.conf import settings
from django.test import Client
from django.urls import get_resolver
from gunicorn.config import Config

from portal.core.gunicorn_log import SecrecyLogger
from portal.core.secrecy import SecrecyFormatter, masked

ID = "0b2f8e34-9f52-4a3e-a1a5-6e0c7f7b1d11"
SECRET = "Sec-ret_0123456789"
TOKEN = "portal_" + "0123456789abcdef" * 4
ADDRESSES = [
    f"/invitations/{ID}/{SECRET}/",
    f"/accounts/password/reset/key/2a-{SECRET}/",
    f"/accounts/confirm-email/MQ:1abc:{SECRET}/",
    f"/api/v1/tracks/?token={SECRET}",
    f"/api/v1/tracks/?page_size=1&Access_Token={SECRET}&x=1",
    f"/api/v1/tracks/?anything={TOKEN}",
    f"/accounts/login/?next=/invitations/{ID}/{SECRET}/",
    f"/accounts/login/?next=%2Finvitations%2F{ID}%2F{SECRET}%2F",
    f"/accounts/login/?next=%2Faccounts%2Fpassword%2Freset%2Fkey%2F2a-{SECRET}%2F",
    f"/accounts/login/?next=%2Fa%2F%3Ftoken%3D{SECRET}",
    f"/accounts/login/?next=%2Fa%2F%3Fx%3D{TOKEN}",
]
# Parts of addresses that name something and open nothing, and those that do.
PLAIN = {
    *("pk", "public_id", "competition", "number", "track", "track_number", "topic", "series", "name", "attachment"),
    *("upload_pk", "member", "partner", "section", "offer", "change", "kind", "file", "slot"),
    *("hue", "app_label", "object_id", "content_type_id", "url", "rest", "package_name", "packages", "route"),
}
OPENING = {"key", "uidb36", "signature"}


@pytest.mark.parametrize("address", ADDRESSES)
def test_no_address_keeps_its_secret(address):
    line = masked(f'127.0.0.1 "GET {address} HTTP/1.1" 200')

    assert (SECRET in line, TOKEN in line, line.endswith('HTTP/1.1" 200')) == (False, False, True)


@pytest.mark.parametrize(
    "text",
    [
        "GET /sichuan-2026/tracks/2/?page=2",
        f"GET /teams/1/invitations/{ID}/",
        "GET /verify/?number=SC-01",
        "the key of the row is 12",
        "GET /accounts/password/reset/ HTTP/1.1",
    ],
)
def test_everything_else_stays(text):
    assert masked(text) == text


def test_a_header_that_got_into_a_message_is_masked():
    assert masked(f"Authorization: Bearer {TOKEN}") == "Authorization: Bearer …"


def test_every_part_of_an_address_is_known_to_open_something_or_not():
    """A new name has to be put on one of the lists, and one that opens something into ``masked``."""
    assert set(parts(get_resolver("portal.urls").url_patterns)) - PLAIN == OPENING


def parts(patterns):
    for entry in patterns:
        yield from re.findall(r"\(?\??P?<(?:\w+:)?(\w+)>", str(entry.pattern))
        if hasattr(entry, "url_patterns"):
            yield from parts(entry.url_patterns)


class TestLines:
    @pytest.fixture
    def log(self):
        """A logger as the settings make it, whose lines can be read."""
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        handler.setFormatter(
            SecrecyFormatter(settings.LOGGING["formatters"]["line"]["format"], defaults={"request_id": "-"})
        )
        logger = logging.getLogger("tests.secrecy")
        logger.addHandler(handler)
        logger.propagate = False
        yield logger, stream
        logger.removeHandler(handler)

    def test_the_settings_use_it_for_every_handler(self):
        formatters, handlers = settings.LOGGING["formatters"], settings.LOGGING["handlers"]

        assert {formatters[each["formatter"]]["()"] for each in handlers.values()} == {
            "portal.core.secrecy.SecrecyFormatter"
        }

    def test_no_other_handler_sends_requests_by_mail(self):
        assert logging.getLogger("django").handlers == []

    def test_message_arguments_and_traceback(self, log):
        logger, stream = log
        logger.error("failed at %s with %s", ADDRESSES[1], TOKEN, exc_info=ValueError(ADDRESSES[0]))

        assert (SECRET in stream.getvalue(), TOKEN in stream.getvalue()) == (False, False)

    def test_what_django_says_of_a_missing_page(self, log, monkeypatch):
        logger, stream = log
        monkeypatch.setattr(logging.getLogger("django.request"), "handlers", logger.handlers)
        Client().get(f"/invitations/{ID}/{SECRET}/more/")

        assert ("Not Found" in stream.getvalue(), SECRET in stream.getvalue()) == (True, False)


class TestServers:
    def test_gunicorn_writes_both_its_logs_without_secrets(self, tmp_path):
        config = Config()
        for name, file in (("accesslog", "access"), ("errorlog", "error")):
            config.set(name, str(tmp_path / file))
        logger = SecrecyLogger(config)
        try:
            for address in ADDRESSES:
                logger.access_log.info('"GET %s HTTP/1.1" 200', address)
                logger.error("Error handling request %s", address)
        finally:
            for log in (logger.access_log, logger.error_log):
                for handler in list(log.handlers):
                    log.removeHandler(handler)
                    handler.close()
        written = (tmp_path / "access").read_text() + (tmp_path / "error").read_text()

        assert (written.count("/accounts/login/"), SECRET in written, TOKEN in written) == (10, False, False)

    def test_gunicorn_is_told_to_and_to_trust_no_proxy_of_its_own_accord(self):
        told = runpy.run_path(str(settings.BASE_DIR / "gunicorn.conf.py"))

        assert (told["logger_class"], told["forwarded_allow_ips"]) == (
            f"{SecrecyLogger.__module__}.{SecrecyLogger.__name__}",
            "",
        )

    @pytest.mark.parametrize("address", ADDRESSES)
    def test_nginx_logs_no_secret(self, address):
        logged = as_nginx_logs(address)

        assert (SECRET in logged, TOKEN in logged) == (False, False)

    def test_nginx_logs_other_addresses_whole(self):
        assert as_nginx_logs("/sichuan-2026/tracks/2/") == "/sichuan-2026/tracks/2/"

    def test_nginx_logs_addresses_nowhere_else(self):
        (form,) = re.findall(r"log_format portal (.*?);", NGINX, re.DOTALL)

        assert [name for name in ("$request ", "$request_uri", "$uri", "$args", "$http_referer") if name in form] == []


NGINX = (settings.BASE_DIR / "deploy" / "nginx.conf").read_text(encoding="utf-8")


def as_nginx_logs(address):
    """What the map in nginx.conf makes of an address: the first pattern that fits, else the address."""
    (block,) = re.findall(r"map \$request_uri \$address_to_log \{(.*?)\n\}", NGINX, re.DOTALL)
    for pattern, value in re.findall(r'"~(.*?)"\s+"(.*?)";', block):
        found = re.search(pattern.replace("(?<", "(?P<").replace("\\\\", "\\"), address)
        if found:
            return value.replace("$begun", found["begun"])
    return address
