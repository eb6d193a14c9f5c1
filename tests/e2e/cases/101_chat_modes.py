# SPDX-License-Identifier: Apache-2.0
"""Each chat mode in each kind of place, requireMention of single channels, mention patterns: who is answered and who not."""

from lib import places
from lib.why import why

HOWS = ("plain", "! ", "mention")
# chat mode → what wakes the bot outside direct messages, and how a post that does not is explained
MODES = {
    "oncall": (("mention",), "no_mention"),
    "onmessage": (HOWS, None),
    "onchar": (("! ", "mention"), "onchar_not_triggered"),
}


def ask_everywhere(world, hows=HOWS):
    """{(kind, how): question}; what is not to be answered is asked before what is."""
    return {(kind, how): places.ask(world, world.alice, kind, how) for how in hows for kind in places.KINDS}


def check(world, asked, answered, reason):
    for key, question in asked.items():
        if key in answered:
            question.answer()
    for key, question in asked.items():
        if key in answered:
            question.answered_once()
        else:
            question.unanswered()
            why(world, question.post, "no record", f"(`{reason}`)")


def mode(world, name):
    places.in_force(world, Chatmode=name)
    hows, reason = MODES[name]
    asked = ask_everywhere(world)
    answered = {(kind, how) for kind, how in asked if kind == "direct" or how in hows}
    check(world, asked, answered, reason)


def single_channels(world):
    """requireMention by channel id, by "*" and for all; chatmode is not set."""
    ids = places.of(world)
    advanced = f"""
requireMention: false
groups:
  "*": {{requireMention: true}}
  {ids['private']}: {{requireMention: false}}
mentionPatterns: ['\\bagent smith\\b']
"""
    places.in_force(world, Advanced=advanced)
    asked = ask_everywhere(world, ("plain", "Agent Smith, "))
    answered = {(kind, how) for kind, how in asked if kind in ("direct", "private") or how != "plain"}
    check(world, asked, answered, "no_mention")


def run(world):
    for name in MODES:
        mode(world, name)
    single_channels(world)
