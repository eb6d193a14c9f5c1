# SPDX-License-Identifier: Apache-2.0
"""OpenClaw's own examples work pasted as they are into Advanced, from outside as the configuration, as YAML and as JSON5,
and a message says what has no use here."""

import json
import re

from lib import accounts, pairing, places, wait
from lib.conversation import Question
from lib.progress import Failure

BASIC = """
channels:
  mattermost:
    enabled: true
    botToken: "mm-token"
    baseUrl: "https://chat.example.com"
    dmPolicy: "pairing"
"""

COMMANDS = """
{
  channels: {
    mattermost: {
      commands: {
        native: true,
        nativeSkills: true,
        callbackPath: "/api/channels/mattermost/command",
        // Use when Mattermost cannot reach the gateway directly (reverse proxy/public URL).
        callbackUrl: "https://gateway.example.com/api/channels/mattermost/command",
      },
      groupPolicy: "open",
    },
  },
}
"""

COMMANDS_YAML = """
channels:
  mattermost:
    commands:
      native: true
      nativeSkills: true
      callbackPath: "/api/channels/mattermost/command"
      # Use when Mattermost cannot reach the gateway directly (reverse proxy/public URL).
      callbackUrl: "https://gateway.example.com/api/channels/mattermost/command"
    groupPolicy: "open"
"""

CALLBACK = "https://gateway.example.com/api/channels/mattermost/command"
MADE_SECONDS = 20

ACCOUNTS = """
channels:
  mattermost:
    replyToMode: "all"
    accounts:
      default:
        name: "Primary"
        botToken: "mm-token"
        baseUrl: "https://chat.example.com"
      alerts:
        name: "Alerts"
        botToken: "mm-token-2"
        baseUrl: "https://alerts.example.com"
        chatmode: onmessage
        dmPolicy: allowlist
        allowFrom: ["{listed}"]
"""


def paste(world, text, *remarks, **settings):
    """Pastes the text; the administrator is told what has no meaning here, and no secret."""
    since, position = world.now(), world.server.log_position()
    if not world.in_plugin:
        text = with_own_bot(world, text)
    places.in_force(world, **{"AllowFrom": "", **settings, "Advanced": text})
    told = "" if not world.in_plugin else world.notice(world.admin, "the settings are in force", since=since)["message"]
    if world.in_plugin:
        pairing.expect(told, *[f"`channels.mattermost.{key}`" for key in remarks])
    log = world.server.log_text(position).replace(text, "")
    if any(secret in told or secret in log for secret in re.findall(r'botToken: "([^"]+)"', text)):
        raise Failure(f"a secret is repeated: {told!r}")


def with_own_bot(world, text):
    """From outside the address and the token have a meaning: what the reader puts in."""
    text = text.replace('"mm-token"', json.dumps(world.plugin.token))
    return text.replace("https://chat.example.com", world.server.url)


def basic(world):
    paste(world, BASIC, "botToken", "baseUrl")
    person = pairing.newcomer(world)
    question, code = pairing.asks(world, person)
    pairing.expect(world.command(world.admin, f"/openclaw pairing approve {code}"), "may talk")
    question.answer()
    # No groupPolicy is allowlist, and nobody is in a list.
    strange = world.ask_in_channel(world.bob)
    world.must_answer(person)
    places.refused(world, strange, "group_policy_empty_allowlist")


def made_at(world):
    """The addresses of the bot's commands, as Mattermost has them."""
    listed = world.admin.get(f"/commands?team_id={world.team}&custom_only=true")
    return {one["url"] for one in listed if one["creator_id"] == world.bot["id"]}


def commands(world, text):
    paste(world, text, "commands.callbackUrl", "commands.callbackPath")
    if not world.in_plugin:
        wait.until(lambda: made_at(world) == {CALLBACK}, MADE_SECONDS, lambda: f"commands at {CALLBACK}: {made_at(world)}")
    strange = world.ask(world.bob)  # dmPolicy is pairing when nothing is said
    world.ask_in_channel(world.bob).answer()
    plain = world.ask_in_channel(world.bob, mention=False)
    world.ask_in_channel(world.alice).answer()
    plain.unanswered()
    places.refused(world, strange, "dm_policy_pairing_required")


def trouble_of(world, account, position):
    return [line for line in world.plugin.log(position) if line.get("account") == account and line["level"] in ("warn", "error")]


def elsewhere(world, listed):
    """The second account is on another server: it needs external mode, where that server is asked; the first goes on."""
    position = world.server.log_position()
    paste(world, ACCOUNTS.format(listed=listed), "accounts.default.botToken", "accounts.alerts.baseUrl", AllowFrom="*")
    if world.in_plugin:
        told = world.notice(world.admin, "external mode")["message"]
        pairing.expect(told, "another server")
    else:
        wait.until(lambda: trouble_of(world, "alerts", position), MADE_SECONDS, "a word on the server that is not there")
    question = world.ask_in_channel(world.bob)
    question.answer(root_id=question.post["id"])


def here(world, listed):
    """With this server's own address the second account is a bot beside the first."""
    text = ACCOUNTS.format(listed=listed).replace("https://alerts.example.com", world.server.url)
    if not world.in_plugin:
        text = text.replace("mm-token-2", accounts.made(world, "openclaw-alerts")["token"])
    paste(world, text, "accounts.alerts.botToken")
    alerts = accounts.bot_of(world, "openclaw-alerts")
    room = places.channel(world, "O", world.bob.id, alerts["id"])
    strange = Question(world, world.bob, room, bot=alerts)  # the account's allowFrom counts in channels, too
    strange_direct = Question(world, world.bob, world.bob.direct(alerts["id"]), bot=alerts)
    plain = Question(world, world.alice, room, bot=alerts)
    direct = Question(world, world.alice, world.alice.direct(alerts["id"]), bot=alerts)
    plain.answer(root_id=plain.post["id"])  # replyToMode is inherited
    direct.answer()
    places.refused(world, strange, "group_policy_not_allowlisted")
    places.refused(world, strange_direct, "dm_policy_not_allowlisted")


def run(world):
    basic(world)
    commands(world, COMMANDS)
    commands(world, COMMANDS_YAML)
    elsewhere(world, world.alice.id)
    here(world, world.alice.id)
