# SPDX-License-Identifier: Apache-2.0
"""More bots, each an account: the plugin makes them, from outside somebody does and gives the program a token."""

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


def made(world, username):
    """A bot as people make it in Mattermost: its id, username and a token."""
    bot = world.admin.find(f"/users/username/{username}") or world.admin.post("/bots", {"username": username})
    user_id = bot.get("user_id") or bot["id"]
    token = world.admin.post(f"/users/{user_id}/tokens", {"description": "e2e"})["token"]
    return {"id": user_id, "username": username, "token": token}
