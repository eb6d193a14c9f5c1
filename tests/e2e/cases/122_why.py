# SPDX-License-Identifier: Apache-2.0
"""/openclaw why tells an administrator the outcome, the reason and the setting that decided, within a second."""

from lib import pairing
from lib.why import why


def run(world):
    answered = world.ask(world.alice)
    answered.answer()
    unaddressed = world.ask_in_channel(world.alice, mention=False)
    why(world, answered.post, "**answered** (`answered`)", "Nothing has to be changed")
    why(world, unaddressed.post, "no record", "would now be **ignored** (`no_mention`)", "`requireMention`")
    pairing.expect(world.command(world.alice, f"/openclaw why {answered.post['id']}"), "You may not use")
    pairing.expect(world.command(world.admin, "/openclaw why"), "<post>")
    pairing.expect(world.command(world.admin, "/openclaw why nonsense"), "Tell me which post")
    pairing.expect(world.command(world.admin, "/openclaw why " + "a" * 26), "no such post")

    elsewhere = world.alice.post(
        "/channels", {"team_id": world.team, "name": "without-bot", "display_name": "Without", "type": "O"}
    )["id"]
    outside = world.alice.say(elsewhere, "@openclaw hello?")
    why(world, outside, "would now be **ignored** (`not_member`)", "Invite the bot")

    world.apply(Chatmode="onchar", OncharPrefixes="!!")
    world.wait_ready(world.near, world.near.count() - 1)
    why(world, unaddressed.post, "`onchar_not_triggered`", "Begin the message with one of the prefixes")

    world.apply(Chatmode="", AllowFrom="accessGroup:nobody", DMPolicy="allowlist", GroupPolicy="allowlist")
    world.wait_ready(world.near, world.near.count() - 1)
    missing = world.ask(world.bob)
    why(world, missing.post, "`access_group_missing`", "`accessGroups`", "Define the group")

    world.apply(AllowFrom=world.alice.id, DMPolicy="allowlist", GroupPolicy="allowlist")
    world.wait_ready(world.near, world.near.count() - 1)
    direct, channel = world.ask(world.bob), world.ask_in_channel(world.bob)
    world.must_answer(world.alice)
    why(world, direct.post, "**refused** (`dm_policy_not_allowlisted`)", "`allowFrom`", "Put the sender's user id")
    why(world, channel.post, "**refused** (`group_policy_not_allowlisted`)")

    world.apply(AllowFrom="", DMPolicy="disabled", GroupPolicy="allowlist")
    world.wait_ready(world.near, world.near.count() - 1)
    why(world, direct.post, "`dm_policy_not_allowlisted`", "By the settings of now the reason would be `dm_policy_disabled`")
    off, empty = world.ask(world.bob), world.ask_in_channel(world.bob)
    world.command(world.admin, "/openclaw help")
    why(world, off.post, "`dm_policy_disabled`", "`dmPolicy: disabled`", "Choose another `dmPolicy`")
    why(world, empty.post, "`group_policy_empty_allowlist`", "`groupAllowFrom`")

    world.apply(AllowFrom="*", DMPolicy="open", GroupPolicy="disabled")
    world.wait_ready(world.near, world.near.count() - 1)
    closed = world.ask_in_channel(world.alice)
    world.must_answer(world.alice)
    why(world, closed.post, "`group_policy_disabled`", "`groupPolicy: disabled`")

    world.apply(AllowFrom="", DMPolicy="pairing", GroupPolicy="allowlist")
    world.wait_ready(world.near, world.near.count() - 1)
    person = pairing.newcomer(world)
    question, code = pairing.asks(world, person)
    why(world, question.post, "`dm_policy_pairing_required`", "/openclaw pairing list")
    pairing.expect(world.command(world.admin, f"/openclaw pairing approve {code}"), "may talk")
    question.answer()
    why(world, question.post, "**answered** (`answered`)")
