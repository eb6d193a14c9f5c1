# SPDX-License-Identifier: Apache-2.0
"""The bot is a bot account with the configured name and a profile picture, and shows that it is typing."""

from lib.progress import Failure


def run(world):
    bot = world.admin.get(f"/users/{world.bot['id']}")
    if not bot.get("is_bot"):
        raise Failure("the bot's account is no bot account")
    display_name = world.admin.get(f"/bots/{world.bot['id']}")["display_name"]
    if display_name != world.defaults["BotDisplayName"]:
        raise Failure(f"the bot's display name is {display_name!r}")
    if world.in_plugin and not bot.get("last_picture_update"):  # from outside Mattermost's own settings of the bot count
        raise Failure("the bot has no profile picture")
    question = world.ask(world.alice)
    world.alice.events.wait(
        lambda event: event["event"] == "typing" and event["data"]["user_id"] == world.bot["id"],
        15,
        "a typing event of the bot",
        question.since,
    )
    question.answer()
