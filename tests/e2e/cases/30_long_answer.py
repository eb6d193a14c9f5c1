# SPDX-License-Identifier: Apache-2.0
"""An answer that is longer than a post is split; nothing is lost, doubled or out of order."""

import re

from lib import wait
from lib.progress import Failure

POST_LIMIT = 16383  # characters; Mattermost's own
LENGTH = 40000


def run(world):
    question = world.ask(world.alice, after=f" long {LENGTH}")
    channel_id = question.channel_id

    def parts():
        posts = [
            post
            for post in world.bot_posts(world.alice, channel_id)
            if post["create_at"] >= question.post["create_at"]
        ]
        ends = sum(post["message"].count(question.expected) for post in posts)
        return posts if ends == 2 else None  # the value stands at the beginning and at the end

    posts = wait.until(parts, 120, "the whole long answer")
    if len(posts) < 2:
        raise Failure("the long answer is in one post: it was not split")
    for post in posts:
        if len(post["message"]) > POST_LIMIT:
            raise Failure(f"a part has {len(post['message'])} characters")
        if not post["props"].get("openclaw"):
            raise Failure("a part does not carry props.openclaw")
    numbers = [int(number) for post in posts for number in re.findall(r"Paragraph (\d+) of", post["message"])]
    if numbers != list(range(1, len(numbers) + 1)) or len(numbers) < LENGTH // 100:
        raise Failure(f"paragraphs are missing, doubled or out of order: {numbers}")
    for post in posts:
        whole = re.findall(
            r"Paragraph \d+ of the long answer has \*\*bold\*\* words, `code` and an end\.", post["message"]
        )
        if len(whole) != len(re.findall(r"Paragraph ", post["message"])):
            raise Failure("a paragraph was cut in two")
    numbers = [post["props"]["openclaw"].get("part") for post in posts]
    if len(set(numbers)) != len(numbers):
        raise Failure(f"two posts have the same part number: {numbers}")
