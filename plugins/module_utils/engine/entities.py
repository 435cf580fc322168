# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The engine of the module that deals with the entities of a XiVO."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_text

from ..dialplan.contexts import text_or_none
from ..dialplan.names import label_problem, suggest
from ..errors import InputError, RequestError, UncertainError, known, some
from ..kinds.contexts import CREATE, DELETE, UNCHANGED, UPDATE

if TYPE_CHECKING:
    import typing as t

    from ..servers.base import Server
    from ..servers.xivo.entities import Entities, Entity

    Params = t.Mapping[str, t.Any]
    Connect = t.Callable[[], Server]
    Result = dict[str, t.Any]

_NAME = re.compile(r"^[a-z0-9_.-]{1,64}\Z")


def run_entity(params: Params, check_mode: bool, connect: Connect) -> Result:
    """Bring one entity to what is declared."""
    name, display_name = to_text(params["name"]), text_or_none(params.get("display_name"))
    absent = params.get("state") == "absent"
    if not absent:
        _check(name, display_name)
    server = connect()
    service = server.entity_service()
    if service is None:
        raise InputError(
            "A Wazo server has no entities. It has tenants, which this collection does not manage; see the option "
            "tenant."
        )
    if display_name is not None:
        display_name = server.abilities.stored_text(display_name)
    before = _find(service, name)
    action, shown = UNCHANGED, display_name
    if absent:
        action, shown = DELETE if before else UNCHANGED, None
    elif before is None:
        action, shown = CREATE, name if display_name is None else display_name
        _check(name, shown)
    elif display_name is None or display_name == before.display_name:
        shown = before.display_name
    else:
        action = UPDATE
    if action == DELETE:
        _check_use(server, name)
    result: Result = {
        "changed": action != UNCHANGED,
        "entity": None if absent else {"name": name, "display_name": shown},
        "changes": ["display_name"] if action == UPDATE else [],
        "warnings": [],
        "diff": [] if action == UNCHANGED else [_diff(name, before, None if absent else shown, action)],
        "server": server.found(),
    }
    if action != UNCHANGED and not check_mode:
        problem = _write(service, action, before, name, shown)
        _verify(service, action, name, shown, problem, result["warnings"])
    return result


def _check(name: str, display_name: str | None) -> None:
    problems: list[str] = []
    if not _NAME.match(name):
        problems.append(
            "The name '%s' of an entity may hold only the letters a-z, digits, '.', '_' and '-', 1 to 64 of them. "
            "Write name: '%s'%s."
            % (name, suggest(name).lower(), "" if display_name else " and display_name: '%s'" % name)
        )
    elif display_name is not None:
        problem = label_problem(display_name, 3, True)
        problems += [problem.replace("The label", "The display_name")] if problem else []
    if problems:
        raise InputError(problems)


def _find(service: Entities, name: str) -> Entity | None:
    return next((entity for entity in service.listed() if entity.name == name), None)


def _check_use(server: Server, name: str) -> None:
    users = sorted(context.name for context in server.contexts() if context.entity == name)
    if users:
        raise InputError(f"The entity '{name}' is in use by the contexts {some(users)}. Delete these first.")


def _write(service: Entities, action: str, before: Entity | None, name: str, display_name: str | None) -> str:
    """Make the one write, and return what was wrong with its answer."""
    try:
        if action == CREATE:
            service.make(name, known(display_name))
        elif action == UPDATE:
            service.change(known(before), known(display_name))
        else:
            service.remove(known(before))
    except UncertainError as error:
        return error.text
    except RequestError as error:
        if action == DELETE and error.status in (400, 405):
            raise RequestError(
                "The entity '%s' is in use by users, call filters, schedules or pickups, and was not deleted. Delete "
                "these first, or give them another entity. (%s)" % (name, error.text),
                error.status,
            ) from error
        raise
    return ""


def _verify(
    service: Entities, action: str, name: str, display_name: str | None, problem: str, warnings: list[str]
) -> None:
    found = _find(service, name)
    if (found.display_name if found else None) != display_name:
        raise RequestError(
            f"The entity '{name}' was to be {action}d, but reading back shows that it was not. {problem}"
        )
    if problem:
        warnings.append(f"{problem} Reading back shows that it was done all the same.")


def _diff(name: str, before: Entity | None, display_name: str | None, action: str) -> dict[str, str]:
    lines = "name: %s\ndisplay_name: %s\n"
    return {
        "before": lines % (name, before.display_name) if before else "",
        "after": "" if display_name is None else lines % (name, display_name),
        "before_header": f"entity {name}",
        "after_header": f"entity {name} ({action})",
    }
