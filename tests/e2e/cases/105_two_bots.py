# SPDX-License-Identifier: Apache-2.0
"""Two bots with agents of their own in one channel: a post that mentions both is answered by both, in sessions that do not
mix; an account whose gateway is away does not slow the other; a change reconnects only the account that it concerns."""

import json

from lib import accounts, places, wait
from lib.conversation import Question
from lib.progress import Failure
from lib.proxy import Proxy

HELPER = "helpdesk"
AT = "the helper's gateway"  # in the text below
SECRETS = "HELPER_TOKEN: {token}\n"
STORED = "{source: store, id: HELPER_TOKEN}"
NEAR_SECONDS = 20  # for an answer of one bot while the other's gateway is away


def advanced(world):
    """From outside the bot comes with a token, and there is no field for secrets."""
    outside = not world.in_plugin
    bot = f"botToken: {accounts.made(world, HELPER)['token']}" if outside else f"botUsername: {HELPER}"
    token = json.dumps(world.gateway.token) if outside else STORED
    return f"""
accounts:
  {HELPER}:
    {bot}
    agent: support
    gateway:
      url: {AT}
      token: {token}
"""


def both(world, helper, room):
    asked = Question(world, world.alice, room, before=f"@openclaw and @{HELPER} ")
    theirs = asked.of(helper)
    asked.answer()
    theirs.answer()
    asked.answered_once()
    theirs.answered_once()
    if len(world.gateway.model.requests(asked.nonce)) != 2:
        raise Failure(f"the model was asked {len(world.gateway.model.requests(asked.nonce))} times, not twice")
    return asked


def sessions_apart(world, helper, room):
    """What one bot was asked and said stands in no session of the other."""
    mine = Question(world, world.alice, room, before="@openclaw ")
    mine.answer()
    theirs = Question(world, world.alice, room, before=f"@{HELPER} ", bot=helper)
    theirs.answer()
    again = Question(world, world.alice, room, before=f"@{HELPER} ", bot=helper)
    again.answer()
    turns = [message for message in last_request(world, again)["messages"] if message["role"] == "assistant"]
    said = json.dumps(turns)
    if theirs.expected not in said:
        raise Failure(f"the bot does not remember its own answer {theirs.expected}: {said}")
    if mine.expected in said:
        raise Failure(f"the answer {mine.expected} of one bot stands in the session of the other: {said}")


def last_request(world, question):
    return json.loads(next(body for body in reversed(world.gateway.model._bodies()) if question.nonce in body))


def run(world):
    away = Proxy(world.gateway.port, remote=False)
    away.listener.close()  # nobody listens there
    own = Proxy(world.gateway.port, remote=False)
    settings = advanced(world)

    def to(proxy, more=""):
        return settings.replace(AT, proxy.url) + more

    places.in_force(world, Advanced=to(own), Secrets=SECRETS.format(token=world.gateway.token))
    world.wait_ready(own)
    room = places.channel(world, "O", world.bob.id, world.bot["id"])
    helper = accounts.bot_of(world, HELPER, room)
    both(world, helper, room)
    sessions_apart(world, helper, room)

    # Only the account that is touched connects again.
    mine, theirs = world.near.count(), own.count()
    other = Proxy(world.gateway.port, remote=False)
    world.plugin.configure(Advanced=to(other))
    world.wait_ready(other)
    both(world, helper, room)
    if world.near.count() != mine:
        raise Failure("a change of one account's gateway made the other connect again")
    moved = other.count()
    world.plugin.configure(Advanced=to(other, more="    replyToMode: all\n"))
    question = None

    def in_thread():
        nonlocal question
        question = Question(world, world.alice, room, before=f"@{HELPER} ", bot=helper)
        found = world.alice.events.wait(question.is_event_of_answer, 60, "the helper's answer", question.since)
        return found["post"]["root_id"] == question.post["id"]

    wait.until(in_thread, 60, "the helper's new replyToMode")
    if (world.near.count(), own.count(), other.count()) != (mine, theirs, moved):
        raise Failure("a change that is none of the gateway's made a connection")

    # One gateway away: the other account answers meanwhile.
    world.plugin.configure(Advanced=to(away))
    wait.until(lambda: not any(one.open for one in other.connections), 30, "the helper to leave its gateway")
    waiting = Question(world, world.alice, room, before=f"@openclaw @{HELPER} ")
    waiting.answer(NEAR_SECONDS)
    for _ in range(3):
        Question(world, world.alice, room, before="@openclaw ").answer(NEAR_SECONDS)
    world.plugin.configure(Advanced=to(own))
    waiting.of(helper).answer()
    waiting.answered_once()
    waiting.of(helper).answered_once()
