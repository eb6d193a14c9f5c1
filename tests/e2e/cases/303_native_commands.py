# SPDX-License-Identifier: Apache-2.0
"""Slash commands of their own are there only where commands.native says so, act on the thread where they are typed, complete their
arguments, and go when nobody wants them any more; skills come with commands.nativeSkills."""

import os
import urllib.parse

from lib import commands, rest, wait
from lib.commands import expect, slash
from lib.progress import Failure

CSRF = {"X-Requested-With": "XMLHttpRequest"}
SKILL = """---
name: weather-report
description: Tells the weather.
---
Say what the weather is.
"""


def known(world, person):
    """The triggers of ours that the server offers a person."""
    list_of_team = person.get(f"/teams/{world.team}/commands/autocomplete")
    return {one["trigger"] for one in list_of_team if one["trigger"].startswith(("oc_", "openclaw"))}


def suggestions(world, person, text, root_id=""):
    query = urllib.parse.urlencode(
        {"user_input": text, "channel_id": world.channel_id, "root_id": root_id, "team_id": world.team}
    )
    found = person.get(f"/teams/{world.team}/commands/autocomplete_suggestions?{query}")
    return {one["Complete"] for one in found or []}


def complete(world):
    expect("/openclaw", str(suggestions(world, world.alice, "/openclaw ")), "openclaw status")
    for text, wanted in (
        ("/openclaw model ", "openclaw model fake/fake-2"),
        ("/oc_model ", "oc_model fake/fake-1"),
        ("/oc_models ", "oc_models fake"),
        ("/oc_think ", "oc_think high"),
        ("/oc_verbose ", "oc_verbose full"),
        ("/oc_queue ", "oc_queue collect"),
        ("/openclaw skill ", "openclaw skill weather"),
    ):
        wait.until(
            lambda: any(one.startswith(wanted) for one in suggestions(world, world.alice, text)),
            10,
            lambda: f"{wanted} among {suggestions(world, world.alice, text)}",
        )
    if any("fake" in one for one in suggestions(world, world.bob, "/oc_model ")):
        raise Failure("a stranger was shown the models")


def hinted(world):
    """From outside a command is suggested with what may follow it; the server asks programs for no more."""
    listed = {one["trigger"]: one for one in world.alice.get(f"/teams/{world.team}/commands/autocomplete")}
    for trigger, hint in (("oc_model", "model"), ("oc_think", "level"), ("openclaw", "command")):
        one = listed[trigger]
        if not one["auto_complete"] or not one["auto_complete_desc"] or hint not in one["auto_complete_hint"]:
            raise Failure(f"/{trigger} is suggested as {one}")


def lists_by_http(world):
    """The lists' address in the plugin, asked directly: nobody, a stranger, other methods, odd places."""
    path = "/plugins/openclaw/api/v1/lists/models"

    def ask(query, person, method="GET"):
        token = person.token if person else None
        status, _, answer = rest.request(world.server.url, method, path + query, None, token, CSRF)
        return status, answer.decode()

    def must(found, status, *parts):
        if found[0] != status or not all(part in found[1] for part in parts):
            raise Failure(f"the list answered {found}, not {status} with {parts}")

    here = f"?channel_id={world.channel_id}"
    must(ask(here, None), 401)
    must(ask(here, world.alice), 200, "fake/fake-2")
    if ask(here, world.bob) != (200, "[]"):
        raise Failure(f"a stranger was given a list: {ask(here, world.bob)}")
    for odd in ("", "?channel_id=../../x", here + "&root_id=%00", "?channel_id=" + "a" * 9000):
        must(ask(odd, world.alice), 400)
    must(ask(here, world.alice, "POST"), 405)
    hidden = world.admin.post(
        "/channels", {"team_id": world.team, "name": "hidden-lists", "display_name": "Hidden", "type": "P"}
    )["id"]
    if ask(f"?channel_id={hidden}", world.alice) != (200, "[]"):
        raise Failure("a list was given for a channel that the person does not see")


def skill(world, root_id):
    since = world.alice.events.position()
    said = slash(world, world.alice, "/oc_weather_report nonce 00ff00ff00ff00ff", world.channel_id, root_id)
    if said != "":
        raise Failure(f"the skill's command told alice {said!r}")
    commands.told(world, world.alice, world.channel_id, "asks for the skill `weather_report`", since, root_id)
    wait.until(
        lambda: world.gateway.model.requests("00ff00ff00ff00ff"), 60, "the agent to be asked for the skill"
    )
    asked = world.gateway.model.request_with("00ff00ff00ff00ff")
    expect("what the model was given", str(asked["messages"]), "weather_report")


def run(world):
    folder = world.workspace.make("gateway", "workspace", "skills", "weather-report")
    with open(os.path.join(folder, "SKILL.md"), "w") as file:
        file.write(SKILL)
    if known(world, world.alice) != {"openclaw"}:
        raise Failure(f"commands are there that nobody asked for: {known(world, world.alice)}")
    since = world.near.count()
    world.apply(
        AllowFrom=world.alice.id,
        DMPolicy="allowlist",
        GroupPolicy="allowlist",
        Advanced="commands:\n  native: true\n  nativeSkills: true\n",
    )
    world.wait_ready(world.near, since)
    wait.until(
        lambda: "oc_weather_report" in known(world, world.alice),
        60,
        lambda: f"the skill's command among {known(world, world.alice)}",
    )
    root = world.alice.say(world.channel_id, "a thread for native commands")["id"]
    world.ask_in_channel(world.alice, root_id=root).answer()
    since = world.alice.events.position()
    slash(world, world.alice, "/oc_think low", world.channel_id, root)
    commands.told(world, world.alice, world.channel_id, "`low`", since, root)
    found = commands.session(world, commands.session_key(world, "channel", world.channel_id, root))
    if not found or found.get("thinkingLevel") != "low":
        raise Failure(f"the thread's session should think low: {found}")
    expect("a stranger", slash(world, world.bob, "/oc_status", world.channel_id), "not among those")
    expect("a typed one", commands.typed(world, world.alice, "/oc_status", world.channel_id), "The conversation here")
    if world.in_plugin:
        complete(world)
        lists_by_http(world)
    else:
        hinted(world)
    skill(world, root)
    since = world.near.count()
    world.apply(Advanced="")
    world.wait_ready(world.near, since)
    wait.until(
        lambda: known(world, world.alice) == {"openclaw"}, 30, lambda: f"only openclaw: {known(world, world.alice)}"
    )
