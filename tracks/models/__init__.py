from tracks.models.competitions import Competition, Organizer, Stage, validate_slug
from tracks.models.topics import Topic, TopicRevision, Track

__all__ = ["Competition", "Organizer", "Stage", "Topic", "TopicRevision", "Track", "validate_slug"]
