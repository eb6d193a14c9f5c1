# SPDX-License-Identifier: Apache-2.0
"""Waiting for a condition, always with a limit. Only here a pause is made between two looks."""

import time

from .progress import Failure

LOOK_EVERY_S = 0.05


def until(condition, seconds, what):
    """Returns the first true value of condition(). Raises Failure naming `what` when the limit has passed.

    `what` is a text or a function that makes one, called only on failure."""
    deadline = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() >= deadline:
            raise Failure(f"waited {seconds} s in vain for {what() if callable(what) else what}")
        time.sleep(LOOK_EVERY_S)


def stays(condition, seconds, what):
    """Raises Failure when condition() becomes false within `seconds`: for what must not happen."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not condition():
            raise Failure(what() if callable(what) else what)
        time.sleep(LOOK_EVERY_S)
