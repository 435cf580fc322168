# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Options that are found right without Ansible's validator are what it would have made of them, to the last class."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from ansible.module_utils.basic import env_fallback
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.telephony.xivo.plugins.plugin_utils import checked
from ansible_collections.telephony.xivo.plugins.plugin_utils.checked import Checker
from hypothesis import given, settings
from hypothesis import strategies as st

Spec = dict[str, dict[str, Any]]
Options = dict[str, Any]

PLUGINS = Path(__file__).resolve().parents[3] / "plugins"
PACKAGE = "ansible_collections.telephony.xivo.plugins.modules"
SPECS = {
    path.stem: import_module(f"{PACKAGE}.{path.stem}").SPEC for path in sorted((PLUGINS / "modules").glob("xivo_*.py"))
}


class Text(str):
    """A text of a class of its own, as Ansible has them from core 2.19 on."""


class List(list):  # type: ignore[type-arg]
    pass


class Dictionary(dict):  # type: ignore[type-arg]
    pass


def many(options: Spec, **more: Any) -> Spec:
    return {"people": {"type": "list", "elements": "dict", "options": options, **more}}


# What a spec of Ansible can say. Those that say what no walk knows have to be found out as such.
PLAIN = {
    "scalars": many({"a": {"type": "int"}, "b": {"type": "float", "default": 1.5}, "c": {"type": "bool"}, "d": {}}),
    "required": many({"a": {"type": "str", "required": True}, "b": {"type": "bool", "required": True}}),
    "choices": many({"a": {"choices": ["x", "True"]}, "b": {"type": "int", "choices": [1, 2], "default": 2}}),
    "lists": many({"a": {"type": "list", "elements": "int"}, "b": {"type": "list"}}, required=True),
    "nested": many({"a": {"type": "dict", "options": many({"b": {"no_log": True}})}, "b": {"type": "dict"}}),
    "no suboptions": many({}),
    "one": {"person": {"type": "dict", "options": {"a": {"type": "int", "default": 1}}}},
    "default": many({"a": {"type": "int"}}, default=[]),
}
OTHER = {
    "aliases": many({"a": {"aliases": ["b"]}, "c": {}}),
    "aliases above": many({"a": {}}, aliases=["persons"]),
    "fallback": many({"a": {"fallback": (env_fallback, ["HOME"])}}),
    "deprecated": many({"a": {"removed_in_version": "9.0.0", "removed_from_collection": "a.b"}}),
    "exclusive": many({"a": {}, "b": {}}, mutually_exclusive=[("a", "b")]),
    "together": many({"a": {}, "b": {}}, required_together=[("a", "b")]),
    "one of": many({"a": {}, "b": {}}, required_one_of=[("a", "b")]),
    "if": many({"a": {}, "b": {}}, required_if=[("a", "x", ["b"])]),
    "by": many({"a": {}, "b": {}}, required_by={"a": ["b"]}),
    "defaults applied": {"person": {"type": "dict", "apply_defaults": True, "options": {"a": {"default": "x"}}}},
    "path": many({"a": {"type": "path"}}),
    "raw": many({"a": {"type": "raw"}}),
    "default of another type": many({"a": {"type": "int", "default": "1"}}),
    "default that is a list": many({"a": {"type": "list", "elements": "str", "default": ["x"]}}),
    "default not among the choices": many({"a": {"choices": ["x"], "default": "y"}}),
    "required with a default": many({"a": {"required": True, "default": "y"}}),
    "above, required with a default": many({"a": {}}, required=True, default=[]),
    "choices of a list": many({"a": {"type": "list", "elements": "str", "choices": ["x", "y"]}}),
    "choices of another kind": many({"a": {"choices": "xy"}}),
    "suboptions of a text": {"people": {"type": "str", "options": {"a": {}}}},
    "suboptions of texts": {"people": {"type": "list", "elements": "str", "options": {"a": {}}}},
    "elements of a text": many({"a": {"type": "str", "elements": "str"}}),
    "elements of paths": many({"a": {"type": "list", "elements": "path"}}),
}

REMOVED = object()
WEIRD = st.deferred(
    lambda: st.one_of(
        st.sampled_from([None, True, False, 0, 1, 7, -1, 1.0, 2.5, "", "1", "no", "True", "x,y", "~/x/$HOME", "k=v"]),
        st.sampled_from(['{"a": 1}', "{", "2001-2090", "présent", Text("x"), Text("present"), b"x", (1, 2)]),
        st.sampled_from([List(), List("x"), Dictionary(), Dictionary(a=1, start="1")]),
        st.lists(WEIRD, max_size=2),
        st.dictionaries(st.sampled_from(["a", "name", "start", "k"]), WEIRD, max_size=2),
    )
)
RIGHT: dict[str, st.SearchStrategy[Any]] = {
    "str": st.sampled_from(["", "x", "2001", "Comptabilité", "présent"]),
    "bool": st.booleans(),
    "int": st.integers(0, 9),
    "float": st.sampled_from([0.5, 30.0]),
    "dict": st.dictionaries(st.sampled_from(["a", "b"]), st.integers(0, 3), max_size=2),
    "path": st.sampled_from(["~/ca.pem", "/etc/ssl/$HOME"]),
}


def right(option: Options) -> st.SearchStrategy[Any]:
    """Values of an option such as its spec wants them."""
    kind, elements, inner = option.get("type", "str"), option.get("elements"), option.get("options")
    if isinstance(option.get("choices"), list) and kind != "list":
        return st.sampled_from(option["choices"])
    one = RIGHT.get(elements or "", WEIRD) if kind == "list" else RIGHT.get(kind, WEIRD)
    if inner is not None:
        one = all_right(inner)
    return st.lists(one, max_size=3) if kind == "list" else one


def all_right(spec: Spec) -> st.SearchStrategy[Options]:
    said = {name: right(option) for name, option in spec.items()}
    needed = {name for name, option in spec.items() if option.get("required")}
    return st.fixed_dictionaries(
        {name: said[name] for name in said if name in needed},
        optional={name: said[name] for name in said if name not in needed},
    )


@st.composite
def nearly_right(draw: st.DrawFn, spec: Spec) -> Options:
    """Options in which one thing or two are something else than they should, or not there."""
    options = draw(all_right(spec))
    for _time in range(draw(st.integers(1, 2))):
        container, key = draw(st.sampled_from(list(places(spec, options))))
        if draw(st.booleans()):
            container[key] = draw(WEIRD)
        elif isinstance(container, list) or key in container:
            del container[key]
    return options


def places(spec: Spec, options: Options) -> Iterator[tuple[Any, Any]]:
    """Where something may be changed: every option, given or not, and every element of a list."""
    for name in (*spec, "unknown"):
        yield options, name
        value = options.get(name)
        if value.__class__ is list:
            yield from ((value, number) for number in range(len(value)))
        for item in value if value.__class__ is list else [value]:
            if item.__class__ is dict:
                yield from places(spec.get(name, {}).get("options") or {}, item)


def filled(option: Options) -> Any:
    """A right value of an option with all that it may have inside."""
    kind, inner = option.get("type", "str"), option.get("options")
    if isinstance(option.get("choices"), list) and kind != "list":
        return option["choices"][0]
    plain = {"str": "x", "bool": True, "int": 1, "float": 1.5, "path": "~/x", "dict": {"a": 1}}
    one = plain.get((option.get("elements") or "str") if kind == "list" else kind, "x")
    if inner is not None:
        one = {name: filled(suboption) for name, suboption in inner.items()}
    return [one] if kind == "list" else one


def tasks(spec: Spec) -> st.SearchStrategy[Options]:
    return all_right(spec) | nearly_right(spec)


def typed(value: Any) -> Any:
    """A value with the class of everything in it, and dictionaries in their order."""
    if isinstance(value, dict):
        return type(value), [(typed(key), typed(item)) for key, item in value.items()]
    if isinstance(value, (list, tuple)):
        return type(value), [typed(item) for item in value]
    return type(value), value


def same_as_the_validator(spec: Spec, options: Options) -> None:
    def by_ansible() -> tuple[Options, Any]:
        result = ArgumentSpecValidator(spec).validate(copy.deepcopy(options))
        return result.validated_parameters, result.errors

    before = typed(options)
    assert told(lambda: Checker(spec).check(options)) == told(by_ansible)
    assert typed(options) == before


def told(check: Callable[[], tuple[Options, Any]]) -> Any:
    """What is found of the options, and said of what is wrong; the validator itself fails on a few."""
    try:
        found, errors = check()
    except Exception as error:
        return type(error), str(error)
    return {name: typed(value) for name, value in found.items()}, [(type(error), str(error)) for error in errors]


@pytest.mark.parametrize("name", [*SPECS, *PLAIN, *OTHER])
def test_one_thing_that_is_something_else(name: str) -> None:
    spec = {**SPECS, **PLAIN, **OTHER}[name]
    whole = {name: filled(option) for name, option in spec.items()}
    same_as_the_validator(spec, whole)
    for number in range(len(list(places(spec, whole)))):
        for value in (None, True, 1, 2.5, "7", "x,y", Text("x"), [None], List(), {}, Dictionary(), REMOVED):
            options = copy.deepcopy(whole)
            container, key = list(places(spec, options))[number]
            if value is not REMOVED:
                container[key] = value
            elif key in container or isinstance(container, list):
                del container[key]
            same_as_the_validator(spec, options)


@settings(max_examples=30)
@given(st.data())
@pytest.mark.parametrize("name", SPECS)
def test_the_options_of_every_module(name: str, data: st.DataObject) -> None:
    same_as_the_validator(SPECS[name], data.draw(tasks(SPECS[name])))


@settings(max_examples=30)
@given(st.data())
@pytest.mark.parametrize("name", [*PLAIN, *OTHER])
def test_whatever_a_spec_says(name: str, data: st.DataObject) -> None:
    spec = {**PLAIN, **OTHER}[name]
    same_as_the_validator(spec, data.draw(tasks(spec)))


@pytest.mark.parametrize("name", OTHER)
def test_what_is_not_known_is_left_to_ansible(name: str) -> None:
    assert Checker(OTHER[name])._walks == {}


@pytest.mark.parametrize("spec", [*SPECS.values(), *PLAIN.values()], ids=[*SPECS, *PLAIN])
def test_what_is_right_never_sees_the_validator(spec: Spec, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also in the modules as they are to come: a spec with something new in it would make all of them slow."""
    large = {name for name, option in spec.items() if option.get("options") is not None}
    seen: list[str] = []

    class Watched(ArgumentSpecValidator):  # type: ignore[misc]
        def validate(self, parameters: Options) -> Any:
            seen.extend(parameters)
            return super().validate(parameters)

    monkeypatch.setattr(checked, "ArgumentSpecValidator", Watched)

    @settings(max_examples=10)
    @given(all_right(spec))
    def check(options: Options) -> None:
        seen.clear()
        _found, errors = Checker(spec).check(options)
        assert not errors.messages
        assert not large & set(seen)

    check()
