# SPDX-License-Identifier: Apache-2.0
"""Metrics over the server's metrics port and over our own route, read by Prometheus' own parser."""

import importlib
import subprocess
import sys
from pathlib import Path

from case import GOOD_CONFIG, Context, case, equal
from turns import Question, connected, direct_channel

ROOT = Path(__file__).resolve().parents[3]


def parser():
    """The text parser of Prometheus' Python client, at the pinned version."""
    folder = subprocess.run(
        [ROOT / "third_party/tool", "prometheus-client"], check=True, capture_output=True, text=True
    ).stdout.strip()
    if folder not in sys.path:
        sys.path.insert(0, folder)
    return importlib.import_module("prometheus_client.parser").text_string_to_metric_families


def samples(text: bytes) -> dict[tuple, float]:
    """Name and label values → value."""
    found = {}
    for family in parser()(text.decode()):
        assert family.documentation, f"{family.name} says nothing"
        for s in family.samples:
            key = (s.name, *sorted(s.labels.items()))
            assert key not in found, f"{key} stands there twice"
            found[key] = s.value
    return found


@case("metrics: Prometheus' own parser reads them; they tell what happened", core=True)
def read_by_prometheus(c: Context) -> None:
    with c.host_and_gateway() as host:
        connected(host)
        c.serving(host)
        question = Question(host, direct_channel(host))
        question.answered()
        answer = host.http("GET", "/metrics", user=None, metrics=True)
        equal("status", answer.status, 200)
        assert answer.headers.get("Content-Type", "").startswith("text/plain; version=0.0.4"), answer.headers
        seen = samples(answer.body)
        assert len({name for name, *_ in seen}) >= 25, sorted(seen)
        equal("answers", seen[("openclaw_answers_produced_total",)], 1)
        equal("outcome", seen[("openclaw_post_outcomes_total", ("reason", "answered"))], 1)
        equal("gateway", seen[("openclaw_gateway_state", ("state", "ready"))], 1)
        equal("cores", seen[("openclaw_core_starts",)], 1)
        equal("calls", seen[("openclaw_chat_calls_total", ("method", "CreatePost"))] >= 1, True)
        assert seen[("openclaw_process_resident_memory_bytes",)] > 1 << 20, seen


@case("metrics: our own route is for system administrators", core=True)
def own_route(c: Context) -> None:
    with c.host_and_gateway() as host:
        connected(host)
        c.serving(host)
        for user, status in ((None, 401), ("alice", 403)):
            answer = host.http("GET", "/api/v1/metrics", user=user)
            equal(f"status for {user}", answer.status, status)
            assert b"openclaw_build_info" not in answer.body, answer.body
        answer = host.http("GET", "/api/v1/metrics", user="admin")
        equal("status for an administrator", answer.status, 200)
        assert samples(answer.body)[("openclaw_accounts",)] == 1
        assert GOOD_CONFIG["GatewayToken"].encode() not in answer.body
