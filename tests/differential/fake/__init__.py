# SPDX-License-Identifier: Apache-2.0
"""A Mattermost server without a database: what bots see of one over REST v4 and the event stream, and what they ask of it."""

from .server import Mattermost  # noqa: F401
