# SPDX-License-Identifier: Apache-2.0
"""The main job, checked: a direct message, a channel mention and a thread reply are answered in place."""

import json

from .progress import Failure, say


def line(place, who, post):
    text = post["message"].replace("\n", "\n" + " " * 32)
    say(f"  {place:<18}{who:<12}  {text}")


def ask_and_show(place, question):
    line(place, question.person.name, question.post)
    line("", "openclaw", question.answer())
    return question


def main_job(world):
    """Prints the transcript and the model's log of the three requests; raises Failure when any is wrong."""
    say("\nTranscript")
    direct = ask_and_show("direct message", world.ask(world.alice))
    mention = ask_and_show("channel mention", world.ask_in_channel(world.alice))
    reply = ask_and_show("thread reply", world.ask_in_channel(world.alice, root_id=mention.post["id"]))
    if not world.gateway.model.scripted:
        say("\nA real model answers: what it was asked is not logged here.")
        return
    say("\nWhat the model was asked (its log)")
    for question in (direct, mention, reply):
        question.answered_once()
        requests = world.gateway.model.requests(question.nonce)
        if not requests:
            raise Failure(f"the model's log has no request for nonce {question.nonce}")
        for request in requests:
            say("  " + json.dumps(request))
