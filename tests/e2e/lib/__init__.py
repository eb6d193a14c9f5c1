# SPDX-License-Identifier: Apache-2.0
"""Real parts for the demo and the end-to-end tests: a Mattermost server, an OpenClaw gateway, and people."""
