# SPDX-License-Identifier: Apache-2.0
"""A mistake in each setting, of the console and of Advanced, is reported with its name; the old settings keep answering."""

import json
import os
import re

from lib import mistakes, places, plugin
from lib.progress import Failure

TABLES = os.path.join(plugin.ROOT, "docs", "configuration.md")  # made from the program's own table of keys
ROW = re.compile(r"^\| `([\w.*]+)`[ ◆▲]* \| ([^|]+?) \|[^|]*\|[^|]*\|[^|]*\|")  # key, values, default, console, …
RANGE = re.compile(r"\d+ to (\d+)$")
AT_ONCE = 20  # keys in one text: a message names 24 mistakes
MESSAGES_AT_ONCE = 3  # more are held back for a minute each; a restart forgets that

# Fields of the console whose values can be wrong in themselves.
FIELDS = {
    "GatewayURL": "http://127.0.0.1:1/",
    "GatewayToken": "",
    "GatewayCA": "-----BEGIN CERTIFICATE-----\nthis is not base64!\n-----END CERTIFICATE-----\n",
    "GatewayProxy": "no proxy at all",
    "BotUsername": "Not a user name!",
    "DMPolicy": "everyone",
    "GroupPolicy": "everyone",
    "Chatmode": "sometimes",
    "PermissionMode": "root",
    "ReplyToMode": "never",
    "StreamingMode": "fast",
    "HistoryLimit": "-1",
    "UserPerMinute": "many",
    "UserPerDay": "many",
    "ChannelPerMinute": "many",
    "ChannelPerDay": "many",
    "BotPerMinute": "many",
    "BotPerDay": "many",
    "CatchUpMinutes": "5000",
    "LogLevel": "loud",
    "Secrets": "no colon",
}


def wrong(kind):
    """A value that a key of this kind cannot have."""
    if RANGE.search(kind):
        return int(RANGE.search(kind)[1]) + 1
    if kind.startswith(("list of", "text", "secret", "PEM")):
        return {"a": {"b": "c"}}
    return "no such value"


def keys():
    """(key, wrong value) of every key; those that hold others come first."""
    with open(TABLES) as file:
        found = [(row[1], row[2]) for row in map(ROW.match, file) if row]
    holders = [(key, wrong(kind)) for key, kind in found if kind == "keys by name"]
    return holders, [(key, wrong(kind)) for key, kind in found if kind != "keys by name"]


def text_of(pairs):
    tree = {}
    for key, value in pairs:
        *path, last = key.replace("*", "a" * 26).split(".")
        at = tree
        for part in path:
            at = at.setdefault(part, {})
        at[last] = value
    return json.dumps(tree, indent=1)


def texts():
    holders, others = keys()
    if len(others) < 80:
        raise Failure(f"only {len(others)} keys were found in {TABLES}: this case proves nothing")
    parts = [holders] + [others[i : i + AT_ONCE] for i in range(0, len(others), AT_ONCE)]
    return [(text_of(part), [key.replace("*", "a" * 26) for key, _ in part]) for part in parts]


def told(world, names, **settings):
    since, position = world.now(), world.server.log_position()
    world.plugin.configure(**settings)
    mistakes.told(world, names, since, position)
    pending.append(world.ask(world.alice))


pending = []


def all_answered():
    for question in pending:
        question.answer()
    pending.clear()


def run(world):
    places.in_force(world)
    fields = {name: value for name, value in FIELDS.items() if world.in_plugin or name in world.plugin.keys}
    told(world, list(fields), **fields)
    all_answered()
    places.in_force(world)
    for number, (text, names) in enumerate(texts()):
        if number and number % (MESSAGES_AT_ONCE - 1) == 0:
            all_answered()
            places.in_force(world, Advanced="")
        told(world, names, Advanced=text)
    all_answered()
