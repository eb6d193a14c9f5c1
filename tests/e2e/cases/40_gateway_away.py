# SPDX-License-Identifier: Apache-2.0
"""While the gateway is away the person is told once; what was asked is answered when it is back."""

from lib import wait
from lib.progress import Failure


def run(world):
    channel_id = world.direct(world.alice)
    world.gateway.stop()
    before = len(world.bot_posts(world.alice, channel_id))
    first = world.ask(world.alice)
    wait.until(
        lambda: len(world.bot_posts(world.alice, channel_id)) > before,
        60,
        "the bot to say that the gateway is away",
    )
    told = world.bot_posts(world.alice, channel_id)[-1]
    second = world.ask(world.alice)
    world.gateway.start()
    for question in (first, second):
        question.answer(120)
    notices = [
        post["message"]
        for post in world.bot_posts(world.alice, channel_id)[before:]
        if first.expected not in post["message"] and second.expected not in post["message"]
    ]
    if len(notices) > 1:
        raise Failure(f"the person was told more than once: {notices}")
    if "gateway" not in told["message"].lower():
        raise Failure(f"what the person was told does not name the gateway: {told['message']!r}")
    for question in (first, second):
        question.answered_once()
