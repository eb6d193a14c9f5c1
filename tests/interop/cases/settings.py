# SPDX-License-Identifier: Apache-2.0
"""Configuration changes while the plugin runs."""

from case import GOOD_CONFIG, Context, case, equal

# setting → a value that cannot be used
BAD = {
    "GatewayURL": "http://127.0.0.1:9",
    "GatewayCA": "-----BEGIN CERTIFICATE-----\nnot a certificate\n-----END CERTIFICATE-----",
    "PermissionMode": "everything",
}


@case("settings: a change is fetched, and the plugin goes on serving")
def change(c: Context) -> None:
    with c.host() as host:
        c.serving(host)
        for number in range(5):
            mark = host.mark()
            host.run("config", config=GOOD_CONFIG | {"AllowFrom": f"user{number}"})
            host.wait_event(
                "the configuration is fetched", lambda e: e.get("name") == "LoadPluginConfiguration", 10, mark
            )
            c.serving(host)
        equal("errors", host.since(0, "config_error"), [])


@case("settings: a save that does not concern the plugin does nothing", core=True)
def unrelated(c: Context) -> None:
    with c.host_and_gateway() as host:
        connect = lambda e: e["ev"] == "gateway" and e["what"] == "connect"  # noqa: E731
        host.wait_event("the connection", connect, 15)
        # The start has two last steps, in either order.
        host.wait_event("the bot's picture", lambda e: e.get("name") == "SetProfileImage", 15)
        host.wait_event("the administrators' greeting", lambda e: e.get("name") == "CreatePost", 15)
        c.serving(host)
        before = {p.pid for p in c.processes()}
        mark = host.mark()
        for _ in range(5):
            host.run("config", config=GOOD_CONFIG | {"GatewayURL": host.ready["gateway"]})
        c.serving(host)
        calls = {e["name"] for e in host.since(mark, "api")}
        # Values are written at any time: the watermark moves on by itself.
        equal("API calls", calls & {"EnsureBotUser", "SetProfileImage", "CreatePost", "PatchBot"}, set())
        equal("new connections", [e for e in host.since(mark, "gateway") if connect(e)], [])
        equal("processes", {p.pid for p in c.processes()}, before)


@case("settings: with none at all the plugin runs, and names the setting that it lacks", core=True)
def empty(c: Context) -> None:
    with c.host(config={}) as host:
        equal("state", host.activation.get("state"), 2)
        host.wait_event("the missing token is named", names("GatewayToken"), 15)
        c.serving(host)


def names(setting: str):
    """A log line of the plugin, not of the trace, that names a setting as a problem."""
    return lambda e: (
        e["ev"] == "plugin_log"
        and e["level"] in ("error", "warn")
        and setting.lower() in (e["msg"] + str(e.get("kv"))).lower()
    )


@case("settings: each bad value is named in the log and in a message to the administrators", core=True)
def bad_values(c: Context) -> None:
    for setting, value in BAD.items():
        with c.host() as host:
            c.serving(host)
            mark = host.mark()
            host.run("config", config=GOOD_CONFIG | {setting: value})
            host.wait_event(f"{setting} is named in the log", names(setting), 15, mark)
            told = host.wait_event(
                f"{setting} is named to the administrator",
                lambda e: e["ev"] == "post" and setting in e["post"]["message"],  # noqa: B023
                15,
                mark,
            )
            admin = host.run("post", user="admin", message="who am I")["post"]["user_id"]
            bot = told["post"]["user_id"]
            channel = host.run("dm", users=["admin", "openclaw"])["channel"]
            equal("channel", told["post"]["channel_id"], channel["id"])
            assert admin in channel["name"] and bot in channel["name"], channel
            host.run("config", config=GOOD_CONFIG)
            c.serving(host)


@case("settings: odd shapes in the stored configuration do no harm", core=True)
def odd_shapes(c: Context) -> None:
    with c.host() as host:
        c.serving(host)
        for value in (None, 5, True, [1, 2], {"a": {"b": []}}, "x" * 200000, "\u0000\ud83e\udd9e\n\r\t"):
            host.run("config", config={key: value for key in GOOD_CONFIG} | {"Unknown": value})
            host.run("health")
            c.serving(host)
        host.run("config", config=GOOD_CONFIG)
        c.serving(host)


# As they stand in OpenClaw's documentation, pasted into the field Advanced, and a key that a remark names.
EXAMPLES = {
    "channels.mattermost.botToken": """
channels:
  mattermost:
    enabled: true
    botToken: "mm-token"
    baseUrl: "https://chat.example.com"
    dmPolicy: pairing
""",
    "channels.mattermost.commands.callbackUrl": """
{
  channels: {
    mattermost: {
      commands: {
        native: true, // slash commands
        nativeSkills: true,
        callbackUrl: "https://gateway.example.com/api/channels/mattermost/command",
      },
      groupPolicy: "open",
    },
  },
}
""",
    "channels.mattermost.accounts.alerts.baseUrl": """
channels:
  mattermost:
    botToken: mm-token
    baseUrl: https://chat.example.com
    replyToMode: all
    accounts:
      alerts:
        name: Alerts
        botToken: mm-token-2
        baseUrl: https://alerts.example.org
        chatmode: onmessage
        dmPolicy: allowlist
        allowFrom: [abcdefghijklmnopqrstuvwxyz]
""",
}


def told(text: str):
    return lambda e: e["ev"] == "post" and text in e["post"]["message"]


@case("settings: OpenClaw's own examples pasted into Advanced are taken, with remarks", core=True)
def examples(c: Context) -> None:
    for key, text in EXAMPLES.items():
        with c.host(config=GOOD_CONFIG | {"Advanced": text}) as host:
            remark = host.wait_event(f"{key} is remarked upon", told(f"`{key}`"), 15)["post"]["message"]
            assert "in force" in remark and "mm-token" not in remark, remark
            c.serving(host)
            equal("complaints", [e for e in host.since(0, "post") if "to correct" in e["post"]["message"]], [])
            equal("secrets in the log", [e for e in host.since(0, "plugin_log") if "mm-token" in str(e)], [])


@case("settings: mistakes in Advanced are named with their lines, all at once", core=True)
def advanced_mistakes(c: Context) -> None:
    with c.host() as host:
        c.serving(host)
        mark = host.mark()
        advanced = "dmPolicy: everyone\nhistorylimit: 3\ngateway:\n  token: hunter2-in-the-clear\n"
        host.run("config", config=GOOD_CONFIG | {"Advanced": advanced, "Secrets": "no colon hunter2"})
        text = host.wait_event("a message", told("to correct"), 15, mark)["post"]["message"]
        for part in (
            "**Advanced, line 1, `dmPolicy`** must be one of: pairing, allowlist, open, disabled.",
            "**Advanced, line 2, `historylimit`** is not a known key. Did you mean historyLimit?",
            "**Advanced, line 4, `gateway.token`** holds a secret",
            "**Secrets, line 1** must begin with a name",
        ):
            assert part in text, f"{part}\n{text}"
        equal("secrets", [e for e in host.since(mark, "plugin_log") if "hunter2" in str(e)], [])
        assert "hunter2" not in text, text
        c.serving(host)
