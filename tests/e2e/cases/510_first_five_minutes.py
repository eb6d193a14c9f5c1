# SPDX-License-Identifier: Apache-2.0
"""From the tarball to the first answer in five minutes, on a fresh server whose gateway takes it for a remote one: two settings, and then only what the bot's direct messages say, with one command at the gateway; nobody is told twice."""

import json
import re
import time

from lib import plugin, rest, server, wait
from lib.conversation import Question
from lib.pairing import buttons
from lib.progress import Failure, say
from lib.proxy import Proxy
from lib.world import World

PROMISED_SECONDS = 300
STEP_SECONDS = 60


class Steps:
    """Prints each step with its time; what a step does is its block."""

    def __init__(self):
        self.began, self.number = time.monotonic(), 0

    def done(self, what):
        self.number += 1
        say(f"    {self.number}. {what}: {self.seconds():.1f} s after the beginning")

    def seconds(self):
        return time.monotonic() - self.began


def found_in(pattern, text, what):
    found = re.findall(pattern, text)
    if not found:
        raise Failure(f"the bot does not name {what}: {text!r}")
    return found


def value_that_is_asked_for(fresh, address, line):
    """What a person would enter for a line of the bot's list."""
    if "gateway.auth.token" in line:  # … in the gateway's configuration
        with open(fresh.gateway.config) as file:
            return json.load(file)["gateway"]["auth"]["token"]
    if "wss://" in line:
        return address
    raise Failure(f"it is not said what to enter: {line!r}")


def fill_in(fresh, address, text):
    where = found_in(r"\]\((http[^)]*)\)", text, "the page of the settings")[0]
    if where != f"{fresh.server.url}/admin_console/plugins/plugin_{plugin.ID}":
        raise Failure(f"the settings are not at {where}")
    lines = found_in(r"(?m)^\d+\. .*$", text, "what to fill in")
    names = [found_in(r"\((\w+)\):", line, "the setting")[0] for line in lines]
    if len(names) != 2:
        raise Failure(f"{len(names)} settings are asked for: {names}")
    fresh.plugin.configure(**{name: value_that_is_asked_for(fresh, address, line) for name, line in zip(names, lines)})


def told(fresh, person):
    """All that the bot wrote to a person, oldest first."""
    return [post["message"] for post in fresh.bot_posts(person, fresh.direct(person))]


def expect_told(fresh, person, *heads):
    said = told(fresh, person)
    if len(said) != len(heads) or any(head not in text for head, text in zip(heads, said)):
        raise Failure(f"{person.name} was to be told {heads}, and was told {said}")


def walk(fresh, proxy, steps):
    # The fields are as they come: nothing is configured before.
    rest.upload_plugin(fresh.admin, fresh.tarball)
    fresh.plugin.enable()
    steps.done("uploaded and enabled")
    fresh.bot = wait.until(lambda: fresh.admin.find("/users/username/openclaw"), STEP_SECONDS, "the bot")
    first = fresh.notice(fresh.admin, "is installed", STEP_SECONDS)["message"]
    steps.done("the bot says what to fill in")
    fill_in(fresh, proxy.url, first)
    steps.done("filled in and saved")
    approve = fresh.notice(fresh.admin, "please approve this server", STEP_SECONDS)["message"]
    steps.done("the bot says which command approves this server")
    commands = found_in(r"```\n(.+)\n```", approve, "the command")
    if len(commands) != 1:
        raise Failure(f"more than one command at the gateway: {commands}")
    fresh.gateway.command(commands[0])
    steps.done(f"run at the gateway: {commands[0].rsplit(' ', 1)[0]} …")
    connected = fresh.notice(fresh.admin, "**Write to me**", STEP_SECONDS)["message"]
    steps.done("the bot says that it is connected, and how to write to it")
    found_in("you get a message with buttons", connected, "who may write")
    question = Question(fresh, fresh.admin, fresh.direct(fresh.admin))
    note = fresh.notice(fresh.admin, "pairing approve", STEP_SECONDS, question.post["create_at"])
    if "approve" not in buttons(note):
        raise Failure(f"no button to approve: {note}")
    fresh.click(fresh.admin, note, "approve")
    steps.done("written to, and approved with a click")
    question.answer()
    steps.done("the first answer")


def run(world):
    fresh, steps = World(), Steps()
    proxy = Proxy(world.gateway.port, remote=True)
    try:
        fresh.server, fresh.gateway, fresh.tarball = server.start(fresh.workspace), world.gateway, world.tarball
        fresh.admin = fresh._person("sysadmin")
        fresh.plugin = plugin.Plugin(fresh.server, fresh.admin, fresh.tarball, {})
        second, alice = fresh._person("second", fresh.admin), fresh._person("alice", fresh.admin)
        fresh.others = [second, alice]
        fresh.admin.put(f"/users/{second.id}/roles", {"roles": "system_user system_admin"})
        steps = Steps()
        walk(fresh, proxy, steps)
        took = steps.seconds()
        say(f"    {steps.number} steps, {took:.1f} s")
        if took > PROMISED_SECONDS:
            raise Failure(f"the first answer took {took:.0f} s")
        heads = ("is installed", "are in order", "please approve this server", "**Write to me**")
        expect_told(fresh, second, *heads, "asked to talk to me")
        if told(fresh, alice):
            raise Failure(f"who is no administrator was told: {told(fresh, alice)}")
        before = told(fresh, fresh.admin)
        seen = proxy.count()
        fresh.plugin.restart()
        fresh.wait_ready(proxy, seen)
        Question(fresh, fresh.admin, fresh.direct(fresh.admin)).answer()
        if len(told(fresh, fresh.admin)) != len(before) + 1:  # the answer
            raise Failure(f"after a restart: {told(fresh, fresh.admin)[len(before):]}")
        expect_told(fresh, second, *heads, "asked to talk to me")
    except Failure as failure:
        log = fresh.plugin.log_text() if fresh.plugin else ""
        raise Failure(f"{failure}\n    the fresh server's plugin:\n{log}") from None
    finally:
        for person in filter(None, (fresh.admin, *fresh.others)):
            person.events.close()
        fresh.workspace.end()
