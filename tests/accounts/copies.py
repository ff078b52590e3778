"""Copies of one's own data: made, fetched and opened."""

import io
import json
import zipfile

from django.utils import timezone

from portal.accounts.services import exports
from portal.notifications import relay


def copy_of(user):
    """What is in the copy: the lists by name, and the names of everything."""
    target = io.BytesIO()
    exports.write_copy(target, user, made_at=timezone.now())
    return opened(target.getvalue())


def opened(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        lists = {name[:-5]: json.loads(archive.read(name)) for name in names if name.endswith(".json")}
        return {
            "names": names,
            "text": b"".join(archive.read(name) for name in names).decode(errors="replace"),
            **lists,
        }


def fetched(client, export):
    """The answer and its content. Reading to the end closes the file."""
    response = client.get(export.get_absolute_url())
    content = b"".join(response.streaming_content) if response.streaming else response.content
    return response, content


def made(user):
    """Asked for, and made as a worker does."""
    export = exports.request_export(user, actor=user)
    carried_out()
    export.refresh_from_db()
    return export


def carried_out():
    """What the outbox begins, and a worker makes."""
    relay.drain()
    while (waiting := exports.next_export()) is not None:
        exports.make_export(waiting)
    relay.drain()
