# SPDX-License-Identifier: Apache-2.0
"""replyToMode and replyToModeByChatType in each kind of place: where the answer stands, and whose conversation it is."""

from lib import places

BY_TYPE = "replyToModeByChatType: {direct: all, group: first, channel: 'off'}\n"
# settings → the kinds of places where an answer opens a thread
MODES = [
    ({"ReplyToMode": "off"}, ()),
    ({"ReplyToMode": "first"}, ("group", "private", "public")),
    ({"ReplyToMode": "all"}, ("group", "private", "public")),
    ({"ReplyToMode": "all", "Advanced": BY_TYPE}, ("direct", "group", "private")),
]


def run(world):
    for settings, opening in MODES:
        places.in_force(world, **settings)
        top = {kind: places.ask(world, world.alice, kind) for kind in places.KINDS}
        for kind, question in top.items():
            question.answer(root_id=question.post["id"] if kind in opening else "")
        within = [
            places.ask(world, world.alice, kind, root_id=question.post["id"]) for kind, question in top.items()
        ]
        for question in within:
            question.answer()
        for question in (*top.values(), *within):
            question.answered_once()
