# SPDX-License-Identifier: Apache-2.0
"""Made-up secrets are put into every setting that takes one, by every kind of reference, and into mistaken settings; servers repeat
them in their errors, the core crashes: they stand in no log, notice, route, metric, support data, audit record, stored value,
command line or environment; and what looks for them finds one that is planted."""

import json
import os
import signal
import subprocess

from lib import rest, wait
from lib.accounts import made
from lib.canary import Canary, Echo, existing, search, secret_keys
from lib.plugin import ID
from lib.progress import Failure, say
from lib.websocket import Events

VARIABLE = "OPENCLAW_CANARY"
ROUTES = ("status", "metrics", "pairings", "doctor", "support-data")
SECONDS = 60


def advanced_of(world, echo, keys, canaries):
    """An account for each key, whose secret comes by one of the three kinds of reference in turn; what stands in Secrets."""
    accounts, store = {}, []
    kinds = ("store", "env", "file") if world.in_plugin else ("plain", "env", "file")
    named_in_environment = None
    for number, (key, is_text) in enumerate(keys):
        canary = Canary(f"{key} of an account")
        canaries.append(canary)
        value = canary.in_address(echo.port) if is_text else canary.text
        kind = kinds[number % 3]
        if kind == "env" and named_in_environment:
            kind = "file"
        if kind == "store":
            store.append(f"CANARY_{number}: {value}")
            reference = {"source": "store", "id": f"CANARY_{number}"}
        elif kind == "env":
            os.environ[VARIABLE], named_in_environment = value, canary
            reference = {"source": "env", "id": VARIABLE}
        elif kind == "file":
            path = world.workspace.path(f"canary{number}.json")
            with open(path, "w") as file:
                json.dump({"deep": {"secret": value}}, file)
            reference = {"source": "file", "path": path, "id": "/deep/secret"}
        else:
            reference = value
        account = {"botUsername": f"canary{number}", "gateway": {"url": f"ws://127.0.0.1:{echo.port}"}}
        if not world.in_plugin:
            account["botToken"] = made(world, f"canary{number}")["token"]
            del account["botUsername"]
        else:
            account["gateway"]["token"] = {"source": "store", "id": "ANY"}
        put(account, key, reference)
        accounts[f"canary{number}"] = account
    return f"accounts: {json.dumps(accounts)}\n", "\n".join(["ANY: a-token-of-no-account", *store]), named_in_environment


def put(tree, key, value):
    *groups, last = key.split(".")
    for name in groups:
        tree = tree.setdefault(name, {})
    tree[last] = value


def restart_with_audit(world):
    """The server's environment is read at its start; its audit log goes to a file of ours."""
    path = world.workspace.path("audit.log")
    audit = {"FileEnabled": True, "FileName": path, "FileMaxSizeMB": 10, "FileMaxAgeDays": 0, "FileMaxBackups": 0}
    world.admin.put("/config/patch", {"ExperimentalAuditSettings": audit})
    before = world.near.count(), world.server.log_position()
    world.server.stop()
    world.server.start()
    world.wait_back(*before)
    for person in (world.admin, world.alice, world.bob, *world.others):
        person.events.close()
        person.events = Events(person)  # the old connections ended with the first server
    return path


# --- work ---


def mistakes(world, canaries, keys):
    """Settings that cannot be used, with secrets in them."""
    plain = Canary("Advanced, in the clear")
    line = Canary("a broken line of Secrets")
    address = Canary("GatewayURL")
    query = Canary("GatewayURL's query")
    proxy = Canary("GatewayProxy")
    canaries += [plain, line, address, query, proxy]
    tree = {}
    for key, _ in keys:
        put(tree, key, plain.text)
    rows = [
        {"Advanced": json.dumps(tree)},
        {"Secrets": f"A broken line: {line.text}\n{line.text}"},
        {"GatewayURL": f"ws://canary:{address.halves[0]}@127.0.0.1:1/"},
        {"GatewayURL": f"ws://127.0.0.1:1/?token={query.halves[0]}"},
        {"GatewayProxy": f"gopher://canary:{proxy.halves[0]}@127.0.0.1:1"},
    ]
    for settings in rows:
        position = world.server.log_position()
        world.plugin.configure(**settings)
        wait.until(lambda: world.plugin.log(position), SECONDS, "the plugin to say something of the mistake")
        if "GatewayURL" not in settings and world.in_plugin:
            world.plugin.wait_log("a setting cannot be used", SECONDS, position)
        old = {name: world.defaults.get(name, "") for name in settings}
        world.plugin.configure(**old)


def wrong_token(world, canaries):
    canary = Canary("GatewayToken, a wrong one")
    canaries.append(canary)
    attempts = world.near.count()
    world.plugin.configure(GatewayToken=canary.text)
    tried = world.near.wait(lambda one: one.problem() == "AUTH_TOKEN_MISMATCH", SECONDS, "a refused token", attempts)
    if tried.credential() != canary.text:
        raise Failure("the refused connection did not come with the canary")
    world.plugin.configure(GatewayToken=world.defaults["GatewayToken"])
    world.wait_ready(world.near, attempts + 1)


def crash(world):
    """What a crash prints goes to the log."""
    core = next(pid for pid, command in world.plugin.processes().items() if "openclaw-core" in command)
    connections = world.near.count()
    os.kill(core, signal.SIGSEGV)
    world.wait_ready(world.near, connections)


def mcp(world, canaries):
    for secret in [one.text for one in canaries if "mcp" in one.where] + ["no-such-secret-of-anybody"]:
        for path in ("", "/canary2"):
            rest.request(
                world.server.url,
                "POST",
                f"/plugins/{ID}/mcp{path}",
                json.dumps({"jsonrpc": "2.0", "id": 1, "method": "tools/list", "params": {}}).encode(),
                headers={"Content-Type": "application/json", "X-OpenClaw-Authorization": "Bearer " + secret.replace('"', "")},
            )


def work(world, canaries, keys):
    world.must_answer(world.alice)
    for number in range(len(keys)):
        bot = world.admin.find(f"/users/username/canary{number}")
        if bot:
            world.alice.say(world.alice.direct(bot["id"]), "Are you there?")
    if world.in_plugin:
        mcp(world, canaries)
        for command in ("status", "doctor", "agents", "pairing list", "reload", "about"):
            world.command(world.admin, f"/openclaw {command}")
        crash(world)
        world.must_answer(world.alice)
    mistakes(world, canaries, keys)
    if world.in_plugin:
        wrong_token(world, canaries)
    world.must_answer(world.bob)


# --- everywhere ---


def read(path):
    try:
        with open(path, "rb") as file:
            return file.read()
    except OSError:
        return b""


def processes(world):
    found = {}
    for pid, command in world.plugin.processes().items():
        found[f"the command line of {command.split()[0]}"] = read(f"/proc/{pid}/cmdline")
        found[f"the environment of {command.split()[0]}"] = read(f"/proc/{pid}/environ")
    if len(found) < 4 - 2 * (not world.in_plugin):
        raise Failure(f"too few processes: {world.plugin.processes()}")
    return found


def routes(world):
    found = {}
    for route in ROUTES:
        status, headers, body = rest.request(
            world.server.url, "GET", f"/plugins/{ID}/api/v1/{route}", token=world.admin.token
        )
        if status != 200:
            raise Failure(f"GET {route}: HTTP {status} {body[:300]}")
        found[f"GET {route}"] = str(headers).encode() + body
    return found


def servers_log(world, position):
    """From outside the server itself writes a token that it does not know into its log: nobody else can keep it from that."""
    if world.in_plugin:
        return world.server.log_text(position).encode()
    lines = read(world.server.log).splitlines()
    return b"\n".join(line for line in lines if b'"caller":"web/' not in line)


def everywhere(world, audit_path, position):
    query = world.server.database.query
    found = {
        "the server's log": servers_log(world, position),
        "the log, read as JSON": json.dumps(world.plugin.log(position)).encode(),
        "posts": "\n".join(row[0] for row in query("select message || ' ' || props from posts")).encode(),
        "stored values": b"\n".join(world.plugin.stored("%")),
    }
    found.update(processes(world))
    if world.in_plugin:
        found.update(routes(world))
        found["the audit log"] = read(audit_path)
        for command in ("status", "doctor"):
            found[f"/openclaw {command}"] = world.command(world.admin, f"/openclaw {command}").encode()
        for name in ("posts", "stored values", "the audit log"):
            if len(found[name]) < 100:
                raise Failure(f"{name} were not read: {found[name]!r}")
        for name in ("openclaw.settings.apply", "openclaw.command"):
            if name.encode() not in found["the audit log"]:
                raise Failure(f"the audit log has no {name}: {found['the audit log'][-2000:]!r}")
    else:
        found["the daemon's log, as it is"] = read(world.plugin.log_path)
        for option in ("--print-config", "--check-config"):
            done = subprocess.run(
                [world.plugin.program, option, "--config", world.plugin.config_path], capture_output=True, check=False
            )
            found[option] = done.stdout + done.stderr
    return found


def allowed(world, in_environment):
    """The server's own environment is handed to the plugin's first process, and to a daemon."""

    def fine(hit):
        where, _, place = hit
        if in_environment is None or where != in_environment.where or not place.startswith("the environment of"):
            return False
        return "openclaw-core" not in place

    return fine


def positive_control(world, canary, in_environment):
    """What looks finds one that is there: said in a post, coded, and in a process's environment."""
    import base64

    sleeper = subprocess.Popen(["sleep", "60"], env={"CANARY": canary.text})
    try:
        wait.until(lambda: search([canary], {"": read(f"/proc/{sleeper.pid}/environ")}), 10, "a planted variable")
    finally:
        sleeper.kill()
        sleeper.wait()
    world.alice.say(world.direct(world.alice), canary.text)
    coded = Canary("coded")
    world.alice.say(world.direct(world.alice), base64.b64encode(f"Basic x:{coded.text} and more".encode()).decode())
    posts = "\n".join(row[0] for row in world.server.database.query("select message from posts")).encode()
    if not search([canary], {"posts": posts}) or not search([coded], {"posts": posts}):
        raise Failure("a planted secret was not found: this case proves nothing")
    if in_environment is not None:
        found = search([in_environment], processes(world))
        if world.in_plugin and not found:
            raise Failure("the variable is in no process: the server was not started with it")


def run(world):
    echo, keys, canaries = Echo(), secret_keys(), []
    try:
        advanced, store, in_environment = advanced_of(world, echo, keys, canaries)
        audit_path = restart_with_audit(world) if world.in_plugin else None
        position = world.server.log_position()
        since = world.near.count()
        world.apply(Advanced=advanced, **({"Secrets": store} if world.in_plugin else {}))
        if world.in_plugin:
            world.wait_ready(world.near, since)
            wait.until(lambda: search(canaries, {"": echo.heard_text()}), SECONDS, "a secret that reached the echo")
        saved = world.defaults
        world.defaults = dict(saved, Advanced=advanced, Secrets=store)
        try:
            work(world, canaries, keys)
        finally:
            world.defaults = saved
        real = [existing("the gateway's token", world.gateway.token)]
        if not world.in_plugin:
            real.append(existing("the bot's token", world.plugin.token))
        places = everywhere(world, audit_path, position)
        fine = allowed(world, in_environment)
        hits = [hit for hit in search(canaries + real, places) if not fine(hit)]
        if hits:
            texts = {name: content for name, content in places.items()}
            shown = []
            for where, form, name in hits[:12]:
                one = next(c for c in canaries + real if c.where == where)
                at = texts[name].find(one.forms()[form])
                shown.append(f"{where} ({form}) in {name}: …{texts[name][max(0, at - 200):at + 80]!r}")
            raise Failure(f"{len(hits)} finds:\n    " + "\n    ".join(shown))
        say(f"  ({len(canaries) + len(real)} secrets, {len(places)} places, {sum(map(len, places.values()))} bytes)")
        positive_control(world, canaries[0], in_environment)
    finally:
        os.environ.pop(VARIABLE, None)
        echo.close()
        for name in ("Advanced", "Secrets"):
            world.plugin.settings[name] = ""
        if world.in_plugin:
            world.admin.put("/config/patch", {"ExperimentalAuditSettings": {"FileEnabled": False}})
