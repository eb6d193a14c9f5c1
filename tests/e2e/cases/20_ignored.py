# SPDX-License-Identifier: Apache-2.0
"""Posts without a mention, of bots, of webhooks, of the system and of the bot itself are ignored."""

import json

from lib.conversation import Question
from lib.rest import Client, request
from lib.progress import Failure


def token_of(world, user_id):
    return world.admin.post(f"/users/{user_id}/tokens", {"description": "end-to-end test"})["token"]


def other_bot(world):
    bot = world.admin.post("/bots", {"username": "otherbot", "display_name": "Other bot"})
    world.admin.post(f"/teams/{world.team}/members", {"team_id": world.team, "user_id": bot["user_id"]})
    world.admin.post(f"/channels/{world.channel_id}/members", {"user_id": bot["user_id"]})
    person = Client(
        world.server.url, token_of(world, bot["user_id"]), {"id": bot["user_id"], "username": "otherbot"}
    )
    person.events = world.alice.events
    return person


def by_webhook(world, text):
    hook = world.admin.post("/hooks/incoming", {"channel_id": world.channel_id, "display_name": "hook"})
    status, _, answer = request(
        world.server.url,
        "POST",
        f"/hooks/{hook['id']}",
        json.dumps({"text": text}).encode(),
        headers={"Content-Type": "application/json"},
    )
    if status != 200:
        raise Failure(f"webhook: HTTP {status} {answer[:200]}")


def own_post(world):
    person = Client(
        world.server.url, token_of(world, world.bot["id"]), {"id": world.bot["id"], "username": "openclaw"}
    )
    person.events = world.alice.events
    return Question(world, person, world.direct(world.alice))


def run(world):
    questions = [
        world.ask_in_channel(world.alice, mention=False),
        world.ask_in_channel(other_bot(world)),
        own_post(world),
    ]
    mention = "@openclaw What is the answer to nonce {}?"
    nonces = {"by a webhook": "0123456789abcdef", "in a system post": "fedcba9876543210"}
    by_webhook(world, mention.format(nonces["by a webhook"]))
    header = mention.format(nonces["in a system post"])
    world.alice.put(
        f"/channels/{world.channel_id}/patch", {"header": header}
    )  # makes a post of type system_header_change
    if not any(
        post["type"].startswith("system_") and header in post["message"]
        for post in world.alice.posts(world.channel_id)
    ):
        raise Failure("the server made no system post of the new channel header: this case proves nothing")

    # All that came before these two is decided when they are answered.
    world.ask_in_channel(world.alice).answer()
    world.must_answer(world.alice)
    for question in questions:
        question.unanswered()
    for what, nonce in nonces.items():
        if world.gateway.model.requests(nonce):
            raise Failure(f"the model was asked by what stood {what}")
