from tracks.admin.competitions import CompetitionAdmin, OrganizerAdmin
from tracks.admin.publishing import AnnouncementAdmin, DocumentAdmin, QuestionAdmin
from tracks.admin.topics import TopicAdmin, TrackAdmin

__all__ = [
    "AnnouncementAdmin",
    "CompetitionAdmin",
    "DocumentAdmin",
    "OrganizerAdmin",
    "QuestionAdmin",
    "TopicAdmin",
    "TrackAdmin",
]
