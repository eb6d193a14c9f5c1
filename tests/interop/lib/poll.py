# SPDX-License-Identifier: Apache-2.0
"""Waiting with a deadline for something that can only be looked at."""

import time
from collections.abc import Callable
from typing import TypeVar

STEP_S = 0.005
T = TypeVar("T")


class Timeout(AssertionError):
    """Something did not come in time."""


def until(what: str, look: Callable[[], T], timeout_s: float = 10.0) -> T:
    """Looks again and again until look() is true, and returns what it gave."""
    deadline = time.monotonic() + timeout_s
    while True:
        seen = look()
        if seen:
            return seen
        if time.monotonic() > deadline:
            raise Timeout(f"{what}: not within {timeout_s:g} s; last seen: {seen!r}")
        time.sleep(STEP_S)
