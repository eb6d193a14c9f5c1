# SPDX-License-Identifier: Apache-2.0
"""OpenClaw's own Mattermost channel, installed into a gateway's state.

The gateway trusts it only when its own command installed it from npm, so that is done once, in a folder of the cache; a run gets a
copy in which the paths of that folder are its own. tests/gateway/mattermost says which version, and its lock file the sum."""

import json
import os
import shutil
import sqlite3

from lib import cache, gateway
from lib.processes import environment, retry, run
from lib.progress import Failure, step

PROJECT = os.path.join(gateway.PROJECT, "mattermost")
PACKAGE = "@openclaw/mattermost"
INSTALL_SECONDS = 300


def pinned():
    """(version, integrity)"""
    with open(os.path.join(PROJECT, "package-lock.json")) as file:
        locked = json.load(file)["packages"]["node_modules/" + PACKAGE]
    return locked["version"], locked["integrity"]


def _install(packages, folder):
    version, integrity = pinned()
    config = os.path.join(folder, "openclaw.json")
    with open(config, "w") as file:
        json.dump({"gateway": {"mode": "local", "auth": {"mode": "token", "token": "none"}}}, file)
    home = os.path.expanduser("~")
    for name in ("home", "tmp"):
        os.makedirs(os.path.join(folder, name))
    env = environment(
        HOME=os.path.join(folder, "home"),
        TMPDIR=os.path.join(folder, "tmp"),
        OPENCLAW_STATE_DIR=folder,
        OPENCLAW_CONFIG_PATH=config,
        NPM_CONFIG_USERCONFIG=os.environ.get("NPM_CONFIG_USERCONFIG", os.path.join(home, ".npmrc")),
        NODE_DISABLE_COMPILE_CACHE="1",
        NO_COLOR="1",
        PATH=os.pathsep.join([packages.node_bin, os.environ["PATH"]]),
    )
    command = [packages.node(), packages.openclaw, "plugins", "install", f"npm:{PACKAGE}@{version}"]
    with step(f"installing {PACKAGE} {version} into a gateway (first time only)"):
        retry(2, lambda: run(command, "openclaw plugins install", env=env, cwd=folder, timeout=INSTALL_SECONDS))
    record = _index(os.path.join(folder, "state", "openclaw.sqlite"))["index"]["installRecords"]["mattermost"]
    if record["integrity"] != integrity:
        raise Failure(f"{PACKAGE} {version} is not what tests/gateway/mattermost/package-lock.json names: {record['integrity']}")
    for name in ("home", "tmp"):
        shutil.rmtree(os.path.join(folder, name))
    with open(os.path.join(folder, "installed-at"), "w") as file:
        file.write(folder)


INDEX = "config_machine_state"


def _index(database):
    with sqlite3.connect(database) as opened:
        row = opened.execute(f"select value_json from {INDEX} where state_key = 'plugins.installedIndex'").fetchone()
    return json.loads(row[0])


def installed(packages):
    """The folder in the cache."""
    files = [os.path.join(PROJECT, name) for name in ("package.json", "package-lock.json")]
    openclaw = os.path.join(gateway.PROJECT, "openclaw", "package-lock.json")
    return cache.make(f"channel-{cache.key_of([*files, openclaw])}", lambda folder: _install(packages, folder))


def put_into(packages, state):
    """The channel stands in a gateway's state folder that has not been used yet."""
    folder = installed(packages)
    with open(os.path.join(folder, "installed-at")) as file:
        installed_at = file.read()
    for name in ("npm", "state"):
        shutil.copytree(os.path.join(folder, name), os.path.join(state, name), symlinks=True)
    with sqlite3.connect(os.path.join(state, "state", "openclaw.sqlite")) as opened:
        opened.execute(f"update {INDEX} set value_json = replace(value_json, ?, ?)", [installed_at, state])
        for table in ("config_health_entries", "diagnostic_events"):  # they speak of that folder's configuration
            opened.execute(f"delete from {table}")
