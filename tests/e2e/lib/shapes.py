# SPDX-License-Identifier: Apache-2.0
"""Answers of every shape: the model's script, and what has to come of it in every streaming mode."""

import re
import secrets

from . import wait
from .answers import ANSWER_SECONDS, Asked, play
from .progress import Failure

POST_LIMIT = 16383  # characters; Mattermost's own
NOTES = "notes.txt"  # what the agent reads in its workspace
SILENCE = "STAY_SILENT"  # the word that our agents are told
READ_NOTES = {"tool": {"name": "read", "arguments": {"path": NOTES}}}


def squeezed(text):
    return re.sub(r"\s+", " ", text).strip()


class Shape:
    """A script of the model, and what has to come of it. apart: tools and texts get posts of their own."""

    def __init__(self, apart, person):
        self.apart, self.person, self.mark = apart, person, secrets.token_hex(4)

    def ask(self, world):
        self.asked = Asked(world, self.person, self.script())

    def go_on(self):
        """What a person does while it runs."""

    def check_one(self, text):
        if not self.apart:
            self.asked.one_post(text)
            return
        posts = self.asked.settled("answered")
        if not posts or posts[-1]["message"] != text:
            raise Failure(
                f"{self.asked.what()} ends with {[post['message'] for post in posts]}, not {text!r}"
            )
        self.asked.kept_promise()


class Short(Shape):
    def text(self):
        return f"{self.mark} is a short answer."

    def script(self):
        return play({"text": self.text()})

    def check(self):
        self.asked.one_post(self.text(), 1)


class Growing(Shape):
    def text(self):
        return f"{self.mark}: " + " ".join(f"word{i}" for i in range(120)) + "."

    def script(self):
        return play({"text": self.text(), "piece": 12, "pace": 80, "reasoning": f"SECRET {self.mark} " * 9})

    def check(self):
        post = self.asked.one_post(self.text())
        for seen in self.asked.told("posted") + self.asked.told("post_edited"):
            if "SECRET" in seen["message"]:
                raise Failure(f"reasoning was posted: {seen['message'][:200]!r}")
            if self.asked.world.plugin.settings.get("StreamingMode") == "partial" and not post[
                "message"
            ].startswith(seen["message"].rstrip()):
                raise Failure(f"{seen['message'][-80:]!r} is no beginning of the answer")
        if not self.asked.typing():
            raise Failure(f"nothing was typed while {self.asked.what()} was answered")


class Fenced(Growing):
    def text(self):
        lines = "".join(f"def f{i}(): return '*{i}* | _x_'\n" for i in range(25))
        return f"{self.mark}:\n\n```python\n{lines}```\n\nThat was it."


class Table(Growing):
    def text(self):
        rows = "".join(f"| row {i} | **{i}** | {i * i} |\n" for i in range(25))
        return f"{self.mark}:\n\n| a | b | c |\n| --- | --- | ---: |\n{rows}\nThat was the table."


class Long(Shape):
    PARAGRAPH = "Paragraph # of the long answer has **bold** words, `code` and an end.\n\n"
    TIMES = 430

    def script(self):
        return play({"text": self.PARAGRAPH, "times": self.TIMES, "piece": 1500, "pace": 250})

    def whole(self):
        return "".join(self.PARAGRAPH.replace("#", str(i + 1)) for i in range(self.TIMES))

    def check(self):
        posts = self.asked.settled("answered")
        texts = [post["message"] for post in posts]
        if squeezed(" ".join(texts)) != squeezed(self.whole()):
            raise Failure(
                f"{self.asked.what()}: the posts {[(len(t), t[:50], t[-50:]) for t in texts]} differ"
            )
        self.check_posts(texts)

    def check_posts(self, texts):
        if len(texts) != 2 or any(len(text) > POST_LIMIT for text in texts):
            raise Failure(f"{self.asked.what()}: posts of {[len(text) for text in texts]} characters")
        if len(self.asked.told("posted")) != len(texts) or self.asked.told("post_deleted"):
            raise Failure(f"{self.asked.what()}: {self.asked.story()}")
        self.asked.kept_promise()


class LongFenced(Long):
    """A code block that does not fit a post: each post closes what it opens, and no line of code is lost."""

    PARAGRAPH = "    call_of_function(number_#, 'some text with *marks* | and bars')\n"

    def script(self):
        code = {"text": self.PARAGRAPH, "times": self.TIMES, "before": "```python\n", "after": "```"}
        return play({**code, "piece": 1500, "pace": 250})

    def check(self):
        texts = [post["message"] for post in self.asked.settled("answered")]
        for text in texts:
            if not text.startswith("```python\n") or not text.endswith("\n```") or text.count("```") != 2:
                raise Failure(f"a post of a long code block begins {text[:40]!r} and ends {text[-40:]!r}")
        numbers = [int(number) for text in texts for number in re.findall(r"number_(\d+)", text)]
        if numbers != list(range(1, self.TIMES + 1)):
            raise Failure(f"lines of code are missing, doubled or out of order: {numbers}")
        self.check_posts(texts)


class Tool(Shape):
    def text(self):
        return f"{self.mark}: the notes were read, and this is the answer to it."

    def script(self):
        return play(READ_NOTES, {"text": self.text(), "piece": 6, "pace": 250})

    def check(self):
        self.check_one(self.text())


class Talking(Shape):
    """The agent says what it will do, does it, and answers: in one post where there are no blocks."""

    def texts(self):
        return [f"{self.mark}: let me read the notes first.", f"{self.mark}: the notes say nothing new."]

    def script(self):
        before, after = self.texts()
        return play(
            {"text": before, "piece": 6, "pace": 150, **READ_NOTES},
            {"text": after, "piece": 6, "pace": 150},
        )

    def check(self):
        posts = self.asked.settled("answered")
        texts = [post["message"] for post in posts]
        if self.texts()[1] not in (texts or [""])[-1]:
            raise Failure(f"{self.asked.what()} ends with {texts}")
        if not self.apart and (len(posts) != 1 or len(self.asked.told("posted")) != 1):
            raise Failure(f"{self.asked.what()} has more than one post: {self.asked.story()}")
        for text in self.texts():
            if "".join(texts).count(text) > 1:
                raise Failure(f"{self.asked.what()} says a thing twice: {texts}")
        self.asked.kept_promise()


class Failing(Shape):
    """A tool is shown, then the model fails: one sentence is left, in place of what was shown."""

    def script(self):
        return play(READ_NOTES, {"status": 400})

    def check(self):
        posts = self.asked.settled("told_error")
        texts = [post["message"] for post in posts]
        if len(texts) != 1 or not texts[0].startswith("The agent could not answer"):
            raise Failure(f"{self.asked.what()} left {texts}")
        self.asked.kept_promise()


class Stopped(Shape):
    def text(self):
        return f"{self.mark} " + " ".join(f"endless{i}" for i in range(400))

    def script(self):
        return play({"text": self.text(), "piece": 10, "pace": 200})

    def go_on(self):
        world = self.asked.world
        if world.plugin.settings.get("StreamingMode") in ("partial", "block"):
            self.asked.first_post()
        else:
            wait.until(lambda: world.gateway.model.saw(self.mark), ANSWER_SECONDS, "the model to be asked")
        self.give_up()

    def give_up(self):
        self.person.say(self.asked.channel_id, "stop")

    def check(self):
        self.asked.nothing_left("aborted")


class Silent(Shape):
    def script(self):
        return play({"text": SILENCE, "piece": 2, "pace": 300})

    def check(self):
        self.asked.nothing_left("silent")
        if self.asked.told("posted"):
            raise Failure(f"silence was shown: {self.asked.story()}")


class Deleted(Stopped):
    """Whoever deletes the question wants no answer."""

    def give_up(self):
        self.person.call("DELETE", f"/posts/{self.asked.post['id']}")

    def check(self):
        self.asked.nothing_left("deleted")


class SilentAfterTool(Silent):
    def script(self):
        return play(READ_NOTES, {"text": SILENCE, "piece": 2, "pace": 300})

    def check(self):
        self.asked.nothing_left("silent")


SHAPES = (
    Short,
    Growing,
    Fenced,
    Table,
    Long,
    LongFenced,
    Tool,
    Talking,
    Failing,
    Stopped,
    Deleted,
    Silent,
    SilentAfterTool,
)


def every_shape(world, mode):
    """All shapes at once in one streaming mode."""
    with open(world.workspace.path("gateway", "workspace", NOTES), "w") as file:
        file.write("These are the notes.\n")
    world.apply(StreamingMode=mode)
    world.wait_ready(world.near, world.near.count() - 1)
    shapes = [shape(mode == "block", person) for shape, person in zip(SHAPES, world.crowd(len(SHAPES)))]
    for shape in shapes:
        shape.ask(world)
    for shape in shapes:
        shape.go_on()
    wrong = []
    for shape in shapes:
        try:
            shape.check()
        except Failure as failure:
            wrong.append(f"{type(shape).__name__}: {failure}")
    if wrong:
        raise Failure("\n    ".join([f"mode {mode}:", *wrong]))
