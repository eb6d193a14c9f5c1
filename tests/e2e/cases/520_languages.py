# SPDX-License-Identifier: Apache-2.0
"""Commands, texts for one person and direct messages are in that person's language; what stands in a channel is in the server's."""

import json
from pathlib import Path

from lib import commands, wait
from lib.progress import Failure

WORDS = Path(__file__).resolve().parents[3] / "c-core/words"


def text(subject, key, lang):
    return json.loads((WORDS / f"{subject}.{lang}.json").read_text("utf-8"))[key]


def speaks(world, person, locale):
    world.admin.put(f"/users/{person.id}/patch", {"locale": locale})


def server_speaks(world, locale):
    world.admin.put("/config/patch", {"LocalizationSettings": {"DefaultClientLocale": locale}})


def said(world, channel_id, expected, since):
    """Waits for a post of the bot with exactly this text."""
    wait.until(
        lambda: any(post["message"] == expected for post in world.bot_posts(world.alice, channel_id)[since:]),
        60,
        lambda: f"{expected!r}; the bot wrote {[post['message'] for post in world.bot_posts(world.alice, channel_id)[since:]]}",
    )


def for_one_person(world):
    for person, lang in ((world.alice, "de"), (world.bob, "en")):
        expected = text("turn", "nothing_to_stop", lang)
        for channel_id in (world.channel_id, None):
            heard = commands.typed(world, person, "stop", channel_id)
            if heard != expected:
                raise Failure(f"{person.name} was told {heard!r} instead of {expected!r}")
        heard = commands.slash(world, person, "/openclaw why x", world.channel_id)
        if heard != text("command", "refused", lang):
            raise Failure(f"{person.name} was refused a command with {heard!r}")


def in_public(world):
    """While the gateway is away, one sentence in each place."""
    direct = world.direct(world.alice)
    before = {place: len(world.bot_posts(world.alice, place)) for place in (direct, world.channel_id)}
    world.gateway.stop()
    asked = [world.ask(world.alice), world.ask_in_channel(world.alice)]
    said(world, direct, text("turn", "gateway_away", "de"), before[direct])
    said(world, world.channel_id, text("turn", "gateway_away", "fr"), before[world.channel_id])
    world.gateway.start()
    for question in asked:
        question.answer(120)


def run(world):
    speaks(world, world.alice, "de")
    server_speaks(world, "fr")
    try:
        since = world.near.count()
        world.plugin.restart()
        world.wait_ready(world.near, since)
        world.must_answer(world.alice)  # what was missed has been looked through: what is written now comes live
        wait.until(  # its answer stands, but the gateway may still be ending the run
            lambda: text("session", "not_at_work", "de") in commands.slash(world, world.alice, "/openclaw stop", world.direct(world.alice)),
            30,
            "nothing to be at work any more",
        )
        for_one_person(world)
        in_public(world)
    finally:
        server_speaks(world, "en")
        speaks(world, world.alice, "en")
        world.plugin.restart()  # who was looked up speaks English again
