"""The administration's own log keeps how a row was called; where that is a person's name, it names them for ever."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from django.apps import apps
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import F, ForeignKey, Q, Value
from django.db.models.functions import Concat

from portal.accounts.models import User
from portal.core.models import AuditEntry


def names_people(model: Any) -> bool:
    """Rows that are about one person, or about what is: they are called after them."""
    about = [model, *(each.related_model for each in model._meta.concrete_fields if isinstance(each, ForeignKey))]
    return any(hasattr(each, "audit_person") for each in about if each is model or each is not User)


def call_neutrally(line: LogEntry) -> None:
    """Before it is saved: by its number, which says nothing once the account is closed."""
    model = line.content_type.model_class() if line.content_type else None
    if model is not None and names_people(model):
        line.object_repr = f"#{line.object_id}"


def forget_person(user: Any) -> None:
    """Lines that name this person tell a number instead. ``user`` still has name and addresses."""
    lines = LogEntry.objects.filter(_about(user) | _named(user) | _addressed(user))
    lines.update(object_repr=Concat(Value("#"), F("object_id")), change_message="")


def _about(user: Any) -> Q:
    """Rows about them, those that are gone too: the audit trail knows which they were."""
    keys = defaultdict(set, {User._meta.label_lower: {str(user.pk)}})
    rows = AuditEntry.objects.filter(person_id=user.pk).order_by()
    for label, key in rows.values_list("object_type", "object_id").distinct():
        keys[label].add(key)
    about = Q(pk=None)
    for label, ids in keys.items():
        app, _dot, model = label.partition(".")
        about |= Q(content_type__app_label=app, content_type__model=model, object_id__in=ids)
    return about


def _named(user: Any) -> Q:
    """Only among rows that are called after people: a name may be a word of something else."""
    if not user.full_name:
        return Q(pk=None)
    models = [model for model in apps.get_models() if names_people(model)]
    kinds = [kind.pk for kind in ContentType.objects.get_for_models(*models).values()]
    return Q(content_type__in=kinds) & Q(object_repr__contains=user.full_name)


def _addressed(user: Any) -> Q:
    addressed = Q(pk=None)
    for address in {user.email, *user.emailaddress_set.values_list("email", flat=True)}:
        addressed |= Q(object_repr__contains=address) | Q(change_message__contains=json.dumps(address)[1:-1])
    return addressed
