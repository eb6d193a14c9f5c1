# SPDX-License-Identifier: Apache-2.0
"""Hooks from the host and API calls to it."""

import json

from case import GOOD_CONFIG, Context, case, equal

# What a post's props may hold: everything JSON knows, nested, and what the server itself puts in.
RICH_PROPS = {
    "from_client": "web",
    "n": 7,
    "f": 1.5,
    "yes": True,
    "none": None,
    "empty": {},
    "list": [],
    "nested": {"a": [1, "x", True, None, {"b": [[], {}]}]},
    "text": "é \u0000 🦞" * 50,
}


@case("hooks: posts, edits, deletions, reactions, members, channels and cluster events are all taken")
def hooks(c: Context) -> None:
    with c.host() as host:
        c.serving(host)
        post = host.run(
            "post", user="alice", message="hello world", props=RICH_PROPS, file_ids=["a" * 26, "b" * 26]
        )["post"]
        host.run("edit", post=post["id"], message="hello again")
        host.run("react", user="bob", post=post["id"], emoji="thumbsup")
        host.run("unreact", user="bob", post=post["id"], emoji="thumbsup")
        host.run("post", user="bob", message="x" * 16383, root=post["id"])
        channel = host.run("channel", name="lab", type="P", users=["alice", "bob"])["channel"]
        host.run("join", user="admin", channel=channel["id"])
        host.run("post", user="admin", channel=channel["id"], message="in the lab")
        host.run("delete", post=post["id"])
        host.run("cluster_event", name="ev", data="payload")
        host.run("health")
        c.serving(host)
        equal("calls that went wrong", [e for e in host.since(0, "plugin_log") if e["level"] == "error"], [])


@case("hooks: a direct message to the bot is answered by the bot, marked in the post's props", core=True)
def direct_message(c: Context) -> None:
    with c.host() as host:
        c.serving(host)
        bot = host.wait_event("the bot's name", lambda e: e.get("name") == "EnsureBotUser")
        name = bot["args"][0]["username"]
        channel = host.run("dm", users=["alice", name])["channel"]["id"]
        mark = host.mark()
        asked = host.run("post", user="alice", channel=channel, message="are you there?")["post"]
        answer = host.wait_event(
            "an answer of the bot",
            lambda e: e["ev"] == "post"
            and e["post"]["channel_id"] == channel
            and e["post"]["user_id"] != asked["user_id"],
            15,
            mark,
        )["post"]
        assert answer["message"].strip(), answer
        assert "openclaw" in (answer.get("props") or {}), f"the post is not marked: {answer.get('props')}"


@case("API: a thousand calls from the innermost process, each seen by the host")
def api_calls(c: Context) -> None:
    with c.host() as host:
        c.serving(host)
        mark = host.mark()
        answer = host.http("GET", "/bench/api?n=1000&what=GetUser", timeout_s=60)
        equal("status", answer.status, 200)
        stats = json.loads(answer.body)["GetUser"]
        equal("calls timed", stats["n"], 1000)
        assert 0 < stats["min_us"] <= stats["p50_us"] <= stats["p90_us"] <= stats["p99_us"], stats
        seen = len([e for e in host.since(mark, "api") if e["name"] == "GetUser"])
        assert seen >= 1000, f"the host has seen {seen} calls"


@case(
    "API: the plugin's log lines arrive at their level, and the setting holds back those below it", core=True
)
def log_lines(c: Context) -> None:
    with c.host() as host:  # the gateway is away
        host.wait_event("a warning", lambda e: e["ev"] == "plugin_log" and e["level"] == "warn", 15)
    with c.host_and_gateway() as host:  # it is there
        host.wait_event("good news", lambda e: e["ev"] == "plugin_log" and e["level"] == "info", 15)
    with c.host(config=GOOD_CONFIG | {"LogLevel": "error", "GatewayURL": "http://wrong"}) as host:
        host.wait_event("an error", lambda e: e["ev"] == "plugin_log" and e["level"] == "error", 15)
    with c.host(config=GOOD_CONFIG | {"LogLevel": "error"}) as host:
        c.serving(host)
        mark = host.mark()
        host.run("post", user="alice", message="@openclaw hello")
        c.serving(host)
        equal("lines below", [e for e in host.since(mark, "plugin_log") if e["level"] != "error"], [])


@case("commands: a slash command is answered", core=True)
def slash_command(c: Context) -> None:
    with c.host() as host:
        c.serving(host)
        assert "ExecuteCommand" in host.run("implemented")["hooks"], "ExecuteCommand is not in use"
        response = host.run("execute", user="alice", command="/openclaw help")["response"]
        assert response and response["text"].strip(), response


@case("health: the check is good while posts, requests and large bodies are under way")
def health_under_load(c: Context) -> None:
    with c.host(trace=False) as host:
        c.serving(host)
        host.run("health_loop", on=True, ms=2)
        host.run("load", on=True, ms=1, workers=4)
        for _ in range(3):
            done = host.run(
                "http", method="POST", path="/bench/echo", user="alice", body_size=5 << 20, timeout_s=60
            )
            equal("echo", (done["status"], done["sha256"]), (200, done["sent_sha256"]))
        load = host.run("load", on=False)
        checks = host.run("health_loop", on=False)
        equal("failed checks", checks["count"].get("failed", 0), 0)
        assert checks["count"]["good"] >= 20, checks
        equal("what the requests gave", set(load["count"]), {"hook", "http 200"})
