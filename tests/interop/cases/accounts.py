# SPDX-License-Identifier: Apache-2.0
"""Several bots of one plugin beside each other: each answers for itself, and a change touches only whom it concerns."""

import hosts
import poll
from case import GOOD_CONFIG, Context, case, equal
from turns import BOT, Question, connected, runs_of

HELPER = "helper"
TWO = f"accounts:\n  work:\n    botUsername: {HELPER}\n    agent: clerk\n"


def config(host: hosts.Host, advanced: str) -> dict:
    return GOOD_CONFIG | {"GatewayURL": host.ready["gateway"], "Advanced": advanced}


def authors(question: Question) -> set[str]:
    return {p["user_id"] for p in question.answers()}


def put_in_force(host: hosts.Host, advanced: str) -> None:
    mark = host.mark()
    host.run("config", config=config(host, advanced))
    host.wait_event(
        "the configuration is fetched", lambda e: e.get("name") == "LoadPluginConfiguration", 10, mark
    )


def has_bot(host: hosts.Host, username: str, mark: int = 0) -> None:
    host.wait_event(
        f"the bot {username} is made",
        lambda e: e.get("name") in ("CreateBot", "PatchBot") and username in str(e["args"]),
        15,
        mark,
    )


@case("accounts: two bots that are mentioned in one post both answer, in sessions of their own", core=True)
def both(c: Context) -> None:
    with c.host_and_gateway(config={"Advanced": TWO}) as host:
        connected(host)
        has_bot(host, HELPER)
        c.serving(host)
        for bot in (BOT, HELPER):
            host.run("join", user=bot, channel="town-square")
        alone = Question(host, "town-square", mention=True)
        alone.answered()
        both_asked = Question(host, "town-square", text="@openclaw and @helper")
        poll.until("two answers", lambda: len(both_asked.answers()) == 2, 20)
        equal("authors", len(authors(both_asked)), 2)
        runs = runs_of(host, both_asked.nonce)
        equal("sessions", len({r["Session"] for r in runs}), 2)
        equal("agents", sorted(r["Session"].split(":")[1] for r in runs), ["clerk", "main"])
        direct = Question(host, host.run("dm", users=["alice", HELPER])["channel"]["id"])
        answer = direct.answered()
        assert answer["user_id"] in authors(both_asked) - authors(alone), answer
        equal("runs", len(runs_of(host, direct.nonce)), 1)


def answers_within(question: Question, timeout_s: float) -> bool:
    try:
        question.answered(timeout_s)
    except poll.Timeout:
        return False  # it had not heard yet that it was invited
    return True


@case("accounts: one is added, renamed and removed while the other goes on answering", core=True)
def come_and_go(c: Context) -> None:
    with c.host_and_gateway() as host:
        connected(host)
        c.serving(host)
        host.run("join", user=BOT, channel="town-square")
        first = Question(host, "town-square", mention=True)
        mark = host.mark()
        put_in_force(host, TWO)
        has_bot(host, HELPER, mark)
        first.answered()
        host.run("join", user=HELPER, channel="town-square")
        poll.until(
            "the new bot answers",
            lambda: answers_within(Question(host, "town-square", text=f"@{HELPER}"), 5),
            60,
        )
        mark = host.mark()
        put_in_force(host, TWO.replace(HELPER, "butler"))
        has_bot(host, "butler", mark)
        equal("connections", [e for e in host.since(mark, "gateway") if e["what"] == "connect"], [])
        put_in_force(host, "")
        c.serving(host)
        quiet = Question(host, "town-square", text="@butler")
        Question(host, "town-square", mention=True).answered()
        equal("runs for the bot that is gone", runs_of(host, quiet.nonce), [])
