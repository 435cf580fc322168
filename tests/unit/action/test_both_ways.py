# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Every module gives the same both ways: on the fast path, and as a module."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.unit.action.playbook import NAME, Task, play
from tests.unit.bench import Bench

PLUGINS = Path(__file__).resolve().parents[3] / "plugins"
MODULES = {path.stem for path in (PLUGINS / "modules").glob("xivo_*.py")}

DEPARTMENT = {
    "name": "ventes",
    "label": "Ventes",
    "user_ranges": [{"start": "1990", "end": "1995"}],
    "group_ranges": [{"start": "2990", "end": "2995"}],
    "conference_room_ranges": [{"start": "3990", "end": "3995"}],
}
USER = {"firstname": "Anne", "lastname": "Petit", "context": "ventes", "extension": "1990"}
WRONG = "hF7-mistyped"


def task(module: str, options: dict[str, Any], **keywords: Any) -> Task:
    return {"name": f"{module} {len(json.dumps(options))} {sorted(keywords)}", NAME + module: options, **keywords}


def fault(bench: Bench, kind: str, method: str) -> Task:
    body = {"kind": kind, "method": method, "path": "/context"}
    options = {"url": f"{bench.url}/_simulator/faults", "method": "POST", "body": body, "body_format": "json"}
    return {"ansible.builtin.uri": options | {"status_code": [200, 201, 204]}, "no_log": True}


def tasks(bench: Bench) -> list[Task]:
    many = [{"name": "achats", "label": "Achats"}, {"name": "stock", "label": "Stock", "state": "absent"}]
    range_ = {"context": "ventes", "type": "user", "start": "1990", "end": "1999"}
    group = {"name": "accueil", "context": "ventes", "extension": "auto"}
    room = {"name": "salle", "context": "ventes", "extension": "3990", "pin": "4711"}
    others = [
        task("xivo_group", group, check_mode=True, diff=True),
        task("xivo_group", group | {"members": ["anne@example.org"]}, diff=True),
        task("xivo_group", {"name": "accueil", "members": ["nobody"]}),
        task("xivo_conference", room, diff=True),
        task("xivo_incall", {"extension": "1", "destination": {"type": "group"}}),
        task("xivo_groups", {"groups": [group, {"name": "nuit", "context": "ventes"}]}, diff=True),
        task("xivo_group_info", {"context": "ventes"}),
        task("xivo_conferences", {"conferences": [room | {"update_password": "always", "pin": "815"}]}, diff=True),
        task("xivo_conferences", {"conferences": [], "purge": True}, check_mode=True),
        task("xivo_conference_info", {"search": "SALLE"}),
        task("xivo_incalls", {"incalls": [{"context": "nosuch", "extension": "1"}, {"extension": "1"}]}),
        task("xivo_incall_info", {}),
        task("xivo_dial_info", {"user": "Anne Petit", "number": "2990"}),
        task("xivo_dial_info", {"dial": [{"context": "ventes", "number": 1990, "answers": "nobody"}]}),
        task("xivo_dial_info", {"dial": [{"context": "vente", "number": "1990"}, {"number": "X"}]}),
    ]
    people = [
        task("xivo_user", USER, check_mode=True, diff=True),
        task("xivo_user", USER | {"sip_password": WRONG, "voicemail": {"password": "4711"}}, diff=True),
        task("xivo_users", {"users": [USER | {"email": "anne@example.org"}]}, diff=True),
        task("xivo_users", {"users": [{"firstname": "Bob", "voicemail": {"state": "gone"}}]}),
        task("xivo_user_info", {"search": "anne"}),
    ]
    return [
        # A token that stays, and is used; it is the first result. Then what makes none, and the end of it.
        task("xivo_token", {}, no_log=True),
        task("xivo_context_info", {"token": "{{ result_0.token }}"}),
        task("xivo_token", {}, no_log=True, check_mode=True),
        task("xivo_token", {"expiration": 60}),
        task("xivo_token", {"username": ""}, no_log=True),
        task("xivo_token", {"expiration": "long"}, no_log=True),
        task("xivo_token", {"state": "absent", "token": "{{ result_0.token }}"}),
        task("xivo_token", {"state": "absent", "token": ""}),
        # Good input.
        task("xivo_context", DEPARTMENT, check_mode=True, diff=True),
        task("xivo_context", DEPARTMENT, diff=True),
        task("xivo_context", DEPARTMENT, diff=True),
        task("xivo_context_range", range_, diff=True),
        task("xivo_context_range_info", {"context": "ventes", "first": 2}),
        task("xivo_contexts", {"contexts": many}, check_mode=True, diff=True),
        task("xivo_contexts", {"contexts": many}),
        task("xivo_context_info", {"name": "ventes"}),
        *people,
        *others,
        # Warnings; what looks like a secret, in a value and in a name; what YAML takes for something else.
        task("xivo_context", DEPARTMENT | {"includes": ["default"], "conflicts": "warn"}, diff=True),
        task("xivo_context", DEPARTMENT | {"description": f"not {WRONG}", "token": WRONG, "username": None}),
        task("xivo_context", {"name": "yes-or-no", "label": True, "description": 20260101}, diff=True),
        task("xivo_context", DEPARTMENT | {"label": "{{ label }}"}, vars={"label": "Ventes et conseil"}, diff=True),
        task("xivo_context", DEPARTMENT | {"queue_ranges": ["4100-4109", 4110, {"start": "4111"}]}, diff=True),
        task("xivo_context_range", {"context": "ventes", "type": "queue", "start": "4200-4209"}, diff=True),
        # Bad input.
        task("xivo_context", DEPARTMENT | {"queue_ranges": ["4100-4109", "4120..4130", 4.5, [1]]}),
        task("xivo_context", DEPARTMENT | {"queue_ranges": "start=4100"}),
        task("xivo_context", {}),
        task("xivo_context", DEPARTMENT | {"type": "intern"}),
        task("xivo_context", DEPARTMENT | {"nmae": "ventes", "password": WRONG}),
        task("xivo_context", DEPARTMENT | {"user_ranges": [{"end": "1"}]}),
        task("xivo_context", DEPARTMENT | {"password": WRONG}, no_log=True),
        task("xivo_context", DEPARTMENT | {"password": WRONG}),
        task("xivo_context", DEPARTMENT | {"name": "Comptabilité"}),
        task("xivo_context_info", {"ca_path": "no/such/file", "validate_certs": True, "host": "https://127.0.0.1:9"}),
        # Something breaks on the way.
        fault(bench, "error_after", "POST"),
        task("xivo_context", {"name": "atelier", "label": "Atelier"}, diff=True),
        fault(bench, "error_before", "POST"),
        task("xivo_contexts", {"contexts": many + [{"name": "quai", "label": "Quai"}]}, diff=True),
        # Loops, with an item in the middle that fails.
        task(
            "xivo_context", {"name": "{{ item }}", "label": "Salle"}, loop=["salle-1", "salle é", "salle-3"], diff=True
        ),
        task("xivo_context_info", {"name": "{{ item }}"}, loop=["salle-1", "salle-3"], no_log=True),
        task("xivo_user_info", {"search": "{{ item }}"}, loop=["anne", "bob"]),
        task("xivo_context", {"name": "salle-1", "state": "absent", "force": True}, diff=True),
        # Last: with two entities, each context must name its own.
        task("xivo_entity", {"name": "example", "display_name": "Exemple"}, diff=True),
        task("xivo_entity_info", {"search": "EX"}),
    ]


@pytest.mark.parametrize("name", ["wazo-26.09", "xivo-2018"])
def test_the_same_both_ways(name: str, benches: Any, tmp_path: Path) -> None:
    bench: Bench = benches(name)
    todo = tasks(bench)
    assert {key.removeprefix(NAME) for task in todo for key in task if key.startswith(NAME)} == MODULES
    fast = play(bench, tmp_path, todo)
    slow = play(bench, tmp_path, todo, XIVO_FAST_PATH="0")

    assert "invocation" in fast.registered
    assert json.loads(fast.registered) == json.loads(slow.registered)  # pytest shows where
    # As text, so that 1 is not True; the order of keys means nothing.
    as_text = [json.dumps(json.loads(ran.registered), sort_keys=True) for ran in (fast, slow)]
    assert as_text[0] == as_text[1]
    # Word by word: where a wrapped warning has its line breaks depends on the uuids that were made.
    assert fast.output.split() == slow.output.split()
    # It did go both ways.
    assert sum(fast.asked.values()) < sum(slow.asked.values())


def test_every_module_has_its_action() -> None:
    assert {path.stem for path in (PLUGINS / "action").glob("*.py")} == MODULES
