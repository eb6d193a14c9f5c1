# SPDX-License-Identifier: Apache-2.0
"""What scheduled jobs said while the plugin was off, or while its core was killed, arrives afterwards, once."""

from lib import speaks


def run(world):
    places = speaks.places(world)
    texts = {}
    with world.gateway.operator() as operator:
        before = speaks.job(operator, places["direct"])
        places["direct"].arrives(before)
        world.plugin.disable()
        since = operator.position()
        for name, place in places.items():
            texts[name] = speaks.job(operator, place)
        for name, place in places.items():
            speaks.ran(operator, place, texts[name], since)
        world.plugin.enable()
        for name, place in places.items():
            place.arrives(texts[name])
        during_kills(world, operator, places["direct"])
    places["direct"].once(before)
    for name, place in places.items():
        place.once(texts[name])


def during_kills(world, operator, place):
    said = []
    for _ in range(3):
        since = operator.position()
        said.append(speaks.job(operator, place))
        speaks.ran(operator, place, said[-1], since)
        world.plugin.kill_core()
    for text in said:
        place.arrives(text)
    world.must_answer(world.alice)
    for text in said:
        place.once(text)
