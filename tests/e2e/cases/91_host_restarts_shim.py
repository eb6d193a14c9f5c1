# SPDX-License-Identifier: Apache-2.0
"""The shim is killed twice and nobody helps: the server's health check brings it back, and nothing is lost."""

import os
import signal

from lib import wait
from lib.ledger import Ledger

HEALTH_CHECK_SECONDS = 75  # it looks every 30 s


def shims(world):
    return [pid for pid, command in world.plugin.processes().items() if "plugin-linux" in command]


def run(world):
    ledger = Ledger(world)
    for _ in range(2):
        ledger.ask(world.alice).reached_model()
        killed = shims(world)
        os.kill(killed[0], signal.SIGKILL)
        ledger.ask(world.bob)
        wait.until(
            lambda: shims(world) not in ([], killed), HEALTH_CHECK_SECONDS, "the server to start the shim again"
        )
    ledger.settle()
    ledger.check()
