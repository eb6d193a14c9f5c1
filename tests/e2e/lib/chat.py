# SPDX-License-Identifier: Apache-2.0
"""A chat in the terminal: one person's direct messages with the bot."""

import sys
import threading

from .progress import say


class Screen:
    """Prints the bot's posts as they come and grow; what was added is put behind where that is possible."""

    def __init__(self):
        self.lock, self.shown, self.open_post = threading.Lock(), {}, None

    def show(self, post):
        text, before = post["message"], self.shown.get(post["id"])
        if text == before:
            return
        with self.lock:
            if before is not None and self.open_post == post["id"] and text.startswith(before):
                addition = text[len(before) :]
            else:
                lead = "" if self.open_post is None else "\n"
                addition = f"{lead}openclaw> {text}"
            self.shown[post["id"]], self.open_post = text, post["id"]
            sys.stdout.write(addition)
            sys.stdout.flush()

    def prompt(self):
        """Ends an open line. The bot may write while the person types: that is how chats are."""
        with self.lock:
            if self.open_post is not None:
                sys.stdout.write("\n")
                self.open_post = None
            sys.stdout.flush()


def chat(world):
    """Runs until the end of input (^D) or ^C."""
    channel_id, screen = world.direct(world.alice), Screen()

    def listen(event):
        post = event.get("post")
        if (
            event["event"] in ("posted", "post_edited")
            and post["channel_id"] == channel_id
            and post["user_id"] == world.bot["id"]
        ):
            screen.show(post)

    world.alice.events.listeners.append(listen)
    kind = (
        "a scripted model: try `nonce 0123456789abcdef`, `echo hello`"
        if world.gateway.model.scripted
        else world.gateway.model.model
    )
    say(
        f"\nYou are alice in a direct message with @{world.bot['username']} ({kind}).\n"
        "Type and press Enter; ^D or ^C ends.\n"
    )
    for line in sys.stdin:
        screen.prompt()
        if line.strip():
            world.alice.say(channel_id, line.rstrip("\n"))
    say("\nEnding everything …")
