# SPDX-License-Identifier: Apache-2.0
"""What the person at the terminal sees while long things happen."""

import contextlib
import sys
import time


class Failure(Exception):
    """Something a person must know; its text is printed without a Python traceback."""


def say(text=""):
    print(text, flush=True)


@contextlib.contextmanager
def step(what):
    """Prints `what`, and the time it took when it is done. A step that fails says so."""
    started = time.monotonic()
    print(f"  {what} … ", end="", flush=True)
    try:
        yield
    except BaseException:
        print(f"failed after {time.monotonic() - started:.1f} s", flush=True)
        raise
    print(f"{time.monotonic() - started:.1f} s", flush=True)


def tail(path, lines=15):
    """The last lines of a log file, indented, for a failure message."""
    try:
        with open(path, errors="replace") as file:
            text = file.readlines()[-lines:]
    except OSError as error:
        return f"    (no log: {error})"
    return "".join("    " + line[:400].rstrip() + "\n" for line in text).rstrip()


def die(error):
    print(f"\n{error}", file=sys.stderr, flush=True)
