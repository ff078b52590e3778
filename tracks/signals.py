"""News for the apps above, sent inside the transaction: a receiver that fails undoes the deed."""

from django.dispatch import Signal

# source, copy: Competition; actor. What an upper app keeps of a set-up (never its people) it copies now.
competition_cloned = Signal()

# topic; revision, previous: TopicRevision; actor; tell: do people have to know of it?
topic_revised = Signal()
# topic; at; actor; reason.
topic_withdrawn = Signal()
topic_reopened = Signal()

# competition; topics: primary keys; actor. Some of these topics are about to go to another track. Now is the time
# to lock what has to follow them: no audit line has been written yet.
topics_moving = Signal()
# competition; moves: TopicMove; at; actor; reason. The audit trail is held from here to the commit.
topics_moved = Signal()

# competition. No news but a question, before a contest opens: answer with a list of Findings (tracks.lint).
competition_checked = Signal()
