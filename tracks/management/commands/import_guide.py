from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from portal.core.errors import Conflict
from tracks.guide.document import GuideDocument, GuideError
from tracks.guide.importing import apply_import, plan_import
from tracks.guide.readers import read
from tracks.guide.report import describe
from tracks.models import Competition
from tracks.services import create_competition


class Command(BaseCommand):
    help = (
        "Import the tracks and topics of a topic guide (Markdown in UTF-8, .docx) or of a table (.csv, .xlsx, .json). "
        "Importing it again changes nothing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--competition", metavar="SLUG", help="default: the only one there is")
        parser.add_argument("--create", action="store_true", help="make an unpublished competition first")
        parser.add_argument("--name", help="with --create: its name")
        parser.add_argument("--slug", help="with --create: its address")
        parser.add_argument("--dry-run", action="store_true", help="say what would change, change nothing")
        parser.add_argument("--reason", default="", metavar="TEXT", help="kept with each changed topic")
        parser.add_argument(
            "--withdraw-gone", action="store_true", help="withdraw the topics that the guide no longer holds"
        )
        parser.add_argument(
            "--reopen-withdrawn", action="store_true", help="open again the withdrawn topics that the guide holds"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        document = read_document(options["file"])
        try:
            self.import_document(document, options)
        except GuideError as error:
            raise CommandError(f"{options['file']}: {error}") from error
        except ValidationError as error:
            raise CommandError("\n".join(error.messages)) from error
        except Conflict as error:
            raise CommandError(str(error)) from error

    @transaction.atomic
    def import_document(self, document: GuideDocument, options: dict[str, Any]) -> None:
        competition = new_competition(options, document) if options["create"] else chosen_competition(options)
        plan = plan_import(competition, document)
        self.stdout.write(f"{competition.slug}: {competition.name}")
        for line in describe(plan, document):
            self.stdout.write(line)
        gone = [step.pk for step in plan.gone] if options["withdraw_gone"] else []
        # What would be changed can be seen before anybody has thought of a reason.
        reason = options["reason"] or ("--dry-run" if options["dry_run"] else "")
        back = [step.pk for step in plan.withdrawn_here] if options["reopen_withdrawn"] else []
        apply_import(competition, plan, actor=None, reason=reason, withdraw=gone, reopen=back)
        if options["dry_run"]:
            transaction.set_rollback(True)
            self.stdout.write(_("Dry run: nothing was changed."))
        else:
            outcome = _("Imported.") if plan.writes_something or gone or back else _("Nothing to change.")
            self.stdout.write(self.style.SUCCESS(outcome))


def read_document(path: Path) -> GuideDocument:
    try:
        data = path.read_bytes()
        return read(path.name, data)
    except GuideError as error:
        raise CommandError(f"{path}: {error}") from error
    except FileNotFoundError as error:
        raise CommandError(_("There is no file %(path)s.") % {"path": path}) from error
    except IsADirectoryError as error:
        raise CommandError(_("%(path)s is a folder; name the guide's file.") % {"path": path}) from error
    except OSError as error:
        raise CommandError(_("%(path)s can't be read: %(why)s.") % {"path": path, "why": error.strerror}) from error


def new_competition(options: dict[str, Any], document: GuideDocument) -> Competition:
    if options["competition"] or not (options["slug"] and options["name"]):
        raise CommandError(_("--create needs --name NAME and --slug SLUG, and no --competition."))
    return create_competition(
        actor=None, slug=options["slug"], name=options["name"], introduction=document.introduction
    )


def chosen_competition(options: dict[str, Any]) -> Competition:
    if options["slug"] or options["name"]:
        raise CommandError(_("--name and --slug belong to --create; --competition SLUG chooses one there is."))
    known = {competition.slug: competition for competition in Competition.objects.order_by("slug")}
    if not known:
        raise CommandError(_("There is no competition yet. Make one with --create --name NAME --slug SLUG."))
    slug = options["competition"] or (next(iter(known)) if len(known) == 1 else None)
    if slug is None:
        raise CommandError(_("Choose with --competition: %(slugs)s.") % {"slugs": ", ".join(known)})
    if slug not in known:
        values = {"slug": slug, "slugs": ", ".join(known)}
        raise CommandError(_("There is no competition %(slug)s, but: %(slugs)s.") % values)
    return known[slug]
