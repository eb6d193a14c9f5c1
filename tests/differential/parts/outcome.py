# SPDX-License-Identifier: Apache-2.0
"""What Mattermost was asked to do in one conversation, in words that are the same on both sides: posts have labels instead of
ids, how often a growing post was edited does not count, only that it grew."""

import re

CODE = re.compile(r"\b[A-HJ-NP-Z2-9]{8}\b")


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
        return CODE.sub("<code>", text)


def buttons(post):
    found = []
    for part in post["props"].get("attachments") or []:
        found += [part["text"]] if part.get("text") else []
        for action in part.get("actions") or []:
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
    if post["id"] in grew:
        told["grew"] = True
    return told


def outcome(play):
    """{facet: value}; a facet in which nothing happened is left out."""
    labels, state = Labels(play), play.state
    here = [one for one in state.asked if one["channel_id"] == play.c.channel_id() and one["by"] == play.c.bot_id()]
    grew = {one["post_id"] for one in here if one["what"] == "edit"}
    standing = play.bot_posts()
    reactions = [one for one in state.reactions if one[0] == play.c.bot_id() and one[1] in labels.names]
    facets = {
        "posts": [shown(play, labels, post, grew) for post in standing],
        "taken back": sum(bool(post["delete_at"]) for post in play.bot_posts(standing=False)),
        "typing": sorted({labels.of(one["root_id"]) or "flat" for one in here if one["what"] == "typing"}),
        "reactions": sorted(f"{emoji} on {labels.of(post_id)}" for _, post_id, emoji in reactions),
        "unreacted": [one["emoji"] for one in here if one["what"] == "unreact"],
        "uploads": [f"{one['name']} {one['size']}" for one in here if one["what"] == "upload"],
        "direct": sum(one["what"] == "direct" for one in here),
        "answers": [told(labels, answer) for answer in play.answers],
        "elsewhere": elsewhere(play, labels),
    }
    return {name: value for name, value in facets.items() if value}


def told(labels, answer):
    """What a callback was answered, without what only echoes the post."""
    if isinstance(answer, str):
        return answer
    status, value = answer
    value = {key: one for key, one in value.items() if key != "update" and one not in ("", None, False)}
    return {"status": status, **{key: labels.text(one) if isinstance(one, str) else one for key, one in value.items()}}


def elsewhere(play, labels):
    """Posts to the people of this conversation in other places: direct messages that the bot opened."""
    found = []
    people = {play.c.user_id(person) for person in play.c.people}
    for channel_id, members in play.state.members.items():
        if channel_id == play.c.channel_id() or play.state.channels[channel_id]["type"] != "D":
            continue
        if play.c.bot_id() in members and people & set(members):
            posts = [play.state.posts[one] for one in play.state.order[channel_id]]
            found += [labels.text(one["message"]) for one in posts if one["user_id"] == play.c.bot_id() and not one["delete_at"]]
    return found
