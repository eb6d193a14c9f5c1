# SPDX-License-Identifier: Apache-2.0
"""Who was let in by pairing is carried to another installation by the commands that the export gives: here to the plugin after its purge."""

import re

from lib import pairing, wait
from lib.progress import Failure

OFF_SECONDS = 30


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

    confirm = re.search(r"/openclaw purge \w{8}", world.command(world.admin, "/openclaw purge"))
    world.command(world.admin, confirm.group(0))
    wait.until(lambda: not world.plugin.processes(), OFF_SECONDS, "the plugin to turn itself off")
    begin(world)
    pairing.asks(world, person)  # not known here

    for command in commands:
        pairing.expect(world.command(world.admin, command), "let in")
    world.must_answer(person)
    stranger = pairing.newcomer(world)
    pairing.asks(world, stranger)
