import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

pytestmark = pytest.mark.database


def test_the_process_answers_without_a_database(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_ready_when_everything_is(client, db):
    assert client.get("/readyz").json() == {"status": "ok", "database": True, "migrations": True, "storage": True}


def test_not_ready_without_its_files(client, db, monkeypatch):
    def refuse(*_args, **_options):
        raise PermissionError

    monkeypatch.setattr(FileSystemStorage, "save", refuse)
    response = client.get("/readyz")

    assert (response.status_code, response.json()["storage"]) == (503, False)


def test_not_ready_with_a_migration_missing(client, db):
    (latest,) = MigrationLoader(connection).graph.leaf_nodes("tracks")
    MigrationRecorder(connection).record_unapplied(*latest)
    response = client.get("/readyz")

    assert (response.status_code, response.json()["migrations"]) == (503, False)


def test_the_probe_leaves_no_file_behind(client, db):
    client.get("/readyz")

    assert not default_storage.exists("ready/probe")
