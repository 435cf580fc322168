# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The engine of the module that deals with the entities of a XiVO."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import re

from ansible.module_utils.common.text.converters import to_text

from ..domain.contexts import text_or_none
from ..domain.names import label_problem, suggest
from ..domain.plan import CREATE, DELETE, UNCHANGED, UPDATE, some
from ..errors import InputError, RequestError, UncertainError, known

MYPY = False
if MYPY:
    import typing as t  # noqa: F401

    from ..servers.base import Server  # noqa: F401
    from ..servers.xivo_entities import Entities, Entity  # noqa: F401

    Params = t.Mapping[str, t.Any]
    Connect = t.Callable[[], Server]
    Result = t.Dict[str, t.Any]

_NAME = re.compile(r"^[a-z0-9_.-]{1,64}\Z")


def run_entity(params, check_mode, connect):
    # type: (Params, bool, Connect) -> Result
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
    result = {
        "changed": action != UNCHANGED,
        "entity": None if absent else {"name": name, "display_name": shown},
        "changes": ["display_name"] if action == UPDATE else [],
        "warnings": [],
        "diff": [] if action == UNCHANGED else [_diff(name, before, None if absent else shown, action)],
        "server": server.found(),
    }  # type: Result
    if action != UNCHANGED and not check_mode:
        problem = _write(service, action, before, name, shown)
        _verify(service, action, name, shown, problem, result["warnings"])
    return result


def _check(name, display_name):
    # type: (str, t.Optional[str]) -> None
    problems = []  # type: t.List[str]
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


def _find(service, name):
    # type: (Entities, str) -> t.Optional[Entity]
    return next((entity for entity in service.listed() if entity.name == name), None)


def _check_use(server, name):
    # type: (Server, str) -> None
    users = sorted(context.name for context in server.contexts() if context.entity == name)
    if users:
        raise InputError("The entity '%s' is in use by the contexts %s. Delete these first." % (name, some(users)))


def _write(service, action, before, name, display_name):
    # type: (Entities, str, t.Optional[Entity], str, t.Optional[str]) -> str
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
            )
        raise
    return ""


def _verify(service, action, name, display_name, problem, warnings):
    # type: (Entities, str, str, t.Optional[str], str, t.List[str]) -> None
    found = _find(service, name)
    if (found.display_name if found else None) != display_name:
        raise RequestError(
            "The entity '%s' was to be %sd, but reading back shows that it was not. %s" % (name, action, problem)
        )
    if problem:
        warnings.append("%s Reading back shows that it was done all the same." % problem)


def _diff(name, before, display_name, action):
    # type: (str, t.Optional[Entity], t.Optional[str], str) -> t.Dict[str, str]
    lines = "name: %s\ndisplay_name: %s\n"
    return {
        "before": lines % (name, before.display_name) if before else "",
        "after": "" if display_name is None else lines % (name, display_name),
        "before_header": "entity %s" % name,
        "after_header": "entity %s (%s)" % (name, action),
    }
