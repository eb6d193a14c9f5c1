# SPDX-License-Identifier: Apache-2.0
"""/openclaw why for the reasons that other cases do not provoke: access groups, commands, membership, empty posts, limits."""

from lib import places
from lib.conversation import Question
from lib.why import why


def groups(world, name, bots=()):
    """Alice may write in direct messages; of others an access group decides. In channels everybody may talk."""
    return f"""
dmPolicy: allowlist
allowFrom: [{world.alice.id}, "accessGroup:{name}"]
groupPolicy: open
allowBots: {list(bots)}
accessGroups:
  odd: {{type: discord.channelAudience}}
"""


def header_change(world):
    channel_id = places.of(world)["public"]
    world.alice.put(f"/channels/{channel_id}/patch", {"header": "about agents"})
    return next(post for post in reversed(world.alice.posts(channel_id)) if post["type"])


def run(world):
    public = places.of(world)["public"]
    robot = places.bot_person(world, "friendlybot")  # answered, but no command of a bot's is run
    places.in_force(world, AllowFrom="", Advanced=groups(world, "nobody", [robot.id]))
    asked = places.ask(world, world.bob, "direct")
    command = robot.say(public, "@openclaw /openclaw help")
    outside = Question(world, world.alice, places.channel(world, "O", world.bob.id), before="@openclaw ")
    empty = world.alice.say(public, "@openclaw\n@openclaw")
    answer = world.ask(world.alice).answer()
    why(world, asked.post, "**refused** (`access_group_missing`)", "`accessGroups`")
    why(world, command, "**refused** (`control_command_unauthorized`)")
    why(world, outside.post, "(`not_member`)", "Invite the bot")
    why(world, empty, "(`empty_body`)")
    why(world, answer, "(`self`)")
    why(world, header_change(world), "(`system_post`)")

    places.in_force(world, AllowFrom="", UserPerMinute="1", Advanced=groups(world, "odd"))
    asked = places.ask(world, world.bob, "direct")
    first, second = world.ask(world.alice), world.ask(world.alice)
    first.answer()
    why(world, second.post, "**refused** (`rate_limit`)", "Raise the limits")
    why(world, asked.post, "**refused** (`access_group_unsupported`)")
    for question in (outside, second):
        question.unanswered()
