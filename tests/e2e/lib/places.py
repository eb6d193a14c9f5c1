# SPDX-License-Identifier: Apache-2.0
"""The four kinds of places where people talk to the bot, made once for all cases, and settings for crowds of questions."""

import secrets

from . import accounts, wait
from .conversation import Question
from .ledger import outcomes
from .progress import Failure
from .rest import Client
from .world import BOT_NAME

KINDS = ("direct", "group", "private", "public")  # a group message is Mattermost's "GM"
OUTCOME_SECONDS = 20
NO_LIMITS = {"UserPerMinute": "0", "ChannelPerMinute": "0", "BotPerMinute": "0"}


def channel(world, kind, *members):
    """A new channel of alice's with these members; returns its id."""
    name = f"{'open' if kind == 'O' else 'closed'}-{secrets.token_hex(4)}"
    made = world.alice.post(
        "/channels", {"team_id": world.team, "name": name, "display_name": name, "type": kind}
    )
    for user_id in members:
        world.alice.post(f"/channels/{made['id']}/members", {"user_id": user_id})
    return made["id"]


def of(world):
    """{kind: channel id} for alice, bob and the bot; "direct" is alice's."""
    if not hasattr(world, "places"):
        people = (world.bob.id, world.bot["id"])
        world.places = {
            "direct": world.direct(world.alice),
            "group": world.alice.post("/channels/group", [world.alice.id, *people])["id"],
            "private": channel(world, "P", *people),
            "public": channel(world, "O", *people),
        }
    return world.places


def in_force(world, **settings):
    """These settings and else the defaults, by a restart of the plugin, which is connected on return.

    Many questions are no offence then."""
    since = world.near.count()
    world.plugin.disable()
    world.plugin.configure(
        **{**dict.fromkeys(world.plugin.settings, ""), **world.defaults, **NO_LIMITS, **settings}
    )
    world.plugin.enable()
    world.wait_ready(world.near, since)


def ask(world, person, kind, how="mention", root_id=""):
    """how: mention, plain, or the text that stands before the question."""
    before = {"mention": f"@{BOT_NAME} ", "plain": ""}.get(how, how)
    channel_id = world.direct(person) if kind == "direct" else of(world)[kind]
    return Question(world, person, channel_id, root_id, before=before)


def refused(world, question, reason):
    """It has this outcome, and neither was it answered nor did the model see it. Ask something later first."""
    post_id, found = question.post["id"], []

    def recorded():  # of the post in whatever account; the journal is written behind
        found[:] = [
            why for key, reasons in outcomes(world).items() if key.split(":")[0] == post_id for why in reasons
        ]
        return found

    wait.until(recorded, OUTCOME_SECONDS, f"an outcome of {question.post['message']!r}")
    question.unanswered()
    if found != [reason]:
        raise Failure(f"{question.post['message']!r} has the outcomes {found}, not {reason}")


def bot_person(world, name):
    """A bot of the server's, able to write in the public place; it listens with alice's ears."""
    bot = accounts.made(world, name)
    world.admin.post(f"/teams/{world.team}/members", {"team_id": world.team, "user_id": bot["id"]})
    world.alice.post(f"/channels/{of(world)['public']}/members", {"user_id": bot["id"]})
    person = Client(world.server.url, bot["token"], bot)
    person.events = world.alice.events
    return person
