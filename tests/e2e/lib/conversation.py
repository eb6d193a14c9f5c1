# SPDX-License-Identifier: Apache-2.0
"""Questions with a nonce, and whether their answers stand in the right place."""

import copy
import secrets

from . import wait
from .gateway import expected_answer
from .progress import Failure

ANSWER_SECONDS = 90
# How the plugin's words for a failed run begin; a real model's answer cannot be told from them otherwise.
FAILURES = (
    "The agent could not answer",
    "I did not start",
    "I cannot reach my gateway",
    "The connection to my gateway broke",
)


class Question:
    """One post that asks for the answer to a random nonce."""

    def __init__(self, world, person, channel_id, root_id="", before="", after="", bot=None):
        self.world, self.person, self.channel_id, self.root_id = world, person, channel_id, root_id
        self.bot = bot or world.bot  # whose answer is waited for
        self.nonce = secrets.token_hex(8)
        self.expected = expected_answer(self.nonce)
        self.since = person.events.position()
        self.post = person.say(
            channel_id, f"{before}What is the answer to nonce {self.nonce}{after}", root_id
        )

    def of(self, bot):
        """The same question, as one to another bot."""
        other = copy.copy(self)
        other.bot = bot
        return other

    def is_answer(self, post):
        if post["user_id"] != self.bot["id"] or post["channel_id"] != self.channel_id:
            return False
        if self.world.gateway.model.scripted:
            return self.expected in post["message"]
        # A real model may use any words.
        return bool(post["message"]) and post["create_at"] >= self.post["create_at"]

    def is_event_of_answer(self, event):
        return event["event"] in ("posted", "post_edited") and self.is_answer(event["post"])

    def answer(self, seconds=ANSWER_SECONDS, root_id=None):
        """Waits for the answer and checks its place, its author and its mark. Returns the post.

        root_id: the thread in which it must stand; None for where the question stands."""
        wanted_root = self.root_id if root_id is None else root_id

        def missing():
            said = self.world.bot_posts(self.person, self.channel_id, self.bot)
            return (
                f"the answer {self.expected} to nonce {self.nonce}. The bot's posts in that channel: "
                f"{[post['message'][:200] for post in said]}. The model's requests for it: "
                f"{self.world.gateway.model.requests(self.nonce)}"
            )

        post = self.person.events.wait(self.is_event_of_answer, seconds, missing, self.since)["post"]
        if not self.world.gateway.model.scripted and post["message"].startswith(FAILURES):
            raise Failure(f"the model did not answer: {post['message']}")
        if post["root_id"] != wanted_root:
            raise Failure(
                f"the answer stands in the wrong place: root_id {post['root_id']!r}, not {wanted_root!r}"
            )
        if not isinstance(post.get("props", {}).get("openclaw"), dict):
            raise Failure(f"the answer does not carry props.openclaw: {post.get('props')}")
        return post

    def reached_model(self):
        """Waits until the model works on it."""
        asked = self.world.gateway.model.requests
        wait.until(lambda: asked(self.nonce), ANSWER_SECONDS, f"the model's log to name nonce {self.nonce}")

    def answered_once(self):
        times = sum(
            self.expected in post["message"] for post in self.world.bot_posts(self.person, self.channel_id, self.bot)
        )
        if times != 1:
            raise Failure(f"nonce {self.nonce} was answered {times} times")

    def unanswered(self):
        """Raises when it was answered or the model was asked. Look after something later was answered."""
        if self.world.gateway.model.requests(self.nonce):
            raise Failure(f"the model was asked about nonce {self.nonce} ({self.post['message']!r})")
        for post in self.world.bot_posts(self.person, self.channel_id, self.bot):
            if self.expected in post["message"]:
                raise Failure(f"the bot answered {self.post['message']!r}: {post['message']!r}")
