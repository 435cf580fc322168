# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No secret is shown, and hiding one alters nothing of a result: on the fast path and as a module, as verbosely as can
be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.simulator.xivo.database import Account
from tests.unit.action.playbook import NAME, Task, play
from tests.unit.bench import Bench

PASSWORDS = ("Nq6-of-one-more-Wd", "secret", "a", "20", "true", "Comptabilite", "2001")
HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
PIN, SIP_PASSWORD = "948571630264", "Vb7tQ9'zKp\"X2m"
ODD = "Secretariat\u0085\u2028\u2029\v\f\x1c\x1d\x1e\x1b[2J\x9b😀 a 20 true null Comptabilite 2001"

CONTEXTS = [
    {"name": "secretariat", "label": "Secretariat", "description": ODD},
    {"name": "comptabilite", "label": "Comptabilite 2001", "description": "a true null 20"},
]
PEOPLE = [
    {
        "firstname": f"Anne {number}",
        "lastname": "Secretaire",
        "context": "default",
        "extension": str(number),
        # The PIN that most companies give, and one that is part of many uuids.
        "voicemail": {"password": str(number) if number % 2 else f"{number - 1100:04}"},
    }
    for number in range(1101, 1191)
]
PEOPLE[0] |= {"sip_password": SIP_PASSWORD, "email": "anne@example.org"}
PEOPLE[1]["voicemail"] = {"password": PIN}


def give_accounts(bench: Bench) -> None:
    for number, password in enumerate(PASSWORDS):
        if bench.name.startswith("wazo"):
            bench.state.db.add_account(f"user{number}", password, next(iter(bench.state.db.tenants.values())), ["#"])
        else:
            bench.state.auth.database.accounts.append(Account(100 + number, f"user{number}", password, ["#"]))


def tasks(bench: Bench) -> list[Task]:
    contexts = CONTEXTS
    if not bench.name.startswith("wazo"):
        # XiVO's database stores no more than three bytes of a letter, its forms no control characters.
        contexts = [context | {"description": "a true null 20"} for context in CONTEXTS]
    found: list[Task] = [
        {NAME + "xivo_contexts": {"contexts": contexts}, "diff": True},
        {NAME + "xivo_users": {"users": PEOPLE}, "diff": True},
    ]
    for number, password in enumerate(PASSWORDS):
        account = {"username": f"user{number}", "password": password}
        found += [
            {NAME + "xivo_context_info": account},
            {NAME + "xivo_user_info": account},
            {NAME + "xivo_user": account | PEOPLE[2], "diff": True},
            {NAME + "xivo_context": account | {"name": "comptabilite", "type": "true null 20 a"}},
            {NAME + "xivo_context": account | {"name": "a true null 20 2001", "label": "Comptabilite"}},
        ]
    return found


def without_arguments(result: Task) -> Task:
    kept = dict(result)
    # Registered since ansible-core 2.21; before, only shown.
    arguments = kept.pop("invocation", {"module_args": {"password": HIDDEN}})["module_args"]
    assert arguments["password"] == HIDDEN
    for person in [*arguments.get("users", ()), arguments]:
        assert (person.get("voicemail") or {}).get("password") in (None, HIDDEN)
        assert person.get("sip_password") in (None, HIDDEN)
    return kept


@pytest.mark.parametrize(("name", "fast"), [("wazo-26.09", "1"), ("wazo-26.09", "0"), ("xivo-2018", "1")])
def test_hiding_a_secret_alters_nothing(name: str, fast: str, benches: Any, tmp_path: Path) -> None:
    bench: Bench = benches(name)
    ran = play(
        bench, tmp_path, tasks(bench), verbose="-vvvv", prepare=lambda: give_accounts(bench), XIVO_FAST_PATH=fast
    )
    made, people, *others = (without_arguments(result) for result in json.loads(ran.registered))
    assert not made.get("failed"), made["msg"]
    assert not people.get("failed"), people["msg"]
    assert [context["label"] for context in made["contexts"]] == [context["label"] for context in CONTEXTS]
    if name.startswith("wazo"):
        assert [context["description"] for context in made["contexts"]] == [c["description"] for c in CONTEXTS]
    for person, told in zip(PEOPLE, people["users"], strict=True):
        number = person["extension"]
        assert (told["firstname"], told["extension"], told["voicemail"]["number"]) == (f"Anne {number}", number, number)

    # Whatever the password, the result is the same.
    sorts = [others[start::5] for start in range(5)]
    for sort in sorts:
        assert all(result == sort[0] for result in sort)
    contexts, everybody, again, wrong_type, wrong_name = (sort[0] for sort in sorts)
    assert {context["label"] for context in contexts["contexts"]} >= {"Secretariat", "Comptabilite 2001"}
    shown = {user["uuid"] for user in everybody["users"]}
    assert shown >= {user["uuid"] for user in people["users"]}
    assert "*" not in json.dumps([*others, people])
    assert HIDDEN not in json.dumps([*others, people])
    assert again["changed"] is False
    assert "got: true null 20 a" in wrong_type["msg"]
    assert "'a true null 20 2001'" in wrong_name["msg"]

    assert f'"password": "{HIDDEN}"' in ran.output
    for secret in (PASSWORDS[0], PIN, SIP_PASSWORD, json.dumps(SIP_PASSWORD)[1:-1], SIP_PASSWORD[:9]):
        assert secret not in ran.output
    assert "\x1b[2J" not in ran.output
