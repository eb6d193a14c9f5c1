# SPDX-License-Identifier: Apache-2.0
"""/openclaw why, as the administrator asks it: each explanation is there within a second."""

import time

from . import wait
from .progress import Failure

SECONDS = 1.0
OUTCOME_SECONDS = 20


def why(world, post, *parts):
    """Waits until the explanation of a post contains these texts: an outcome is known a moment after the answer."""
    link = f"{world.server.url}/team/pl/{post['id']}"
    texts = []

    def explained():
        started = time.monotonic()
        texts.append(world.command(world.admin, f"/openclaw why {link}"))
        taken = time.monotonic() - started
        if taken > SECONDS:
            raise Failure(f"the explanation took {taken:.1f} s")
        return all(part in texts[-1] for part in parts)

    wait.until(explained, OUTCOME_SECONDS, lambda: f"{parts} in the explanation: {texts[-1]!r}")
