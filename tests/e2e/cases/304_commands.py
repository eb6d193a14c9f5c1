# SPDX-License-Identifier: Apache-2.0
"""Every command, with and without arguments, as a slash command and as text, by a stranger, a listed user and an administrator, in a
direct message, a channel and a thread: who may, what they read, what the channel is told, what the gateway and the model saw."""

from lib import commands, wait
from lib.commands import expect, slash, typed
from lib.progress import Failure

STRANGER = "not among those who may talk to the bot"
NOT_YOURS = "You may not use this command"
HELP = "These commands are answered for you only"
DONE = ""  # nothing for the person alone: the channel is told

# command: what a stranger, a listed user and an administrator (who is not listed) read; in a channel the third column is told to all.
TABLE = [
    ("help", HELP, HELP, HELP),
    ("about", "Apache License", "Apache License", "Apache License"),
    ("status", STRANGER, "The conversation here", "The plugin"),
    ("status extra", STRANGER, "Write `/openclaw status`", "Write `/openclaw status`"),
    ("model", STRANGER, "Current: fake/fake-1", STRANGER),
    ("model nope/none", STRANGER, "The gateway refused", STRANGER),
    ("model a b", STRANGER, "Write `/openclaw model", STRANGER),
    ("models", STRANGER, "provider", STRANGER),
    ("think", STRANGER, "`/openclaw think <level>`", STRANGER),
    ("think wild", STRANGER, "The gateway refused", STRANGER),
    ("verbose", STRANGER, "Verbose is", STRANGER),
    ("verbose loud", STRANGER, "can be `on`", STRANGER),
    ("reasoning", STRANGER, "Reasoning is", STRANGER),
    ("reasoning stream", STRANGER, "never posted", STRANGER),
    ("queue", STRANGER, "Queue is", STRANGER),
    ("queue steer", STRANGER, "is not there", STRANGER),
    ("skill", STRANGER, "Skills of this agent", STRANGER),
    ("skill no-such-skill do it", STRANGER, "no such skill", STRANGER),
    ("stop", STRANGER, "not at work here", STRANGER),
    ("new", STRANGER, "needs the gateway's control connection", STRANGER),
    ("compact", STRANGER, "needs the gateway's control connection", STRANGER),
    ("why", NOT_YOURS, NOT_YOURS, "Write `/openclaw why <post>`"),
    ("why x", NOT_YOURS, NOT_YOURS, "Tell me which post"),
    ("doctor", NOT_YOURS, NOT_YOURS, "✅ **Gateway token** of `default`"),
    ("agents", NOT_YOURS, NOT_YOURS, "`support`"),
    ("pairing list", NOT_YOURS, NOT_YOURS, ("Nobody asks", "These people ask")),  # as earlier cases left it
    ("pairing approve", NOT_YOURS, NOT_YOURS, "Write `/openclaw pairing approve <code>`"),
    ("pairing approve ABCD2345", NOT_YOURS, NOT_YOURS, "no request with this code"),
    ("pairing deny ABCD2345", NOT_YOURS, NOT_YOURS, "no request with this code"),
    ("pairing remove nobody-here", NOT_YOURS, NOT_YOURS, "nobody-here"),
    ("nonsense", "no such command", "no such command", "no such command"),
]
# What changes something: the person in a direct message, and everybody in a channel reads it.
CHANGES = [
    ("model fake/fake-2", "chose the model `fake/fake-2`"),
    ("think off", "set the thinking level"),
    ("model default", "went back to the agent's usual model"),
    ("think high", "set the thinking level of this conversation to `high`"),
    ("verbose full", "with the text of commands"),
    ("verbose default", "the bot's settings say"),
    ("reasoning on", "say when the agent thinks"),
    ("reasoning off", "nothing of the agent's thinking"),
    ("queue collect debounce:1s cap:3 drop:old", "as one message"),
    ("queue default", "one after another"),
]


def everybody_everywhere(world, places):
    people = (world.bob, world.alice, world.admin)
    for channel_id, root_id in places:
        for command, *answers in TABLE:
            for person, answer in zip(people, answers):
                said = slash(world, person, f"/openclaw {command}", channel_id, root_id, limit=commands.SECONDS)
                expect(f"/openclaw {command} by {person.name} in {channel_id, root_id}", said, answer)


def changes(world, places):
    for channel_id, root_id in places:
        for command, told in CHANGES:
            since = world.alice.events.position()
            said = slash(world, world.alice, f"/openclaw {command}", channel_id, root_id)
            if channel_id is None:
                expect(command, said, told)
            elif said != DONE:
                raise Failure(f"{command} in a channel told alice {said!r}")
            else:
                commands.told(world, world.alice, channel_id, told, since, root_id)


def levels(world, root_id):
    """The thread's session and the channel's are two, and each has what was set for it."""
    key = commands.session_key(world, "channel", world.channel_id)
    slash(world, world.alice, "/openclaw think low", world.channel_id, root_id)
    slash(world, world.alice, "/openclaw think medium", world.channel_id)
    for session, level in ((f"{key}:thread:{root_id}", "low"), (key, "medium")):
        found = commands.session(world, session)
        if found is None or found.get("thinkingLevel") != level:
            raise Failure(f"{session} should think {level}: {found}")


def as_text(world, places):
    """The same table: texts of who may not are no commands and nobody answers them; nothing of it reaches the model."""
    for channel_id, root_id in places:
        expect("text", typed(world, world.alice, "/status", channel_id, root_id), "The conversation here")
        expect("text", typed(world, world.alice, "/model", channel_id, root_id), "This conversation uses")
        expect("text", typed(world, world.alice, "/openclaw queue steer", channel_id, root_id), "is not there")
        expect("text", typed(world, world.alice, "/doctor", channel_id, root_id), NOT_YOURS)
    for person in (world.bob, world.admin):
        person.say(world.channel_id, "@openclaw /model fake/fake-2")
    world.ask_in_channel(world.alice).answer()
    if world.gateway.model.saw("/model fake/fake-2") or world.gateway.model.saw("queue steer"):
        # Strangers' words are context for the next question, and no command by that.
        bodies = world.gateway.model.request_with("/model fake/fake-2")
        if bodies["model"] != "fake-1":
            raise Failure("a stranger's text changed the model")
    found = commands.session(world, commands.session_key(world, "channel", world.channel_id))
    if found.get("model") != "fake-1":
        raise Failure(f"a stranger's text changed the model: {found}")


def stop(world):
    """While the agent works, /openclaw stop ends it."""
    since = world.alice.events.position()
    world.alice.say(world.channel_id, "@openclaw nonce 00112233445566ff slow 60")
    world.alice.events.wait(
        lambda event: event["event"] == "posted" and event["post"]["user_id"] == world.bot["id"],
        60,
        "the answer to begin",
        since,
    )
    expect("stop", slash(world, world.alice, "/openclaw stop", world.channel_id), "Stopped.")
    wait.until(  # the gateway may still be ending the run
        lambda: "not at work here" in slash(world, world.alice, "/openclaw stop", world.channel_id),
        30,
        "nothing to be at work any more",
    )
    world.ask_in_channel(world.alice).answer()  # else the model's next turn here begins with the question that was stopped


def away(world):
    world.gateway.stop()
    for command in ("model", "models", "new", "think high", "stop", "skill"):
        said = slash(world, world.alice, f"/openclaw {command}", limit=commands.SECONDS)
        if "not connected" not in said and "connection to the gateway broke" not in said:
            raise Failure(f"{command} with the gateway away: {said!r}")
    expect("status", slash(world, world.admin, "/openclaw status", limit=commands.SECONDS), "The plugin")
    expect("doctor", slash(world, world.admin, "/openclaw doctor", limit=commands.SECONDS), "wrong.**")
    since = world.near.count()
    world.gateway.start()
    expect("reload", slash(world, world.admin, "/openclaw reload"), "read again")
    world.wait_ready(world.near, since)


def run(world):
    since = world.near.count()
    world.apply(AllowFrom=world.alice.id, DMPolicy="allowlist", GroupPolicy="allowlist")
    world.wait_ready(world.near, since)
    world.admin.post(f"/channels/{world.channel_id}/members", {"user_id": world.admin.id})
    root = world.alice.say(world.channel_id, "a thread for commands")["id"]
    world.ask(world.alice).answer()
    world.ask_in_channel(world.alice).answer()
    world.ask_in_channel(world.alice, root_id=root).answer()
    places = ((None, ""), (world.channel_id, ""), (world.channel_id, root))
    everybody_everywhere(world, places)
    changes(world, places)
    levels(world, root)
    slash(world, world.alice, "/openclaw think high", world.channel_id)
    as_text(world, places)
    stop(world)
    away(world)
