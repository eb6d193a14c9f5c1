# SPDX-License-Identifier: Apache-2.0
"""What Mattermost was asked to do in one conversation, in words that are the same on both sides: posts have labels instead of
ids, how often a growing post was edited does not count, only that it grew."""

import hashlib
import json
import re

CODE = re.compile(r"\b[A-HJ-NP-Z2-9]{8}\b")
ECHO = re.compile(r"^I heard:|\nRuntime: agent=")  # the model repeats what it was told, which has times and names in it
# What says the time, a session or a count of tokens.
STATUS = {"🦞 OpenClaw": "(the gateway's status)", "**The conversation here**": "(our status)"}
LONG_CHARS = 240


def shortened(text):
    if ECHO.search(text):
        return "(the model repeats what it heard)"
    for beginning, name in STATUS.items():
        if text.startswith(beginning):
            return name
    if len(text) <= LONG_CHARS:
        return text
    return f"{text[:60]} … {text[-60:]} ({len(text)} characters, {hashlib.sha256(text.encode()).hexdigest()[:8]})"


class Labels:
    def __init__(self, play):
        self.names = {post_id: f"m{number}" for number, post_id in enumerate(play.said, 1)}
        for number, post in enumerate(play.bot_posts(), 1):
            self.names[post["id"]] = f"b{number}"
        self.words = {play.c.user_id(person): f"<{person}>" for person in play.c.people}
        self.words[play.c.bot_id()] = "<bot>"
        self.words[play.c.channel_id()] = "<channel>"
        self.words.update({post_id: f"<{name}>" for post_id, name in self.names.items()})
        self.words.update({play.c.username(person): f"<{person}>" for person in play.c.people})
        self.words[f"bot-{play.c.account}"] = "<bot>"
        self.words[play.side.fake.url] = "<server>"

    def of(self, post_id):
        return self.names.get(post_id, "gone" if post_id else "")

    def text(self, text):
        for word, label in self.words.items():
            text = text.replace(word, label)
        return shortened(CODE.sub("<code>", text))


def buttons(post):
    found = []
    for part in post["props"].get("attachments") or []:
        found += [part["text"]] if part.get("text") else []
        for action in part.get("actions") or []:
            if action.get("name", "").endswith(" (0)"):
                continue  # a provider without a model, which comes and goes with the gateway's catalog
            options = [one.get("text") for one in action.get("options") or []]
            found.append({action.get("name"): options} if options else action.get("name"))
    return found


def shown(play, labels, post, grew):
    """A post that stands at the end, with only what is not usual."""
    told = {"text": labels.text(post["message"])}
    if post["root_id"]:
        told["root"] = labels.of(post["root_id"])
    files = [play.state.files[one]["info"] for one in post["file_ids"]]
    if files:
        told["files"] = [f"{one['name']} {one['size']}" for one in files]
    if buttons(post):
        told["buttons"] = [labels.text(one) if isinstance(one, str) else one for one in buttons(post)]
    if post["id"] in grew and play.c.growth:
        told["grew"] = True
    return told


def outcome(play):
    """{facet: value}; a facet in which nothing happened is left out."""
    labels, state = Labels(play), play.state
    here = [one for one in state.asked if one["channel_id"] == play.c.channel_id() and one["by"] == play.c.bot_id()]
    grew = {one["post_id"] for one in here if one["what"] == "edit"}
    standing = play.bot_posts()
    reactions = [one for one in state.reactions if one[0] == play.c.bot_id() and one[1] in labels.names]
    posts = [shown(play, labels, post, grew) for post in standing]
    facets = {
        "posts": sorted(posts, key=json.dumps) if play.c.any_order else posts,
        "taken back": play.c.growth and sum(bool(post["delete_at"]) for post in play.bot_posts(standing=False)),
        "typing": sorted({labels.of(one["root_id"]) or "flat" for one in here if one["what"] == "typing"}),
        "reactions": sorted(f"{emoji} on {labels.of(post_id)}" for _, post_id, emoji in reactions),
        "uploads": [f"{one['name']} {one['size']}" for one in here if one["what"] == "upload"],
        "answers": [told(labels, answer) for answer in play.answers],
        "elsewhere": elsewhere(play, labels),
    }
    return {name: value for name, value in facets.items() if value}


def told(labels, answer):
    """What a callback was answered, without what only echoes the post."""
    if isinstance(answer, str):
        return answer
    status, value = answer
    found = {"status": status}
    for key in ("response_type", "text", "ephemeral_text", "error", "no such command", "no such button", "no answer"):
        if value.get(key):
            found[key] = labels.text(value[key]) if isinstance(value[key], str) else value[key]
    offered = [action.get("name") for part in value.get("attachments") or [] for action in part.get("actions") or []]
    return {**found, "buttons": offered} if offered else found


def elsewhere(play, labels):
    """Posts to the people of this conversation in other places: direct messages that the bot opened."""
    found = []
    people = {play.c.user_id(person) for person in play.c.people}
    for channel_id, members in list(play.state.members.items()):
        if channel_id == play.c.channel_id() or play.state.channels[channel_id]["type"] != "D":
            continue
        if play.c.bot_id() in members and people & set(members):
            posts = [play.state.posts[one] for one in play.state.order[channel_id]]
            found += [labels.text(one["message"]) for one in posts if one["user_id"] == play.c.bot_id() and not one["delete_at"]]
    return found
