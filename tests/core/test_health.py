import pytest
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from portal.core.models import AuditVerification

pytestmark = pytest.mark.database


def test_the_process_answers_without_a_database(client):
    assert client.get("/healthz").json() == {"status": "ok"}


def test_ready_when_everything_is(client, db):
    ready = dict.fromkeys(("database", "migrations", "storage", "uploads", "audit_trail", "room"), True)

    assert client.get("/readyz").json() == {"status": "ok", **ready}


def test_a_broken_trail_is_told_and_turns_nobody_away(client, db):
    now = timezone.now()
    AuditVerification.objects.create(day=now.date(), started_at=now, finished_at=now, breaks=[{"scope": "site"}])

    response = client.get("/readyz")

    assert (response.status_code, response.json()["audit_trail"]) == (200, False)


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
