# SPDX-License-Identifier: Apache-2.0
"""What the core asks of the server and hears from it is what the server means: edits keep pins, reactions, files and props;
files go both ways; reactions, commands, rights, events."""

from lib.probe import installed
from lib.progress import Failure
from lib.rest import request
from lib.wait import until

MIB = 1 << 20
LIMIT_KIB = 32 << 10  # beside three times the file


def equal(what, seen, wanted):
    if seen != wanted:
        raise Failure(f"{what}: {seen!r} instead of {wanted!r}")


def content(size):
    return (bytes(range(251)) * (size // 251 + 1))[:size]


def checksum(data):
    value = 14695981039346656037
    for byte in data:
        value = (value ^ byte) * 1099511628211 & 0xFFFFFFFFFFFFFFFF
    return f"{value:016x}"


def upload(person, channel_id, name, data):
    path = f"/files?channel_id={channel_id}&filename={name}"
    headers = {"Content-Type": "application/octet-stream"}
    return person.post(path, data, headers=headers)["file_infos"][0]["id"]


def edits_keep_the_rest(world, probe, bot):
    channel = world.channel_id
    file = probe.good("upload_file", user_id=bot, channel_id=channel, name="a.txt", size=1000)["file"]["id"]
    props = {"openclaw": {"turn": "t", "part": 1}, "attachments": [{"text": "x", "color": "#ff0000"}], "n": 3}
    post = probe.good(
        "create_post", user_id=bot, channel_id=channel, message="one", props=props, file_ids=[file]
    )["post"]["id"]
    world.alice.post("/reactions", {"user_id": world.alice.id, "post_id": post, "emoji_name": "eyes"})
    world.alice.post(f"/posts/{post}/pin", None)
    before = world.alice.get(f"/posts/{post}")
    for number in range(3):
        probe.good("edit_post", post_id=post, message=f"two {number}")
    after = world.alice.get(f"/posts/{post}")
    equal("message", after["message"], "two 2")
    equal("pin", (before["is_pinned"], after["is_pinned"]), (True, True))
    equal("props", after["props"], before["props"])
    equal("files", (before["file_ids"], after["file_ids"]), ([file], [file]))
    names = [one["emoji_name"] for one in after["metadata"].get("reactions") or []]
    equal("reactions", (after.get("has_reactions"), names), (True, ["eyes"]))
    equal("attached file", [one["id"] for one in after["metadata"]["files"]], [file])
    probe.good("edit_post", post_id=post, props={"n": None, "more": [1]})
    after = world.alice.get(f"/posts/{post}")
    equal("props", {key: after["props"].get(key) for key in ("n", "more")}, {"n": None, "more": [1]})
    equal("message", after["message"], "two 2")
    more = probe.good("upload_file", user_id=bot, channel_id=channel, name="b.txt", size=10)["file"]["id"]
    probe.good("edit_post", post_id=post, file_ids=[file, more])
    equal("files", sorted(world.alice.get(f"/posts/{post}")["file_ids"]), sorted([file, more]))
    unchanged = world.alice.get(f"/posts/{post}")["update_at"]
    probe.good("edit_post", post_id=post, message="two 2")
    equal("an edit that changes nothing", world.alice.get(f"/posts/{post}")["update_at"], unchanged)
    world.admin.call("DELETE", f"/posts/{post}")
    if not probe.call("edit_post", post_id=post, message="three")["absent"]:
        raise Failure("an edit of a deleted post does not say that it is gone")


def files(world, probe, bot):
    channel = world.channel_id
    for size in (1, 65536, MIB + 3):
        data = content(size)
        file = upload(world.alice, channel, "in.bin", data)
        seen = probe.good("get_file", file_id=file)
        equal("read", (seen["size"], seen["sum"]), (size, checksum(data)))
        made = probe.good("upload_file", user_id=bot, channel_id=channel, name="out.bin", size=size)["file"]
        equal("said", (made["name"], made["size"], made["creator_id"]), ("out.bin", size, "nouser"))
        post = probe.good(
            "create_post", user_id=bot, channel_id=channel, message="file", file_ids=[made["id"]]
        )["post"]
        equal("attached", post["file_ids"], [made["id"]])
        status, _, body = request(world.server.url, "GET", f"/api/v4/files/{made['id']}", None, world.alice.token)
        equal("written", (status, body == data), (200, True))
    if not probe.call("get_file", file_id=file, max=MIB)["err"]:
        raise Failure("a file that is longer than was allowed came")
    if not probe.call("get_file", file_id="x" * 26)["absent"]:
        raise Failure("a file that does not exist is not said to be absent")
    if not probe.call("upload_file", user_id=bot, channel_id="x" * 26, name="b", size=9)["err"]:
        raise Failure("an upload for a channel that does not exist was taken")


def memory(world, probe, bot):
    size = 30 * MIB
    file = upload(world.alice, world.channel_id, "big.bin", content(size))
    for _ in range(3):
        equal("read", probe.good("get_file", file_id=file)["size"], size)
    made = probe.good("upload_file", user_id=bot, channel_id=world.channel_id, name="big", size=size)["file"]
    equal("written", made["size"], size)
    peak = 0
    for pid in world.plugin.processes():
        with open(f"/proc/{pid}/status") as status:
            peak += next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
    if peak > LIMIT_KIB + 3 * size // 1024:
        raise Failure(f"{peak} KiB were resident")


def reactions_rights_and_facts(world, probe, bot):
    post = world.alice.say(world.channel_id, "look at this")
    for _ in range(2):
        probe.good("add_reaction", user_id=bot, post_id=post["id"], emoji="eyes")
    seen = world.alice.get(f"/posts/{post['id']}/reactions")
    equal("reactions", [(one["user_id"], one["emoji_name"]) for one in seen], [(bot, "eyes")])
    for _ in range(2):
        probe.good("remove_reaction", user_id=bot, post_id=post["id"], emoji="eyes")
    equal("reactions", world.alice.get(f"/posts/{post['id']}/reactions"), None)
    equal("user", probe.good("user_by_username", username="alice")["value"], world.alice.id)
    ids = [world.bob.id, "x" * 26, world.alice.id]
    equal("users", probe.good("users_by_ids", ids=ids)["value"], ["bob", "alice"])
    equal("team", probe.good("get_team", team_id=world.team)["value"], "team")
    for person, wanted in ((world.admin, True), (world.alice, False)):
        equal("administrator", probe.good("is_admin", user_id=person.id)["value"], wanted)
    right = {"channel_id": world.channel_id, "permission": "create_post"}
    equal("right", probe.good("has_permission", user_id=world.alice.id, **right)["value"], True)
    equal("stranger", probe.good("has_permission", user_id="x" * 26, **right)["value"], False)
    info, config = probe.good("server_info")["value"], world.admin.get("/config")
    equal("site", info["site_url"], config["ServiceSettings"]["SiteURL"].rstrip("/"))
    equal("file size", info["max_file_size"], config["FileSettings"]["MaxFileSize"])
    equal("attachments", info["file_attachments"], config["FileSettings"]["EnableFileAttachments"])
    equal("names", info["teammate_name_display"], config["TeamSettings"]["TeammateNameDisplay"])
    client = world.alice.get("/config/client?format=old")
    equal("post size", info["max_post_runes"], int(client["MaxPostSize"]))
    equal("version", info["version"], client["Version"])
    earlier = probe.good("get_posts_before", channel_id=world.channel_id, post_id=post["id"], count=3)["value"]
    page = world.alice.get(f"/channels/{world.channel_id}/posts?before={post['id']}&per_page=3")
    equal("earlier posts", earlier["order"], page["order"])
    whisper = probe.good(
        "send_ephemeral", user_id=world.alice.id, bot_id=bot, channel_id=world.channel_id, message="psst"
    )["post"]
    if not whisper["id"]:
        raise Failure("an ephemeral post has no id")
    for key in ("probe.b", "probe.a", "other"):
        probe.good("kv_set", key=key, value="x")
    equal("keys", probe.good("kv_list", prefix="probe.")["value"], ["probe.a", "probe.b"])
    if any(key.startswith("mmi_") for key in probe.good("kv_list", prefix="")["value"]):
        raise Failure("the server's own keys are listed")


def commands(world, probe, _):
    tree = {
        "Trigger": "probe",
        "Hint": "[why]",
        "HelpText": "Probe it",
        "RoleID": "system_user",
        "SubCommands": [
            {"Trigger": "why", "HelpText": "Say why", "RoleID": "system_user"},
            {"Trigger": "manage", "HelpText": "Manage", "RoleID": "system_admin"},
        ],
    }
    probe.good("register_command", trigger="probe", hint="[why]", description="Probe it", autocomplete=tree)

    def offered(person):
        path = f"/teams/{world.team}/commands/autocomplete_suggestions?user_input=%2Fprobe%20"
        return [one["Suggestion"] for one in person.get(path)]

    equal("offered to alice", offered(world.alice), ["why"])
    equal("offered to an administrator", sorted(offered(world.admin)), ["manage", "why"])
    post = world.alice.say(world.channel_id, "a thread")
    given = {"channel_id": world.channel_id, "team_id": world.team, "root_id": post["id"]}
    world.alice.post("/commands/execute", {**given, "command": "/probe why not"})
    event = probe.wait_events("command", 1)[0]
    equal("command", (event["command"], event["user_id"]), ("/probe why not", world.alice.id))
    place = [event[key] for key in ("channel_id", "team_id", "root_id")]
    equal("place", place, [world.channel_id, world.team, post["id"]])
    if not event["trigger_id"]:
        raise Failure("a command without a trigger id opens no dialog")
    world.alice.post("/commands/execute", {**given, "command": "/probe aloud"})
    said = lambda: [one["message"] for one in world.alice.posts(world.channel_id)]  # noqa: E731
    until(lambda: "/probe aloud" in said(), 10, "the answer in the channel")
    if "/probe why not" in said():
        raise Failure("an answer for one person stands in the channel")
    probe.good("unregister_command", trigger="probe")
    answer = world.alice.call(
        "POST", "/commands/execute", {**given, "command": "/probe why"}, expect=(404, 200)
    )
    equal("an unregistered command", (answer or {}).get("status_code"), 404)


def events(world, probe, bot):
    channel, alice = world.channel_id, world.alice
    probe.good("set_interest", own=bot, name="openclaw", channel_id=channel, **{"class": 1})
    foreign, named = alice.say(channel, "hello"), alice.say(channel, "hello @openclaw")
    known = len(probe.events("edited"))
    alice.put(f"/posts/{foreign['id']}/patch", {"message": "hello bob"})
    alice.post(f"/posts/{foreign['id']}/pin", None)
    alice.put(f"/posts/{foreign['id']}/patch", {"message": "hello @openclaw"})
    alice.put(f"/posts/{named['id']}/patch", {"message": "never mind"})
    mine = probe.good("create_post", user_id=bot, channel_id=channel, message="openclaw says")["post"]
    probe.good("edit_post", post_id=mine["id"], message="openclaw says more")
    seen = probe.wait_events("edited", known + 2)[known:]
    texts = sorted((one["before"]["message"], one["post"]["message"]) for one in seen)
    equal("edits", texts, [("hello @openclaw", "never mind"), ("hello bob", "hello @openclaw")])
    if not all(one["post"]["edit_at"] > 0 for one in seen):
        raise Failure("an edit without a time")
    reaction = {"user_id": alice.id, "post_id": mine["id"], "emoji_name": "eyes"}
    alice.post("/reactions", reaction)
    alice.call("DELETE", f"/users/{alice.id}/posts/{mine['id']}/reactions/eyes")
    for kind in ("reaction_added", "reaction_removed"):
        last = probe.wait_events(kind, 1)[-1]
        equal(kind, (last["post_id"], last["emoji"], last["user_id"]), (mine["id"], "eyes", alice.id))
    alice.call("DELETE", f"/posts/{foreign['id']}")
    gone = probe.wait_events("deleted", 1)[-1]["post"]
    equal("deleted", gone["id"], foreign["id"])
    member = {"channel_id": channel, "user_id": bot}
    equal("member", probe.good("is_member", **member)["value"], True)
    world.admin.call("DELETE", f"/channels/{channel}/members/{bot}")
    equal("left", probe.wait_events("left", 1)[-1]["channel_id"], channel)
    equal("no member", probe.good("is_member", **member)["value"], False)
    world.alice.post(f"/channels/{channel}/members", {"user_id": bot})
    equal("joined", probe.wait_events("joined", 1)[-1]["channel_id"], channel)
    equal("member", probe.good("is_member", **member)["value"], True)


def run(world):
    with installed(world) as probe:
        bot = probe.good("ensure_bot", username="openclaw")["value"]
        equal("the bot", bot, world.bot["id"])
        for part in (edits_keep_the_rest, files, memory, reactions_rights_and_facts, commands, events):
            part(world, probe, bot)
