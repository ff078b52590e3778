import django.db.models.functions.text
import django.db.models.lookups
from django.db import migrations, models

import portal.core.addresses
from portal.core.addresses import normal_address

# The table is allauth's, so the constraint is ours to add by hand. SQLite adds none to a table that is there.
POSTGRES = """
ALTER TABLE account_emailaddress ADD CONSTRAINT emailaddress_has_its_one_spelling
    CHECK (email = lower(email) AND octet_length(email) = char_length(email))
"""
SQLITE = """
CREATE TRIGGER emailaddress_has_its_one_spelling_{word} BEFORE {verb} ON account_emailaddress
WHEN NEW.email <> lower(NEW.email) OR length(CAST(NEW.email AS BLOB)) <> length(NEW.email)
BEGIN SELECT RAISE(ABORT, 'emailaddress_has_its_one_spelling'); END
"""
SQLITE_VERBS = {"insert": "INSERT", "update": "UPDATE OF email"}


def respell(apps, schema_editor):
    """Give the addresses that are there their one spelling. Two that become the same stop the migration."""
    for label in (("accounts", "User"), ("account", "EmailAddress")):
        rows = apps.get_model(*label).objects
        for row in rows.only("pk", "email").iterator():
            address = normal_address(row.email)
            if address != row.email:
                rows.filter(pk=row.pk).update(email=address)


def forbid_other_spellings(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(POSTGRES)
        return
    for word, verb in SQLITE_VERBS.items():
        schema_editor.execute(SQLITE.format(word=word, verb=verb))


def allow_other_spellings(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("ALTER TABLE account_emailaddress DROP CONSTRAINT emailaddress_has_its_one_spelling")
        return
    for word in SQLITE_VERBS:
        schema_editor.execute(f"DROP TRIGGER emailaddress_has_its_one_spelling_{word}")


class Migration(migrations.Migration):
    # PostgreSQL alters no table whose rows were changed in the same transaction.
    atomic = False

    dependencies = [
        ("accounts", "0001_initial"),
        ("account", "0009_emailaddress_unique_primary_email"),
    ]

    operations = [
        migrations.RunPython(respell, migrations.RunPython.noop),
        migrations.AddConstraint(
            model_name="user",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    django.db.models.lookups.Exact(
                        django.db.models.functions.text.Lower("email"), models.F("email")
                    ),
                    django.db.models.lookups.Exact(
                        portal.core.addresses.Octets("email"), django.db.models.functions.text.Length("email")
                    ),
                ),
                name="user_email_has_its_one_spelling",
            ),
        ),
        migrations.RunPython(forbid_other_spellings, allow_other_spellings),
    ]
