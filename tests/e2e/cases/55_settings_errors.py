# SPDX-License-Identifier: Apache-2.0
"""A setting that is wrong is named in the administrator's direct messages and in the server's log; mended, all works."""

WRONG = {
    "GatewayURL": "http://127.0.0.1:1/",
    "GatewayToken": "",
    "GatewayCA": "-----BEGIN CERTIFICATE-----\nthis is not base64!\n-----END CERTIFICATE-----\n",
}


def run(world):
    for setting, value in WRONG.items():
        position, since = world.server.log_position(), world.now()
        world.plugin.configure(**{setting: value})
        world.notice(world.admin, setting, since=since)
        world.plugin.wait_log(setting, 10, position)
        world.plugin.configure(**{setting: world.defaults[setting]})
        world.must_answer(world.alice)

    # After a restart there is no old good configuration: it runs, does not answer, and says why.
    position, since = world.server.log_position(), world.now()
    world.apply(GatewayURL=WRONG["GatewayURL"])
    world.notice(world.admin, "GatewayURL", since=since)
    world.plugin.wait_log("GatewayURL", 10, position)
    connections = world.near.count()
    world.plugin.configure(GatewayURL=world.defaults["GatewayURL"])
    world.wait_ready(world.near, connections)
    world.must_answer(world.alice)
