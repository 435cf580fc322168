# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The role looks at its whole table before it fails, and asks no server where a plan is given."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.unit.bench import Bench
from tests.unit.engine.dial_plans import Options, play

ROLE = "telephony.xivo.dial_test"
PLAN = {
    "contexts": [
        {"name": "default", "includes": ["compta"]},
        {"name": "compta", "user_ranges": ["2001-2090"]},
    ],
    "users": [{"firstname": "Anne", "lastname": "Durand", "context": "compta", "extension": "2001"}],
}
ANNE = {"context": "default", "number": "2001", "answers": "user 'Anne Durand'"}
WRONG = [
    {"context": "default", "number": "2001", "answers": "nobody"},
    {"user": "Anne Durand", "number": "2002", "answers": "Zoé"},
]
TEXTS = """2 of 3 numbers are not answered as expected.
2001 from 'default': user 'Anne Durand', by 2001 of 'compta'. Expected: nobody.
2002 from Anne Durand in 'compta': nobody, free in the user range 2001-2090 of 'compta'. Expected: Zoé."""
# What the role is given, and what it says; nothing where all is as it should be.
CASES: list[tuple[Options, str]] = [
    ({"dial_test_numbers": [ANNE]}, ""),
    ({"dial_test_numbers": [WRONG[0], ANNE, WRONG[1]]}, TEXTS),
    ({"dial_test_numbers": []}, ""),
    ({}, "missing required arguments: dial_test_numbers"),
    ({"dial_test_numbers": [{"context": "default", "number": "2001"}]}, "missing required arguments: answers found in"),
    ({"dial_test_numbers": [ANNE | {"from": "default"}]}, "dial_test_numbers.from. Supported"),
    ({"dial_test_numbers": [ANNE | {"context": "defaut"}]}, "There is no context 'defaut'. Did you mean 'default'?"),
    ({"dial_test_numbers": [ANNE | {"user": "Anne Durand"}]}, "Say who dials 2001: give either a context or a user."),
    ({"dial_test_numbers": [ANNE], "dial_test_plans": {}}, "dial_test_plans"),
    (
        {"dial_test_numbers": [ANNE], "dial_test_plan": {"context": []}},
        "A plan has no 'context'. Did you mean 'contexts'?",
    ),
]


def said(bench: Bench, folder: Path, cases: list[tuple[Options, str]], **variables: Any) -> tuple[list[str], str]:
    """What the role says of each case, and all that was printed."""
    tasks: list[Any] = [
        {
            "block": [
                {"include_role": {"name": ROLE}, "vars": options},
                {"set_fact": {"said": "{{ said + [''] }}"}},
            ],
            "rescue": [{"set_fact": {"said": "{{ said + [ansible_failed_result.msg | string] }}"}}],
        }
        for options, _says in cases
    ]
    tasks.append({"copy": {"dest": str(folder / "said.json"), "content": "{{ said | to_json }}"}})
    printed = play(bench, folder, {"vars": {"said": [], **variables}, "tasks": tasks})
    messages: list[str] = json.loads((folder / "said.json").read_text(encoding="utf-8"))
    return messages, printed


def compare(messages: list[str]) -> None:
    for (options, says), message in zip(CASES, messages, strict=True):
        assert says in message if says else not message, (options, message)
        assert "Traceback" not in message


def test_a_plan_without_a_server(wazo26: Bench, tmp_path: Path) -> None:
    messages, printed = said(wazo26, tmp_path, CASES, dial_test_plan=PLAN)
    compare(messages)
    assert "ok       2001 from 'default': user 'Anne Durand', by 2001 of 'compta'" in printed
    assert "differs  2002 from Anne Durand in 'compta': nobody" in printed
    assert wazo26.requests() == []


def test_a_server(wazo26: Bench, tmp_path: Path) -> None:
    tasks: list[Any] = [
        {"telephony.xivo.xivo_contexts": {"contexts": PLAN["contexts"]}},
        {"telephony.xivo.xivo_users": {"users": PLAN["users"]}},
    ]
    book = [{"hosts": "localhost", "gather_facts": False, "tasks": tasks}]
    (tmp_path / "site.yml").write_text(json.dumps(book), encoding="utf-8")
    play(wazo26, tmp_path, "site.yml")
    wazo26.forget()
    compare(said(wazo26, tmp_path, CASES)[0])
    assert wazo26.writes() == []
