# SPDX-License-Identifier: Apache-2.0
"""The gateway crashes while the agent is answering: the answer comes once, or the person is told that it is lost."""

from lib import wait
from lib.progress import Failure, say

LOSS_SECONDS = 150


def run(world):
    question = world.ask(world.alice, after=" slow 12")  # about four seconds
    question.reached_model()
    before = len(world.bot_posts(world.alice, question.channel_id))
    world.gateway.child.kill()
    world.gateway.start()

    def outcome():
        return world.bot_posts(world.alice, question.channel_id)[before:]

    posts = wait.until(outcome, LOSS_SECONDS, "an answer or a word about its loss")
    world.must_answer(world.alice)
    posts = world.bot_posts(world.alice, question.channel_id)[before:]
    answers = [post["message"] for post in posts if question.expected in post["message"]]
    if len(answers) > 1:
        raise Failure(f"the answer was posted {len(answers)} times: {answers}")
    say(f"  (the bot wrote: {[post['message'][:120] for post in posts]})")
