# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The standard layout of a department: so many users, groups, queues and conference rooms from one number on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_text

from ..errors import InputError
from .names import did_you_mean, name_problem, suggest
from .numbers import MAX_DIGITS, option_of

if TYPE_CHECKING:
    import typing as t

# In the order of the numbers. The key is what the layout calls it.
LAYOUT = (("users", "user"), ("groups", "group"), ("queues", "queue"), ("conference_rooms", "conference_room"))
KEYS = ("name", "label", "first_number", "layout", "includes", "reciprocal", "state", "description", "entity")
# What else a department can have, which other tasks of the role deal with.
BELONGINGS = ("users", "users_csv", "groups", "conference_rooms")


def name_of(options: t.Mapping[str, t.Any]) -> str:
    """Return the name of the context of a department: its own, or its label's without accents. Raises InputError."""
    name = to_text(options.get("name") or "") or suggest(to_text(options.get("label") or ""))
    problem = name_problem(name) if name else "A department needs a name, or a label to make one from."
    if problem:
        raise InputError(problem)
    return name


def department(
    options: t.Mapping[str, t.Any],
    layout: t.Mapping[str, int],
    includes: t.Sequence[str] = (),
    reciprocal: bool = False,
) -> dict[str, t.Any]:
    """Return the options of the context of a department.

    ``layout`` says how many numbers of each sort follow each other; the department's own layout is put over it.
    A department without a name gets its label's, without accents. Raises InputError with every problem.
    """
    name = name_of(options)
    all_keys = KEYS + BELONGINGS
    problems = [
        f"'{key}' is no option of a department.{did_you_mean(to_text(key), all_keys)}"
        for key in options
        if key not in all_keys
    ]
    context: dict[str, t.Any] = {"name": name, "state": options.get("state") or "present"}
    if options.get("label"):
        # Also of one that goes: Wazo may know it by nothing else.
        context["label"] = options["label"]
    if context["state"] == "present":
        context.update({key: options[key] for key in ("description", "entity") if options.get(key) is not None})
        context.setdefault("label", name)
        context["type"] = "internal"
        context["includes"] = list(includes if options.get("includes") is None else options["includes"])
        context["reciprocal"] = bool(reciprocal if options.get("reciprocal") is None else options["reciprocal"])
        whole = dict(layout)
        whole.update(options.get("layout") or {})
        try:
            context.update(_ranges(to_text(options.get("first_number") or ""), whole))
        except InputError as error:
            problems.extend(error.problems)
    elif context["state"] != "absent":
        problems.append(f"state is present or absent, not '{context['state']}'.")
    if problems:
        raise InputError([f"Department '{name}': {problem}" for problem in problems])
    return context


def _ranges(first: str, layout: t.Mapping[str, t.Any]) -> dict[str, list[dict[str, str]]]:
    problems: list[str] = []
    if not re.match(r"^[0-9]{1,%d}\Z" % MAX_DIGITS, first):
        problems.append(
            "first_number '%s' is not a number of 1 to %d digits. Write it in quotes, or leading zeros are lost."
            % (first, MAX_DIGITS)
        )
    known = [word for word, _kind in LAYOUT]
    for word in sorted(layout):
        if word not in known:
            problems.append(f"the layout has no '{word}'; it has {', '.join(known)}.")
        elif not re.match(r"^[0-9]{1,9}\Z", to_text(layout[word])):
            problems.append(f"the layout's {word} is '{layout[word]}', which is not how many.")
    if problems:
        raise InputError(problems)
    width = len(first)
    number = int(first)
    ranges: dict[str, list[dict[str, str]]] = {}
    for word, kind in LAYOUT:
        count = int(layout.get(word) or 0)
        ranges[option_of(kind)] = (
            [{"start": "%0*d" % (width, number), "end": "%0*d" % (width, number + count - 1)}] if count else []
        )
        number += count
    if number > 10**width:
        raise InputError(
            "the layout needs the numbers %s to %d, and these have not all %d digits." % (first, number - 1, width)
        )
    return ranges
