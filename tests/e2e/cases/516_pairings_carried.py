# SPDX-License-Identifier: Apache-2.0
"""Who was let in by pairing is carried to another installation by the commands that the export gives: here to one that has
forgotten everything."""

import re

from lib import pairing, wait
from lib.progress import Failure

OFF_SECONDS = 30


def forget(world):
    """What is kept is removed, as /openclaw purge does it, or says how it is done; afterwards nothing runs."""
    said = world.command(world.admin, "/openclaw purge")
    if not world.in_plugin:
        pairing.expect(said, "one file", "Stop the program and remove that file")
        world.plugin.forget()
        return
    world.command(world.admin, re.search(r"/openclaw purge \w{8}", said).group(0))
    wait.until(lambda: not world.plugin.processes(), OFF_SECONDS, "the plugin to turn itself off")


def begin(world):
    since = world.near.count()
    world.apply(AllowFrom="", DMPolicy="pairing")
    world.wait_ready(world.near, since)


def run(world):
    begin(world)
    person = pairing.newcomer(world)
    question, code = pairing.asks(world, person)
    pairing.expect(world.command(world.admin, f"/openclaw pairing approve {code}"), f"@{person.name} may talk")
    question.answer()
    exported = world.command(world.admin, "/openclaw pairing export")
    commands = re.findall(r"(?m)^/openclaw pairing import .*$", exported)
    if not any(person.id in command for command in commands):
        raise Failure(f"the export does not name the person: {exported!r}")

    forget(world)
    begin(world)
    pairing.asks(world, person)  # not known here

    for command in commands:
        pairing.expect(world.command(world.admin, command), "let in")
    world.must_answer(person)
    stranger = pairing.newcomer(world)
    pairing.asks(world, stranger)
