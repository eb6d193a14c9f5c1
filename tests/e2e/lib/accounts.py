# SPDX-License-Identifier: Apache-2.0
"""More bots of the plugin, each an account."""

from . import wait

BOT_SECONDS = 30


def bot_of(world, username, *channel_ids):
    """Waits for the account's bot user, takes it into the team and these channels; returns the user."""
    bot = wait.until(
        lambda: world.admin.find(f"/users/username/{username}"), BOT_SECONDS, f"the bot user {username}"
    )
    world.admin.post(f"/teams/{world.team}/members", {"team_id": world.team, "user_id": bot["id"]})
    for channel_id in channel_ids:
        world.alice.post(f"/channels/{channel_id}/members", {"user_id": bot["id"]})
    return bot
