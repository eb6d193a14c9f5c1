# SPDX-License-Identifier: Apache-2.0
"""Each call and event of chat.h through the real host code, carried out by the probe in the core's place."""

import os
import signal

import poll
from case import Context, case, equal
from probe import Probe, checksum, install
from procfs import peak_kib

MIB = 1 << 20


def content(size: int) -> bytes:
    return bytes(i % 251 for i in range(size))


@case("chat: an edit keeps pins, reactions, files and props that it does not name", core=True)
def edits(c: Context) -> None:
    install(c)
    with c.host() as host:
        p = Probe(c, host)
        channel = host.run("dm", users=["alice", "probe"])["channel"]["id"]
        file = host.run("upload", user="alice", name="a.txt", data="aGVsbG8=")["file"]["id"]
        props = {"openclaw": {"turn": "t", "part": 1}, "attachments": [{"text": "x", "fields": []}], "n": 3}
        post = p.good(
            "create_post", user_id=p.bot, channel_id=channel, message="one", props=props, file_ids=[file]
        )["post"]
        host.run("react", user="alice", post=post["id"], emoji="eyes")
        host.run("pin", post=post["id"], on=True)
        before = p.good("get_post", post_id=post["id"])["post"]
        edited = p.good("edit_post", post_id=post["id"], message="two")["post"]
        after = p.good("get_post", post_id=post["id"])["post"]
        equal("message", (edited["message"], after["message"]), ("two", "two"))
        for key in ("is_pinned", "has_reactions", "file_ids", "root_id", "props"):
            equal(key, after.get(key), before.get(key))
        equal("pin and reaction", (after["is_pinned"], after["has_reactions"]), (True, True))
        p.good("edit_post", post_id=post["id"], props={"n": None, "more": {"a": []}}, file_ids=[])
        after = p.good("get_post", post_id=post["id"])["post"]
        equal("props", set(after["props"]), {"openclaw", "attachments", "more"})
        equal("files", after.get("file_ids", []), [])
        host.run("state")
        mark = host.mark()
        p.good("edit_post", post_id=post["id"], message="two")
        host.run("state")  # behind all that was printed before
        equal("calls", [e["name"] for e in host.since(mark, "api")], ["GetPost"])  # nothing would change
        host.run("delete", post=post["id"])
        assert p.call("edit_post", post_id=post["id"], message="three")["absent"]


@case("chat: look-ups of people, teams, rights, members, earlier posts and the server's facts", core=True)
def look_ups(c: Context) -> None:
    install(c)
    with c.host() as host:
        p = Probe(c, host)
        alice = p.good("user_by_username", username="alice")["value"]
        admin = p.good("user_by_username", username="admin")["value"]
        assert p.call("user_by_username", username="nobody")["absent"]
        equal("users", p.good("users_by_ids", ids=[admin, "x" * 26, alice])["value"], ["admin", "alice"])
        posts = [host.run("post", user="alice", message=f"m{i}")["post"] for i in range(4)]
        channel, team = posts[0]["channel_id"], host.run("team", name="lab")["team"]
        equal("team", p.good("get_team", team_id=team["id"])["value"], "lab")
        found = p.good("get_posts_before", channel_id=channel, post_id=posts[3]["id"], count=2)["value"]
        equal("posts before", found["order"], [posts[2]["id"], posts[1]["id"]])
        equal("administrator", [p.good("is_admin", user_id=u)["value"] for u in (admin, alice)], [True, False])
        right = {"user_id": alice, "channel_id": channel, "permission": "create_post"}
        host.run("perm", user="alice", perm="create_post", allow=True)
        equal("right", p.good("has_permission", **right)["value"], True)
        host.run("perm", user="alice", perm="create_post", allow=False)
        equal("right taken away", p.good("has_permission", **right)["value"], False)
        info = p.good("server_info")["value"]
        assert info["version"].count(".") == 2 and info["max_file_size"] > 0, info
        equal("facts", (info["max_post_runes"], info["file_attachments"]), (16383, True))
        seen = p.good("send_ephemeral", user_id=alice, bot_id=p.bot, channel_id=channel, message="psst")
        assert seen["post"]["id"], seen


@case("chat: keys of the store are listed by prefix, over pages, without the server's own", core=True)
def keys(c: Context) -> None:
    install(c)
    with c.host() as host:
        p = Probe(c, host)
        wanted = [f"a.{i:04d}" for i in range(1005)]
        for key in [*wanted, "b.1"]:
            p.good("kv_set", key=key, value="x")
        equal("keys", p.good("kv_list", prefix="a.")["value"], wanted)
        equal("all keys", len(p.good("kv_list", prefix="")["value"]), len(wanted) + 1)


@case("chat: reactions and commands are made and taken away", core=True)
def reactions_and_commands(c: Context) -> None:
    install(c)
    with c.host() as host:
        p = Probe(c, host)
        post = host.run("post", user="alice", message="hello")["post"]
        p.good("add_reaction", user_id=p.bot, post_id=post["id"], emoji="eyes")
        p.good("add_reaction", user_id=p.bot, post_id=post["id"], emoji="eyes")
        assert p.good("get_post", post_id=post["id"])["post"]["has_reactions"]
        p.good("remove_reaction", user_id=p.bot, post_id=post["id"], emoji="eyes")
        tree = {
            "Trigger": "probe",
            "HelpText": "help",
            "RoleID": "system_user",
            "SubCommands": [
                {
                    "Trigger": "why",
                    "RoleID": "system_admin",
                    "Arguments": [{"Name": "post", "Type": "TextInput", "Data": {"Hint": "[link]"}}],
                }
            ],
        }
        mark = host.mark()
        p.good("register_command", trigger="probe", hint="[why]", description="d", autocomplete=tree)
        host.run("state")
        seen = next(e for e in host.since(mark, "api") if e["name"] == "RegisterCommand")["args"][0]
        data = seen["autocomplete_data"]
        equal("subcommand", data["SubCommands"][0]["Arguments"][0]["Data"]["Hint"], "[link]")
        answer = host.run("slash", user="alice", command="/probe quietly")["response"]
        equal("answer", (answer["response_type"], answer["text"]), ("ephemeral", "/probe quietly"))
        answer = host.run("slash", user="alice", command="/probe aloud")["response"]
        equal("answer", answer["response_type"], "in_channel")
        event = p.events("command")[0]
        assert event["user_id"] and event["channel_id"] and event["team_id"], event
        p.good("unregister_command", trigger="probe")


@case("chat: edits, deletions, reactions and memberships are told, if they may concern us", core=True)
def events(c: Context) -> None:
    install(c)
    with c.host() as host:
        p = Probe(c, host)
        named = host.run("post", user="alice", message="hello claw")["post"]
        foreign = host.run("post", user="alice", message="hello")["post"]
        channel = named["channel_id"]
        p.good("set_interest", own=p.bot, name="claw", channel_id=channel, **{"class": 1})
        host.run("edit", post=named["id"], message="hello")
        host.run("edit", post=foreign["id"], message="hello bob")
        host.run("edit", post=foreign["id"], message="hello claw")
        host.run("pin", post=foreign["id"], on=True)
        seen = [(e["before"]["message"], e["post"]["message"], e["again"]) for e in p.events("edited")]
        equal("edits", seen, [("hello claw", "hello", False), ("hello bob", "hello claw", False)])
        host.run("react", user="bob", post=foreign["id"], emoji="eyes")
        host.run("unreact", user="bob", post=foreign["id"], emoji="eyes")
        p.good("add_reaction", user_id=p.bot, post_id=foreign["id"], emoji="eyes")
        added = [(e["post_id"], e["channel_id"], e["emoji"]) for e in p.events("reaction_added")]
        equal("reactions", added, [(foreign["id"], channel, "eyes")])
        equal("reactions removed", len(p.events("reaction_removed")), 1)
        host.run("delete", post=foreign["id"])
        host.run("delete", post=named["id"])  # it names nobody any more
        equal("deletions", [e["post"]["id"] for e in p.events("deleted")], [foreign["id"]])
        lab = host.run("channel", name="lab", type="P", users=["alice"])["channel"]
        equal("member", p.good("is_member", channel_id=lab["id"], user_id=p.bot)["value"], False)
        host.run("join", user="bob", channel=lab["id"])
        host.run("join", user="probe", channel=lab["id"])
        equal("joined", [(e["user_id"], e["channel_id"]) for e in p.events("joined")], [(p.bot, lab["id"])])
        equal("member", p.good("is_member", channel_id=lab["id"], user_id=p.bot)["value"], True)


@case("chat: an edit without an outcome is handed to the next core again", core=True)
def edit_again(c: Context) -> None:
    install(c)
    with c.host() as host:
        p = Probe(c, host)
        p.good("set_interest", own=p.bot, name="claw", leave=True)
        post = host.run("post", user="alice", message="hello")["post"]
        host.run("edit", post=post["id"], message="hello claw")
        equal("edits", len(p.events("edited")), 1)
        os.kill(c.core(host), signal.SIGKILL)
        poll.until("the edit comes again", lambda: again(host, c), 20)


def again(host, c: Context) -> bool:
    seen = Probe(c, host).events("edited")
    return [(e["post"]["message"], e["again"]) for e in seen] == [("hello claw", True)]


@case("chat: files of every size come whole, and what is too long or absent says so", core=True)
def reading(c: Context) -> None:
    install(c)
    with c.host(trace=False) as host:
        p = Probe(c, host)
        for size in (0, 1, 65536, MIB, 3 * MIB + 7):
            file = host.run("upload", user="alice", name="a.bin", body_size=size)["file"]["id"]
            seen = p.good("get_file", file_id=file)
            equal("size", seen["size"], size)
            if size <= MIB:
                equal("content", seen["sum"], checksum(content(size)))
            equal("said size", p.good("get_file_info", file_id=file)["file"]["size"], size)
        assert p.call("get_file", file_id=file, max=3 * MIB)["err"], "longer than was allowed"
        assert p.call("get_file", file_id="x" * 26)["absent"]


@case("chat: files are uploaded as a stream that the server pulls", core=True)
def uploading(c: Context) -> None:
    install(c)
    with c.host() as host:
        p = Probe(c, host)
        channel = host.run("post", user="alice", message="hello")["post"]["channel_id"]
        for size in (1, 65536, MIB, 3 * MIB + 7):
            made = p.good("upload_file", user_id=p.bot, channel_id=channel, name="b.bin", size=size)["file"]
            equal("file", (made["name"], made["size"], made["creator_id"]), ("b.bin", size, "nouser"))
            seen = p.good("get_file", file_id=made["id"])
            equal("size", seen["size"], size)
            if size <= MIB:
                equal("content", seen["sum"], checksum(content(size)))
        assert p.call("upload_file", user_id=p.bot, channel_id="x" * 26, name="b.bin", size=10)["err"]
        assert p.call("upload_file", user_id=p.bot, channel_id=channel, name="b.bin", size=0)["err"]
        # The limit is the server's.
        assert p.call("upload_file", user_id=p.bot, channel_id=channel, name="b", size=100 * MIB + 1)["err"]


@case("chat: memory stays below 32 MiB and three times the file, and is given back", core=True)
def file_memory(c: Context) -> None:
    if c.sanitized:
        return
    install(c)
    with c.host(trace=False) as host:
        p = Probe(c, host)
        size = 30 * MIB
        file = host.run("upload", user="alice", name="big.bin", body_size=size, timeout_s=120)["file"]
        pids = [c.shim(host), c.core(host)]
        for _ in range(3):
            equal("size", p.good("get_file", file_id=file["id"])["size"], size)
        made = p.good("upload_file", user_id=p.bot, channel_id=file["channel_id"], name="b.bin", size=size)
        equal("size", made["file"]["size"], size)
        peak = sum(peak_kib(pid) for pid in pids)
        assert peak * 1024 <= 32 * MIB + 3 * size, f"{peak} KiB at the peak"
