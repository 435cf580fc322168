# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from typing import Any

from ansible_collections.telephony.xivo.plugins.plugin_utils.report import report

DOCUMENTATION = r"""
name: report
short_description: Work out what the report page shows
version_added: 0.1.0
description:
  - Turns what the modules read of a server into the parts of the page that the playbook C(telephony.xivo.report)
    writes, for who wants to write another page.
author:
  - The telephony.xivo contributors (@telephony-xivo)
positional: _input, ranges, comparison, outside
options:
  _input:
    description: All contexts of a server, as M(telephony.xivo.xivo_context_info) returns them.
    type: list
    elements: dict
    required: true
  ranges:
    description: Their ranges, as M(telephony.xivo.xivo_context_range_info) returns them.
    type: list
    elements: dict
    required: true
  comparison:
    description: What M(telephony.xivo.xivo_contexts) returned in check mode, with a diff, for the declared plan.
    type: dict
  outside:
    description: The numbers outside of them, as M(telephony.xivo.xivo_context_range_info) returns them.
    type: list
    elements: dict
    default: []
"""

EXAMPLES = r"""
---
- name: Read the contexts
  telephony.xivo.xivo_context_info:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
  register: house

- name: Read the numbers
  telephony.xivo.xivo_context_range_info:
    host: xivo.example.com
    username: ansible
    password: "{{ xivo_password }}"
  register: numbers

- name: Which contexts can call each other both ways
  ansible.builtin.debug:
    msg: "{{ (house.contexts | telephony.xivo.report(numbers.ranges)).cycles }}"
"""

RETURN = r"""
---
_value:
  description: The parts of the page.
  type: dict
  contains:
    conflicts:
      description: Pairs of ranges that share numbers, and the nearest context that can dial both, or none.
      type: list
      elements: dict
    cycles:
      description: Sets of contexts that can all call each other.
      type: list
      elements: list
    graph:
      description: The include graph, laid out.
      type: dict
    axes:
      description: The number map, an axis for each length of number.
      type: list
      elements: dict
    wrong:
      description: The ranges that no telephone could be given a number of.
      type: list
      elements: dict
    outside:
      description: The numbers outside of the ranges.
      type: list
      elements: dict
    rows:
      description: What a table shows of each context.
      type: list
      elements: dict
    changes:
      description: What differs from the declared plan, or none.
      type: dict
"""


class FilterModule:
    def filters(self) -> dict[str, Any]:
        return {"report": report}
