# SPDX-License-Identifier: Apache-2.0
"""What people did to a growing answer stays: pin, reaction; the agent's @channel reaches nobody."""

from lib.answers import Asked, play
from lib.progress import Failure

WORDS = " ".join(f"word{i}" for i in range(60))


def pinned_and_liked(world, person):
    text = f"A long story begins. {WORDS}"
    asked = Asked(world, person, play({"text": text, "piece": 10, "pace": 120}))
    post = asked.first_post()
    person.post("/reactions", {"user_id": person.id, "post_id": post["id"], "emoji_name": "heart"})
    person.post(f"/posts/{post['id']}/pin", None)
    if person.get(f"/posts/{post['id']}")["message"] == text:
        raise Failure("the answer was complete before anything was done to it: this proves nothing")
    return asked, text


def check_kept(asked, text):
    post = asked.standing()[0] if asked.outcome() == "answered" else None
    if post is None or post["message"] != text or not post["is_pinned"]:
        raise Failure(f"the answer is not the one that was pinned: {post}")
    seen = [one["emoji_name"] for one in post["metadata"].get("reactions") or []]
    if seen != ["heart"]:
        raise Failure(f"the reaction is not there any more: {seen}")
    if not isinstance(post["props"].get("openclaw"), dict):
        raise Failure(f"the answer's props are gone: {post['props']}")


def check_mention(asked, wanted):
    for told in asked.told("posted") + asked.told("post_edited"):
        for word in ("@channel", "@all", "@here"):
            if word in told["message"]:
                raise Failure(f"{word} was posted: {told['message']!r}")
    if [post["message"].replace("\u200b", "") for post in asked.standing()] != [wanted]:
        raise Failure(f"{[post['message'] for post in asked.standing()]} is another text than {wanted!r}")


def run(world):
    person, other = world.crowd(2)
    wanted = f"Hello @channel, @all and @here: {WORDS[:200].rstrip()}"
    mentioning = Asked(world, other, play({"text": wanted, "piece": 10, "pace": 120}))
    asked, text = pinned_and_liked(world, person)
    check_kept(asked, text)
    mentioning.settled("answered")
    check_mention(mentioning, wanted)
