# SPDX-License-Identifier: Apache-2.0
"""What people and the agent say in the pictures of the documentation. The model's part is played (FAKE_MODEL_TALK); everything
else, from the question to the buttons under the answer, is what server, plugin and gateway made of it."""

import json

from lib import asks, choices, wait
from lib.conversation import ANSWER_SECONDS
from lib.world import BOT_NAME

PLAN = [
    {
        "type": "buttons",
        "buttons": [
            {"label": "Restart it now", "value": "restart", "style": "primary"},
            {"label": "Wait for the night", "value": "wait"},
        ],
    }
]
# The newest words of the question → what the model says.
TALK = [
    {
        "heard": "import failed twice",
        "steps": [
            {
                "text": "Both times the disk of **db-2** was full:\n\n- Monday 02:14: `No space left on device`\n- Tuesday 02:15: the same\n\n"
                "The export of last week takes 41 GB there. This frees it:\n\n```sh\nrm /srv/export/2026-11-1?.dump\n```",
            }
        ],
    },
    {
        "heard": "who can delete",
        "steps": [{"text": "Everybody in **ops**. The folder’s `README` names @bob for questions."}],
    },
    {
        "heard": "compare our two providers",
        "steps": [
            {
                "text": "I looked at both contracts.\n\n- **North** answers within four hours and costs less for up to 50 people.\n"
                "- **South** answers within one hour, also at night, and keeps backups for a year.\n\n"
                "For a team that is on call South is worth its price.",
                "piece": 6,
                "pace": 130,
            }
        ],
    },
    {
        "heard": "web-1 is slow",
        "steps": [{"text": "Its cache is full. A restart takes half a minute.\n\n```presentation\n" + json.dumps({"blocks": PLAN}) + "\n```"}],
    },
    {
        "heard": "clear the old exports",
        "steps": [
            {"text": "", "tool": {"name": "exec", "arguments": {"command": "rm exports/2026-11-1?.dump"}}},
            {"text": "Done: the old exports are gone."},
        ],
    },
]


class Scenes:
    def __init__(self, world):
        self.world = world

    def people(self):
        shown = {one.id: {"name": one.name, "is_bot": False} for one in (self.world.alice, self.world.bob, self.world.admin)}
        shown[self.world.bot["id"]] = {"name": self.world.bot["username"], "is_bot": True}
        return shown

    def draw(self, name):
        return {"strands": getattr(self, name)(), "people": self.people()}

    def _thread(self, reader, root_id):
        found = reader.get(f"/posts/{root_id}/thread")
        return sorted(found["posts"].values(), key=lambda post: post["create_at"])

    def _answer(self, person, asked, words, channel_id=None):
        """Waits until the bot has said these words since a post; returns its post."""

        def said():
            posts = self.world.bot_posts(person, channel_id or asked["channel_id"])
            return next((one for one in posts if words in one["message"] and one["create_at"] >= asked["create_at"]), None)

        return wait.until(said, ANSWER_SECONDS, f"the bot to say {words!r}")

    def conversation(self):
        alice, bob, channel = self.world.alice, self.world.bob, self.world.channel_id
        self.world.apply(ReplyToMode="all")
        self.world.wait_ready(self.world.near, self.world.near.count() - 1)
        asked = alice.say(channel, f"@{BOT_NAME} the import failed twice this week. Why?")
        self._answer(alice, asked, "2026-11-1?.dump")
        again = bob.say(channel, f"@{BOT_NAME} who can delete these files?", asked["id"])
        self._answer(bob, again, "for questions.")
        return [{"title": "# agents", "posts": self._thread(alice, asked["id"])}]

    def streaming(self):
        self.world.settle()
        alice = self.world.alice
        channel = self.world.direct(alice)
        since = alice.events.position()
        asked = alice.say(channel, "Please compare our two providers.")
        self._answer(alice, asked, "worth its price")
        with alice.events.changed:
            events = alice.events.events[since:]
        posts = [
            one["post"]
            for one in events
            if one["event"] in ("posted", "post_edited")
            and one["post"]["user_id"] == self.world.bot["id"]
            and one["post"]["channel_id"] == channel
        ]
        shown = [posts[0], posts[len(posts) // 2], posts[-1]]
        start = posts[0]["create_at"]
        strands = []
        for post in shown:
            seconds = (max(post.get("update_at", 0), post.get("edit_at", 0), start) - asked["create_at"]) / 1000
            strands.append({"title": f"after {seconds:.0f} s", "posts": [{**post, "note": f"{len(strands) + 1} of 3"}]})
        return strands

    def buttons(self):
        self.world.apply(**choices.ON, ReplyToMode="all")
        self.world.wait_ready(self.world.near, self.world.near.count() - 1)
        alice, channel = self.world.alice, self.world.channel_id
        asked = alice.say(channel, f"@{BOT_NAME} web-1 is slow again. What can we do?")

        def offered():
            posts = self._thread(alice, asked["id"])
            return posts if any(choices.actions(one) for one in posts) else None

        return [{"title": "# agents", "posts": wait.until(offered, ANSWER_SECONDS, "an answer with buttons")}]

    def approval(self):
        self.world.settle()
        undo = self.world.gateway.configure({"tools": {"exec": {"mode": "ask"}}})
        try:
            self.world.grant(
                control=True,
                more=f"execApprovals:\n  approvers: [{self.world.bob.id}]\n  target: channel\n",
                PermissionMode="guarded",
            )
            alice, bob, channel = self.world.alice, self.world.bob, self.world.channel_id
            asked = alice.say(channel, f"@{BOT_NAME} clear the old exports, please.")

            def waits():
                posts = self.world.bot_posts(bob, channel)
                return next((one for one in posts if asks.buttons(one) and one["create_at"] >= asked["create_at"]), None)

            post = wait.until(waits, ANSWER_SECONDS, "a post that asks for approval")
            shown = [alice.get(f"/posts/{asked['id']}"), bob.get(f"/posts/{post['id']}")]
            asks.press(bob, post, "Deny")
            return [{"title": "# agents", "posts": shown}]
        finally:
            self.world.gateway.configure(undo)
