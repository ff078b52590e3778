"""Every name the portal reads from its environment, in one place, and what it falls back to.

``PORTAL_MODE=embedded`` (the default) gives each name a value that works on one machine with nothing
installed by hand. ``PORTAL_MODE=production`` gives secrets, hosts and addresses none: a name that is
missing stops the start with a sentence.
"""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parent.parent

# name -> what it is for; the compose file, the README and their test read this table.
NAMES = {
    "PORTAL_MODE": "embedded or production",
    "PORTAL_VAR": "folder of everything that is made at run time",
    "SECRET_KEY": "signs sessions and links",
    "SECRET_KEY_FALLBACKS": "earlier secret keys, comma separated",
    "PERSONAL_DATA_KEYS": "encrypt document numbers, comma separated; the first encrypts, all decrypt",
    "RECEIPT_KEYS": "sign receipts, comma separated; the first signs, receipts of all can be checked for ever",
    "RETENTION_NIGHTLY": "true or false: delete every night what is kept for too long",
    "ALLOWED_HOSTS": "host names the portal answers to, comma separated",
    "CANONICAL_URL": "the portal's own address, used in mails and QR codes",
    "DATABASE_URL": "sqlite:///path or postgres://user:password@host/name",
    "CELERY_BROKER_URL": "redis://host/0, or filesystem://",
    "CACHE_URL": "redis://host/1, or filecache:///path",
    "STORAGE_URL": "file:///path, or s3://bucket?endpoint=https://host&region=name",
    "AWS_ACCESS_KEY_ID": "of a storage that speaks S3; django-storages reads it by itself",
    "AWS_SECRET_ACCESS_KEY": "the secret that belongs to it",
    "FILES_SENT_BY": "who sends files that may be read: portal, nginx (X-Accel-Redirect), or storage (signed links)",
    "TEAM_QUOTA_MB": "how much a team may store, files of earlier versions included",
    "CLAMAV_ADDRESS": "host:port of a ClamAV that reads files which teams hand in; empty for none",
    "EMAIL_URL": "smtp://user:password@host:port, smtp+tls://…, consolemail://, or mailbox://",
    "DEFAULT_FROM_EMAIL": "sender of the portal's mails",
    "API_REQUESTS_A_MINUTE": "for each token, person or address; 0 for no limit",
    "ADMINS": "who is told by mail when something is wrong, comma separated",
    "SHED_AFTER_SECONDS": "pages that have waited this long at the proxy are turned away with 503; 0 for never",
    "MOST_UPLOADS_AT_ONCE": "pieces of files that a web process reads at once; more have to come again; 0 for no limit",
    "MOST_REQUESTS_AT_ONCE": "for each web process, submits not counted; more are turned away with 503; 0 for no limit",
    "TRUSTED_PROXY_COUNT": "how many proxies stand in front",
    "REQUIRE_ADMIN_SECOND_FACTOR": "whether site admins must have a second factor",
    "STATIC_ROOT": "where collectstatic writes",
    "PORTAL_FAILPOINTS": "folder from which fault tests kill processes; never where people work",
    "DEBUG": "Django's debug pages; never where others can reach them",
    "LOG_LEVEL": "INFO, WARNING, …",
    "SITE_NAME": "name of the site when no competition is at hand",
    "ICP_NUMBER": "ICP 备案号 at the foot of each page",
    "POLICE_NUMBER": "公安备案号 at the foot of each page",
}

env = environ.Env()


class Missing(ImproperlyConfigured):
    """A name that production needs and the environment doesn't give."""


def is_embedded() -> bool:
    mode = env.str("PORTAL_MODE", default="embedded")
    if mode not in {"embedded", "production"}:
        raise ImproperlyConfigured(f"PORTAL_MODE must be 'embedded' or 'production', got {mode!r}")
    return mode == "embedded"


def var_dir() -> Path:
    return Path(env.str("PORTAL_VAR", default=str(BASE_DIR / "var"))).resolve()


def text(name: str, *, embedded: str | None = None, default: str | None = None) -> str:
    """The value of ``name``; ``embedded`` stands in for it on one machine, ``default`` anywhere."""
    fallback = embedded if embedded is not None and is_embedded() else default
    value = env.str(name, default=fallback)
    if value is None:
        raise Missing(f"{name} is not set: {NAMES[name]}")
    return value


def names(name: str, *, embedded: str | None = None, default: str | None = None) -> list[str]:
    return [part.strip() for part in text(name, embedded=embedded, default=default).split(",") if part.strip()]


def flag(name: str, *, default: bool) -> bool:
    value = env.str(name, default="true" if default else "false")
    if value not in {"true", "false"}:
        raise ImproperlyConfigured(f"{name} must be 'true' or 'false', got {value!r}")
    return value == "true"


def number(name: str, *, default: int) -> int:
    value = env.str(name, default=str(default))
    if not value.isascii() or not value.isdigit():
        raise ImproperlyConfigured(f"{name} must be a whole number, got {value!r}")
    return int(value)


def secret_key() -> str:
    """``SECRET_KEY``, or on one machine a key made once and kept beside the data."""
    if not is_embedded() or "SECRET_KEY" in env.ENVIRON:
        key = text("SECRET_KEY")
        if len(key) < 32:
            raise ImproperlyConfigured("SECRET_KEY must have at least 32 characters")
        return key
    path = var_dir() / "secret.key"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_once(path, secrets.token_urlsafe(48))
    return path.read_text().strip()


def personal_data_keys() -> list[str]:
    return _keys("PERSONAL_DATA_KEYS", "personal-data.key")


def receipt_keys() -> list[str]:
    return _keys("RECEIPT_KEYS", "receipt.key")


def _keys(name: str, file: str) -> list[str]:
    """The keys called ``name``, or on one machine a key of its own beside the data."""
    if not is_embedded() or name in env.ENVIRON:
        keys = names(name)
        if not keys or any(len(key) < 32 for key in keys):
            raise ImproperlyConfigured(f"{name} must hold keys of at least 32 characters")
        return keys
    path = var_dir() / file
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _write_once(path, secrets.token_urlsafe(48))
    return [path.read_text().strip()]


def _write_once(path: Path, content: str) -> None:
    # Two processes may start at once: the first to link the finished file wins, nobody reads half a key.
    draft = path.with_suffix(f".{secrets.token_hex(4)}")
    draft.touch(mode=0o600)
    draft.write_text(content)
    try:
        path.hardlink_to(draft)
    except FileExistsError:
        pass
    finally:
        draft.unlink()


def database() -> dict[str, Any]:
    url = text("DATABASE_URL", embedded=f"sqlite:///{var_dir() / 'portal.sqlite3'}")
    config: dict[str, Any] = env.db_url_config(url)
    if config["ENGINE"] == "django.db.backends.sqlite3":
        config["OPTIONS"] = {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            # FULL: an acknowledged submit survives a power cut, which WAL with NORMAL doesn't promise.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
        }
    else:
        config["CONN_MAX_AGE"] = 60
        config["CONN_HEALTH_CHECKS"] = True
        # Compiling a query takes longer than any of ours runs.
        config.setdefault("OPTIONS", {}).update(
            connect_timeout=5, options="-c statement_timeout=30000 -c lock_timeout=10000 -c jit=off"
        )
    return config


def broker() -> tuple[str, dict[str, Any]]:
    """Celery's broker address and transport options."""
    url = text("CELERY_BROKER_URL", embedded="filesystem://localhost")
    if not url.startswith("filesystem://"):
        return url, {
            "visibility_timeout": 600,
            "socket_connect_timeout": 0.2,
            "socket_timeout": 5,
            "retry_policy": {"timeout": 0.2},
        }
    folder = var_dir() / "broker"
    for part in ("messages", "control"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    return url, {
        # One folder for both directions: whoever publishes is heard by whoever consumes.
        "data_folder_in": str(folder / "messages"),
        "data_folder_out": str(folder / "messages"),
        "control_folder": str(folder / "control"),
        "store_processed": False,
        "polling_interval": 0.1,
    }


def cache() -> dict[str, Any]:
    url = text("CACHE_URL", embedded=f"filecache://{var_dir() / 'cache'}")
    if url.startswith(("redis://", "rediss://")):
        return {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": url,
            "OPTIONS": {"socket_connect_timeout": 0.2, "socket_timeout": 0.5},
        }
    # Rate limits are counted in the cache, so it has to be one that all processes share.
    config: dict[str, Any] = env.cache_url_config(url)
    if config["BACKEND"].endswith(".FileBasedCache"):
        config["BACKEND"] = "portal.core.caches.SharedFileCache"
    return config


def storage() -> dict[str, Any]:
    url = urlsplit(text("STORAGE_URL", embedded=f"file://{var_dir() / 'files'}"))
    if url.scheme == "file":
        return {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": url.path, "base_url": None, "file_permissions_mode": 0o600},
        }
    if url.scheme == "s3":
        from boto3.s3.transfer import TransferConfig
        from botocore.config import Config

        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        return {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": url.netloc,
                "endpoint_url": query.get("endpoint"),
                "region_name": query.get("region"),
                # Compatible storages know neither the newer checksums nor, often, a bucket in the host name.
                "client_config": Config(
                    signature_version="s3v4",
                    s3={"addressing_style": query.get("addressing", "auto")},
                    connect_timeout=5,
                    read_timeout=20,
                    retries={"max_attempts": 3, "mode": "standard"},
                    request_checksum_calculation="when_required",
                    response_checksum_validation="when_required",
                ),
                "file_overwrite": True,
                "default_acl": "private",
                # One piece of 8 MB at a time in memory, and what is read whole waits on the disk.
                "transfer_config": TransferConfig(use_threads=False),
                "max_memory_size": 1024**2,
            },
        }
    raise ImproperlyConfigured(f"STORAGE_URL must start with file:// or s3://, got {url.scheme}://")


def parts_dir() -> Path:
    """Where files lie that are still arriving: beside those that are stored, so that these need no copy.

    All processes have to see the same folder, web and worker: where the storage is S3, docker-compose.yml mounts it.
    """
    url = urlsplit(text("STORAGE_URL", embedded=f"file://{var_dir() / 'files'}"))
    return Path(url.path) / "tmp" / "parts" if url.scheme == "file" else var_dir() / "parts"


def failpoints_dir() -> Path | None:
    folder = text("PORTAL_FAILPOINTS", default="")
    return Path(folder) if folder else None


def files_sent_by() -> str:
    value = text("FILES_SENT_BY", default="portal")
    if value not in {"portal", "nginx", "storage"}:
        raise ImproperlyConfigured(f"FILES_SENT_BY must be portal, nginx or storage, got {value!r}")
    return value


def mailbox_dir() -> Path | None:
    """Where mails are kept for a page instead of sent; None where they are sent."""
    if not text("EMAIL_URL", embedded="mailbox://").startswith("mailbox://"):
        return None
    if not is_embedded():
        raise ImproperlyConfigured("EMAIL_URL=mailbox:// is for the embedded mode alone")
    return var_dir() / "mailbox"


def email() -> dict[str, Any]:
    """Django's EMAIL_* settings."""
    if mailbox_dir() is not None:
        return {"EMAIL_BACKEND": "portal.notifications.mailbox.MailboxBackend"}
    return {**env.email_url_config(text("EMAIL_URL")), "EMAIL_TIMEOUT": 10}
