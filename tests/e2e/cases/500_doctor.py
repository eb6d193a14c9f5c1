# SPDX-License-Identifier: Apache-2.0
"""The doctor finds nothing in a healthy system, and names each of more than 20 planted misconfigurations with its setting and remedy."""

import json
import os
import shutil
import signal
import threading

from lib import doctor, rest, wait
from lib.processes import free_port, run as run_program
from lib.progress import Failure

UNKNOWN_USER, UNKNOWN_CHANNEL = "u" * 26, "c" * 26


def core(world):
    return next(pid for pid, command in world.plugin.processes().items() if "openclaw-core" in command)


def patch(world, **changes):
    world.admin.put("/config/patch", changes)


def servers_settings(world, patient):
    patch(world, FileSettings={"EnableFileAttachments": False}, PluginSettings={"EnableHealthCheck": False})
    path = os.path.join(world.server.folder, "config", "config.json")
    with open(path) as file:
        before = json.load(file)
    try:
        # The server takes its own address away from nobody who asks by REST: it stands in the file.
        after = json.loads(json.dumps(before))
        after["ServiceSettings"]["SiteURL"] = ""
        after["PluginSettings"]["EnableUploads"] = False
        with open(path, "w") as file:
            json.dump(after, file)
        world.admin.post("/config/reload", None)
        patient.finds("site-url", "SiteURL", "Web Server")
        patient.finds("files", "EnableFileAttachments", "File Sharing", level="note")
        patient.finds("plugin-uploads", "EnableHealthCheck", "config.json", level="note")
        patient.finds("plugin-uploads", "EnableUploads", "config.json", level="note", cause="uploaded")
    finally:
        before["FileSettings"]["EnableFileAttachments"] = True
        before["PluginSettings"]["EnableHealthCheck"] = True
        with open(path, "w") as file:
            json.dump(before, file)
        world.admin.post("/config/reload", None)


def rules(world, patient, authority):
    without_bot = world.alice.post(
        "/channels", {"team_id": world.team, "name": "no-bot-here", "display_name": "No bot", "type": "O"}
    )["id"]
    since = world.near.count()
    advanced = f"""
groups:
  {UNKNOWN_CHANNEL}: {{requireMention: true}}
  {without_bot}: {{requireMention: true}}
execApprovals: {{approvers: [{world.alice.id}]}}
dangerouslyAllowNameMatching: true
mcp: {{secret: {{source: store, id: MCP}}}}
"""
    world.apply(
        Agent="nobody-at-all",
        DMPolicy="allowlist",
        AllowFrom="",
        GroupPolicy="allowlist",
        Owners=UNKNOWN_USER,
        PermissionMode="full",
        GatewayCA=authority,
        Secrets="MCP: a-secret-that-is-long-enough-for-it",
        Advanced=advanced,
    )
    world.wait_ready(world.near, since)
    patient.finds("agent", "Agent", "/openclaw agents", cause="nobody-at-all")
    patient.finds("direct-messages", "AllowFrom", "Pairing", cause="nobody may write")
    patient.finds("channels", "GroupAllowFrom", "List user ids", cause="nobody may use the bot")
    patient.finds("people", "Owners", "Correct the id", cause=UNKNOWN_USER)
    patient.finds("places", "groups", "Correct the id", cause=UNKNOWN_CHANNEL)
    patient.finds("places", "groups", "/invite", cause=without_bot)
    patient.finds("approvals", "gateway.control", "control: true")
    patient.finds("names", "dangerouslyAllowNameMatching", "user ids", level="note")
    patient.finds("mcp", "mcp.channels", "channels")
    patient.finds("permission-mode", "PermissionMode", "narrower", level="note")
    patient.finds("gateway-ca", "GatewayCA", "present certificate", level="note", cause="ends in")
    text = world.command(world.admin, "/openclaw doctor")
    for words in ("things are wrong.**", "nobody-at-all", UNKNOWN_USER, "docs/troubleshooting.md#doctor-agent"):
        if words not in text:
            raise Failure(f"/openclaw doctor does not say {words!r}: {text}")
    if "You may not use" not in world.command(world.alice, "/openclaw doctor"):
        raise Failure("the doctor speaks to anybody")


def the_gateway(world, patient):
    good = dict(GatewayURL=world.defaults["GatewayURL"], GatewayToken=world.defaults["GatewayToken"])
    world.plugin.configure(GatewayURL=f"ws://127.0.0.1:{free_port()}")
    patient.finds("gateway-address", "GatewayURL", "Start the gateway", cause="Nothing listens")
    world.plugin.configure(GatewayURL=f"wss://127.0.0.1:{world.gateway.port}")
    patient.finds("gateway-tls", "GatewayCA", "GatewayCA", cause="TLS")
    world.plugin.configure(GatewayURL=good["GatewayURL"], GatewayToken="wrong-token-9876543210")
    patient.finds("gateway-token", "GatewayToken", "gateway.auth.token", cause="does not accept the token")
    world.plugin.configure(GatewayURL=world.far.url, GatewayToken=good["GatewayToken"])
    answered = world.far.wait(lambda one: one.kind() == "run" and one.answer is not None, 60, "an answer", 0)
    if answered.problem() == "PAIRING_REQUIRED":  # else an earlier case has paired this server
        one = patient.finds("gateway-pairing", "", "Approve this server")
        if not one["command"].startswith("openclaw devices approve "):
            raise Failure(f"no command: {one}")
    since = world.near.count()
    world.plugin.configure(**good)
    world.wait_ready(world.near, since)


def the_bot(world, patient):
    world.admin.post(f"/bots/{world.bot['id']}/disable", None)
    try:
        patient.finds("bot-user", "BotUsername", "Bot Accounts", cause="deactivated")
    finally:
        world.admin.post(f"/bots/{world.bot['id']}/enable", None)


def the_process(world, patient):
    connections = world.near.count()
    os.kill(core(world), signal.SIGKILL)
    world.wait_ready(world.near, connections)
    patient.finds("core", "", "log", level="note", cause="died 1 times")
    program = os.readlink(f"/proc/{core(world)}/exe")
    shutil.copy2(program, program + ".new")
    os.replace(program + ".new", program)
    patient.finds("plugin-folder", "", "off and on", cause="was replaced")
    lock = "begin; lock table pluginkeyvaluestore in access exclusive mode; select pg_sleep(7); commit"
    holding = threading.Thread(target=world.server.database.query, args=[lock])
    holding.start()
    try:
        wait.until(
            lambda: world.server.database.query(
                "select 1 from pg_locks l join pg_class c on c.oid = l.relation "
                "where c.relname = 'pluginkeyvaluestore' and l.mode = 'AccessExclusiveLock' and l.granted"
            ),
            10,
            "the lock",
        )
        patient.finds("store", "", "database", cause="did not answer in time")
    finally:
        holding.join()


def an_authority(world):
    """A certificate that ends soon."""
    key, made = world.workspace.path("soon.key"), world.workspace.path("soon.pem")
    command = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"]
    run_program([*command, "-keyout", key, "-out", made, "-days", "3", "-subj", "/CN=soon"], "openssl")
    return made


def run(world):
    patient = doctor.Patient(lambda: doctor.by_route(world))
    status, _, _ = rest.request(world.server.url, "GET", doctor.ROUTE, token=world.alice.token)
    if status != 403:
        raise Failure(f"a person who is no administrator gets {status}")
    # Earlier cases may have killed the core, and left people in the lists who are gone.
    world.apply()
    patient.healthy()
    patient.finds("direct-messages", "AllowFrom", "List user ids", level="note", cause="everybody")
    the_bot(world, patient)
    servers_settings(world, patient)
    the_gateway(world, patient)
    the_process(world, patient)
    rules(world, patient, an_authority(world))
    if len(patient.planted) < 20:
        raise Failure(f"{len(patient.planted)} planted only")
    since = world.near.count()
    world.apply(**dict.fromkeys(("DMPolicy", "GroupPolicy", "Owners", "Secrets", "Advanced"), ""), **world.defaults)
    world.wait_ready(world.near, since)
    patient.healthy()
