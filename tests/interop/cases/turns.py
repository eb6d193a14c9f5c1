# SPDX-License-Identifier: Apache-2.0
"""Questions and answers, with a look-alike of the gateway beside the host. The real one is for tests/e2e.

Each question carries a nonce from which the look-alike computes the answer, so that an answer tells which question it is
of. Who asked what is taken from the look-alike's own ledger.
"""

import hashlib
import os
import secrets
import signal
import threading

import hosts
import poll
from case import GOOD_CONFIG, Context, case, equal

BOT = "openclaw"
# A core that dies before it has noted which gateway it spoke to leaves the next one in doubt whether a question was sent:
# that one watches the session for a minute before it asks again.
DOUBT_S = 100


class Question:
    """One post with a nonce, and what came of it."""

    def __init__(
        self,
        host: hosts.Host,
        channel: str,
        mention: bool = False,
        root: str = "",
        text: str = "",
        files: list[str] | None = None,
    ):
        self.host = host
        self.nonce = secrets.token_hex(8)
        self.wanted = "answer " + hashlib.sha256(self.nonce.encode()).hexdigest()[:12]
        text = f"@{BOT}" if mention else text
        text = f"{text} nonce {self.nonce}".strip()
        self.mark = host.mark()
        self.post = host.run("post", user="alice", channel=channel, message=text, root=root, file_ids=files or [])[
            "post"
        ]

    def answers(self) -> list[dict]:
        """The posts that hold the answer, as they stand now."""
        latest = {
            e["post"]["id"]: e["post"]
            for ev in ("post", "post_updated")
            for e in self.host.since(self.mark, ev)
        }
        return [p for p in latest.values() if self.wanted in p["message"]]

    def answered(self, timeout_s: float = 20) -> dict:
        return poll.until(f"an answer to nonce {self.nonce}", self.answers, timeout_s)[0]


def connected(host: hosts.Host) -> None:
    host.wait_event(
        "the plugin is connected to the gateway",
        lambda e: e["ev"] == "gateway" and e["what"] == "connect" and not e["fault"],
        20,
    )


def runs_of(host: hosts.Host, nonce: str) -> list[dict]:
    """Those that ask for the nonce; what was said before a question stands before it."""
    return [r for r in host.run("gateway")["runs"] if r["Message"].rpartition("nonce ")[2].startswith(nonce)]


def direct_channel(host: hosts.Host) -> str:
    return host.run("dm", users=["alice", BOT])["channel"]["id"]


@case(
    "turns: a direct message, a mention in a channel and a thread reply are answered in the right place",
    core=True,
)
def three_places(c: Context) -> None:
    with c.host_and_gateway() as host:
        connected(host)
        bot = host.wait_event("the bot", lambda e: e.get("name") == "EnsureBotUser")["args"][0]["username"]
        equal("the bot's name", bot, BOT)
        direct = Question(host, direct_channel(host))
        equal("channel", direct.answered()["channel_id"], direct.post["channel_id"])

        host.run("join", user=BOT, channel="town-square")
        mention = Question(host, "town-square", mention=True)
        equal("channel", mention.answered()["channel_id"], mention.post["channel_id"])

        root = host.run("post", user="bob", message="a thread")["post"]["id"]
        reply = Question(host, "town-square", mention=True, root=root)
        equal("root", reply.answered()["root_id"], root)
        for q in (direct, mention, reply):
            equal("answers", len(q.answers()), 1)
            assert "openclaw" in (q.answers()[0].get("props") or {}), q.answers()
            equal("runs at the gateway", len(runs_of(host, q.nonce)), 1)


@case("turns: strangers, bots, webhooks, system posts and posts without a mention reach no model", core=True)
def unanswered(c: Context) -> None:
    with c.host_and_gateway(config={"AllowFrom": ""}) as host:
        connected(host)
        c.serving(host)
        host.run("join", user=BOT, channel="town-square")
        direct = direct_channel(host)
        alice = host.run("post", user="alice", message="nobody is meant")["post"]["user_id"]
        mark = host.mark()
        strangers = [Question(host, "town-square", mention=True), Question(host, direct)]
        for q in strangers:  # by the rules of now: by the next ones they would be let in
            wait_done(host, q, mark)
        mark = host.mark()
        host.run("config", config=host_config(host) | {"AllowFrom": alice})
        host.wait_event(
            "the configuration is fetched", lambda e: e.get("name") == "LoadPluginConfiguration", 10, mark
        )
        for _ in range(3):  # requests go behind the configuration's answer
            c.serving(host)
        allowed = [Question(host, "town-square", mention=True), Question(host, direct)]
        ignored = [Question(host, "town-square")]
        for props in ({"from_webhook": "true"}, {"from_bot": "true"}):
            host.run("post", user="alice", channel=direct, message="nonce 0bad", props=props)
        host.run("post", user=BOT, channel=direct, message=f"@{BOT} nonce 0bad")
        host.run("post", user="bob", channel="town-square", message=f"@{BOT} nonce 0bad")
        last = Question(host, direct)  # answered after all of those were judged
        for q in [*allowed, last]:
            q.answered()
        asked = [r["Message"] for r in host.run("gateway")["runs"]]
        equal("runs", len(asked), 3)
        equal("answers to others", [q.nonce for q in strangers + ignored if q.answers()], [])


def wait_done(host: hosts.Host, q: Question, since: int) -> None:
    turn = q.post["id"]

    def done(e: dict) -> bool:
        return e["ev"] == "plugin_log" and e["msg"] == "turn" and turn in e["kv"] and "done" in e["kv"]

    host.wait_event(f"the outcome of post {turn}", done, 10, since)


def host_config(host: hosts.Host) -> dict:
    return GOOD_CONFIG | {"GatewayURL": host.ready["gateway"]}


@case("turns: fifty questions at once in five conversations are each answered once", core=True)
def many(c: Context) -> None:
    with c.host_and_gateway() as host:
        connected(host)
        c.serving(host)
        host.run("gateway", ms=20)
        host.run("join", user=BOT, channel="town-square")
        channels = [direct_channel(host), "town-square"]
        for name in ("one", "two", "three"):
            channels.append(host.run("channel", name=name, users=["alice", BOT])["channel"]["id"])
        questions = [Question(host, ch, mention=True) for _ in range(10) for ch in channels]
        for q in questions:
            q.answered(DOUBT_S)
        equal("answered twice", [q.nonce for q in questions if len(q.answers()) != 1], [])


@case("turns: who asks more than the limit is told so, and those questions reach no model", core=True)
def limited(c: Context) -> None:
    with c.host_and_gateway(config={"UserPerMinute": 3}) as host:
        connected(host)
        c.serving(host)
        channel = direct_channel(host)
        within = []
        for _ in range(3):
            within.append(Question(host, channel))
            within[-1].answered()
        beyond = Question(host, channel)
        told = host.wait_event(
            "a word about the limit",
            lambda e: e["ev"] == "post" and e["post"]["user_id"] != beyond.post["user_id"],
            10,
            beyond.mark,
        )
        assert told["post"]["message"].strip(), told
        equal("answers beyond the limit", beyond.answers(), [])
        equal("runs at the gateway", len(host.run("gateway")["runs"]), 3)


@case("turns: while the core is killed again and again each question is answered once", core=True)
def killed_between(c: Context) -> None:
    with c.host_and_gateway() as host:
        connected(host)
        c.serving(host)
        host.run("gateway", ms=100)
        channel = direct_channel(host)
        stop = threading.Event()

        def killer() -> None:
            while not stop.is_set():
                c.serving(host, 60)
                os.kill(c.core(host), signal.SIGKILL)
                stop.wait(1.2)  # a rhythm of kills, not a wait for something

        thread = threading.Thread(target=killer)
        thread.start()
        try:
            questions = [Question(host, channel) for _ in range(3)]
            for _ in range(12):  # fewer than may wait in one conversation
                questions.append(Question(host, channel))
                stop.wait(0.4)
        finally:
            stop.set()
            thread.join()
        for q in questions:
            q.answered(DOUBT_S)
        equal("answered twice", [q.nonce for q in questions if len(q.answers()) != 1], [])
        doubled = [q.nonce for q in questions if len(runs_of(host, q.nonce)) != 1]
        equal("asked under more than one key", doubled, [])


@case("turns: a core that is killed while the model thinks: the next one brings the answer", core=True)
def killed_while_thinking(c: Context) -> None:
    with c.host_and_gateway() as host:
        connected(host)
        c.serving(host)
        host.run("gateway", ms=1500)
        q = Question(host, direct_channel(host))
        host.wait_event(
            "the run has begun", lambda e: e["ev"] == "gateway" and q.nonce in e.get("message", "")
        )
        os.kill(c.core(host), signal.SIGKILL)
        q.answered(DOUBT_S)
        c.serving(host)
        equal("answers", len(q.answers()), 1)
        equal("runs at the gateway", len(runs_of(host, q.nonce)), 1)


@case(
    "turns: the shim is killed while the model thinks: the host brings both back, the answer comes once at most",
    core=True,
)
def shim_killed_while_thinking(c: Context) -> None:
    with c.host_and_gateway() as host:
        connected(host)
        c.serving(host)
        host.run("gateway", ms=500)
        q = Question(host, direct_channel(host))
        host.wait_event(
            "the run has begun", lambda e: e["ev"] == "gateway" and q.nonce in e.get("message", "")
        )
        os.kill(c.shim(host), signal.SIGKILL)
        host.run("check")
        c.serving(host)
        after = Question(host, direct_channel(host))
        after.answered(DOUBT_S)
        assert len(q.answers()) <= 1, "the answer was posted twice"


@case("turns: a wrong token is tried once", core=True)
def wrong_token(c: Context) -> None:
    with c.host_and_gateway() as host:
        connected(host)
        mark = host.mark()
        host.run("config", config=host_config(host) | {"GatewayToken": "wrong"})
        refused = lambda e: e["ev"] == "gateway" and e["what"] == "connect"  # noqa: E731
        equal("fault", host.wait_event("a try with it", refused, 20, mark)["fault"], "AUTH_TOKEN_MISMATCH")
        host.wait_event(
            "the log names it",
            lambda e: e["ev"] == "plugin_log"
            and "token" in (e["msg"] + str(e["kv"])).lower()
            and e["level"] in ("error", "warn"),
            15,
            mark,
        )
        q = Question(host, direct_channel(host))  # somebody asks; that is no reason to try again
        for _ in range(200):
            c.serving(host)
        equal("tries", len([e for e in host.since(mark, "gateway") if e["what"] == "connect"]), 1)
        equal("answers", q.answers(), [])
