# SPDX-License-Identifier: Apache-2.0
"""The main job, checked: a direct message, a mention in a channel and a reply in a thread are answered where they belong."""
import json

from .progress import Failure, say


def line(place, who, post):
    text = post["message"].replace("\n", "\n" + " " * 32)
    say(f"  {place:<18}{who:<12}  {text}")


def ask_and_show(place, question):
    line(place, question.person.name, question.post)
    post = question.answer()
    line("", "openclaw", post)
    return question, post


def main_job(world):
    """Prints the transcript and the model's log of the three requests; raises Failure when anything is wrong."""
    say("\nTranscript")
    asked = [ask_and_show("direct message", world.ask(world.alice))]
    mention, answer = ask_and_show("channel mention", world.ask_in_channel(world.alice))
    asked.append((mention, answer))
    asked.append(ask_and_show("thread reply", world.ask_in_channel(world.alice, root_id=mention.post["id"])))
    if not world.gateway.model.scripted:
        say("\nA real model answers: what it was asked is not logged here.")
        return
    say("\nWhat the model was asked (its log)")
    for question, _ in asked:
        requests = world.gateway.model.requests(question.nonce)
        if not requests:
            raise Failure(f"the model's log has no request for nonce {question.nonce}")
        for request in requests:
            say("  " + json.dumps(request))
