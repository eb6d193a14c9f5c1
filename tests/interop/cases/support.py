# SPDX-License-Identifier: Apache-2.0
"""Support data through the server's own hook, and audit records through its API."""

import json

import metrics
from case import GOOD_CONFIG, Context, case, equal
from turns import Question, connected, direct_channel


@case("support data: settings without secrets and people, the doctor's findings, counters; without a core an error", core=True)
def support_data(c: Context) -> None:
    person = "8zrrr7frp3bedctzpzbuhdoy9h"
    more = {"GroupPolicy": "allowlist", "GroupAllowFrom": f"* {person}"}
    with c.host_and_gateway(config=more) as host:
        connected(host)
        c.serving(host)
        Question(host, direct_channel(host)).answered()
        files = host.run("support")["files"]
        equal("files", sorted(files), ["openclaw/metrics.txt", "openclaw/support.json"])
        text = files["openclaw/support.json"]
        for hidden in (GOOD_CONFIG["GatewayToken"], person):
            assert hidden not in text + files["openclaw/metrics.txt"], f"{hidden} stands there: {text}"
        data = json.loads(text)
        account = data["settings"]["accounts"]["default"]
        equal("token", account["gateway"]["token"], "********")
        assert account["groupAllowFrom"][0] == "*" and account["groupAllowFrom"][1].startswith("id-"), account
        equal("gateway", data["status"]["gateway"]["state"], "ready")
        equal("answered", data["status"]["counters"]["answered"], 1)
        assert len(data["doctor"]["findings"]) >= 10, data["doctor"]
        seen = metrics.samples(files["openclaw/metrics.txt"].encode())
        equal("metrics", seen[("openclaw_accounts",)], 1)


@case("audit: settings that are put in force, and a command that is refused, reach the server's audit log", core=True)
def audit(c: Context) -> None:
    with c.host_and_gateway() as host:
        connected(host)
        c.serving(host)
        applied = host.wait_event(
            "a record", lambda e: e["ev"] == "audit" and e["record"]["event_name"] == "openclaw.settings.apply"
        )["record"]
        equal("status", applied["status"], "success")
        mark = host.mark()
        host.run("execute", user="alice", command="/openclaw doctor")
        record = host.wait_event("a record of the refusal", lambda e: e["ev"] == "audit", 10, mark)["record"]
        equal("event", record["event_name"], "openclaw.command")
        equal("status", record["status"], "fail")
        equal("command", record["event"]["parameters"]["command"], "doctor")
        equal("why", record["error"]["description"], "refused")
        assert len(record["actor"]["user_id"]) == 26, record
