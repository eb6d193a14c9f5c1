# SPDX-License-Identifier: Apache-2.0
"""The tools over MCP: reading within the listed channels, with the secret only; then through the gateway's mcp.servers."""

import json

from lib import places, rest, tools, wait
from lib.progress import Failure
from lib.tools import Call

SECRET = "an-mcp-secret-of-this-test"


def address(world):
    """(the server, the path) at which the tools are served"""
    return (world.server.url, "/plugins/openclaw/mcp") if world.in_plugin else (f"http://{world.plugin.callbacks}", "/mattermost/mcp/default")


def ask(world, method, params=None, secret=SECRET, http_method="POST", **headers):
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params or {}}).encode()
    if secret:
        headers["X-OpenClaw-Authorization"] = f"Bearer {secret}"
    headers.setdefault("Accept", "application/json, text/event-stream")
    url, path = address(world)
    status, _, answer = rest.request(url, http_method, path, body, headers={"Content-Type": "application/json", **headers})
    return status, json.loads(answer) if answer.strip().startswith(b"{") else answer


def call(world, name, **arguments):
    status, answer = ask(world, "tools/call", {"name": name, "arguments": arguments})
    if status != 200:
        raise Failure(f"{name}: HTTP {status} {answer}")
    return answer["result"]["isError"], answer["result"]["content"][0]["text"]


def by_hand(world, listed, other, word, hidden):
    status, answer = ask(world, "initialize", {"protocolVersion": "2025-11-25"})
    if status != 200 or answer["result"]["protocolVersion"] != "2025-11-25":
        raise Failure(f"initialize: HTTP {status} {answer}")
    for expected, more in (
        (401, {"secret": ""}),
        (401, {"secret": "a-wrong-secret-of-this-test"}),
        (405, {"http_method": "GET"}),
        (403, {"Origin": "https://evil.example"}),
    ):
        status, answer = ask(world, "ping", **more)
        if status != expected:
            raise Failure(f"{more}: HTTP {status} {answer} instead of {expected}")
    names = {tool["name"] for tool in ask(world, "tools/list")[1]["result"]["tools"]}
    if names != {f"mattermost_{one}" for one in ("read", "search", "file", "directory")}:
        raise Failure(f"these tools are offered: {names}")
    failed, text = call(world, "mattermost_read", target=f"channel:{listed}")
    if failed or word not in text:
        raise Failure(f"the listed channel was not read: {text}")
    for target in (f"channel:{other}", "@alice", f"user:{world.alice.id}"):
        failed, text = call(world, "mattermost_read", target=target)
        if not failed or hidden in text:
            raise Failure(f"{target} was read: {text}")
    failed, text = call(world, "mattermost_search", query=word)
    if failed or word not in text or hidden in text:
        raise Failure(f"the search: {text}")
    failed, text = call(world, "mattermost_file", action="upload", media="x.txt", target=f"channel:{listed}")
    if not failed:
        raise Failure(f"a file was uploaded: {text}")


def run(world):
    listed, other = world.channel_id, places.of(world)["private"]
    word, hidden = tools.mark(), tools.mark()
    world.alice.say(listed, f"the news of {word}")
    world.alice.say(other, f"the secret {hidden} of {word}")
    advanced = (
        f"actions: {{messages: true, search: true, perMinute: 0}}\n"
        f"mcp:\n  secret: {{source: store, id: MCP_SECRET}}\n  channels: [{listed}]\n"
    )
    since = world.near.count()
    world.apply(Advanced=advanced, Secrets=f"MCP_SECRET: {SECRET}\n", StreamingMode="off")
    world.wait_ready(world.near, since)
    by_hand(world, listed, other, word, hidden)

    server = {
        "url": "".join(address(world)),
        "transport": "streamable-http",
        "headers": {"X-OpenClaw-Authorization": f"Bearer {SECRET}"},
    }
    undo = world.gateway.configure({"mcp": {"servers": {"mattermost": server}}}, restart=True)
    try:
        world.wait_ready(world.near, since)
        wait.until(lambda: world.must_answer(world.alice), 120, "an answer after the gateway's restart")
        said = Call(world, world.alice, "mattermost__mattermost_read", {"target": f"channel:{listed}"}).said
        if word not in said:
            raise Failure(f"the agent did not read over MCP: {said}")
        said = Call(world, world.alice, "mattermost__mattermost_read", {"target": f"channel:{other}"}).said
        if hidden in said or "NOT_FOUND" not in said:
            raise Failure(f"the agent read a channel that is not listed: {said}")
    finally:
        world.gateway.configure(undo, restart=True)
