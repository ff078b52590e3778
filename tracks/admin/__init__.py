from tracks.admin.competitions import CompetitionAdmin, OrganizerAdmin
from tracks.admin.pledges import PledgeAdmin
from tracks.admin.publishing import AnnouncementAdmin, DocumentAdmin, QuestionAdmin
from tracks.admin.topics import TopicAdmin, TrackAdmin

__all__ = [
    "AnnouncementAdmin",
    "CompetitionAdmin",
    "DocumentAdmin",
    "OrganizerAdmin",
    "PledgeAdmin",
    "QuestionAdmin",
    "TopicAdmin",
    "TrackAdmin",
]
