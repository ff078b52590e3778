"""The servers that tests start for themselves, on ports that were free a moment before."""

import socket

import pytest

from tests import servers


@pytest.fixture
def taken():
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        yield somebody.getsockname()[1]


def found(monkeypatch, *ports):
    """These are what looks free, one after the other."""
    monkeypatch.setattr(servers, "free_port", iter(ports).__next__)


def test_a_server_whose_port_somebody_took_starts_on_another(monkeypatch, taken):
    database, broker = servers.free_port(), servers.free_port()
    found(monkeypatch, taken, database, taken, broker)

    with servers.private_servers() as environment:
        assert environment == {
            "DATABASE_URL": f"postgres://portal@127.0.0.1:{database}/postgres",
            "TEST_REDIS_URL": f"redis://127.0.0.1:{broker}",
        }


def test_it_does_not_try_for_ever(tmp_path, monkeypatch, taken):
    found(monkeypatch, taken, taken)

    with pytest.raises(servers.ServerFailedError, match="in use"), servers.redis_server(tmp_path / "redis"):
        pass


def test_a_server_that_fails_for_another_reason_is_not_tried_again(monkeypatch):
    tried = []
    found(monkeypatch, 1, 2)

    def serve(port):
        tried.append(port)
        raise servers.ServerFailedError("no such folder")

    with pytest.raises(servers.ServerFailedError, match="no such folder"), servers.on_free_port(serve):
        pass

    assert tried == [1]
