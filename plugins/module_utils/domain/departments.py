# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The standard layout of a department: so many users, groups, queues and conference rooms from one number on."""

from __future__ import absolute_import, division, print_function

__metaclass__ = type

import re

from ansible.module_utils.common.text.converters import to_text

from ..errors import InputError
from .names import name_problem, suggest
from .numbers import MAX_DIGITS, option_of

MYPY = False
if MYPY:
    import typing as t  # noqa: F401

# In the order of the numbers. The key is what the layout calls it.
LAYOUT = (("users", "user"), ("groups", "group"), ("queues", "queue"), ("conference_rooms", "conference_room"))
KEYS = ("name", "label", "first_number", "layout", "includes", "reciprocal", "state", "description", "entity")
# What else a department can have, which other tasks of the role deal with.
BELONGINGS = ("users", "users_csv", "groups", "conference_rooms")


def department(options, layout, includes=(), reciprocal=False):
    # type: (t.Mapping[str, t.Any], t.Mapping[str, int], t.Sequence[str], bool) -> t.Dict[str, t.Any]
    """Return the options of the context of a department.

    ``layout`` says how many numbers of each sort follow each other; the department's own layout is put over it.
    A department without a name gets its label's, without accents. Raises InputError with every problem.
    """
    name = to_text(options.get("name") or "") or suggest(to_text(options.get("label") or ""))
    problem = name_problem(name) if name else "A department needs a name, or a label to make one from."
    if problem:
        raise InputError(problem)
    problems = ["'%s' is no option of a department." % key for key in sorted(set(options) - set(KEYS + BELONGINGS))]
    context = {"name": name, "state": options.get("state") or "present"}  # type: t.Dict[str, t.Any]
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
        problems.append("state is present or absent, not '%s'." % context["state"])
    if problems:
        raise InputError(["Department '%s': %s" % (name, problem) for problem in problems])
    return context


def _ranges(first, layout):
    # type: (str, t.Mapping[str, t.Any]) -> t.Dict[str, t.List[t.Dict[str, str]]]
    problems = []  # type: t.List[str]
    if not re.match(r"^[0-9]{1,%d}\Z" % MAX_DIGITS, first):
        problems.append(
            "first_number '%s' is not a number of 1 to %d digits. Write it in quotes, or leading zeros are lost."
            % (first, MAX_DIGITS)
        )
    known = [word for word, _kind in LAYOUT]
    for word in sorted(layout):
        if word not in known:
            problems.append("the layout has no '%s'; it has %s." % (word, ", ".join(known)))
        elif not re.match(r"^[0-9]{1,9}\Z", to_text(layout[word])):
            problems.append("the layout's %s is '%s', which is not how many." % (word, layout[word]))
    if problems:
        raise InputError(problems)
    width = len(first)
    number = int(first)
    ranges = {}  # type: t.Dict[str, t.List[t.Dict[str, str]]]
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
