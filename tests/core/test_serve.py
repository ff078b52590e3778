import socket
from pathlib import Path

import pytest
from django.core.management import call_command

from portal.core.management.commands import serve


@pytest.mark.parametrize("port", ["eighty", "", "0", "65536", "-1", "８０８０"])
def test_a_port_is_a_number(port):
    with pytest.raises(SystemExit, match=f"^PORT must be a number from 1 to 65535, not '{port}'.$"):
        call_command("serve", port=port)


def test_a_taken_port_is_named():
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])

        with pytest.raises(SystemExit, match=f"^Port {port} is taken by another program; choose one with: make run"):
            call_command("serve", port=port)


def test_production_is_not_served_by_one_command(settings):
    settings.EMBEDDED = False

    with pytest.raises(SystemExit, match=r"^serve is for one machine; in production start web, worker and beat"):
        call_command("serve")


def test_a_folder_serves_one_portal_at_a_time(tmp_path):
    with serve.only_one_here(tmp_path), pytest.raises(SystemExit, match="runs already; stop that one first"):
        serve.only_one_here(tmp_path)


def test_a_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "var").write_text("a file where the folder should be")

    with pytest.raises(SystemExit, match=f"^Can't write to {tmp_path}/var: "):
        serve.only_one_here(tmp_path / "var")


def test_static_files_are_collected_again_when_one_changes(settings, tmp_path):
    settings.STATICFILES_DIRS = [tmp_path]
    (tmp_path / "new.css").write_text("a {}")
    before = serve.static_fingerprint()
    (tmp_path / "new.css").write_text("a { color: red }")

    assert serve.static_fingerprint() != before


def test_static_files_are_collected_once_when_none_changes(settings, tmp_path, monkeypatch):
    collected = []
    settings.VAR_DIR, settings.STATIC_ROOT = tmp_path, tmp_path / "static"
    Path(settings.STATIC_ROOT).mkdir()
    monkeypatch.setattr(serve, "call_command", lambda name, **options: collected.append(name))

    serve.collect_static()
    serve.collect_static()

    assert collected == ["collectstatic"]
