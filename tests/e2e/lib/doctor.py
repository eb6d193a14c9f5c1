# SPDX-License-Identifier: Apache-2.0
"""What the doctor finds: by the route that the panel reads, by the command, or by the daemon's --doctor."""

import json
import time

from . import rest, wait
from .progress import Failure, say

ROUTE = "/plugins/openclaw/api/v1/doctor"
WITHIN_SECONDS = 6  # five, and what the way takes
SEEN_SECONDS = 45


class Patient:
    """Keeps count of what was planted and found. read() gives one report."""

    def __init__(self, read):
        self.read, self.planted = read, []

    def report(self):
        began = time.monotonic()
        report = self.read()
        took = time.monotonic() - began
        if took > WITHIN_SECONDS or report["took_ms"] > 5000:
            raise Failure(f"the doctor took {took:.1f} s ({report['took_ms']} ms)")
        return report

    def healthy(self, allowed=()):
        """Nothing is wrong and nothing unknown."""

        def well():
            report = self.report()
            found = [one for one in report["findings"] if one["level"] in ("wrong", "unknown")]
            self.left = [one for one in found if one["check"] not in allowed]
            return report if not self.left else None

        report = wait.until(well, SEEN_SECONDS, lambda: f"a healthy system: {json.dumps(self.left, indent=1)}")
        seen = {one["check"] for one in report["findings"]}
        if len(seen) < 20:
            raise Failure(f"{len(seen)} checks only: {seen}")
        return report

    def finds(self, check, setting, remedy, level="wrong", cause=""):
        """What was planted is found: by this check, with the right setting and remedy."""

        def found():
            self.last = [one for one in self.report()["findings"] if one["check"] == check]
            return next(
                (
                    one
                    for one in self.last
                    if one["level"] == level
                    and setting in one["setting"]
                    and remedy in one["remedy"]
                    and cause in one["cause"]
                ),
                None,
            )

        wanted = f"{check} ({level}) with {setting!r}, {remedy!r} and {cause!r}"
        one = wait.until(found, SEEN_SECONDS, lambda: f"{wanted}; it says {json.dumps(self.last, indent=1)}")
        if one["link"] != f"docs/troubleshooting.md#doctor-{check}":
            raise Failure(f"{check} leads to {one['link']}")
        self.planted.append(f"{check}: {cause}" if cause else check)
        say(f"  {len(self.planted):>2}. {one['title']}: {one['cause'][:150]} → {one['remedy'][:100]}")
        return one


def by_route(world, person=None):
    status, _, answer = rest.request(world.server.url, "GET", ROUTE, token=(person or world.admin).token)
    if status != 200:
        raise Failure(f"GET {ROUTE}: {status} {answer[:300]}")
    return json.loads(answer)
