# SPDX-License-Identifier: Apache-2.0
"""A question, what its person's client is told while the answer grows, and what stands there in the end."""

import json

from . import wait
from .ledger import outcomes
from .progress import Failure

EDITS_MAX = 20
ANSWER_SECONDS = 120


def play(*steps):
    return "play " + json.dumps(steps)


class Asked:
    """One question, and everything that the person's client was told of the answer."""

    def __init__(self, world, person, message, **more):
        self.world, self.person = world, person
        self.channel_id = world.direct(person)
        self.since = person.events.position()
        self.post = person.say(self.channel_id, message, **more)

    def told(self, kind):
        """The posts of the bot in the events posted, post_edited or post_deleted, in their order."""
        with self.person.events.changed:
            events = self.person.events.events[self.since :]
        return [
            event["post"]
            for event in events
            if event["event"] == kind
            and event["post"]["channel_id"] == self.channel_id
            and event["post"]["user_id"] == self.world.bot["id"]
        ]

    def typing(self):
        with self.person.events.changed:
            events = self.person.events.events[self.since :]
        return sum(
            event["event"] == "typing" and event["data"].get("user_id") == self.world.bot["id"]
            for event in events
        )

    def first_post(self):
        return wait.until(lambda: self.told("posted"), ANSWER_SECONDS, lambda: f"a post for {self.what()}")[0]

    def what(self):
        return f"{self.person.name}'s {self.post['message'][:80]!r}"

    def standing(self):
        """What stands there of the bot's since the question, oldest first."""
        posts = self.world.bot_posts(self.person, self.channel_id)
        return [post for post in posts if post["create_at"] >= self.post["create_at"]]

    def outcome(self):
        """How the plugin has closed it."""
        reasons = wait.until(
            lambda: outcomes(self.world).get(self.post["id"]),
            ANSWER_SECONDS,
            lambda: f"an outcome of {self.what()}; there stands {self.story()}",
        )
        if len(reasons) != 1:
            raise Failure(f"{self.what()} has the outcomes {reasons}")
        return reasons[0]

    def settled(self, reason):
        """Waits for the end, and until the client was told of it; returns what stands."""
        seen = self.outcome()
        posts = self.standing()
        if seen != reason:
            raise Failure(
                f"{self.what()} ended as {seen}, not {reason}; {[p['message'][:200] for p in posts]}"
            )

        def all_told():
            latest = {post["id"]: post["message"] for post in self.told("posted")}
            latest.update({post["id"]: post["message"] for post in self.told("post_edited")})
            gone = {post["id"] for post in self.told("post_deleted")}
            return {key: text for key, text in latest.items() if key not in gone} == {
                post["id"]: post["message"] for post in posts
            }

        wait.until(
            all_told, 20, lambda: f"events that lead to what stands there for {self.what()}: {self.story()}"
        )
        return posts

    def story(self):
        return {
            kind: [post["message"][:60] for post in self.told(kind)]
            for kind in ("posted", "post_edited", "post_deleted")
        }

    def kept_promise(self, edits_max=EDITS_MAX):
        """No more edits than an answer may have, nor quicker than the pace, beside the one that ends it."""
        edits = self.told("post_edited")
        if len(edits) > edits_max:
            raise Failure(f"{len(edits)} edits instead of {edits_max} at most: {self.what()}")
        if edits:
            span_s = (edits[-1]["edit_at"] - self.told("posted")[0]["create_at"]) / 1000
            if len(edits) > span_s + 2 + len(self.standing()):
                raise Failure(f"{len(edits)} edits within {span_s:.1f} s: {self.what()}")

    def one_post(self, text, edits_max=EDITS_MAX):
        """The answer is one post with this text, and was told as new once; nothing else was there."""
        posts = self.settled("answered")
        if [post["message"] for post in posts] != [text]:
            raise Failure(f"{self.what()}: {[post['message'] for post in posts]} instead of {text!r}")
        counts = {kind: len(self.told(kind)) for kind in ("posted", "post_deleted")}
        if counts != {"posted": 1, "post_deleted": 0}:
            raise Failure(f"{self.what()}: {self.story()}")
        self.kept_promise(edits_max)
        return posts[0]

    def nothing_left(self, reason):
        if self.settled(reason):
            raise Failure(f"{self.what()} left {[post['message'][:100] for post in self.standing()]}")
        self.kept_promise()
