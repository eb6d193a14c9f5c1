# SPDX-License-Identifier: Apache-2.0
"""From outside: a bot that is renamed is mentioned by its new name; a token that is turned off halts the account, and when it is turned on
again and the configuration is read anew, the bot answers again."""

from lib.conversation import Question
from lib.world import BOT_NAME

HALT_SECONDS = 60
OTHER_NAME = "openclawtoo"


def mention_as(world, name):
    """Gives the bot a name and asks it by that."""
    position = world.server.log_position()
    world.admin.put(f"/bots/{world.bot['id']}", {"username": name})
    world.plugin.wait_log("the bot has another name", HALT_SECONDS, position)
    world.must_answer(world.alice)  # the settings that hold the name are in force long before that
    Question(world, world.alice, world.channel_id, before=f"@{name} ").answer()


def run(world):
    mention_as(world, OTHER_NAME)
    mention_as(world, BOT_NAME)

    position = world.server.log_position()
    world.admin.post("/users/tokens/disable", {"token_id": world.plugin.token_id})
    world.plugin.wait_log("the account is halted", HALT_SECONDS, position)
    world.admin.post("/users/tokens/enable", {"token_id": world.plugin.token_id})
    position = world.server.log_position()
    world.plugin.configure()  # SIGHUP
    world.plugin.wait_log("the event stream delivers", HALT_SECONDS, position)
    world.must_answer(world.alice)
