# SPDX-License-Identifier: Apache-2.0
"""The conversations: read from conversations/*.json, their people and places made on a side, and played there.

A file is one account: {"config": {…}, "conversations": [{"name", "kind": O|P|G|D, "people": [names], "steps": […]}]}.
"order": "any": whether the answer's first post or the question's is quicker is left to chance; posts are compared without it.
"growth": the model writes so slowly that there is something to watch before the end (else it is left to chance, and not compared).
"@name" in the configuration stands for the ids of everybody of that name in the account's conversations, "@name!" for the
user names, "#conversation" for the conversation's channel, "@bot" in a text for the bot. Steps: see STEPS at the end."""

import glob
import json
import os
import time

from fake.state import PIXEL, id_of
from lib.progress import Failure

from .outcome import buttons
from .sides import bot_name

FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "conversations")
QUIET_SECONDS = 2.5  # nothing asked for so long: the bot is done
NOTHING_SECONDS = 6  # for what must have no answer
ANSWER_SECONDS = 120
AGAIN = "-again"
MIMES = {"txt": "text/plain", "png": "image/png", "pdf": "application/pdf"}


class Conversation:
    def __init__(self, account, data):
        self.account, self.name, self.kind, self.data = account, data["name"], data.get("kind", "O"), data
        self.people, self.steps = data.get("people", ["alice"]), data["steps"]
        self.absent, self.growth = data.get("bot") == "absent", data.get("growth", False)
        self.any_order = data.get("order") == "any"
        known = {"name", "kind", "people", "steps", "bot", "growth", "order"}
        if set(data) - known:
            raise Failure(f"{self.name}: unknown keys {sorted(set(data) - known)}")

    def twin(self):
        """The same in another place, with other people: for a second time."""
        return Conversation(self.account, {**self.data, "name": self.name + AGAIN})

    def username(self, person):
        return f"{person}-{self.name}"

    def user_id(self, person):
        return id_of("user", self.username(person))

    def bot_id(self):
        return id_of("user", bot_name(self.account))

    def channel_id(self):
        return id_of("channel", self.name)


def spread(value, conversations):
    """The configuration with ids in the place of names."""
    if isinstance(value, dict):
        found = {}
        for key, one in value.items():
            for name in spread(key, conversations) if key.startswith("#") else [key]:
                found[name] = spread(one, conversations)
        return found
    if isinstance(value, list):
        parts = [spread(one, conversations) for one in value]
        return [one for part in parts for one in (part if isinstance(part, list) else [part])]
    if isinstance(value, str) and value.startswith("@"):
        name, plain = value[1:].rstrip("!"), value.endswith("!")
        having = [one for one in conversations if name in one.people]
        return [one.username(name) if plain else one.user_id(name) for one in having]
    if isinstance(value, str) and value.startswith("#"):
        return [one.channel_id() for one in conversations if one.name in (value[1:], value[1:] + AGAIN)]
    return value


def load(words):
    """[(account, configuration, [conversation])]; words: only conversations whose name or account contains one."""
    accounts = []
    for path in sorted(glob.glob(os.path.join(FOLDER, "*.json"))):
        with open(path) as file:
            data = json.load(file)
        account = os.path.basename(path)[:-5]
        conversations = [Conversation(account, one) for one in data["conversations"]]
        chosen = [one for one in conversations if not words or any(word in f"{account}/{one.name}" for word in words)]
        if chosen:
            everybody = conversations + [one.twin() for one in conversations]
            accounts.append((account, spread(data["config"], everybody), chosen))
    names = [one.name for _, _, conversations in accounts for one in conversations]
    if len(names) != len(set(names)):
        raise Failure("two conversations have one name")
    return accounts


def furnish(state, accounts):
    """The people and places of all conversations."""
    for account, _, conversations in accounts:
        bot = state.add_user(bot_name(account), bot=True)
        for one in conversations + [one.twin() for one in conversations]:
            people = [state.add_user(one.username(person), bot=person.endswith("bot")) for person in one.people]
            if one.kind == "D":
                state.add_channel(one.name, "D", [people[0], bot])
            else:
                state.add_channel(one.name, one.kind, people + ([] if one.absent else [bot]))


class Play:
    """One conversation on one side. What came back from callbacks is kept in `answers`."""

    def __init__(self, side, conversation):
        self.side, self.c, self.state = side, conversation, side.fake.state
        self.answers, self.said, self.late = [], [], []

    def bot_posts(self, standing=True):
        posts = [self.state.posts[one] for one in self.state.order[self.c.channel_id()]]
        return [post for post in posts if post["user_id"] == self.c.bot_id() and not (standing and post["delete_at"])]

    def find(self, label):
        """m2: the second post of the people here; b1: the first one of the bot; b-1: its last; buttons: its last one with buttons."""
        if label == "buttons":
            offering = [post["id"] for post in self.bot_posts() if buttons(post)]
            return offering[-1] if offering else None
        number = int(label[1:])
        posts = self.said if label[0] == "m" else [post["id"] for post in self.bot_posts()]
        try:
            return posts[number - 1 if number > 0 else number]
        except IndexError:
            return None

    def words(self, text):
        return text.replace("@bot", "@" + bot_name(self.c.account))

    def step(self, step):
        began, before = time.monotonic(), len(self.bot_posts())
        verbs = [verb for verb in STEPS if verb in step]
        unknown = set(step) - set(STEPS) - {"by", "root", "files", "props", "type", "button", "choice", "with", "expect", "until", "offers", "quiet"}
        if len(verbs) != 1 or unknown:
            raise Failure(f"{self.c.name}: what is the step {step}?")
        STEPS[verbs[0]](self, step)
        self.settle(step, began, before)

    def settle(self, step, began, before):
        wanted = step.get("expect", 0 if verb_is_silent(step) else 1)
        if isinstance(wanted, dict):
            wanted = wanted[self.side.name]
        least = NOTHING_SECONDS if wanted == 0 else 0
        while True:
            time.sleep(0.1)
            now = time.monotonic()
            quiet = now - max(self.state.touched.get(self.c.channel_id(), 0), began)
            posts = self.bot_posts()
            if self.reached(step, posts, wanted, before) and quiet >= step.get("quiet", QUIET_SECONDS) and now - began >= least:
                return
            if now - began >= ANSWER_SECONDS:
                self.late.append(step)
                return

    def reached(self, step, posts, wanted, before):
        """expect: so many posts more; until: a post that holds the text; offers: a post with buttons."""
        more = wanted == 0 or len(posts) - before >= wanted
        text = "until" not in step or any(step["until"] in post["message"] for post in posts)
        return more and text and ("offers" not in step or self.find("buttons") is not None)

    # --- the steps ---

    def _files(self, step, user_id):
        ids = []
        for name in step.get("files", []):
            kind = name.rpartition(".")[2]
            content = PIXEL if kind == "png" else f"The content of {name}.\n".encode()
            ids.append(self.state.add_file(name, content, MIMES[kind], self.c.channel_id(), user_id)["id"])
        return ids

    def say(self, step):
        user_id = self.c.user_id(step.get("by", self.c.people[0]))
        post = {
            "channel_id": self.c.channel_id(),
            "message": self.words(step["say"]),
            "file_ids": self._files(step, user_id),
            "props": step.get("props", {}),
            "type": step.get("type", ""),
        }
        if "root" in step:
            root = self.find(step["root"])
            if root is None:
                return
            post["root_id"] = self.state.posts[root]["root_id"] or root
        self.said.append(self.state.create_post(post, user_id)["id"])

    def edit(self, step):
        self.state.change_post(self.find(step["edit"]), {"message": self.words(step["with"])}, None)

    def delete(self, step):
        post_id = self.find(step["delete"])
        self.state.delete_post(post_id, self.state.posts[post_id]["user_id"])

    def _react(self, step, verb):
        post_id = self.find(step[verb])
        if post_id is not None:
            user_id = self.c.user_id(step.get("by", self.c.people[0]))
            self.state.react(user_id, post_id, step["with"], added=verb == "react")

    def react(self, step):
        self._react(step, "react")

    def unreact(self, step):
        self._react(step, "unreact")

    def click(self, step):
        post_id = self.find(step["click"])
        if post_id is None:
            self.answers.append("no post to click on")
            return
        user_id = self.c.user_id(step.get("by", self.c.people[0]))
        self.answers.append(self.side.fake.click(post_id, step["button"], user_id, step.get("choice")))

    def slash(self, step):
        user_id = self.c.user_id(step.get("by", self.c.people[0]))
        root = self.find(step["root"]) if "root" in step else ""
        self.answers.append(self.side.fake.slash(step["slash"], self.c.channel_id(), user_id, root or ""))

    def play(self):
        for step in self.c.steps:
            self.step(step)


def verb_is_silent(step):
    return any(verb in step for verb in ("react", "unreact", "delete"))


STEPS = {
    "say": Play.say,
    "edit": Play.edit,
    "delete": Play.delete,
    "react": Play.react,
    "unreact": Play.unreact,
    "click": Play.click,
    "slash": Play.slash,
}
