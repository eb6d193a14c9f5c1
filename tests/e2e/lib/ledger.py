# SPDX-License-Identifier: Apache-2.0
"""What was asked, what was answered and what the plugin recorded: each by its own witness.

Questions are kept by the test, answers are read from the server, outcomes from the plugin's journal in the
database (its values: docs/reliability.md)."""

import json

from . import wait
from .progress import Failure, say

SETTLE_SECONDS = 120


def outcomes(world):
    """{post id: [reason, …]} of all closed records of all pages."""
    found = {}
    for value in world.plugin.stored("journal.%"):
        page = json.loads(value)
        for post_id, (state, reason, _) in page["posts"].items():
            if state == "closed":
                found.setdefault(post_id, []).append(reason)
    return found


class Ledger:
    def __init__(self, world):
        self.world, self.questions = world, []

    def ask(self, person, after=""):
        question = self.world.ask(person, after=after)
        self.questions.append(question)
        return question

    def settle(self, seconds=SETTLE_SECONDS):
        """Waits until every question has its outcome."""

        def missing():
            known = outcomes(self.world)
            return [one for one in self.questions if one.post["id"] not in known]

        wait.until(
            lambda: not missing(),
            seconds,
            lambda: "an outcome of each question; none have "
            f"{[(one.person.name, one.post['id'], one.nonce) for one in missing()]}; the plugin's log:\n"
            f"{self.world.plugin.log_text()}",
        )

    def check(self, all_answered=True):
        """One outcome for each question, at most one answer, and none asked of the model twice."""
        known = outcomes(self.world)
        written = {}
        for question in self.questions:
            key = (question.person.name, question.channel_id)
            if key not in written:
                written[key] = all_posts(question.person, question.channel_id)
        unanswered = []
        for question in self.questions:
            reasons = known.get(question.post["id"], [])
            if len(reasons) != 1:
                raise Failure(f"post {question.post['id']} has the outcomes {reasons}")
            posts = written[(question.person.name, question.channel_id)]
            times = sum(question.is_answer(post) for post in posts)
            if times > 1:
                raise Failure(f"post {question.post['id']} was answered {times} times")
            if times != (reasons[0] == "answered"):
                raise Failure(f"post {question.post['id']}: outcome {reasons[0]}, {times} answers")
            if times == 0:
                unanswered.append((question.post["id"], reasons[0]))
        asked, answered = len(self.questions), len(self.questions) - len(unanswered)
        say(f"  ({asked} asked, {answered} answered, each once; others: {unanswered})")
        if all_answered and unanswered:
            raise Failure(f"not answered: {unanswered}")


def all_posts(person, channel_id):
    """Every post of a channel, however many."""
    found, page = [], 0
    while True:
        listed = person.get(f"/channels/{channel_id}/posts?per_page=200&page={page}")
        found += [listed["posts"][post_id] for post_id in listed["order"]]
        if len(listed["order"]) < 200:
            return found
        page += 1
