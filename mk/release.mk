# SPDX-License-Identifier: Apache-2.0
# What ships: static programs for both architectures and the tarball.
