# Copyright (c) 2026 the netops.keepalive contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later


class ModuleDocFragment:
    DOCUMENTATION = r"""
positional: goal, preset, probes
options:
  _input:
    description: A mapping with any of C(time), C(interval) and C(probes).
    type: dict
    required: true
  goal:
    description: What P(netops.keepalive.plan#filter) takes.
    type: raw
  preset:
    description: The name of a known path.
    type: str
  probes:
    description: The number of probes of a goal or a preset, if it is fixed. Windows always sends 10.
    type: int
"""
