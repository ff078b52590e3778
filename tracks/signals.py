"""News for the apps above, sent inside the transaction: a receiver that fails undoes the deed."""

from django.dispatch import Signal

# source, copy: Competition; actor. What an upper app keeps of a set-up (never its people) it copies now.
competition_cloned = Signal()
