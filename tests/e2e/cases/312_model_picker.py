# SPDX-License-Identifier: Apache-2.0
"""The model picker: only who asked sees it, turns its pages and chooses; the conversation's model changes at the gateway.

The plugin's pages take each other's place. From outside the server changes no such posts: each page is a further one, five at most
for a command, then the person is told to give it again."""

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


def click(person, post, name):
    """Clicks a button of an ephemeral post; returns where the person's events stood."""
    since = person.events.position()
    action = choices.actions(post)[name]
    person.post(f"/posts/{post['id']}/actions/{action['id']}", {"selected_option": "", "cookie": action["cookie"]})
    return since


def press(world, person, post, name):
    """The same; returns what becomes of the post, or the one that follows it."""
    since = click(person, post, name)

    def changed(one):
        return one["event"] == "post_edited" and one["post"]["id"] == post["id"]

    def followed(one):
        return one["event"] == "ephemeral_message" and one["post"]["channel_id"] == post["channel_id"]

    return person.events.wait(changed if world.in_plugin else followed, ANSWER_SECONDS, f"the page behind {name}", since)["post"]


def in_channel(world):
    """Where others are, nobody else is shown a page."""
    since = world.bob.events.position()
    page = opened(world, world.alice, "/openclaw models", world.channel_id)
    page = press(world, world.alice, page, "fake (2)")
    if "Back to providers" not in choices.actions(page):
        raise Failure(f"the models in a channel are {list(choices.actions(page))}")
    told = world.alice.say(world.channel_id, "that was all")
    world.bob.events.wait(lambda one: one["event"] == "posted" and one["post"]["id"] == told["id"], ANSWER_SECONDS, "a later post", since)
    heard = [one for one in world.bob.events.events[since:] if "Back to providers" in json.dumps(one) or "Choose a provider" in json.dumps(one)]
    if heard:
        raise Failure(f"bob was told of the picker: {heard}")
    return page


def used_up(world, page):
    """From outside: the server takes five further answers to a command; whoever goes on is told what to do."""
    for name in ("Back to providers", "fake (2)", "Back to providers", "fake (2)"):
        page = press(world, world.alice, page, name)
    since = click(world.alice, page, "Back to providers")
    wanted = lambda one: one["event"] == "ephemeral_message" and "give the command again" in one["post"]["message"]  # noqa: E731
    world.alice.events.wait(wanted, ANSWER_SECONDS, "a word that no more can be shown", since)


def run(world):
    direct = world.direct(world.alice)
    world.must_answer(world.alice)  # there is a conversation
    page = opened(world, world.alice, "/openclaw model", direct)
    if list(choices.actions(page)) != ["Browse providers"]:
        raise Failure(f"the first page has {list(choices.actions(page))}")
    page = press(world, world.alice, page, "Browse providers")
    names = list(choices.actions(page))
    if names != ["fake (2)"]:
        raise Failure(f"the providers are {names}")
    page = press(world, world.alice, page, "fake (2)")
    if set(choices.actions(page)) != {"fake-1 [current]", "fake-2", "Back to providers"}:
        raise Failure(f"the models are {list(choices.actions(page))}")
    page = press(world, world.alice, page, "fake-2")
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
    page = in_channel(world)
    if not world.in_plugin:
        used_up(world, page)
