# SPDX-License-Identifier: Apache-2.0
"""What to say to the scripted model so that its agent uses a tool. Most tools are behind the gateway's own tool_call."""

import json

COLOR = {
    "id": "color",
    "header": "Color",
    "question": "Which color?",
    "options": [{"label": "Red", "description": "warm"}, {"label": "Blue"}],
}


def calls(tool, **arguments):
    """The agent calls a tool: a node's by its name ("mattermost_send"), the gateway's own by its id."""
    return "tool tool_call " + json.dumps({"id": tool, "args": arguments})


def asks(*questions):
    """The agent asks the person (COLOR, where nothing else is said): id, header (at most 12 characters), question, options
    (at most 4, with label and description), multiSelect. It waits for the answer, and then says what the tool said."""
    return calls("openclaw:core:ask_user", questions=list(questions) or [COLOR])


def runs(command):
    """The agent runs a command on the gateway's machine. With APPROVED it must be approved."""
    return "tool exec " + json.dumps({"command": command})


# Changes of the gateway's configuration under which each command of the agent must be approved. The session's permission
# mode must let it run commands at all ("guarded" does).
ASK_FOR_APPROVAL = {"tools": {"exec": {"mode": "ask"}}}
