"""What is done here, in the words of the audit trail."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.core.deeds import describe

describe(
    {
        "tracks.competition.add": _("made the competition"),
        "tracks.competition.clone": _("made the competition from an earlier one"),
        "tracks.competition.change": _("changed the competition's settings"),
        "tracks.competition.export_trail": _("took the audit trail along as a file"),
        "tracks.competition.export_topics": _("took the topics along as a file"),
        "tracks.competition.export_people": _("took the list of people along as a file"),
        "tracks.competition.read_phone": _("read a person's phone number"),
        "tracks.competition.read_document_number": _("read a person's document number"),
        "tracks.pledge.publish_version": _("published a version of the pledge"),
        "tracks.stage.set_window": _("set the window of a stage"),
        "tracks.organizer.appoint": _("appointed an organizer"),
        "tracks.organizer.dismiss": _("dismissed an organizer"),
        "tracks.track.add": _("added a track"),
        "tracks.track.rename": _("renamed a track"),
        "tracks.topic.add": _("added a topic"),
        "tracks.track.renumber": _("gave a track another number"),
        "tracks.topic.revise": _("revised a topic"),
        "tracks.topic.move": _("moved a topic"),
        "tracks.topic.withdraw": _("withdrew a topic"),
        "tracks.topic.reopen": _("opened a topic again"),
        "tracks.guideimport.upload": _("uploaded a guide"),
        "tracks.guideimport.apply": _("imported a guide"),
        "tracks.announcement.add": _("wrote an announcement"),
        "tracks.announcement.change": _("changed an announcement"),
        "tracks.document.add": _("added a document"),
        "tracks.document.change": _("changed a document"),
        "tracks.question.add": _("wrote a question and its answer"),
        "tracks.question.change": _("changed a question or its answer"),
    },
    named={
        "tracks.competition": (),
        "tracks.stage": (),
        "tracks.organizer": ("user", "competition"),
        "tracks.track": ("competition",),
        "tracks.topic": ("track__competition",),
        "tracks.guideimport": (),
        "tracks.announcement": ("competition",),
        "tracks.document": ("competition",),
        "tracks.question": (),
    },
)
