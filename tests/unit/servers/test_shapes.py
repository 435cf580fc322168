# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every answer of a real server that was recorded has the shape that is wanted of it."""

from __future__ import annotations

import json
import re
from pathlib import Path

from ansible_collections.telephony.xivo.plugins.module_utils.servers.shapes import problem_of

RECORDINGS = Path(__file__).resolve().parents[2] / "contract/recordings"
# Of long lists some recordings keep the number of items only, or a piece as text.
CUT = re.compile(r"items is (-?\d+|'<\d+ items>'|None), which is no list|^items is \[")

# What the collection never asks for.
UNREAD = "/pbx_settings/users/"


def test_real_answers_are_let_in() -> None:
    looked_at, problems = 0, set()
    for path in sorted(RECORDINGS.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            exchange = json.loads(line)
            body = exchange.get("response_body")
            if exchange.get("status") in (200, 201) and isinstance(body, (dict, list)) and exchange["path"][0] == "/":
                looked_at += 1
                problem = problem_of(body)
                if problem and not CUT.match(problem) and not exchange["path"].endswith(UNREAD):
                    problems.add(f"{exchange['method']} {exchange['path']}: {problem}")
    assert problems == set()
    assert looked_at > 1000
