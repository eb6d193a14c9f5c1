# SPDX-License-Identifier: Apache-2.0
"""An edit that adds a mention wakes the agent once; a deleted question is dropped; /me and attachments are read; a webhook is
never answered; a bot only when it is listed, and not for ever."""

import json

from lib import places
from lib.conversation import Question
from lib.progress import Failure
from lib.rest import request
from lib.why import why

HOPS = 2


def edit(question, text):
    question.since = question.person.events.position()
    question.person.put(f"/posts/{question.post['id']}/patch", {"message": text})


def mention_by_edit(world):
    question = places.ask(world, world.alice, "public", "plain")
    places.ask(world, world.alice, "public").answer()
    question.unanswered()
    edit(question, f"@openclaw {question.post['message']}")
    question.answer()
    edit(question, f"@openclaw please: {question.post['message']}")
    places.ask(world, world.alice, "public").answer()
    question.answered_once()
    return question


def deleted(world):
    """Two are asked; the second waits for the first in their common session, and goes meanwhile."""
    busy = places.ask(world, world.alice, "private")
    busy.reached_model()
    slow = Question(world, world.alice, places.of(world)["private"], before="@openclaw ", after=" slow 20")
    gone = places.ask(world, world.alice, "private")
    world.alice.call("DELETE", f"/posts/{gone.post['id']}")
    busy.answer()
    slow.answer()
    places.ask(world, world.alice, "private").answer()
    gone.unanswered()


def me_post(world):
    """/me as the browser sends it: a command; the post that the server makes of it is read."""
    question = places.ask(world, world.alice, "public", "plain")
    since = world.alice.events.position()
    world.command(world.alice, f"/me asks @openclaw for nonce {question.nonce}", question.channel_id)
    made = world.alice.events.wait(
        lambda event: event["event"] == "posted" and event["post"]["type"] == "me", 30, "the /me post", since
    )
    question.since = since
    question.answer()
    why(world, made["post"], "`answered`")


def attachment(world):
    """The question stands in a message attachment alone."""
    question = places.ask(world, world.alice, "public", "plain")
    question.since = world.alice.events.position()
    told = {"fallback": "a card", "title": "A card", "text": f"What is nonce {question.nonce} then?"}
    world.alice.say(question.channel_id, "@openclaw see below", props={"attachments": [told]})
    question.answer()


def webhook(world):
    made = {"channel_id": world.channel_id, "display_name": "hook"}
    hook = world.admin.post("/hooks/incoming", made)
    silent = "00112233445566ff"
    body = {
        "text": f"@openclaw What is nonce {silent}",
        "username": "alice",
        "attachments": [{"text": f"@openclaw nonce {silent}"}],
    }
    headers = {"Content-Type": "application/json"}
    status, _, _ = request(world.server.url, "POST", f"/hooks/{hook['id']}", json.dumps(body).encode(), headers=headers)
    if status != 200:
        raise Failure(f"webhook: HTTP {status}")
    post = next(one for one in reversed(world.alice.posts(world.channel_id)) if silent in one["message"])
    world.ask_in_channel(world.alice).answer()
    if world.gateway.model.requests(silent):
        raise Failure("the model was asked by a webhook")
    why(world, post, "(`from_webhook`)")


def bots(world):
    listed, other = places.bot_person(world, "friendlybot"), places.bot_person(world, "strangebot")
    places.in_force(world, Advanced=f"allowBots: [{listed.id}]\nbotHops: {HOPS}\n")
    opening = places.ask(world, world.alice, "public", "plain")
    root = opening.post["id"]
    strange = places.ask(world, other, "public", root_id=root)
    for _ in range(HOPS):
        places.ask(world, listed, "public", root_id=root).answer()
    over = places.ask(world, listed, "public", root_id=root)
    places.ask(world, world.alice, "public", root_id=root).answer()
    strange.unanswered()
    why(world, strange.post, "(`from_bot`)")
    places.refused(world, over, "bot_hop_limit")
    # A person spoke: the bots may go on.
    places.ask(world, listed, "public", root_id=root).answer()


def run(world):
    places.in_force(world)
    edited = mention_by_edit(world)
    deleted(world)
    me_post(world)
    attachment(world)
    webhook(world)
    bots(world)  # which restarts the plugin: it looks for posts that it missed
    edited.answered_once()
