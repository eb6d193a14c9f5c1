# SPDX-License-Identifier: Apache-2.0
"""OpenClaw's own examples work pasted as they are into Advanced, as YAML and as JSON5, and a message says what has no use here."""

from lib import accounts, pairing, places
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
    places.in_force(world, **{"AllowFrom": "", **settings, "Advanced": text})
    told = world.notice(world.admin, "the settings are in force", since=since)["message"]
    pairing.expect(told, *[f"`channels.mattermost.{key}`" for key in remarks])
    if "mm-token" in told or "mm-token" in world.server.log_text(position).replace(text, ""):
        raise Failure(f"a secret is repeated: {told!r}")


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


def commands(world, text):
    paste(world, text, "commands.callbackUrl", "commands.callbackPath")
    strange = world.ask(world.bob)  # dmPolicy is pairing when nothing is said
    world.ask_in_channel(world.bob).answer()
    plain = world.ask_in_channel(world.bob, mention=False)
    world.ask_in_channel(world.alice).answer()
    plain.unanswered()
    places.refused(world, strange, "dm_policy_pairing_required")


def elsewhere(world, listed):
    """The second account is on another server: it needs external mode; the first goes on."""
    paste(world, ACCOUNTS.format(listed=listed), "accounts.default.botToken", "accounts.alerts.baseUrl", AllowFrom="*")
    told = world.notice(world.admin, "external mode")["message"]
    pairing.expect(told, "another server")
    question = world.ask_in_channel(world.bob)
    question.answer(root_id=question.post["id"])


def here(world, listed):
    """With this server's own address the second account is a bot beside the first."""
    text = ACCOUNTS.format(listed=listed).replace("https://alerts.example.com", world.server.url)
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
