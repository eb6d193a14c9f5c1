# SPDX-License-Identifier: Apache-2.0
"""People whom the bot does not know, and how they are let in."""

import re
import secrets

from . import rest
from .progress import Failure
from .websocket import Events

ASKED = "I do not know you yet"
LET_IN = "You have been let in"


def newcomer(world):
    """A person of the team who never talked to the bot: who was let in stays so on this server."""
    person = rest.create_user(world.server.url, f"new{secrets.token_hex(4)}", world.admin)
    world.admin.post(f"/teams/{world.team}/members", {"team_id": world.team, "user_id": person.id})
    world.admin.post(f"/channels/{world.channel_id}/members", {"user_id": person.id})
    person.events = Events(person)
    return person


def asks(world, person):
    """The person writes; returns the question and the code."""
    question = world.ask(person)
    told = world.notice(person, ASKED, since=question.post["create_at"])
    found = re.search(r"```\n([A-HJ-NP-Z2-9]{8})\n```", told["message"])
    if not found:
        raise Failure(f"no code in {told['message']!r}")
    return question, found.group(1)


def buttons(post):
    return {
        action["id"]: action["name"]
        for attachment in post.get("props", {}).get("attachments") or []
        for action in attachment.get("actions") or []
    }


def expect(text, *parts):
    for part in parts:
        if part not in text:
            raise Failure(f"{text!r} lacks {part!r}")
