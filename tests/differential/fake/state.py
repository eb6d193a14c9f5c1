# SPDX-License-Identifier: Apache-2.0
"""What the server holds, the rules by which it takes changes, and the events that tell of them.

Ids come from names, so that two servers of one script hold the same ids."""

import base64
import copy
import hashlib
import json
import threading
import time

POST_RUNES_MAX = 16383
TEAM_NAME = "team"
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
PERMISSIONS = {
    "channel_user": ["read_channel", "create_post", "add_reaction", "remove_reaction", "upload_file", "edit_post", "delete_post"],
    "team_user": ["list_team_channels", "join_public_channels", "read_public_channel", "view_team"],
    "team_admin": ["manage_team", "manage_slash_commands", "manage_own_slash_commands"],
    "system_user": ["list_public_teams", "create_direct_channel", "view_members"],
}


def id_of(*names):
    """26 characters of the server's alphabet."""
    digits = "ybndrfg8ejkmcpqxot1uwisza345h769"
    number = int.from_bytes(hashlib.sha256("/".join(names).encode()).digest(), "big")
    return "".join(digits[number >> (5 * place) & 31] for place in range(26))


def now_ms():
    return int(time.time() * 1000)


class Refused(Exception):
    """The server's answer to what it does not do."""

    def __init__(self, status, error_id, message):
        super().__init__(message)
        self.status, self.error_id, self.message = status, error_id, message


def absent(what):
    return Refused(404, f"store.sql_{what}.get.app_error", f"Unable to find the {what}.")


class State:
    """All methods may be called from any thread. `tell(event, data, channel_id, user_ids)` sends to who may hear it."""

    def __init__(self):
        self.lock = threading.RLock()
        self.users, self.tokens, self.channels, self.posts = {}, {}, {}, {}
        self.files, self.commands, self.reactions, self.members = {}, {}, [], {}
        self.order = {}  # channel id -> post ids, oldest first
        self.asked = []  # what bots asked for: {"at", "what", "by", "channel_id", …}
        self.touched = {}  # channel id -> when a bot last did something there
        self.posted_once = {}  # pending post id -> post id
        self.count, self.clock_ms = 0, 0
        self.stream = None
        self.team = {"id": id_of("team"), "name": TEAM_NAME, "display_name": "Team", "type": "O", "delete_at": 0}

    # --- people and places ---

    def add_user(self, username, bot=False):
        user = {
            "id": id_of("user", username),
            "username": username,
            "nickname": "",
            "first_name": "",
            "last_name": "",
            "locale": "en",
            "roles": "system_user",
            "create_at": 1,
            "update_at": 1,
            "delete_at": 0,
            "is_bot": bot,
            "email": f"{username}@example.com",
        }
        with self.lock:
            self.users[user["id"]] = user
            if bot:
                self.tokens[id_of("token", username)] = user["id"]
        return user["id"]

    def token_of(self, username):
        return id_of("token", username)

    def add_channel(self, name, kind, member_ids):
        channel_id = id_of("channel", name)
        if kind == "D":
            name = "__".join(sorted(member_ids))
        with self.lock:
            self.channels[channel_id] = {
                "id": channel_id,
                "name": name,
                "display_name": "" if kind == "D" else name,
                "type": kind,
                "team_id": self.team["id"] if kind in "OP" else "",
                "header": "",
                "purpose": "",
                "create_at": 1,
                "update_at": 1,
                "delete_at": 0,
                "last_post_at": 1,
                "total_msg_count": 0,
                "creator_id": "",
            }
            self.members[channel_id] = list(member_ids)
            self.order[channel_id] = []
        return channel_id

    def direct(self, one, other):
        with self.lock:
            for user_id in (one, other):
                if user_id not in self.users:
                    raise absent("user")
            name = "__".join(sorted((one, other)))
            for channel_id, channel in self.channels.items():
                if channel["name"] == name:
                    break
            else:
                channel_id = self.add_channel(name, "D", [one, other])
            return self.channels[channel_id]

    def channel(self, channel_id):
        if channel_id not in self.channels:
            raise absent("channel")
        return self.channels[channel_id]

    def note(self, what, by, channel_id, **more):
        """Remembers what a bot asked for."""
        with self.lock:
            self.touched[channel_id] = time.monotonic()
            self.asked.append({"at": time.monotonic(), "what": what, "by": by, "channel_id": channel_id, **more})

    def is_bot(self, user_id):
        return self.users.get(user_id, {}).get("is_bot", False)

    # --- posts ---

    def _stamp(self):
        self.clock_ms = max(self.clock_ms + 1, now_ms())
        return self.clock_ms

    def _check(self, post):
        channel = self.channel(post.get("channel_id", ""))
        if post["user_id"] not in self.members[channel["id"]]:
            raise Refused(403, "api.context.permissions.app_error", "You do not have the appropriate permissions.")
        if len(post.get("message", "")) > POST_RUNES_MAX:
            raise Refused(400, "model.post.is_valid.message_length.app_error", "Post Message property is too long.")
        root = self.posts.get(post.get("root_id", ""))
        if post.get("root_id") and (root is None or root["root_id"] or root["channel_id"] != channel["id"] or root["delete_at"]):
            raise Refused(400, "api.post.create_post.root_id.app_error", "Invalid RootId parameter.")
        if not post.get("message") and not post.get("file_ids") and not (post.get("props") or {}).get("attachments"):
            raise Refused(400, "api.post.create_post.empty.app_error", "The post is empty.")
        return channel

    def create_post(self, asked, by):
        with self.lock:
            post = {key: copy.deepcopy(asked[key]) for key in ("channel_id", "message", "root_id", "props", "type") if asked.get(key)}
            post["user_id"] = by
            pending = asked.get("pending_post_id", "")
            if pending and (by, pending) in self.posted_once:
                return self.shown(self.posts[self.posted_once[by, pending]])
            channel = self._check({**post, "file_ids": asked.get("file_ids")})
            self.count += 1
            at = self._stamp()
            whole = {
                "id": id_of("post", str(self.count)),
                "create_at": at,
                "update_at": at,
                "edit_at": 0,
                "delete_at": 0,
                "is_pinned": False,
                "root_id": "",
                "original_id": "",
                "message": "",
                "type": "",
                "hashtags": "",
                "props": {},
                "pending_post_id": pending,
                "reply_count": 0,
                "file_ids": [one for one in asked.get("file_ids") or [] if one in self.files],
                **post,
            }
            if self.is_bot(by):
                whole["props"]["from_bot"] = "true"
            self._name_actions(whole)
            self.posts[whole["id"]] = whole
            self.order[channel["id"]].append(whole["id"])
            channel["last_post_at"] = at
            for file_id in whole["file_ids"]:
                self.files[file_id]["info"]["post_id"] = whole["id"]
            if pending:
                self.posted_once[by, pending] = whole["id"]
            if self.is_bot(by):
                self.note("post", by, channel["id"], post_id=whole["id"])
            self._tell_posted(whole, channel)
            return self.shown(whole)

    @staticmethod
    def _name_actions(post):
        for attachment in post["props"].get("attachments") or []:
            for number, action in enumerate(attachment.get("actions") or []):
                action.setdefault("id", id_of("action", post["id"], str(number)))

    def shown(self, post):
        """As clients see it: without the addresses of its buttons."""
        seen = copy.deepcopy(post)
        for attachment in seen["props"].get("attachments") or []:
            for action in attachment.get("actions") or []:
                action.pop("integration", None)
        if seen["file_ids"]:
            seen["metadata"] = {"files": [self.files[one]["info"] for one in seen["file_ids"]]}
        return seen

    def _tell_posted(self, post, channel):
        sender = self.users[post["user_id"]]
        mentioned = [one for one in self.members[channel["id"]] if f"@{self.users[one]['username']}" in post["message"].lower()]
        if channel["type"] == "D":
            mentioned = [one for one in self.members[channel["id"]] if one != post["user_id"]]
        data = {
            "channel_display_name": channel["display_name"],
            "channel_name": channel["name"],
            "channel_type": channel["type"],
            "post": json.dumps(self.shown(post)),
            "sender_name": "@" + sender["username"],
            "set_online": True,
            "team_id": channel["team_id"],
        }
        if mentioned:
            data["mentions"] = json.dumps(mentioned)
        if post["file_ids"]:
            data["otherFile"] = "true"
        self.tell("posted", data, channel["id"])

    def tell(self, event, data, channel_id):
        self.stream.tell(event, data, channel_id, self.members[channel_id])

    def post(self, post_id):
        post = self.posts.get(post_id)
        if post is None or post["delete_at"]:
            raise absent("post")
        return post

    def change_post(self, post_id, changes, by):
        """Text, props, files and pin; as an edit of that person or bot."""
        with self.lock:
            post = self.post(post_id)
            if by is not None and post["user_id"] != by:
                raise Refused(403, "api.context.permissions.app_error", "You do not have the appropriate permissions.")
            if len(changes.get("message") or "") > POST_RUNES_MAX:
                raise Refused(400, "model.post.is_valid.message_length.app_error", "Post Message property is too long.")
            text = post["message"]
            for key in ("message", "props", "is_pinned", "file_ids"):
                if changes.get(key) is not None:
                    post[key] = copy.deepcopy(changes[key])
            self._name_actions(post)
            post["update_at"] = self._stamp()
            if post["message"] != text:
                post["edit_at"] = post["update_at"]
            if by is not None and self.is_bot(by):
                self.note("edit", by, post["channel_id"], post_id=post_id)
            self.tell("post_edited", {"post": json.dumps(self.shown(post))}, post["channel_id"])
            return self.shown(post)

    def delete_post(self, post_id, by):
        with self.lock:
            post = self.post(post_id)
            if post["user_id"] != by:
                raise Refused(403, "api.context.permissions.app_error", "You do not have the appropriate permissions.")
            gone = [post] + [other for other in self.posts.values() if other["root_id"] == post_id]
            for one in gone:
                one["delete_at"] = one["update_at"] = self._stamp()
            if self.is_bot(by):
                self.note("delete", by, post["channel_id"], post_id=post_id)
            self.tell("post_deleted", {"post": json.dumps(self.shown(post)), "delete_by": by}, post["channel_id"])

    def thread(self, root_id):
        root = self.post(self.post(root_id)["root_id"] or root_id)
        found = [post for post in self.posts.values() if root["id"] in (post["id"], post["root_id"]) and not post["delete_at"]]
        return self.listed(found)

    def listed(self, posts, next_id="", prev_id=""):
        posts = sorted(posts, key=lambda post: -post["create_at"])
        return {
            "order": [post["id"] for post in posts],
            "posts": {post["id"]: self.shown(post) for post in posts},
            "next_post_id": next_id,
            "prev_post_id": prev_id,
            "has_next": False,
        }

    def page(self, channel_id, page=0, per_page=60, before="", after="", since=0):
        with self.lock:
            self.channel(channel_id)
            standing = [self.posts[one] for one in self.order[channel_id]]
            if since:
                return self.listed([post for post in standing if post["update_at"] > since])
            standing = [post for post in standing if not post["delete_at"]]
            if before or after:
                mark = self.posts.get(before or after, {}).get("create_at", 0)
                if before:
                    standing = [post for post in standing if post["create_at"] < mark]
                else:
                    standing = [post for post in standing if post["create_at"] > mark]
            if after:
                chosen = standing[page * per_page : (page + 1) * per_page]
            else:
                newest_first = standing[::-1]
                chosen = newest_first[page * per_page : (page + 1) * per_page]
            rest_before = [post for post in standing if chosen and post["create_at"] < min(one["create_at"] for one in chosen)]
            rest_after = [post for post in standing if chosen and post["create_at"] > max(one["create_at"] for one in chosen)]
            return self.listed(
                chosen,
                next_id=rest_after[0]["id"] if rest_after else "",
                prev_id=rest_before[-1]["id"] if rest_before else "",
            )

    # --- reactions ---

    def react(self, user_id, post_id, emoji, added, by=None):
        with self.lock:
            post = self.post(post_id)
            key = (user_id, post_id, emoji)
            if added and key not in self.reactions:
                self.reactions.append(key)
            elif not added:
                if key not in self.reactions:
                    raise absent("reaction")
                self.reactions.remove(key)
            if self.is_bot(user_id):
                self.note("react" if added else "unreact", user_id, post["channel_id"], post_id=post_id, emoji=emoji)
            reaction = {
                "user_id": user_id,
                "post_id": post_id,
                "emoji_name": emoji,
                "create_at": now_ms(),
                "update_at": now_ms(),
                "delete_at": 0,
                "channel_id": post["channel_id"],
            }
            event = "reaction_added" if added else "reaction_removed"
            self.tell(event, {"reaction": json.dumps(reaction)}, post["channel_id"])
            return reaction

    # --- files ---

    def add_file(self, name, content, mime, channel_id, by):
        with self.lock:
            self.count += 1
            file_id = id_of("file", name, str(self.count))
            info = {
                "id": file_id,
                "user_id": by,
                "post_id": "",
                "channel_id": channel_id,
                "create_at": now_ms(),
                "update_at": now_ms(),
                "delete_at": 0,
                "name": name,
                "extension": name.rpartition(".")[2],
                "size": len(content),
                "mime_type": mime,
            }
            self.files[file_id] = {"info": info, "content": content}
            if self.is_bot(by):
                self.note("upload", by, channel_id, name=name, size=len(content))
            return info

    # --- slash commands ---

    def write_command(self, command_id, asked, by):
        with self.lock:
            if command_id is None:
                if any(one["trigger"] == asked["trigger"] for one in self.commands.values()):
                    raise Refused(400, "api.command.duplicate_trigger.app_error", "This trigger word is already in use.")
                self.count += 1
                command_id = id_of("command", str(self.count))
                self.commands[command_id] = {
                    "token": id_of("command token", str(self.count)),
                    "create_at": now_ms(),
                    "creator_id": by,
                    "delete_at": 0,
                }
            elif command_id not in self.commands:
                raise absent("command")
            command = self.commands[command_id]
            for key in ("team_id", "trigger", "method", "url", "description", "display_name", "auto_complete", "auto_complete_desc", "auto_complete_hint"):
                if key in asked:
                    command[key] = asked[key]
            command.update(id=command_id, update_at=now_ms())
            self.note("command", by, "", trigger=command["trigger"], hint=command.get("auto_complete_hint", ""))
            return dict(command)
