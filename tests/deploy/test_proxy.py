"""What nginx does with deploy/nginx.conf, seen by both sides of it."""

import http.client
import json
import time

import pytest
from django.conf import settings

from benchmarks.load import wire
from tests.deploy.proxy import Behind, nginx, portal_played, text
from tests.servers import free_port

HALF = b"x" * 1000
ENTRY = "0b0a1c5e-0000-4000-8000-000000000000"
SUBMIT = f"/submissions/{ENTRY}/submit/"


@pytest.fixture
def proxy(tmp_path):
    with portal_played() as behind, portal_played() as submits, nginx(tmp_path, behind, submits) as started:
        yield started


def ask(proxy, method="GET", path="/", headers=None, body=None):
    line = http.client.HTTPConnection("127.0.0.1", proxy.port, timeout=30)
    line.request(method, path, body=body, headers=headers or {})
    answer = line.getresponse()
    answer.content = answer.read()
    line.close()
    return answer


@pytest.mark.parametrize("name", ["X-Forwarded-For", "X-Request-Start", "X-Request-Id"])
def test_what_a_client_claims_about_itself_is_replaced(proxy, name):
    ask(proxy, headers={name: "t=1000000000.000"})

    assert "1000000000" not in proxy.behind.headers[name]


def test_the_client_is_told_by_its_address(proxy):
    ask(proxy)

    assert proxy.behind.headers["X-Forwarded-For"] == "127.0.0.1"


WAYS = ["/", SUBMIT, "/api/v1/uploads/1/"]


@pytest.mark.parametrize("path", WAYS)
def test_behind_what_ends_tls_the_client_is_whom_that_saw(tmp_path, path):
    with portal_played() as behind, nginx(tmp_path, behind, behind, front="127.0.0.0/8") as proxy:
        # The first is the client's own invention: whatever ends TLS writes behind it.
        ask(proxy, path=path, headers={"X-Forwarded-For": "198.51.100.66, 203.0.113.7"})

        assert (behind.headers["X-Forwarded-For"], proxy.log().split()[0]) == ("203.0.113.7", "203.0.113.7")


@pytest.mark.parametrize("path", WAYS)
def test_from_anywhere_else_nobody_chooses_their_address(tmp_path, path):
    with portal_played() as behind, nginx(tmp_path, behind, behind, front="192.0.2.1") as proxy:
        ask(proxy, path=path, headers={"X-Forwarded-For": "198.51.100.66, 192.0.2.1, 203.0.113.7"})

        assert behind.headers["X-Forwarded-For"] == "127.0.0.1"


def test_a_request_is_stamped_before_its_body_has_come(proxy):
    with proxy.connect() as line:
        began = time.time()
        line.sendall(b"POST /submit/ HTTP/1.1\r\nHost: portal\r\nContent-Length: 1000\r\nExpect: 100-continue\r\n\r\n")
        # nginx has seen the head, and asks for the body.
        assert line.recv(100).startswith(b"HTTP/1.1 100")
        seen = time.time()
        # Its clock has thousandths: those at which the body comes are to be others.
        time.sleep(0.1)
        line.sendall(HALF)
        assert line.recv(100).startswith(b"HTTP/1.1 200")

    stamp = float(proxy.behind.headers["X-Request-Start"].removeprefix("t="))
    # It counts in thousandths.
    assert began - 0.001 <= stamp <= seen


def test_a_piece_of_an_upload_reaches_the_portal_while_it_is_being_sent(proxy):
    with proxy.connect() as line:
        line.sendall(b"PATCH /api/v1/uploads/1/ HTTP/1.1\r\nHost: portal\r\nContent-Length: 2000\r\n\r\n" + HALF)
        assert proxy.behind.has_begun.wait(30)
        line.sendall(HALF)
        assert line.recv(100).startswith(b"HTTP/1.1 200")

    assert len(proxy.behind.body) == 2000


def test_a_form_reaches_the_portal_whole_or_not_at_all(proxy):
    with proxy.connect() as line:
        line.sendall(b"POST /submit/ HTTP/1.1\r\nHost: portal\r\nContent-Length: 2000\r\n\r\n" + HALF)
    ask(proxy, "POST", "/another/", body=HALF)

    assert proxy.behind.body == HALF


def test_a_file_that_the_portal_grants_is_sent_in_the_range_that_was_asked_for(proxy):
    (proxy.folder / "files" / "ab").write_bytes(b"0123456789")
    proxy.behind.answer = {"X-Accel-Redirect": "/stored-files/ab", "Content-Type": "video/mp4"}

    answer = ask(proxy, path="/files/1/", headers={"Range": "bytes=2-4"})

    assert (answer.status, answer.content, answer.headers["Content-Type"]) == (206, b"234", "video/mp4")


@pytest.mark.parametrize("name", ["Content-Security-Policy", "Content-Disposition", "Cache-Control"])
def test_a_granted_file_keeps_what_the_portal_says_about_it(proxy, name):
    (proxy.folder / "files" / "ab").write_bytes(b"0123456789")
    proxy.behind.answer = {"X-Accel-Redirect": "/stored-files/ab", name: "sandbox"}

    assert ask(proxy, path="/files/1/").headers[name] == "sandbox"


def test_nobody_else_is_sent_a_stored_file(proxy):
    (proxy.folder / "files" / "ab").write_bytes(b"0123456789")

    assert ask(proxy, path="/stored-files/ab").status == 404


@pytest.mark.parametrize(
    ("path", "secret"),
    [
        ("/invitations/0b0a1c5e-0000-4000-8000-000000000000/secretword/", "secretword"),
        ("/accounts/password/reset/key/secretword/", "secretword"),
        ("/topics/?search=secretword", "secretword"),
    ],
)
def test_the_log_keeps_no_secret_of_an_address(proxy, path, secret):
    ask(proxy, path=path)

    assert [path[:5] in proxy.log(), secret in proxy.log()] == [True, False]


@pytest.mark.parametrize(
    ("path", "megabytes", "limit"), [("/submissions/1/", 111, "110 MB"), ("/api/v1/uploads/1/", 511, "510 MB")]
)
def test_who_sends_too_much_is_told_how_much_may_come(proxy, path, megabytes, limit):
    with proxy.connect() as line:
        length = megabytes * 1024 * 1024
        line.sendall(f"PATCH {path} HTTP/1.1\r\nHost: portal\r\nContent-Length: {length}\r\n\r\n".encode())
        answer = http.client.HTTPResponse(line)
        answer.begin()

        assert (answer.status, limit in answer.read().decode()) == (413, True)


@pytest.mark.parametrize(
    "path",
    [
        SUBMIT,
        f"/submissions/{ENTRY}/files/submit/",
        f"/submissions/receipts/{ENTRY}/",
        f"/submissions/receipts/{ENTRY}/receipt.json",
        f"/submissions/late/{ENTRY}/",
    ],
)
def test_a_submit_and_its_receipt_reach_processes_of_their_own(proxy, path):
    ask(proxy, "POST", path, body=HALF)

    assert [proxy.submits.body, proxy.behind.body] == [HALF, b""]


def test_those_processes_see_the_same_as_the_others(proxy):
    ask(proxy, path="/")
    ask(proxy, path=SUBMIT)

    assert set(proxy.submits.headers) == set(proxy.behind.headers)


@pytest.mark.parametrize(
    "path",
    ["/", f"/submissions/{ENTRY}/", f"/submissions/{ENTRY}/submit/more/", f"/submissions/receipts/{ENTRY}/receipt.pdf"],
)
def test_everything_else_goes_to_the_pages(proxy, path):
    ask(proxy, path=path)

    assert [bool(proxy.behind.headers), bool(proxy.submits.headers)] == [True, False]


def test_while_those_of_the_submits_are_away_the_others_take_one(tmp_path):
    with portal_played() as behind, nginx(tmp_path, behind, Behind(port=free_port())) as proxy:
        answer = ask(proxy, "POST", SUBMIT, body=HALF)

    assert (answer.status, behind.body) == (200, HALF)


def test_as_soon_as_they_are_back_they_are_asked_again(tmp_path):
    gone = Behind(port=free_port())
    with nginx(tmp_path, gone, gone) as proxy:
        refused = ask(proxy, "POST", SUBMIT, body=HALF)
        with portal_played(gone.port):
            answer = ask(proxy, "POST", SUBMIT, body=HALF)

    assert [refused.status, answer.status] == [503, 200]


def test_nginx_and_the_portal_mean_the_same_by_a_submit():
    assert f"^{settings.SERVED_FIRST}$" in text()


def test_the_load_takes_the_way_that_nginx_takes():
    assert wire.SUBMITS.pattern == settings.SERVED_FIRST


def test_while_the_portal_is_away_nginx_says_when_to_come_again(tmp_path):
    with nginx(tmp_path, Behind(port=free_port()), Behind(port=free_port())) as proxy:
        answer = ask(proxy)

    assert (answer.status, answer.headers["Retry-After"]) == (503, "30")


def test_of_a_submit_that_was_cut_off_nginx_does_not_say_that_nothing_was_done(proxy):
    proxy.submits.hangs_up = True

    answer = ask(proxy, "POST", SUBMIT, body=HALF)

    page = answer.content.decode()
    said = [
        "提交可能已经完成" in page,
        "未被处理" in page,
        "may have been received" in page,
        "Nothing was done" in page,
    ]
    assert (answer.status, said) == (503, [True, False, True, False])


def test_while_the_portal_is_away_a_piece_of_an_upload_is_told_the_same_as_json(tmp_path):
    with nginx(tmp_path, Behind(port=free_port()), Behind(port=free_port())) as proxy:
        answer = ask(proxy, "PATCH", "/api/v1/uploads/1/", body=HALF)

    told = (answer.status, answer.headers["Retry-After"], answer.headers["Content-Type"])
    assert (*told, json.loads(answer.content)["error"]["code"]) == (503, "30", "application/json", "unavailable")
