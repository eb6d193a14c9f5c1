# SPDX-License-Identifier: Apache-2.0
"""Each of the agent's tools, allowed and refused, on what stands in the server: in a direct message, a channel and a thread."""

from lib import places, tools
from lib.progress import Failure
from lib.tools import Call

ALL_ON = "actions: {messages: true, search: true, perMinute: 0}\n"
EVERYWHERE = "actions: {messages: true, search: true, elsewhere: write, perMinute: 0}\n"


def must(truth, what):
    if not truth:
        raise Failure(what)


def at_home(world):
    """Within the conversation."""
    alice, mine = world.alice, world.direct(world.alice)
    word = tools.mark()
    asked = alice.say(mine, f"echo remember {word}")

    sent = Call(world, alice, "mattermost_send", {"text": f"sent {word} @all"}).result
    post = alice.get(f"/posts/{sent['postIds'][0]}")
    must(post["channel_id"] == mine and post["user_id"] == world.bot["id"], f"it stands elsewhere: {post}")
    must(word in post["message"] and "@all" not in post["message"], f"mass mentions work: {post['message']}")

    Call(world, alice, "mattermost_react", {"postId": asked["id"], "emoji": "eyes"}).result
    reactions = alice.get(f"/posts/{asked['id']}/reactions") or []
    must([one["emoji_name"] for one in reactions if one["user_id"] == world.bot["id"]] == ["eyes"], f"{reactions}")
    Call(world, alice, "mattermost_react", {"postId": asked["id"], "emoji": "eyes", "remove": True}).result
    must(not alice.get(f"/posts/{asked['id']}/reactions"), "the reaction is still there")

    read = Call(world, alice, "mattermost_read", {"limit": 1}).result  # the newest one asks for this
    must([post["user"] for post in read["posts"]] == ["alice"] and read["hasMore"], f"another post was read: {read}")

    Call(world, alice, "mattermost_edit", {"postId": post["id"], "text": f"edited {word}"}).result
    must(alice.get(f"/posts/{post['id']}")["message"] == f"edited {word}", "it was not edited")
    Call(world, alice, "mattermost_edit", {"postId": asked["id"], "text": "not mine"}).refused("NOT_ALLOWED", "not yours")

    Call(world, alice, "mattermost_pin", {"postId": asked["id"]}).result
    now = alice.get(f"/posts/{asked['id']}")
    must(now["is_pinned"] and now["message"] == asked["message"] and not now["edit_at"], f"pinning changed it: {now}")
    Call(world, alice, "mattermost_pin", {"postId": asked["id"], "remove": True}).result
    must(not alice.get(f"/posts/{asked['id']}")["is_pinned"], "it is still pinned")

    Call(world, alice, "mattermost_delete", {"postId": post["id"]}).result
    must(alice.find(f"/posts/{post['id']}") is None, "it was not deleted")

    found = Call(world, alice, "mattermost_search", {"query": word}).said
    must(asked["id"] in found, f"the search found nothing: {found}")
    people = Call(world, alice, "mattermost_directory", {"kind": "users", "query": "bob"}).result
    must(any(one["target"] == f"user:{world.bob.id}" for one in people["entries"]), f"bob is missing: {people}")


def files(world):
    alice, mine = world.alice, world.direct(world.alice)
    word = tools.mark()
    body = f"a note about {word}\n".encode()
    uploaded = alice.call("POST", f"/files?channel_id={mine}&filename=note.txt", body, headers={"Content-Type": "text/plain"})
    file_id = uploaded["file_infos"][0]["id"]
    alice.say(mine, "echo a file", file_ids=[file_id])
    got = Call(world, alice, "mattermost_file", {"action": "fetch", "fileId": file_id}).result
    must(word in got["text"] and got["name"] == "note.txt", f"the file is another one: {got}")

    path = world.workspace.path("gateway", "workspace", f"{word}.txt")
    with open(path, "w") as file:
        file.write(f"from the workspace {word}")
    sent = Call(world, alice, "mattermost_file", {"action": "upload", "media": f"{word}.txt", "text": "here"}).result
    post = alice.get(f"/posts/{sent['postIds'][0]}")
    must(len(post.get("file_ids") or []) == 1, f"there is no file: {post}")
    Call(world, alice, "mattermost_file", {"action": "upload", "media": "../../etc/passwd"}).refused("NO_FILE")


def closed(world):
    """Nothing reaches beyond the conversation without the setting, and what alice cannot see not even with it."""
    alice = world.alice
    elsewhere = f"channel:{world.channel_id}"
    Call(world, alice, "mattermost_read", {"target": elsewhere}).refused("NOT_ALLOWED", "actions.elsewhere")
    Call(world, alice, "mattermost_send", {"target": "@bob", "text": "hello"}).refused("NOT_ALLOWED", "actions.elsewhere")


def elsewhere(world):
    alice, bob = world.alice, world.bob
    word = tools.mark()
    hidden = bob.post("/channels", {"team_id": world.team, "name": f"bobs-{word}", "display_name": "Bobs", "type": "P"})["id"]
    bob.post(f"/channels/{hidden}/members", {"user_id": world.bot["id"]})
    secret = bob.say(hidden, f"the secret of {word}")

    for target in (f"channel:{world.channel_id}", "#agents", "team/#agents", world.channel_id):
        sent = Call(world, alice, "mattermost_send", {"target": target, "text": f"to {target} {word}"}).result
        must(sent["channelId"] == world.channel_id, f"{target} is another place: {sent}")
        must(alice.get(f"/posts/{sent['postIds'][0]}")["channel_id"] == world.channel_id, f"{target}: not there")
    for target in ("@bob", f"user:{bob.id}", bob.id):
        Call(world, alice, "mattermost_send", {"target": target, "text": f"for bob {word}"}).result
    said = [post["message"] for post in world.bot_posts(bob, world.direct(bob))]
    must(said.count(f"for bob {word}") == 3, f"bob did not get three messages: {said}")

    for name, arguments in (
        ("mattermost_read", {"target": f"channel:{hidden}"}),
        ("mattermost_send", {"target": f"channel:{hidden}", "text": "in"}),
        ("mattermost_read", {"threadId": secret["id"]}),
        ("mattermost_react", {"postId": secret["id"], "emoji": "eyes"}),
        ("mattermost_read", {"target": "@bob"}),
    ):
        Call(world, alice, name, arguments).refused("NOT_FOUND")
    must(secret["id"] not in Call(world, alice, "mattermost_search", {"query": word}).said, "the search tells of it")
    must(hidden not in Call(world, alice, "mattermost_directory", {"kind": "channels"}).said, "the directory tells of it")


def from_a_channel(world):
    """A channel's conversation: itself and what is public in its team."""
    alice, bob = world.alice, world.bob
    word = tools.mark()
    public = places.of(world)["public"]
    private = places.of(world)["private"]
    alice.say(private, f"the secret of {word}")
    root = alice.say(world.channel_id, f"a thread about {word}")
    sent = Call(world, alice, "mattermost_send", {"text": f"in it {word}"}, world.channel_id, root["id"]).result
    must(alice.get(f"/posts/{sent['postIds'][0]}")["root_id"] == root["id"], "it left the thread")
    read = Call(world, alice, "mattermost_read", {"threadId": root["id"]}, world.channel_id, root["id"]).said
    must(word in read, f"the thread was not read: {read}")
    Call(world, bob, "mattermost_read", {"target": f"channel:{public}"}, world.channel_id).result
    Call(world, bob, "mattermost_read", {"target": f"channel:{private}"}, world.channel_id).refused("NOT_FOUND")
    Call(world, bob, "mattermost_send", {"target": "@alice", "text": "psst"}, world.channel_id).refused("NOT_FOUND")
    found = Call(world, bob, "mattermost_search", {"query": word}, world.channel_id).said
    must(root["id"] in found and "secret" not in found, f"the search told of a private channel: {found}")


def run(world):
    places.of(world)
    tools.offer(world, more=ALL_ON)
    for part in (at_home, files, closed):
        part(world)
    tools.offer(world, more=EVERYWHERE)
    for part in (elsewhere, from_a_channel):
        part(world)
    world.must_answer(world.alice)
