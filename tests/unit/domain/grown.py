# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A server that holds many of every kind, and tasks over all of one kind: for the tests of growth and the benchmark."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.contexts import NAMES_KEPT, Context, Directory
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.extensions import Extension
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.numbers import Range
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.base import Kind, in_order
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.conferences import Conference, ConferenceKind
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.groups import Group, GroupKind
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.incalls import Destination, Incall, IncallKind
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.state import State
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.users import (
    Line,
    User,
    UserKind,
    Voicemail,
    fields_of,
)

from tests.unit.domain.fakes import state_with

KINDS: dict[str, Kind[Any, Any]] = {
    kind.name: kind for kind in (UserKind(), GroupKind(), ConferenceKind(), IncallKind())
}
# The context of each kind.
PLACES = {"user": "staff", "group": "teams", "conference": "rooms", "incall": "public"}
WHOLE = Range("00000", "99999", 0)


def house(size: int, loose: bool = False, keeps_id: bool = True) -> State:
    """So many of every kind with a number, and voicemails; with `loose`, as many numbers again that are nobody's."""
    contexts = [
        Context("staff", type="internal", ranges={"user": [WHOLE]}),
        Context("teams", type="internal", ranges={"group": [WHOLE]}),
        Context("rooms", type="internal", ranges={"conference_room": [WHOLE]}),
        Context("public", type="incall", ranges={"incall": [Range("00000", "99999", 5)]}),
    ]
    users = [
        User(
            fields_of({"firstname": f"P{n}", "email": f"p{n}@example.com"}),
            id=n,
            uuid=f"uuid-{n}",
            line=Line(n, "staff", f"sip{n}", n, f"{n:05d}"),
        )
        for n in range(size)
    ]
    boxes = [Voicemail(n, f"{n + 50000}", "staff", f"P{n}") for n in range(size)]
    others: dict[str, list[Any]] = {"group": [], "conference": [], "incall": []}
    for n in range(size):
        number = {"id": n, "exten": f"{n:05d}", "extension_id": n}
        others["group"].append(Group(f"g{n}", context="teams", **number))
        others["conference"].append(Conference(f"r{n}", context="rooms", raw={"meetmeroom": {"pin": ""}}, **number))
        others["incall"].append(Incall("", context="public", destination=Destination("user", n, f"P{n}"), **number))
    numbers = [
        Extension((place, n), f"{n:05d}", place, f"the one with {n}" if n < size else None)
        for place in PLACES.values()
        for n in range(2 * size if loose else size)
    ]
    return state_with(Directory(contexts, NAMES_KEPT), users, boxes, numbers, others=others, keeps_id=keeps_id)


def known(kind: str, n: int) -> dict[str, Any]:
    """What finds the one with that number among those that are there."""
    if kind == "user":
        return {"email": f"p{n}@example.com"}
    if kind == "incall":
        return {"context": "public", "extension": f"{n:05d}"}
    return {"name": f"{'g' if kind == 'group' else 'r'}{n}"}


def made(kind: str, size: int) -> list[dict[str, Any]]:
    """As many new ones."""
    if kind == "user":
        new = {"context": "staff", "extension": "auto", "voicemail": {}}
        return [{"firstname": f"N{n}", "email": f"n{n}@example.com", **new} for n in range(size)]
    if kind == "incall":
        go = {"type": "user", "name": "p0@example.com"}
        return [{"context": "public", "extension": f"{n + 50000:05d}", "destination": go} for n in range(size)]
    return [{"name": f"n{n}", "context": PLACES[kind]} for n in range(size)]


def in_place(kind: str, size: int) -> list[dict[str, Any]]:
    return [{**known(kind, n), "context": PLACES[kind], "extension": f"{n:05d}"} for n in range(size)]


def changed(kind: str, size: int) -> list[dict[str, Any]]:
    """As when a whole house moves up by one; incoming calls, which are their numbers, go elsewhere."""
    if kind == "incall":
        go = {"type": "user", "name": "p0@example.com"}
        return [{**known(kind, n), "destination": go} for n in range(1, size)]
    return [{**known(kind, n), "extension": f"{n + 1:05d}", "context": PLACES[kind]} for n in range(size)]


def gone(kind: str, size: int) -> list[dict[str, Any]]:
    return [{**known(kind, n), "state": "absent"} for n in range(size)]


def gone_before(kind: str, size: int) -> list[dict[str, Any]]:
    """As many that are not there any more, where they were."""
    names = {"context": PLACES[kind], "state": "absent"}
    return [{**one, **names} for one in made(kind, size)]


TASKS = {"made": made, "in place": in_place, "changed": changed, "gone": gone, "gone before": gone_before}


def planned(state: State, kind: str, options: Sequence[dict[str, Any]]) -> list[Any]:
    declared = [KINDS[kind].declare(one) for one in options]
    return in_order(KINDS[kind], KINDS[kind].plan(state, declared))
