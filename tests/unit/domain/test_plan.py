# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A plan leads from what a server holds to exactly what is declared, and then there is nothing left to do."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.contexts import (
    FIELDS,
    NAMES_KEPT,
    NAMES_LOWERED,
    NAMES_MADE,
    TYPES,
    Context,
    Directory,
    differences,
)
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.numbers import KINDS, Range, normal, option_of
from ansible_collections.telephony.xivo.plugins.module_utils.engine.execution import Execution
from ansible_collections.telephony.xivo.plugins.module_utils.engine.resources import plan as plan_many
from ansible_collections.telephony.xivo.plugins.module_utils.errors import InputError
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.base import CREATE, DELETE, UNCHANGED, UPDATE
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.contexts import (
    Abilities,
    ContextDeclaration,
    ContextKind,
    Plan,
    lost,
    make_plan,
)
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.state import Policy, State
from ansible_collections.telephony.xivo.plugins.module_utils.servers.contexts import ContextService
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.fakes import FakeNumbers
from tests.unit.domain.strategies import disjoint_ranges, numbers_of

HANDLES = ("Accueil", "Comptabilite", "default", "Direction", "Qualite", "to-extern", "Ventes")
ACCENTED = {"Comptabilite": "Comptabilité", "Qualite": "QUALITÉ", "Direction": "direction"}


class FakeServer:
    """A server in memory: no request, no oddity, but that it names its contexts as one of the three sorts does."""

    def __init__(self, names: str, contexts: Iterable[Context], entities: Sequence[str] = ("here",)) -> None:
        self.names = names
        self.abilities = Abilities(has_entities=True)
        self.held = {c.id: c for c in contexts}
        self.session = SimpleNamespace(wait=lambda seconds: None)
        self._entities = list(entities)

    def contexts(self) -> list[Context]:
        return list(self.held.values())

    def entities(self) -> list[str]:
        return self._entities

    def uses(self, _contexts: Sequence[Context], _whats: Sequence[str]) -> list[Any]:
        return []

    def forget(self) -> None:
        pass

    def state(self) -> State:
        state = State(
            self, lambda _kind, state: FakeContexts(self, state), lambda _state: FakeNumbers([], lambda _: None)
        )
        state.policy = Policy("ignore", False)
        return state


class FakeContexts(ContextService):
    @property
    def includes_apart(self) -> bool:  # type: ignore[override]
        return self.server.names != NAMES_LOWERED

    def create(self, change: Any) -> None:
        context, held, names = change.after, self.server.held, self.server.names
        assert context.id is None
        key = max(held, default=0) + 1
        name = made_name(key) if names == NAMES_MADE else context.name
        assert name not in [c.name for c in held.values()]
        kept = replace(context, id=key, name=name, uuid=uuid(key) if names == NAMES_MADE else None)
        held[key] = replace(kept, includes=()) if self.includes_apart else kept
        change.made = key

    def update(self, change: Any) -> None:
        held, after = self.server.held[change.id], change.after
        changes: dict[str, Any] = {name: getattr(after, name) for name in change.fields if name in FIELDS}
        changes["ranges"] = {
            kind: after.ranges[kind] if option_of(kind) in change.fields else held.ranges[kind] for kind in KINDS
        }
        if not self.includes_apart:
            changes["includes"] = after.includes
        self.server.held[change.id] = replace(held, **changes)

    def include(self, change: Any) -> None:
        held, there = self.server.held, self.state.directory.by_name
        ids = [change.needs[n].id if n in change.needs else there[n].id for n in change.after.includes]
        held[change.id] = replace(held[change.id], includes=tuple(held[one].name for one in ids))

    def delete(self, change: Any) -> None:
        held = self.server.held
        gone = held.pop(change.id)
        for other in list(held.values()):
            held[other.id] = replace(other, includes=tuple(i for i in other.includes if i != gone.name))


def uuid(key: int) -> str:
    return f"{key:08x}-0000-0000-0000-000000000000"


def made_name(key: int) -> str:
    return f"ctx-master-internal-{uuid(key)}"


@st.composite
def fields(draw: st.DrawFn) -> dict[str, Any]:
    """Each option that says something of one context, or None where it is left out."""
    return {
        "type": draw(st.none() | st.sampled_from(TYPES)),
        "description": draw(st.none() | st.sampled_from(["", "A remark"])),
        "enabled": draw(st.none() | st.booleans()),
        "entity": draw(st.none() | st.sampled_from(["here", "there"])),
        "ranges": {kind: draw(st.none() | disjoint_ranges(kind, most=1).map(normal)) for kind in KINDS},
    }


@dataclass
class Case:
    names: str
    held: list[Context]
    declarations: list[ContextDeclaration]
    # For each declaration, the key of the context that it is about, or None for a new one.
    keys: list[Any]
    # What each handle stands for among what is to be there: a key, or the handle itself for a new one.
    meaning: dict[str, Any] = field(default_factory=dict)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Any server and any good declarations for it."""
    names = draw(st.sampled_from((NAMES_KEPT, NAMES_LOWERED, NAMES_MADE)))
    there = draw(st.lists(st.sampled_from(HANDLES), unique=True, max_size=5))
    keys = {handle: key for key, handle in enumerate(there, 1)}
    name_of = {
        handle: made_name(key) if names == NAMES_MADE else handle.lower() if names == NAMES_LOWERED else handle
        for handle, key in keys.items()
    }
    held = []
    for handle, key in keys.items():
        given = draw(fields())
        held.append(
            Context(
                name_of[handle],
                label=draw(st.sampled_from([handle, ACCENTED.get(handle, handle)])),
                type=given["type"] or "internal",
                description=given["description"],
                enabled=given["enabled"] is not False,
                entity=draw(st.sampled_from(["here", "there"])),
                ranges={kind: found or () for kind, found in given["ranges"].items()},
                includes=draw(st.lists(st.sampled_from(sorted(name_of.values())), unique=True, max_size=3)),
                id=key,
                uuid=uuid(key) if names == NAMES_MADE else None,
            )
        )

    def handle_used(handle: str) -> str:
        """Any of the ways in which a playbook may call it."""
        ways = [handle]
        if names == NAMES_LOWERED:
            ways.append(handle.upper())
        if names == NAMES_MADE:
            ways += [handle.upper()] + ([name_of[handle], uuid(keys[handle])] if handle in keys else [])
        return draw(st.sampled_from(ways))

    declared = draw(st.lists(st.sampled_from(HANDLES), unique=True, max_size=5))
    absent = {handle for handle in declared if draw(st.booleans()) and draw(st.booleans())}
    final = [handle for handle in HANDLES if handle in {*there, *declared} - absent]
    case = Case(names, held, [], [keys.get(handle) for handle in declared])
    for handle in declared:
        state = "absent" if handle in absent else "present"
        includes = None
        others = [other for other in final if other != handle]
        if state == "present" and draw(st.booleans()):
            wanted = draw(st.lists(st.sampled_from(others), unique=True, max_size=3)) if others else []
            includes = [handle_used(other) for other in wanted]
            case.meaning |= {used: keys.get(other, other) for used, other in zip(includes, wanted, strict=True)}
        label = draw(st.sampled_from([None, handle, ACCENTED.get(handle, handle)]))
        said = draw(fields())
        ranges = said.pop("ranges")
        options = {"name": handle_used(handle), "state": state, "includes": includes, "label": label, **said}
        case.declarations.append(ContextDeclaration(options))
        case.declarations[-1].ranges = ranges
    return case


def plan_of(case: Case, server: FakeServer) -> Plan:
    directory = Directory(server.contexts(), case.names)
    return make_plan(directory, case.declarations, server.abilities, lambda: ["here"], "ignore")


def carried_out(case: Case) -> FakeServer:
    server = FakeServer(case.names, case.held, ["here", "there"])
    # With two entities, a new context has to say which.
    for declaration, key in zip(case.declarations, case.keys, strict=True):
        if key is None and declaration.fields["entity"] is None:
            declaration.fields["entity"] = "here"
    state = server.state()
    changes = ContextKind().plan(state, case.declarations)
    foreseen = {c.name: c for c in ContextKind().planned(state, changes).directory.contexts}
    if any(change.action != UNCHANGED for change in changes):
        Execution(ContextKind(), state, changes, [], False).run()
    # Twice is empty.
    for declaration in case.declarations:
        declaration.id = None
    again = ContextKind().plan(server.state(), case.declarations)
    assert [c.action for c in again if c.action != UNCHANGED] == []
    # What was foreseen is what is there.
    if case.names != NAMES_MADE:
        assert {c.name: differences(c, foreseen[c.name]) for c in server.contexts()} == {name: [] for name in foreseen}
    return server


@given(cases())
def test_plan_then_apply_equals_what_is_declared(case: Case) -> None:
    before = {c.id: c for c in case.held}
    server = carried_out(case)
    after = server.held
    found: dict[Any, Context] = dict(after)
    for declaration, key in zip(case.declarations, case.keys, strict=True):
        if declaration.state == "absent":
            assert key not in after
            continue
        context = after[key] if key else Directory(after.values(), case.names).find(declaration.name)
        assert context is not None
        for name in ("label", *FIELDS):
            wanted = declaration.fields[name]
            if wanted is None and key:
                wanted = getattr(before[key], name)
            if wanted is not None:
                assert getattr(context, name) == wanted
        for kind in KINDS:
            left_out = before[key].ranges[kind] if key else ()
            wanted = declaration.ranges[kind]
            assert context.ranges[kind] == (left_out if wanted is None else wanted)
        if declaration.includes is not None:
            meant = [case.meaning[include] for include in declaration.includes]
            keys = [c.id for name in context.includes for c in after.values() if c.name == name]
            expected = [
                number if isinstance(number, int) else Directory(after.values(), case.names).find(number).id
                for number in meant
            ]
            assert keys == expected
        found.pop(context.id)
    # What is not declared is as it was, but for includes of what is gone.
    for key, context in found.items():
        gone = {before[k].name for k in before if k not in after}
        assert (
            differences(replace(before[key], includes=tuple(i for i in before[key].includes if i not in gone)), context)
            == []
        )


@given(cases())
def test_a_plan_without_declarations_is_empty(case: Case) -> None:
    case.declarations = []
    plan = plan_of(case, FakeServer(case.names, case.held))
    assert plan.changes == []


@given(cases())
def test_what_is_read_applies_again_without_a_change(case: Case) -> None:
    directory = Directory(case.held, case.names)
    case.declarations = [ContextDeclaration(directory.public(c, True)) for c in case.held]
    plan = plan_of(case, FakeServer(case.names, case.held))
    assert [c.action for c in plan.changes] == [UNCHANGED] * len(case.held)


@given(cases())
def test_what_is_not_declared_goes_where_that_is_asked_for(case: Case) -> None:
    for declaration in case.declarations:
        declaration.includes = None
        declaration.fields["entity"] = "here"
    server = FakeServer(case.names, case.held)
    state = server.state()
    purge = {"purge": True, "purge_exclude": ["DEFAULT"], "max_deletions": 9}
    changes = plan_many(ContextKind(), state, case.declarations, purge)
    if any(change.action != UNCHANGED for change in changes):
        Execution(ContextKind(), state, changes, [], False).run()
    declared = {key for key, d in zip(case.keys, case.declarations, strict=True) if d.state == "present" and key}
    # Wazo called it by its label once.
    kept = {c.id for c in case.held if c.id in declared or (is_default(c) and c.id not in case.keys)}
    fresh = [d for key, d in zip(case.keys, case.declarations, strict=True) if d.state == "present" and not key]
    assert {key for key in server.held if key in {c.id for c in case.held}} == kept
    assert len(server.held) == len(kept) + len(fresh)


def is_default(context: Context) -> bool:
    return "default" in (context.name, context.label)


# One by one

DEFAULT = Context("default", label="Default", type="internal", id=1, includes=["to-extern"])
EXTERN = Context("to-extern", label="Out", type="outcall", id=2)
HOUSE = [DEFAULT, EXTERN]


def declared(name: str, **options: Any) -> ContextDeclaration:
    return ContextDeclaration({"name": name, **options})


@dataclass
class Planned:
    changes: list[Any]
    warnings: list[str]

    @property
    def changed(self) -> bool:
        return any(change.action != UNCHANGED for change in self.changes)


def plan(
    held: Sequence[Context], *declarations: ContextDeclaration, names: str = NAMES_KEPT, **options: Any
) -> Planned:
    abilities = options.pop("abilities", Abilities())
    made = make_plan(Directory(held, names), declarations, abilities, **options)
    return Planned(made.changes, made.warnings)


def problems(held: Sequence[Context], *declarations: ContextDeclaration, **options: Any) -> list[str]:
    with pytest.raises(InputError) as caught:
        plan(held, *declarations, **options)
    found: list[str] = caught.value.problems
    return found


def test_a_new_context_gets_the_defaults_of_the_servers() -> None:
    [change] = plan(HOUSE, declared("x")).changes
    assert (change.action, change.before) == (CREATE, None)
    assert differences(change.after, Context("x", label="x", type="internal", enabled=True)) == []


def test_the_order_of_includes_counts() -> None:
    held = [*HOUSE, Context("x", id=3, includes=["default", "to-extern"])]
    [change] = plan(held, declared("x", includes=["to-extern", "default"])).changes
    assert (change.action, change.fields) == (UPDATE, ["includes"])
    assert not plan(held, declared("x", includes=["default", "to-extern"])).changed


def test_the_order_of_ranges_does_not() -> None:
    held = [Context("x", ranges={"user": [Range("20", "29", 0), Range("1", "1", 0)]})]
    assert not plan(held, declared("x", user_ranges=[{"start": "1"}, {"start": "20", "end": "29"}])).changed


def test_a_deletion_takes_a_context_out_of_the_includes_of_others() -> None:
    deletion, other = plan(HOUSE, declared("to-extern", state="absent")).changes
    assert (deletion.action, deletion.after) == (DELETE, None)
    assert (other.action, other.fields, other.by_server) == (UPDATE, ["includes"], True)
    assert other.after.includes == ()


def test_new_contexts_may_include_each_other() -> None:
    made = plan([], declared("a", includes=["b"]), declared("b", includes=["a"]))
    assert [c.after.includes for c in made.changes] == [("b",), ("a",)]


@pytest.mark.parametrize(
    ("names", "held", "first", "second"),
    [
        (NAMES_KEPT, HOUSE, "default", "default"),
        (NAMES_KEPT, HOUSE, "new", "new"),
        (NAMES_LOWERED, HOUSE, "default", "DEFAULT"),
        (NAMES_LOWERED, HOUSE, "New", "new"),
        (NAMES_MADE, [replace(DEFAULT, name=made_name(1), uuid=uuid(1))], "default", uuid(1)),
        (NAMES_MADE, [replace(DEFAULT, name=made_name(1), uuid=uuid(1))], "Default", "DEFAULT"),
        (NAMES_MADE, [], "new", "new"),
        (NAMES_MADE, [], "new", "New"),
    ],
)
def test_two_declarations_of_one_context(names: str, held: list[Context], first: str, second: str) -> None:
    assert problems(held, declared(first), declared(second), names=names) == [
        f"'{first}' and '{second}' are one and the same context."
    ]


def test_two_labels_that_would_be_one_the_next_time() -> None:
    one, two = (Context(made_name(n), label=label, id=n, uuid=uuid(n)) for n, label in ((1, "One"), (2, "Two")))
    told = problems([one], declared("one", label="Éte"), declared("ete"), names=NAMES_MADE)
    assert told == ["'one' and 'ete' are one and the same context."]
    told = problems([one, two], declared("one", label="Both"), declared("two", label="both"), names=NAMES_MADE)
    assert told == ["'one' and 'two' are one and the same context."]
    twins = [one, replace(two, label="One")]
    declarations = [declared(c.name, label="One") for c in twins]
    assert not plan(twins, *declarations, names=NAMES_MADE).changed


@pytest.mark.parametrize("handle", [made_name(7), uuid(7), "gone"])
def test_what_is_gone_already_may_be_absent(handle: str) -> None:
    assert not plan([], declared(handle, state="absent"), names=NAMES_MADE).changed


def test_case_tells_two_contexts_apart_where_names_are_kept() -> None:
    assert len(plan([], declared("new"), declared("New")).changes) == 2


def test_includes_that_cannot_be() -> None:
    assert problems(HOUSE, declared("x", includes=["defualt"])) == [
        "Context 'x' includes 'defualt', which does not exist here. Did you mean 'default'? "
        "There are: default, to-extern."
    ]
    assert problems(HOUSE, declared("x", includes=["x"])) == ["Context 'x' cannot include itself."]
    assert problems(HOUSE, declared("default", includes=["default"])) == ["Context 'default' cannot include itself."]
    assert problems(HOUSE, declared("x", includes=["to-extern"]), declared("to-extern", state="absent")) == [
        "Context 'x' includes 'to-extern', which this task deletes."
    ]
    assert problems(HOUSE, declared("x", includes=["default", "DEFAULT"]), names=NAMES_LOWERED) == [
        "Context 'x': includes lists 'DEFAULT' twice."
    ]


def test_an_include_that_two_labels_match() -> None:
    twins = [Context(made_name(n), label=label, id=n, uuid=uuid(n)) for n, label in ((1, "Été"), (2, "ete"))]
    [problem] = problems(twins, declared("x", includes=["ete"]), names=NAMES_MADE)
    assert problem.startswith("Context 'x', includes: 2 contexts are meant by 'ete'")
    assert made_name(1) in problem
    assert made_name(2) in problem


def test_all_problems_are_told_at_once() -> None:
    told = problems(HOUSE, declared("Été"), declared("x", includes=["nosuch"]), declared("general"))
    assert len(told) == 3


def test_a_row_that_xivo_left_pointing_nowhere_may_stay_and_may_go() -> None:
    held = [replace(DEFAULT, includes=["gone", "to-extern"]), EXTERN]
    assert not plan(held, declared("default", includes=["gone", "to-extern"])).changed
    assert plan(held, declared("default", includes=["to-extern"])).changed
    assert problems(held, declared("x", includes=["gone"]))


def test_what_a_server_refuses_or_drops_is_refused_before() -> None:
    strict = Abilities(can_disable=False, label_minimum=3, did_length_minimum=1, has_includes=False)
    told = problems(
        HOUSE,
        declared("x", label="ab", enabled=False, incall_ranges=[{"start": "0100"}], includes=["default"]),
        abilities=strict,
    )
    assert [text.split(":")[0] for text in told[:1]] == ["Context 'x'"]
    assert "has 2 characters; this server takes 3 to 128" in told[0]
    assert "cannot be disabled" in told[1]
    assert "wants a did_length of 1 to 20 digits" in told[2]
    assert "has no includes" in told[3]
    # What is there already, and stays, is no reason to refuse a change of something else.
    held = [Context("x", label="ab", id=1, enabled=False, ranges={"incall": [Range("0100", "0100", 0)]})]
    [change] = plan(held, declared("x", description="A remark"), abilities=strict).changes
    assert change.fields == ["description"]


@pytest.mark.parametrize(
    ("entities", "given", "outcome"),
    [
        (["xivo"], None, "xivo"),
        (["xivo", "other"], "other", "other"),
        (["xivo", "other"], None, "needs an entity, and this server has several: xivo, other"),
        ([], None, "this server has none"),
        (["xivo"], "nosuch", "the entity 'nosuch' is unknown; this server has: xivo."),
    ],
)
def test_entity(entities: list[str], given: str | None, outcome: str) -> None:
    options: dict[str, Any] = {"abilities": Abilities(has_entities=True), "entities": lambda: entities}
    if " " in outcome:
        [problem] = problems(HOUSE, declared("x", entity=given), **options)
        assert outcome in problem
    else:
        [change] = plan(HOUSE, declared("x", entity=given), **options).changes
        assert change.after.entity == outcome


def test_entities_are_asked_for_once_and_only_where_needed() -> None:
    asked = []

    def entities() -> list[str]:
        asked.append(1)
        return ["xivo"]

    with_entities: dict[str, Any] = {"abilities": Abilities(has_entities=True), "entities": entities}
    held = [replace(DEFAULT, entity="xivo"), replace(EXTERN, entity="xivo")]
    plan(held, declared("default", label="Other", includes=[]), **with_entities)
    assert asked == []
    plan(held, declared("x"), declared("y"), **with_entities)
    assert asked == [1]


def test_an_edit_of_a_context_without_entity_gives_it_one_and_a_look_does_not() -> None:
    options: dict[str, Any] = {"abilities": Abilities(has_entities=True), "entities": lambda: ["xivo"]}
    held = [Context("x", label="rest", id=1), EXTERN]
    assert not plan(held, declared("x", label="rest"), **options).changed
    [change] = plan(held, declared("x", label="edited"), **options).changes
    assert change.fields == ["label", "entity"]
    [change] = plan(held, declared("x", includes=["to-extern"]), **options).changes
    assert change.fields == ["entity", "includes"]


def test_a_context_without_entity_that_loses_an_include_is_left_to_the_server() -> None:
    directory = Directory([Context("old", id=1), Context("rest", includes=["old"], id=2)], NAMES_LOWERED)
    gone = ContextDeclaration({"name": "old", "state": "absent"})
    plan = make_plan(directory, [gone], Abilities(has_entities=True), lambda: ["xivo"])
    [_deletion, change] = plan.changes
    assert (change.name, change.by_server, change.fields) == ("rest", True, ["includes"])


def test_an_entity_means_nothing_where_there_are_none() -> None:
    assert not plan(HOUSE, declared("default", entity="xivo")).changed


def test_numbers_that_are_lost() -> None:
    before = Context("x", ranges={"user": [Range("10", "19", 0)], "group": [Range("5", "5", 0)]})
    after = Context("x", ranges={"user": [Range("12", "13", 0), Range("16", "30", 0)]})
    assert {kind: [str(r) for r in found] for kind, found in lost(before, after).items()} == {
        "user": ["10-11", "14-15"],
        "group": ["5"],
    }
    assert lost(before, before) == {}
    everything = {number for found in lost(before, None).values() for r in found for number in numbers_of(r)}
    assert everything == {*map(str, range(10, 20)), "5"}


# Conflicts

A = Context("a", label="A", id=3, ranges={"user": [Range("2001", "2090", 0)]})
B = Context("b", label="B", id=4, ranges={"user": [Range("2050", "2060", 0)]})
BOTH = Context("both", label="Both", id=5, includes=["a"])
SHARED = (
    "The user range 2001-2090 of 'a' and the user range 2050-2060 of 'b' share numbers, and 'both' could dial both."
)


def test_a_new_range_in_conflict_is_refused() -> None:
    held = [A, Context("b", label="B", id=4), replace(BOTH, includes=["a", "b"])]
    told = problems(held, declared("b", user_ranges=[{"start": "2050", "end": "2060"}]))
    assert told[0] == SHARED
    assert "set the option conflicts to warn or ignore" in told[1]


def test_an_include_alone_makes_a_conflict() -> None:
    assert problems([A, B, BOTH], declared("both", includes=["a", "b"]))[0] == SHARED


def test_two_that_nobody_dials_both_of_are_no_conflict() -> None:
    made = plan([A, BOTH], declared("b", user_ranges=[{"start": "2050", "end": "2060"}]))
    assert made.changed
    assert made.warnings == []


@pytest.mark.parametrize("kind", KINDS[1:])
def test_two_kinds_of_one_context(kind: str) -> None:
    [problem, _advice] = problems([A], declared("a", **{option_of(kind): [{"start": "2090"}]}))
    assert (
        problem
        == f"The user range 2001-2090 of 'a' and the {kind} range 2090 of 'a' share numbers, and 'a' could dial both."
    )


def test_an_old_conflict_is_a_warning() -> None:
    held = [A, B, replace(BOTH, includes=["a", "b"])]
    for declaration in (declared("b", description="A remark"), declared("new"), declared("a")):
        assert plan(held, declaration).warnings == [f"Not made by this task: {SHARED}"]


def test_the_range_that_is_changed_counts_as_new() -> None:
    held = [A, B, replace(BOTH, includes=["a", "b"])]
    assert (
        "user range 2050-2061 of 'b'"
        in problems(held, declared("b", user_ranges=[{"start": "2050", "end": "2061"}]))[0]
    )
    made = plan(held, declared("b", user_ranges=[{"start": "2100", "end": "2110"}]))
    assert made.warnings == []


OURS, THEIRS = (replace(c, type="internal") for c in (A, B))
UNSEEN = f"{SHARED.partition(', and ')[0]}; nobody can dial both today."


def test_numbers_of_another_context_are_not_free() -> None:
    new = declared("b", type="internal", user_ranges=[{"start": "2050", "end": "2060"}])
    told = problems([OURS], new)
    assert told[0] == UNSEEN
    assert "conflicts: reachable" in told[2]
    assert plan([OURS], new, conflicts="reachable").warnings == []
    assert plan([OURS], new, conflicts="warn").warnings == [UNSEEN]
    assert plan([OURS], new, conflicts="ignore").warnings == []
    # Of another company, or outgoing: only who could dial both would be in doubt.
    abilities = Abilities(has_entities=True)
    for other in (replace(OURS, entity="others"), replace(OURS, type="outcall", entity="ours")):
        held = [other, Context("b", type="internal", label="B", entity="ours", id=4)]
        assert plan(held, new, abilities=abilities).warnings == []
    # Whose a new one is, is known where there is one entity only.
    with pytest.raises(InputError):
        plan([replace(OURS, entity="ours")], new, abilities=abilities, entities=lambda: ["ours"])


def test_what_was_there_is_told_once_and_stays() -> None:
    held = [OURS, THEIRS, *(Context(f"x{n}", type="internal", ranges=OURS.ranges) for n in range(3))]
    for declaration in (declared("b", description="A remark"), declared("new"), declared("a")):
        [told] = plan(held, declaration).warnings
        assert told.startswith(
            "Not made by this task: The user range 2001-2090 of 'a' and the user range 2001-2090 of "
        )
        assert told.count("nobody can dial both today.") == 3
        assert told.endswith(" And 7 more; the playbook telephony.xivo.report shows all.")
    assert plan(held, declared("a"), conflicts="reachable").warnings == []
    # To become one of them is to take what they have.
    apart = [OURS, replace(THEIRS, type="outcall")]
    assert problems(apart, declared("b", type="internal"))[0] == UNSEEN
    # To go is not.
    assert len(plan(held, declared("b", state="absent")).warnings) == 1


def test_an_include_makes_worse_what_was_there() -> None:
    held = [OURS, THEIRS, BOTH]
    assert problems(held, declared("both", includes=["a", "b"]))[0] == SHARED


def test_policies() -> None:
    change = declared("both", includes=["a", "b"])
    assert plan([A, B, BOTH], change, conflicts="warn").warnings == [SHARED]
    assert plan([A, B, BOTH], change, conflicts="ignore").warnings == []


def test_many_conflicts_are_cut_and_counted() -> None:
    many = [{"start": f"20{n:02d}"} for n in range(1, 61)]
    told = problems([A], declared("a", group_ranges=many))
    assert len(told) == 22
    assert told[20] == "... and 40 more conflicts."
