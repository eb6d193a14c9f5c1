# SPDX-License-Identifier: Apache-2.0
"""Questions of the agent in a direct message: a button, text of one's own, several choices, several questions, skipped, answered elsewhere, expired."""

from lib import asks
from lib.progress import Failure


def button(world):
    options = [{"label": "Red *MARK*", "description": "warm"}, "Blue"]
    ask = asks.Ask(world, world.alice, asks.tool_text("ask_user", {"questions": [asks.question("color", "Which color, MARK @all?", options, "Color")]}))
    post = ask.post()
    labels = list(asks.buttons(post))
    if labels != [f"Red *{ask.mark}*", "Blue", "Something else …", "Skip"]:
        raise Failure(f"the buttons are {labels}")
    world.alice.post(f"/posts/{post['id']}/pin", {})
    asks.press(world.alice, post, "Blue")
    ended = ask.ended("**Blue** – answered by @alice")
    if not ended["is_pinned"] or ended["message"] != post["message"]:
        raise Failure("closing the question changed more than its buttons")
    ask.answer("Blue")


def own_words(world):
    ask = asks.Ask(world, world.alice, asks.tool_text("ask_user", {"questions": [asks.question("city", "Which city, MARK?", ["Rome", "Oslo"], "City")]}))
    post, since = ask.post(), world.alice.events.position()
    asks.press(world.alice, post, "Something else …")
    opened = asks.dialog(world.alice, since)
    names = [element["name"] for element in opened["dialog"]["elements"]]
    wrong = asks.submit(world, world.alice, opened, ask.channel_id, {names[0]: "0", names[1]: "Paris"})
    if not (wrong or {}).get("errors"):
        raise Failure(f"two answers to one question were taken: {wrong}")
    asks.submit(world, world.alice, opened, ask.channel_id, {names[1]: f"Paris {ask.mark}"})
    ask.ended(f"**Paris {ask.mark}** – answered by @alice")
    ask.answer(f"Paris {ask.mark}")


def many(world):
    questions = [
        asks.question("toppings", "Which toppings, MARK?", ["Ham", "Corn", "Olives"], "Toppings", multiSelect=True),
        asks.question("size", "Which size?", ["S", "L"], "Size"),
    ]
    ask = asks.Ask(world, world.alice, asks.tool_text("ask_user", {"questions": questions}))
    post, since = ask.post(), world.alice.events.position()
    if list(asks.buttons(post)) != ["Answer …", "Skip"]:
        raise Failure(f"the buttons are {list(asks.buttons(post))}")
    asks.press(world.alice, post, "Answer …")
    opened = asks.dialog(world.alice, since)
    asks.submit(world, world.alice, opened, ask.channel_id, {"q0": ["0", "2"], "q1": "1"})
    ask.ended("answered by @alice")
    ask.answer("Olives")


def skipped(world):
    ask = asks.Ask(world, world.alice, asks.tool_text("ask_user", {"questions": [asks.question("a", "Skip MARK?", ["Yes", "No"])]}))
    asks.press(world.alice, ask.post(), "Skip")
    ask.ended("Skipped by @alice")


def elsewhere(world):
    ask = asks.Ask(world, world.alice, asks.tool_text("ask_user", {"questions": [asks.question("b", "Elsewhere MARK?", ["Yes", "No"])]}))
    post = ask.post()
    with world.gateway.operator() as operator:
        (waiting,) = [one for one in operator.questions() if ask.mark in one["questions"][0]["question"]]
        operator.answer(waiting["id"], {"b": ["No"]})
    ask.ended("**No** – answered elsewhere")
    ask.answer("No")
    try:  # the buttons are gone, and the server knows none any more
        asks.press(world.alice, post, "Yes")
        raise Failure("a button that is gone could be clicked")
    except Failure as failure:
        if "HTTP 4" not in str(failure):
            raise


def expired(world):
    ask = asks.Ask(world, world.alice, asks.tool_text("ask_user", {"questions": [asks.question("c", "Late MARK?", ["Yes", "No"])], "timeoutSeconds": 30}))
    ask.post()
    ask.ended("Nobody answered in time")


def run(world):
    for part in (button, own_words, many, skipped, elsewhere, expired):
        part(world)
    world.must_answer(world.alice)
