"""``cpu_shares`` of docker-compose.yml, without an engine that knows containers.

Linux weighs sessions against each other as an engine weighs containers: by a weight each, which counts only while
everybody wants the processor. A session's weight is set through its nice value, 1.25 times less for each step
(``sched_prio_to_weight`` in the kernel's source; Documentation/scheduler/sched-design-CFS.rst, autogroup).
"""

from __future__ import annotations

import math
from pathlib import Path

# What a container has that says nothing.
USUAL = 1024
STEP = 1.25


def give(pid: int, shares: int, *, most: int) -> bool:
    """Weigh the session that ``pid`` leads against one that has ``most`` and stays as it is; False where nobody may."""
    nice = round(math.log(most / shares, STEP))
    try:
        Path(f"/proc/{pid}/autogroup").write_text(str(nice))
    except OSError:
        return False
    return True
