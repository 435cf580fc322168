# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The options of a task as Ansible's validator leaves them, found faster where there is nothing to convert or refuse.

The validator goes some ten times through every suboption of every item, and copies them all before. Nearly always they
are right as they are. So each option that has suboptions is walked through once; one that holds anything but what the
validator would leave alone is left to it, and so is a whole task in which anything is wrong: every conversion and every
message is Ansible's own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import AnsibleValidationErrorMultiple

Options = dict[str, Any]
Spec = Mapping[str, Mapping[str, Any]]
# Returns the value with the defaults of its suboptions filled in, or raises NotPlain.
Walk = Callable[[Any], Any]

# The features of an argument spec that a walk knows. What has another one is left to Ansible.
KNOWN = {"type", "elements", "options", "choices", "default", "required", "no_log"}
SCALARS = {"str": str, "bool": bool, "int": int, "float": float}
PLAIN: dict[str, type] = {**SCALARS, "dict": dict, "list": list}


class NotPlain(Exception):
    """The validator may refuse this value, or make another one of it; or a spec has a feature that is not known."""


class Checker:
    """Checks the options of the tasks of one module."""

    def __init__(self, spec: Spec) -> None:
        self._spec = spec
        self._walks: dict[str, Walk] = {}
        for name, option in spec.items():
            if option.get("options") is not None:
                with suppress(NotPlain):
                    self._walks[name] = walk_of(option)

    def check(self, given: Options) -> tuple[Options, AnsibleValidationErrorMultiple]:
        """Return the options of a task with every default, and what is wrong with them."""
        walked: Options = {}
        for name in self._walks.keys() & given.keys():
            with suppress(NotPlain):
                walked[name] = self._walks[name](given[name])
        spec, rest = ({name: of[name] for name in of if name not in walked} for of in (self._spec, given))
        result = ArgumentSpecValidator(spec).validate(rest)
        if walked and result.error_messages:
            # A message may name all options that there are.
            walked, result = {}, ArgumentSpecValidator(self._spec).validate(given)
        return {**result.validated_parameters, **walked}, result.errors


def walk_of(option: Mapping[str, Any]) -> Walk:
    """Return a walk through the values of an option. Raises NotPlain."""
    kind, elements = option.get("type", "str"), option.get("elements")
    inner, choices = option.get("options"), option.get("choices")
    if kind not in PLAIN or not KNOWN.issuperset(option):
        raise NotPlain
    if elements and kind != "list" or choices is not None and not (kind in SCALARS and isinstance(choices, list)):
        raise NotPlain
    wanted, deeper = PLAIN[kind], None
    if inner is not None:
        if (kind, elements) not in (("dict", None), ("list", "dict")):
            raise NotPlain
        deeper = _walk_of_suboptions(inner)
    if elements:
        deeper = _walk_of_elements(elements, deeper)
    has_default, required = option.get("default") is not None, bool(option.get("required"))
    if has_default and required:
        raise NotPlain
    # Elsewhere an explicit None is refused, or made a text of.
    may_be_none = not (required or has_default or choices is not None)

    def walk(value: Any) -> Any:
        if value is None and may_be_none:
            return None
        # By its very class: True is an int too, and a text may be of a class of Ansible's own.
        if value.__class__ is not wanted or choices is not None and value not in choices:
            raise NotPlain
        return deeper(value) if deeper else value

    return walk


def _walk_of_elements(kind: str, deeper: Walk | None) -> Walk:
    if kind not in PLAIN:
        raise NotPlain
    wanted = PLAIN[kind]

    def walk(values: list[Any]) -> list[Any]:
        if any(value.__class__ is not wanted for value in values):
            raise NotPlain
        return [deeper(value) for value in values] if deeper else values

    return walk


def _walk_of_suboptions(spec: Spec) -> Walk:
    walks = {name: walk_of(option) for name, option in spec.items()}
    required = {name for name, option in spec.items() if option.get("required")}
    absent = {name: option["default"] for name, option in spec.items() if option.get("default") is not None}
    for name, default in absent.items():
        walks[name](default)
        if isinstance(default, (list, dict)):  # which would be the same one for all
            raise NotPlain
    # In the order of the validator: first those that have a default.
    absent.update({name: None for name in spec if name not in absent})

    def walk(values: Options) -> Options:
        if not walks.keys() >= values.keys() >= required:
            raise NotPlain
        found = {name: walks[name](value) for name, value in values.items()}
        for name, default in absent.items():
            found.setdefault(name, default)
        return found

    return walk
