# SPDX-License-Identifier: Apache-2.0
"""From outside: five accounts in one process answer each for itself, one with a wrong token is halted without a further try and disturbs
nobody; idle they are at most 12 MiB and five wake-ups a second."""

import json
import re
import time

from lib import accounts, wait
from lib.conversation import Question
from lib.progress import Failure, say

IDLE_SECONDS = 10
RESIDENT_MAX_KIB = 12 * 1024
WAKES_MAX = 5
HALT_SECONDS = 30


def status_of(pid, key):
    with open(f"/proc/{pid}/status") as file:
        return int(re.search(rf"^{key}:\s+(\d+)", file.read(), re.M).group(1))


def idle(pid):
    """(resident KiB, wake-ups a second) of a process that has nothing to do."""
    time.sleep(3)  # what the last answer left to be written
    before = status_of(pid, "voluntary_ctxt_switches")
    time.sleep(IDLE_SECONDS)
    return status_of(pid, "VmRSS"), (status_of(pid, "voluntary_ctxt_switches") - before) / IDLE_SECONDS


def run(world):
    bots = [accounts.made(world, f"outside{number}") for number in range(4)]
    rows = {bot["username"]: {"botToken": bot["token"]} for bot in bots}
    rows["wrong"] = {"botToken": "0123456789abcdefghijklmnop"}
    world.plugin.disable()  # else the process that ends tries the wrong token as well, when it reads the file anew first
    position = world.server.log_position()
    try:
        world.plugin.configure(Advanced=f"accounts: {json.dumps(rows)}\n", LogLevel="info")
        world.plugin.enable()
        world.plugin.wait_log("the account is halted", HALT_SECONDS, position)
        wait.until(
            lambda: len([1 for line in world.plugin.log(position) if "event stream delivers" in line["msg"]]) >= 5,
            HALT_SECONDS,
            "five accounts that listen",
        )
        asked = [Question(world, world.alice, world.alice.direct(bot["id"]), bot=bot) for bot in bots]
        world.must_answer(world.alice)
        for question in asked:
            question.answer()
            question.answered_once()
        halted = [line for line in world.plugin.log(position) if line.get("account") == "wrong"]
        if len([line for line in halted if "halted" in line["msg"]]) != 1:
            raise Failure(f"the account with the wrong token is not halted once: {halted}")
        pid = next(iter(world.plugin.processes()))
        resident, wakes = idle(pid)
        say(f"  (idle: {resident} KiB resident, {wakes:.1f} wake-ups a second)")
        if resident > RESIDENT_MAX_KIB or wakes > WAKES_MAX:
            raise Failure(f"idle: {resident} KiB resident, {wakes:.1f} wake-ups a second")
    finally:
        world.apply(Advanced="", LogLevel="debug")
