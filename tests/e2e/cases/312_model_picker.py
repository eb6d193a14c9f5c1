# SPDX-License-Identifier: Apache-2.0
"""The model picker: only who asked sees it, turns its pages and chooses; the conversation's model changes at the gateway."""

import json

from lib import choices, wait
from lib.conversation import ANSWER_SECONDS
from lib.progress import Failure


def opened(world, person, command, channel_id):
    """Gives the command; returns the ephemeral post with its buttons, as the person's client gets it."""
    since = person.events.position()
    world.command(person, command, channel_id)
    wanted = lambda one: one["event"] == "ephemeral_message" and choices.actions(one["post"])  # noqa: E731
    return person.events.wait(wanted, ANSWER_SECONDS, "an ephemeral answer with buttons", since)["post"]


def press(person, post, name):
    """Clicks a button of an ephemeral post; returns what becomes of the post."""
    since = person.events.position()
    action = choices.actions(post)[name]
    person.post(f"/posts/{post['id']}/actions/{action['id']}", {"selected_option": "", "cookie": action["cookie"]})

    def changed(one):
        return one["event"] == "post_edited" and one["post"]["id"] == post["id"]

    return person.events.wait(changed, ANSWER_SECONDS, f"the page behind {name}", since)["post"]


def run(world):
    direct = world.direct(world.alice)
    world.must_answer(world.alice)  # there is a conversation
    page = opened(world, world.alice, "/openclaw model", direct)
    if list(choices.actions(page)) != ["Browse providers"]:
        raise Failure(f"the first page has {list(choices.actions(page))}")
    page = press(world.alice, page, "Browse providers")
    names = list(choices.actions(page))
    if names != ["fake (2)"]:
        raise Failure(f"the providers are {names}")
    page = press(world.alice, page, "fake (2)")
    if set(choices.actions(page)) != {"fake-1 [current]", "fake-2", "Back to providers"}:
        raise Failure(f"the models are {list(choices.actions(page))}")
    page = press(world.alice, page, "fake-2")
    if choices.actions(page) or "fake/fake-2" not in page["message"]:
        raise Failure(f"after the choice the person reads {page['message']!r} {page['props']}")
    question = world.ask(world.alice)
    question.answer()

    def asked():
        body = world.gateway.model.request_with(question.nonce)
        return body["model"] == "fake-2"

    wait.until(asked, ANSWER_SECONDS, "the conversation's model to be fake-2")
    page = opened(world, world.alice, "/openclaw models fake", direct)
    if "fake-2 [current]" not in choices.actions(page):
        raise Failure(f"the current model is not marked: {list(choices.actions(page))}")
    seen = [one for one in world.alice.posts(direct) if "Browse" in json.dumps(one)]
    if seen:
        raise Failure(f"the picker is a post that stays: {seen}")
    world.command(world.alice, "/openclaw model default", direct)
