# SPDX-License-Identifier: Apache-2.0
"""From outside: --doctor finds nothing in a healthy system, beside the program and without it, leaves nothing behind, and names planted
misconfigurations with setting and remedy; the exit code says whether something is wrong."""

import json
import subprocess

from lib import doctor, wait
from lib.processes import free_port
from lib.progress import Failure

HEALTHY, ILL, SECONDS = 0, 5, 20


def examine(world, code=None):
    plugin = world.plugin
    command = [plugin.program, "--config", plugin.config_path, "--state", plugin.state_path]
    done = subprocess.run(
        [*command, "--doctor", "--log-format", "json"], capture_output=True, timeout=SECONDS, check=False
    )
    if done.returncode not in ((HEALTHY, ILL) if code is None else (code,)):
        raise Failure(f"--doctor ended with {done.returncode}: {done.stdout[-2000:]} {done.stderr[-500:]}")
    if plugin.token.encode() in done.stdout + done.stderr or world.gateway.token.encode() in done.stdout + done.stderr:
        raise Failure("a token is shown")
    report = json.loads(done.stdout)[0]["report"]
    if (report["counts"]["wrong"] > 0) != (done.returncode == ILL):
        raise Failure(f"exit code {done.returncode} with {report['counts']}")
    return report


def commands(world):
    listed = world.admin.get(f"/commands?team_id={world.team}&custom_only=true")
    return sorted(one["trigger"] for one in listed if one["creator_id"] == world.bot["id"])


def plant(world, patient, check, setting, remedy, cause="", level="wrong", **changes):
    since = dict(world.plugin.settings)
    world.plugin.configure(**changes)
    patient.finds(check, setting, remedy, cause=cause, level=level)
    world.plugin.settings = since
    world.plugin.configure()


def found_good(report, check):
    if not [one for one in report["findings"] if one["check"] == check and one["level"] == "good"]:
        raise Failure(f"{check} is not good: {json.dumps(report, indent=1)}")


def run(world):
    patient = doctor.Patient(lambda: examine(world))
    # Beside the program, which answers the server's call.
    report = patient.healthy()
    for check in ("mattermost-token", "event-stream", "callbacks", "gateway-pairing", "server-clock", "ca-bundle", "store"):
        found_good(report, check)
    world.must_answer(world.alice)  # the program is not disturbed
    before = commands(world)
    world.plugin.disable()
    report = patient.healthy()
    found_good(report, "callbacks")
    if commands(world):
        raise Failure(f"commands are left: {commands(world)}, before: {before}")

    plant(world, patient, "gateway-token", "gateway.token", "gateway.auth.token", GatewayToken="wrong-token-5432109876")
    plant(world, patient, "gateway-address", "gateway.url", "Start the gateway", GatewayURL=f"ws://127.0.0.1:{free_port()}")
    plant(world, patient, "agent", "agent", "/openclaw agents", Agent="nobody-at-all")
    plant(world, patient, "people", "owners", "Correct the id", Owners="u" * 26)
    elsewhere = f'interactions: {{callbackBaseUrl: "http://127.0.0.1:{free_port()}"}}\n'
    plant(world, patient, "callbacks", "AllowedUntrustedInternalConnections", "callbackBaseUrl", Advanced=elsewhere)
    token, world.plugin.token = world.plugin.token, "0123456789abcdefghijklmnop"
    plant(world, patient, "mattermost-token", "botToken", "new token")
    world.plugin.token = token
    world.plugin.address = f"http://127.0.0.1:{free_port()}"
    plant(world, patient, "mattermost-token", "baseUrl", "Correct `baseUrl`", cause="Is the server running")
    world.plugin.address = None
    world.plugin.configure()
    for settings, plants in (
        ({"PostEditTimeLimit": 20}, ("edit-limit", "PostEditTimeLimit", "Posts")),
        ({"EnableCommands": False}, ("slash-commands", "EnableCommands", "Integration")),
    ):
        config = world.admin.get("/config")["ServiceSettings"]
        undo = {key: config[key] for key in settings}
        world.admin.put("/config/patch", {"ServiceSettings": settings})
        try:
            patient.finds(*plants)
        finally:
            world.admin.put("/config/patch", {"ServiceSettings": undo})
    world.admin.put(f"/teams/{world.team}/members/{world.bot['id']}/roles", {"roles": "team_user"})
    try:
        patient.finds("slash-commands", "manage_slash_commands", "administrator")
    finally:
        world.admin.put(f"/teams/{world.team}/members/{world.bot['id']}/roles", {"roles": "team_user team_admin"})
    patient.healthy()
    world.plugin.enable()
    wait.until(lambda: commands(world) == before, 30, lambda: f"the commands {before}; there are {commands(world)}")
