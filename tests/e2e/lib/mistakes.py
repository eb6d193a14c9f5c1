# SPDX-License-Identifier: Apache-2.0
"""Where it is told that settings cannot be used, with the name of each: in one message to the administrator; from outside, where whoever
runs the program need not administer the server, in its log, with file and line."""

import re

from . import wait
from .progress import Failure

LOG_SECONDS = 20


def told(world, names, since, position):
    """names: fields of the console, or keys. since: the server's clock, position: in the log, before the settings were given."""
    if world.in_plugin:
        message = world.notice(world.admin, names[0], since=since)["message"]
        missing = [name for name in names if not re.search(rf"`{re.escape(name)}`|\*\*{re.escape(name)}\b", message)]
        if missing:
            raise Failure(f"the message does not name {missing}: {message}")
    else:
        in_log(world, names, position)


def in_log(world, names, position):
    keys = world.plugin.keys
    wanted = {keys[name][0] if name in keys else name for name in names}

    def lines():
        return [line for line in world.plugin.log(position) if line["msg"] == "the configuration cannot be used"]

    def missing():
        return wanted - {line["key"] for line in lines()}

    wait.until(lambda: not missing(), LOG_SECONDS, lambda: f"{missing()} in the log:\n{world.plugin.log_text(position)}")
    with open(world.plugin.config_path) as file:
        text = file.read().splitlines()
    for line in lines():
        path, number = line["file"].rsplit(":", 1)
        if path != world.plugin.config_path or not line["problem"]:
            raise Failure(f"a mistake without its place: {line}")
        if not any(part in text[int(number) - 1] for part in line["key"].split(".")):
            raise Failure(f"{line['key']} does not stand in line {number}: {text[int(number) - 1]!r}")
