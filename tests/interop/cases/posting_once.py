# SPDX-License-Identifier: Apache-2.0
"""The core dies after it has asked for a post and before it was told that the post stands."""

import os
import signal

import hosts
import poll
from case import Context, case, equal
from turns import DOUBT_S, Question, connected, direct_channel

DEATHS = 3


def requests(host: hosts.Host, q: Question) -> list[dict]:
    """The CreatePost calls for the answer that have reached the host."""
    calls = [e for e in host.since(q.mark, "api") if e.get("name") == "CreatePost"]
    return [e for e in calls if q.wanted in e["args"][0].get("message", "")]


def asked_for(host: hosts.Host, q: Question) -> None:
    poll.until("the answer is to be posted", lambda: requests(host, q), 20)


def posted_once(c: Context, host: hosts.Host, q: Question) -> None:
    q.answered(DOUBT_S)
    after = Question(host, direct_channel(host))  # behind it, a post of the next core's own
    after.answered(DOUBT_S)
    c.serving(host)
    for question in (q, after):
        equal("answers", len(question.answers()), 1)
        equal("calls that reached the server", len(requests(host, question)), 1)


def next_core_is_at_it(c: Context, host: hosts.Host, mark: int) -> None:
    """The next core looks whether the post stands already, and asks for it."""
    host.wait_event("it looks for the post", lambda e: e.get("name") == "GetPostsForChannel", 30, mark)
    for _ in range(3):
        c.serving(host)


@case("posting once: the post stands, it is acknowledged when the core is dead", core=True)
def acknowledged_late(c: Context) -> None:
    with c.host_and_gateway() as host:
        connected(host)
        c.serving(host)
        host.run("hold_posts", what="answer", on=True)
        q = Question(host, direct_channel(host))
        q.answered()
        mark = host.mark()
        os.kill(c.core(host), signal.SIGKILL)
        next_core_is_at_it(c, host, mark)
        host.run("hold_posts", what="answer", on=False)
        posted_once(c, host, q)


@case(
    "posting once: the server is slow to post, meanwhile the core dies and the next one finds nothing",
    core=True,
)
def carried_out_late(c: Context) -> None:
    with c.host_and_gateway() as host:
        connected(host)
        c.serving(host)
        host.run("hold_posts", what="post", on=True)
        q = Question(host, direct_channel(host))
        asked_for(host, q)
        mark = host.mark()
        os.kill(c.core(host), signal.SIGKILL)
        next_core_is_at_it(c, host, mark)
        host.run("hold_posts", what="post", on=False)
        posted_once(c, host, q)


@case("posting once: the acknowledgement comes, the core dies before it reads it", core=True)
def acknowledgement_lost(c: Context) -> None:
    with c.host_and_gateway() as host:
        connected(host)
        c.serving(host)
        host.run("hold_posts", what="answer", on=True)
        q = Question(host, direct_channel(host))
        q.answered()
        core = c.core(host)
        os.kill(core, signal.SIGSTOP)
        host.run("hold_posts", what="answer", on=False)
        host.wait_event(
            "the acknowledgement",
            lambda e: e["ev"] == "post_acknowledged" and q.wanted in e["post"]["message"],
        )
        for _ in range(20):  # gives the shim the time to take it
            host.run("health")
        os.kill(core, signal.SIGKILL)
        posted_once(c, host, q)


@case(f"posting once: {DEATHS} cores die one after the other over the same post", core=True)
def many_deaths(c: Context) -> None:
    with c.host_and_gateway() as host:
        connected(host)
        c.serving(host)
        host.run("hold_posts", what="post", on=True)
        q = Question(host, direct_channel(host))
        asked_for(host, q)
        for _ in range(DEATHS):
            mark = host.mark()
            os.kill(c.core(host), signal.SIGKILL)
            next_core_is_at_it(c, host, mark)
        host.run("hold_posts", what="post", on=False)
        posted_once(c, host, q)
