# SPDX-License-Identifier: Apache-2.0
"""An edit that mentions the bot wakes it once; an edit of a question that waits is what is sent; a deleted question is
dropped, and its run ends."""

from lib import wait
from lib.conversation import ANSWER_SECONDS, Question
from lib.progress import Failure
from lib.world import BOT_NAME


def edit(question, message):
    question.person.put(f"/posts/{question.post['id']}/patch", {"message": message})


def delete(question):
    question.person.call("DELETE", f"/posts/{question.post['id']}")


def run(world):
    woken = world.ask_in_channel(world.alice, mention=False)
    world.ask_in_channel(world.alice).answer()
    woken.unanswered()
    edit(woken, f"@{BOT_NAME} {woken.post['message']}")
    woken.answer()
    edit(woken, f"@{BOT_NAME} now: {woken.post['message']}")

    direct = world.direct(world.alice)
    running = Question(world, world.alice, direct, after=" slow 200")
    if world.gateway.model.scripted:
        running.reached_model()
    changed = Question(world, world.alice, direct)
    dropped = Question(world, world.alice, direct)
    last = Question(world, world.alice, direct)
    nonce = last.nonce
    edit(changed, f"Please: {changed.post['message']}")
    delete(dropped)
    delete(running)
    changed.answer()
    last.answer()
    dropped.unanswered()
    if world.gateway.model.scripted and not world.gateway.model.saw(f"Please: {changed.post['message']}"):
        raise Failure("the agent was sent what the question was before the edit")

    def nothing_left():
        return not any(running.expected in post["message"] for post in world.bot_posts(world.alice, direct))

    wait.until(nothing_left, ANSWER_SECONDS, "what was shown of the deleted question's answer to go")
    woken.answered_once()
