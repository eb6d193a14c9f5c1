# SPDX-License-Identifier: Apache-2.0
"""How long text takes from the gateway into a person's client is measured (no limit: machines differ)."""

import json
import os
import time

from lib.answers import Asked, play
from lib.plugin import ROOT
from lib.progress import Failure, say

PEOPLE, PREVIEWS = 6, 60
# No pace holds a preview: edits may come each 250 ms, and the model writes a piece each 450 ms.
PACE = {"everyMs": 250, "slowestMs": 250, "max": 1000, "perSecondTotal": 1000}
OUT = os.path.join(ROOT, "build", "preview-real-server.json")


class Stopwatch:
    def __init__(self):
        self.sent, self.taken_ms = {}, []

    def gateway_said(self, frame):
        payload = frame.get("payload") or {}
        if frame.get("event") == "chat" and payload.get("state") == "delta":
            text = "".join(part.get("text", "") for part in payload["message"]["content"])
            self.sent.setdefault(text.strip(), time.monotonic())

    def client_heard(self, event):
        if event["event"] == "post_edited" and event["post"]["message"].strip() in self.sent:
            began = self.sent.pop(event["post"]["message"].strip())
            self.taken_ms.append((time.monotonic() - began) * 1000)


def run(world):
    watch = Stopwatch()
    world.near.events = watch.gateway_said
    try:
        world.apply(Advanced=json.dumps({"streaming": {"edits": PACE}}))
        world.wait_ready(world.near, world.near.count() - 1)
    finally:
        world.near.events = None
    asked = []
    for number, person in enumerate(world.crowd(PEOPLE)):
        person.events.listeners.append(watch.client_heard)
        text = f"Story {number}: " + " ".join(f"word{i}" for i in range(40))
        asked.append(Asked(world, person, play({"text": text, "piece": 16, "pace": 450})))
    for one in asked:
        one.settled("answered")
        one.person.events.listeners.remove(watch.client_heard)
    taken = sorted(watch.taken_ms)
    if len(taken) < PREVIEWS:
        raise Failure(f"{len(taken)} previews were timed instead of {PREVIEWS} at least")
    seen = {
        "n": len(taken),
        "p50": round(taken[len(taken) // 2], 1),
        "p99": round(taken[int(0.99 * (len(taken) - 1))], 1),
    }
    say(f"  (gateway's text → a person's client, ms: {seen})")
    os.makedirs(os.path.dirname(OUT), exist_ok=True)
    with open(OUT, "w") as file:
        json.dump(seen, file)
