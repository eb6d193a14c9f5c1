# SPDX-License-Identifier: Apache-2.0
"""A direct message, a channel mention and a thread reply are answered in their places."""

from lib.check import main_job


def run(world):
    main_job(world)
