# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Contexts: what a playbook says of them, and what must be done. No request is made here."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from ansible.module_utils.common.text.converters import to_text

from ..dialplan.conflicts import Reach, find_conflicts
from ..dialplan.contexts import (
    FIELDS,
    MADE,
    NAMES_LOWERED,
    NAMES_MADE,
    TYPES,
    Context,
    Directory,
    describe,
    differences,
)
from ..dialplan.menus import MENU_CONTEXTS, MENU_ENTITIES
from ..dialplan.names import fold, label_problem, name_for, name_problem, slug
from ..dialplan.numbers import (
    KINDS,
    RANGE_OPTIONS,
    DoubtfulRanges,
    Range,
    cut_each,
    option_of,
    parse_ranges,
    range_problem,
    what_arrives,
)
from ..errors import SHOWN, AmbiguousError, InputError, must
from .base import (
    CREATE,
    DELETE,
    INCLUDE,
    UNCHANGED,
    UPDATE,
    Change,
    Declaration,
    Kind,
    Write,
    text_or_none,
)

if TYPE_CHECKING:
    import typing as t

    from ..dialplan.conflicts import Conflict
    from ..dialplan.numbers import Doubt
    from .base import Options, Spec
    from .state import State

    AnyChange = Change[Context, "ContextDeclaration"]
    AnyWrite = Write[Context, "ContextDeclaration"]

TOLD = 3  # conflicts that were there before, that a warning lists
# The contexts of a fresh server.
FRESH = ("default", "from-extern", "to-extern", "__switchboard_directory")
# What a task can set of a context, includes last.
OPTIONS = (*FIELDS, *(option_of(kind) for kind in KINDS), "includes")
SHOWN_ORDER = (
    *("name", "label", "type", "description", "enabled", "entity", "includes"),
    *(option_of(kind) for kind in KINDS),
)


def kept_as_it_is(text: str) -> str:
    return text


@dataclass(frozen=True)
class Abilities:
    """What a server can hold, where servers differ.

    ``stored_text`` returns what the server makes of a label or a description. ``checks_whole`` says that an edit is
    refused for what was there before, too.
    """

    has_entities: bool = False
    has_includes: bool = True
    can_disable: bool = True
    label_minimum: int = 1
    label_in_bytes: bool = False
    did_length_minimum: int = 0
    checks_whole: bool = False
    stored_text: t.Callable[[str], str] = kept_as_it_is


class ContextDeclaration(Declaration):
    """What a playbook says of one context. ``called`` is how errors call it where the name is the server's own."""

    noun = "context"

    def __init__(self, options: Options, called: str | None = None) -> None:
        super().__init__(options)
        self.name = to_text(options["name"])
        self.called = called or self.name
        self.fields: dict[str, t.Any] = {
            "label": text_or_none(options.get("label")),
            "type": options.get("type"),
            "description": text_or_none(options.get("description")),
            "enabled": options.get("enabled"),
            "entity": text_or_none(options.get("entity")),
        }
        self.reciprocal = bool(options.get("reciprocal"))  # those that it includes shall include it too
        self._problems: list[str] = []
        self.ranges: dict[str, tuple[Range, ...] | None] = dict.fromkeys(KINDS)
        # What is wrong with ranges, by their kind, unless the server has just these already.
        self.range_doubts: dict[str, t.Sequence[Doubt]] = {}
        for kind in KINDS:
            if options.get(option_of(kind)) is not None:
                self._parse(kind, options[option_of(kind)])
        includes = options.get("includes")
        self.includes = None if includes is None else tuple(to_text(include) for include in includes)
        if self.includes and len(set(self.includes)) < len(self.includes):
            repeated = "', '".join(sorted({name for name in self.includes if self.includes.count(name) > 1}))
            self._problems.append(f"Context '{self.name}': includes lists '{repeated}' twice.")

    def _parse(self, kind: str, raws: t.Iterable[Options]) -> None:
        try:
            self.ranges[kind] = parse_ranges(raws, kind)
        except DoubtfulRanges as error:
            self.ranges[kind] = error.ranges
            self.range_doubts[kind] = error.doubts
        except InputError as error:
            self._problems += [f"Context '{self.name}': {problem}" for problem in error.problems]

    @property
    def label(self) -> str:
        return self.called

    @property
    def said_label(self) -> str | None:
        return text_or_none(self.fields["label"])

    def problems(self) -> list[str]:
        return self._problems

    def doubts(self) -> list[str]:
        return self.doubts_beside(None)

    def doubts_beside(self, before: Context | None) -> list[str]:
        """Say what is wrong with the ranges, but for those that the context has before and this does not touch."""
        texts: list[str] = []
        for kind in KINDS:
            there = set(before.ranges[kind]) if before else set()
            # No server takes a list in which a range is wrong, whatever it holds itself.
            same = there == set(self.ranges[kind] or ())
            texts += [
                f"Context '{self.name}': {doubt.text}"
                for doubt in self.range_doubts.get(kind, ())
                if not (there.issuperset(doubt.ranges) and (same or all(r.well_formed for r in doubt.ranges)))
            ]
        return texts

    def new(self) -> Context:
        """Return the context that is to be made, with the defaults of the servers; includes come later."""
        fields = {k: v for k, v in self.fields.items() if v is not None}
        fields.setdefault("label", self.name)
        fields.setdefault("type", "internal")
        return Context(self.name, ranges={k: v or () for k, v in self.ranges.items()}, **fields)

    def over(self, current: Context) -> Context:
        """Return the current context with what is declared put over it; includes come later."""
        changes = {k: v for k, v in self.fields.items() if v is not None}
        changes["ranges"] = {k: current.ranges[k] if v is None else v for k, v in self.ranges.items()}
        return replace(current, **changes)


@dataclass
class ContextChange(Change[Context, ContextDeclaration]):
    """What happens to one context, in a plan for several."""

    plan: Plan | None = None

    @property
    def name(self) -> str:
        return must(self.before or self.after).name


@dataclass
class Plan:
    """All changes, and the two states of the server that they lead from and to. The first of the changes are those of
    the declarations, in order."""

    declared: t.Sequence[ContextDeclaration]
    before: Directory
    after: Directory
    changes: list[ContextChange]
    warnings: list[str] = field(default_factory=list)


def no_entities() -> list[str]:
    return []


def make_plan(
    directory: Directory,
    declared: t.Sequence[ContextDeclaration],
    abilities: Abilities,
    entities: t.Callable[[], list[str]] = no_entities,
    conflicts: str = "error",
) -> Plan:
    """Work out what must be done.

    ``entities`` is asked at most once, and only where an entity must be known. Raises InputError with every problem
    that was found, AmbiguousError where another run may be about to end one of them.
    """
    return _Planner(directory, declared, abilities, entities).plan(conflicts)


class _Planner:
    def __init__(
        self,
        directory: Directory,
        declarations: t.Sequence[ContextDeclaration],
        abilities: Abilities,
        entities: t.Callable[[], list[str]],
    ) -> None:
        self.directory = directory
        self.declarations = declarations
        self.abilities = abilities
        self._ask_entities = entities
        self._entities: list[str] | None = None
        self.problems: list[str] = []
        self._handles: dict[str, str] = {}
        # Whether one of the problems may end by itself.
        self._may_pass = False

    def plan(self, conflicts: str) -> Plan:
        current = self._match()
        gone = {c.name for c, d in zip(current, self.declarations) if c and d.is_absent}
        # First everything but includes, so that contexts can include each other in any order.
        wanted = [None if d.is_absent else self._wanted(c, d) for c, d in zip(current, self.declarations)]
        replaced = {w.name: w for b, w in zip(current, wanted) if b and w}
        kept = [replaced.get(c.name, c) for c in self.directory.contexts if c.name not in gone]
        fresh = [w for b, w in zip(current, wanted) if w and not b]
        draft = Directory(kept + fresh, self.directory.names)
        # Then the includes, found in what the server will hold.
        left = {c.name: [i for i in c.includes if i not in gone] for c in draft.contexts}  # the server sees to that
        includes = {name: list(names) for name, names in left.items()}
        self._handles = {d.name: w.name for d, w in zip(self.declarations, wanted) if w}
        for before, context, declaration in zip(current, wanted, self.declarations):
            if context is not None and declaration.includes is not None:
                includes[context.name] = self._includes(context, before, declaration, draft)
        include_back([w.name for w, d in zip(wanted, self.declarations) if w and d.reciprocal], includes)
        after: list[Context] = []
        for context in draft.contexts:
            own = includes[context.name]
            if tuple(own) != context.includes:
                context = replace(context, includes=tuple(own))
                if self.abilities.has_entities and context.entity is None and own != left[context.name]:
                    # A context that was made by REST has none, and XiVO's web service refuses to edit it without one.
                    context = replace(context, entity=self._entity(None, context.name))
            after.append(context)
        after_directory = Directory(after, self.directory.names)
        targets = [after_directory.by_name[w.name] if w else None for w in wanted]
        changes = self._changes(current, targets, after_directory, gone)
        for change in changes:
            if change.action not in (UNCHANGED, DELETE) and not change.by_server:
                self._check(change, self.directory.handle_of_name(change.name))
        if self.problems:
            raise (AmbiguousError if self._may_pass else InputError)(self.problems)
        warnings = self._led_astray(current, targets, after_directory) + self._conflicts(after_directory, conflicts)
        if self.problems:
            raise InputError(self.problems)
        plan = Plan(self.declarations, self.directory, after_directory, changes, warnings)
        for change in changes:
            change.plan = plan
        return plan

    def _match(self) -> list[Context | None]:
        """Find the context of each declaration. Raises InputError where it is not clear which one is meant."""
        found: list[Context | None] = []
        taken: dict[str, ContextDeclaration] = {}
        unclear: type[InputError] | None = None
        exact = exactly_meant(self.directory, self.declarations)
        for declaration in self.declarations:
            context = None
            try:
                context = meant(self.directory, declaration, exact)
            except InputError as error:
                self.problems.extend(error.problems)
                unclear = AmbiguousError if isinstance(error, AmbiguousError) else unclear or InputError
            else:
                if declaration.id is None and (context is None or context.name != declaration.name):
                    # Not called by what the server itself calls it: then the rules for names hold, on every server.
                    if context is None:
                        # Called by what the server called it, and gone already.
                        made = declaration.is_absent and MADE.match(declaration.name) is not None
                    else:
                        made = context.uuid == declaration.name
                    problem = None if made else self._name_problem(declaration)
                    if problem:
                        self.problems.append(problem)
            keys = self._identities(context, declaration)
            same = next((taken[key] for key in keys if key in taken), None)
            if same is not None:
                self.problems.append(_twice(same, declaration))
                unclear = unclear or InputError
            taken.update((key, declaration) for key in keys)
            found.append(context)
        if unclear:
            # All that follows would be about the wrong context.
            raise unclear(self.problems)
        return found

    def _name_problem(self, declaration: ContextDeclaration) -> str | None:
        if not MADE.match(declaration.name):
            return name_problem(declaration.name)
        better = name_for(declaration.said_label or "") or "a name of your own"
        return (
            f"There is no context '{declaration.name}' here, and only a Wazo makes such names. Write {better} in its "
            "place, and keep the label beside it."
        )

    def _identities(self, context: Context | None, declaration: ContextDeclaration) -> list[str]:
        """Return what no other declaration may be: then each context is one declaration's now, and the next time."""
        names = self.directory.names
        if names != NAMES_MADE:
            if context is None:
                return [declaration.name.lower() if names == NAMES_LOWERED else declaration.name]
            return [context.name]
        slugs = {slug(declaration.said_label)} if declaration.said_label else set()
        if context is None or not self.directory.exact(declaration.name):
            slugs.add(slug(declaration.name))
        elif declaration.is_absent or declaration.said_label in (None, context.label):
            slugs.clear()
        return ([context.name] if context else []) + sorted(f"label {one}" for one in slugs)

    def _led_astray(
        self, current: t.Sequence[Context | None], targets: t.Sequence[Context | None], after: Directory
    ) -> list[str]:
        """Return what to say of contexts that other tasks would not find, or that a label alone led to."""
        warnings: list[str] = []
        for declaration, before, target in zip(self.declarations, current, targets):
            name = declaration.name
            leads_back = target is None or slug(target.label or "") == slug(name)
            if self.directory.names == NAMES_MADE:
                # It keeps no handle: from now on only the label leads to the context.
                relabelled = before is None or target is None or before.label != target.label
                if relabelled and not leads_back and not (before and name in (before.name, before.uuid)):
                    warnings.append(
                        "This server makes the names of its contexts, and knows '%s' by its label '%s' only. "
                        "Write '%s' in other tasks, or the label beside the name."
                        % (name, must(target).label, after.handle(must(target)))
                    )
            elif before and not self.directory.exact(name):
                if target is None or differences(before, target):
                    warnings.append(f"'{name}' leads by its label to the context with the {describe(before)}.")
                if not leads_back:
                    self.problems.append(
                        f"Context '{name}' is found by its label only, and its label is to change. Write its name "
                        f"'{before.name}' in place of '{name}'."
                    )
        return warnings

    def _wanted(self, before: Context | None, declaration: ContextDeclaration) -> Context:
        has_entities = self.abilities.has_entities
        self.problems += declaration.doubts_beside(before)
        texts: dict[str, t.Any] = {
            field: self.abilities.stored_text(declaration.fields[field])
            for field in ("label", "description")
            if declaration.fields[field] is not None
            # What is there already came in by another way, and stays.
            and (before is None or declaration.fields[field] != getattr(before, field))
        }
        if before is None:
            context = replace(declaration.new(), **texts)
            if self.directory.names == NAMES_LOWERED:
                context = replace(context, name=context.name.lower())
            # One playbook serves XiVO and Wazo: the entity means something on the first only.
            return replace(context, entity=self._entity(context.entity, context.name) if has_entities else None)
        context = replace(declaration.over(before), **texts)
        if not has_entities:
            return replace(context, entity=None)
        if context.entity != before.entity:
            return replace(context, entity=self._entity(context.entity, context.name))
        if context.entity is None and differences(before, context):
            return replace(context, entity=self._entity(None, context.name))
        return context

    def _entity(self, entity: str | None, name: str) -> str | None:
        if self._entities is None:
            self._entities = self._ask_entities()
        known = ", ".join(self._entities) or "none"
        if entity is None:
            if len(self._entities) == 1:
                return self._entities[0]
            if self._entities:
                self.problems.append(
                    "Context '%s' needs an entity, and this server has several: %s. Set the option entity to one "
                    "of these names." % (name, known)
                )
            else:
                self.problems.append(
                    "Context '%s' needs an entity, and this server has none. Make one first (menu %s)."
                    % (name, MENU_ENTITIES)
                )
        elif entity not in self._entities:
            self.problems.append(f"Context '{name}': the entity '{entity}' is unknown; this server has: {known}.")
        return entity

    def _includes(
        self, context: Context, before: Context | None, declaration: ContextDeclaration, draft: Directory
    ) -> list[str]:
        names: list[str] = []
        seen: set[str] = set()
        for handle in declaration.includes or ():
            if before and handle in before.includes and handle not in self.directory.by_name:
                # A row that points nowhere, left by XiVO: what was exported applies again.
                names.append(handle)
                continue
            try:
                # What this very task calls so comes first: it may be about to get another label.
                other = draft.by_name.get(self._handles.get(handle, "")) or draft.find(handle)
            except InputError as error:
                self.problems.extend(f"Context '{declaration.name}', includes: {p}" for p in error.problems)
                self._may_pass = self._may_pass or isinstance(error, AmbiguousError)
                continue
            if other is None:
                self.problems.append(self._unknown_include(context, declaration.name, handle, draft))
            elif other.name == context.name and not (before and other.name in before.includes):
                self.problems.append(f"Context '{declaration.name}' cannot include itself.")
            elif other.name in seen:
                self.problems.append(f"Context '{declaration.name}': includes lists '{handle}' twice.")
            else:
                names.append(other.name)
                seen.add(other.name)
        return names

    def _unknown_include(self, context: Context, name: str, handle: str, draft: Directory) -> str:
        if self.directory.matches(handle):
            return f"Context '{name}' includes '{handle}', which this task deletes."
        said = f"Context '{name}' includes '{handle}', which does not exist here."
        return draft.unknown(handle, said, but=context)

    def _changes(
        self,
        current: t.Sequence[Context | None],
        targets: t.Sequence[Context | None],
        after: Directory,
        gone: set[str],
    ) -> list[ContextChange]:
        changes: list[ContextChange] = []
        created: dict[str, AnyChange] = {}
        for declaration, before, target in zip(self.declarations, current, targets):
            fields = differences(before, target) if before and target else []
            if before is None or target is None:
                action = CREATE if target else DELETE if before else UNCHANGED
            else:
                action = UPDATE if fields else UNCHANGED
            changes.append(ContextChange(action, declaration, before, target, fields))
            if target and before is None:
                created[target.name] = changes[-1]
        told = {before.name for before in current if before}
        for before in self.directory.contexts:
            target = after.by_name.get(before.name)
            if target is None or before.name in told or before is target:
                continue
            said = {"name": before.name, "includes": target.includes}
            declaration = ContextDeclaration(said, self.directory.handle(before))
            declaration.id = before.id
            by_server = target.includes == tuple(i for i in before.includes if i not in gone)
            fields = differences(before, target)
            changes.append(ContextChange(UPDATE, declaration, before, target, fields, by_server=by_server))
        for change in changes:
            for name in change.after.includes if change.after else ():
                if name in created:
                    change.needs[name] = created[name]
        return changes

    def _check(self, change: ContextChange, name: str) -> None:
        """Refuse what this server would refuse, or quietly drop. ``name`` is how a playbook calls the context."""
        before, after = change.before, must(change.after)
        abilities = self.abilities
        if before and self.directory.names == NAMES_LOWERED and before.name != before.name.lower():
            self.problems.append(
                "Context '%s' was made by REST: its name has capitals, and XiVO's web service would rename it to '%s' "
                "and lose what uses it. Change it through xivo-confd (option confd_url, without webservices_url)."
                % (before.name, before.name.lower())
            )
        if before is None or "label" in change.fields or abilities.checks_whole:
            problem = label_problem(after.label or "", abilities.label_minimum, abilities.label_in_bytes)
            if problem:
                self.problems.append(f"Context '{name}': {problem}")
        if not after.enabled and (before is None or before.enabled) and not abilities.can_disable:
            self.problems.append(
                "Context '%s' cannot be disabled through this server's API; do it in its web page (menu %s) and leave "
                "the option enabled out." % (name, MENU_CONTEXTS)
            )
        old = set(before.ranges["incall"]) if before and not abilities.checks_whole else set()
        for number_range in after.ranges["incall"]:
            if number_range not in old and number_range.did_length < abilities.did_length_minimum:
                self.problems.append(
                    "Context '%s', incall range %s: this server wants a did_length of %d to 20 digits "
                    "(how many digits the operator sends)." % (name, number_range, abilities.did_length_minimum)
                )
        if not abilities.has_includes and after.includes:
            self.problems.append(
                "Context '%s': this server's REST API (xivo-confd) has no includes. Set webservices_url to its web "
                "interface, for instance https://xivo.example.com, or leave the option includes out." % name
            )

    def _conflicts(self, after: Directory, policy: str) -> list[str]:
        """Add the conflicts that this task makes to the problems, and return the others as warnings."""
        if policy == "ignore":
            return []
        conflicts = find_conflicts(after.contexts, reachable=policy == "reachable")
        if not conflicts:
            return []
        reach = Reach(self.directory.contexts)
        made: list[Conflict] = []
        old: list[Conflict] = []
        for conflict in conflicts:
            (old if self._was_there(conflict, after, reach) else made).append(conflict)
        texts = [_conflict_text(conflict, after) for conflict in made[:SHOWN]]
        if len(made) > SHOWN:
            texts.append("... and %d more conflicts." % (len(made) - SHOWN))
        if made and policy != "warn":
            self.problems += texts
            self.problems.append(
                "Choose other numbers, or set the option conflicts to warn or ignore if this is meant."
            )
            if any(conflict.dialer is None for conflict in made):
                self.problems.append(
                    "Where several companies share a server, conflicts: reachable refuses only numbers that somebody "
                    "could dial in two ways."
                )
            return []
        if old:
            # In one piece, and the same each time: Ansible shows the same warning once only.
            told = " ".join(_conflict_text(conflict, after) for conflict in old[:TOLD])
            more = len(old) - TOLD
            told += f" And {more} more; the playbook telephony.xivo.report shows all." if more > 0 else ""
            texts.append(f"Not made by this task: {told}")
        return texts

    def _was_there(self, conflict: Conflict, after: Directory, reach: Reach) -> bool:
        for place in (conflict.left, conflict.right):
            before, now = self.directory.by_name.get(place.context), after.by_name[place.context]
            if before is None or place.range not in before.ranges[place.kind]:
                return False
            if conflict.dialer is None and (before.type, before.entity or now.entity) != (now.type, now.entity):
                return False
        return conflict.dialer is None or reach.share_a_dialer(conflict.left.context, conflict.right.context)


def include_back(reciprocal: t.Iterable[str], includes: dict[str, list[str]]) -> None:
    """Let those that some contexts include include these in turn. ``includes`` are those of each context, by name."""
    there: dict[str, set[str]] = {}
    for name in reciprocal:
        for other in includes[name]:
            # The last of its includes, also where these are declared: both is said, so both is meant.
            if other == name or other not in includes:
                continue
            if other not in there:
                there[other] = set(includes[other])
            if name not in there[other]:
                includes[other].append(name)
                there[other].add(name)


def exactly_meant(directory: Directory, declared: t.Iterable[ContextDeclaration]) -> set[str]:
    """Return the names of the contexts that are called by these very names."""
    return {context.name for one in declared for context in directory.exact(one.name)}


def meant(directory: Directory, declared: ContextDeclaration, exact: set[str]) -> Context | None:
    """Find the context of a declaration. What another calls by its very name is meant by that one alone."""
    if declared.id is not None:
        return directory.by_id.get(declared.id)
    found = directory.exact(declared.name)
    if not found:
        found = directory.matches(declared.name, declared.said_label)
        others = [context for context in found if context.name not in exact]
        # Where labels are all that tells contexts apart, one that is left over is not made once more.
        if others or directory.names != NAMES_MADE:
            found = others
    return directory.only(found, declared.name)


def _twice(first: ContextDeclaration, second: ContextDeclaration) -> str:
    text = f"'{first.name}' and '{second.name}' are one and the same context."
    return (
        text if first.state == second.state else f"{text} One says that it is to be there, the other that it is to go."
    )


def _conflict_text(conflict: Conflict, directory: Directory) -> str:
    left, right = conflict.left, conflict.right
    texts = [
        f"{place.kind} range {place.range} of '{directory.handle_of_name(place.context)}'" for place in (left, right)
    ]
    text = f"The {texts[0]} and the {texts[1]} share numbers{what_arrives(left.range, right.range)}"
    if conflict.dialer is None:
        return f"{text}; nobody can dial both today."
    return f"{text}, and '{directory.handle_of_name(conflict.dialer)}' could dial both."


def lost(before: Context, after: Context | None) -> dict[str, list[Range]]:
    """Return, for each kind, the numbers that a context owned and will not own any more, as ranges.

    With another did_length, a number is another one to those who are called by it.
    """
    found: dict[str, list[Range]] = {}
    for kind in KINDS:
        kept = after.ranges[kind] if after else ()
        gone = set(before.ranges[kind]).difference(kept)
        left: list[Range] = []
        for length in {r.did_length for r in gone}:
            left += cut_each([r for r in gone if r.did_length == length], [k for k in kept if k.did_length == length])
        if left:
            found[kind] = sorted(left, key=lambda r: r.sort_key)
    return found


def shown(context: Context, name: str, directory: Directory) -> str:
    """Return the value of an option as a person writes it; the context is, or was to be, one of the directory."""
    if name.endswith("_ranges"):
        kind = name[: -len("_ranges")]
        return f"[{', '.join(str(r) for r in context.ranges[kind])}]"
    if name == "includes":
        return f"[{', '.join(directory.handle_of_name(include) for include in context.includes)}]"
    return f"'{getattr(context, name)}'"


class ContextKind(Kind[Context, ContextDeclaration]):
    name, plural, noun = "context", "contexts", ContextDeclaration.noun
    has_number = False
    is_made_whole = True
    rests_on = ()

    def options(self) -> Spec:
        return {
            "name": {"type": "str", "required": True},
            "label": {"type": "str"},
            "type": {"type": "str", "choices": list(TYPES)},
            "description": {"type": "str"},
            "enabled": {"type": "bool"},
            "includes": {"type": "list", "elements": "str"},
            "reciprocal": {"type": "bool", "default": False},
            "entity": {"type": "str"},
            **{option_of(kind): {"type": "list", "elements": "dict", "options": RANGE_OPTIONS} for kind in KINDS},
        }

    def policy(self) -> Spec:
        return {
            "conflicts": {"type": "str", "default": "error", "choices": ["error", "reachable", "warn", "ignore"]},
            "force": {"type": "bool", "default": False},
        }

    def choosing(self) -> Spec:
        return {"name": {"type": "str"}, "type": {"type": "str", "choices": list(TYPES)}, "search": {"type": "str"}}

    def kept(self) -> t.Sequence[str]:
        return FRESH

    def declare(self, options: Options) -> ContextDeclaration:
        return ContextDeclaration(options)

    def words(self, resource: Context) -> Options:
        return {"name": resource.name}

    def gone(self, state: State, resource: Context) -> ContextDeclaration:
        said = {**self.words(resource), "state": "absent"}
        declared = ContextDeclaration(said, state.directory.handle(resource))
        declared.id = resource.id
        return declared

    def match(
        self, state: State, resources: t.Sequence[Context], declared: t.Sequence[ContextDeclaration]
    ) -> list[Context | None]:
        whole = state.directory
        directory = whole if resources is whole.contexts else Directory(resources, state.server.names)
        exact = exactly_meant(directory, declared)
        return [meant(directory, one, exact) for one in declared]

    def plan(self, state: State, declared: t.Sequence[ContextDeclaration]) -> list[AnyChange]:
        server = state.server
        plan = make_plan(state.directory, declared, server.abilities, server.entities, state.policy.conflicts)
        if plan.changes:
            plan.changes[0].warnings += plan.warnings
        return list(plan.changes)

    def plan_again(self, state: State, change: AnyChange, write: AnyWrite | None = None) -> AnyChange:
        server = state.server
        if write is not None and "includes" not in write.fields and write.action != DELETE:
            # It is planned alone: of the others, several may be there at this moment.
            declared = copy(change.declared)
            declared.includes, declared.reciprocal = None, False
            plan = make_plan(state.directory, [declared], server.abilities, server.entities, "ignore")
            return self.part(replace(plan.changes[0], declared=change.declared), write)
        # With all that was declared beside it: that may be what it includes.
        plan = make_plan(state.directory, _plan_of(change).declared, server.abilities, server.entities, "ignore")
        for again in plan.changes:
            if again.declared is change.declared or (again.before and change.before and again.id == change.id):
                return again if write is None else self.part(again, write)
        there = state.directory.by_id.get(change.id)
        return ContextChange(UNCHANGED, change.declared, there, there, plan=plan)

    def planned(self, state: State, changes: t.Sequence[AnyChange]) -> State:
        return state.over(_plan_of(changes[0]).after) if changes else state

    def writes(self, state: State, changes: t.Sequence[AnyChange]) -> list[list[AnyWrite]]:
        """First what is new, so that it can be included; last what goes, when nobody who stays includes it."""
        apart = state.service(self.name).includes_apart
        ours = [change for change in changes if not change.by_server]
        together = OPTIONS[:-1] if apart else OPTIONS
        made, rest = [], []
        for change in ours:
            if change.action == CREATE:
                made.append(Write(change, CREATE, together))
            elif change.action == UPDATE and any(name in together for name in change.fields):
                rest.append(Write(change, UPDATE, [name for name in change.fields if name in together]))
        for change in ours if apart else ():
            is_new = change.action == CREATE and must(change.after).includes
            if is_new or (change.action == UPDATE and "includes" in change.fields):
                rest.append(Write(change, INCLUDE, ["includes"]))
        rest += [Write(change, DELETE) for change in ours if change.action == DELETE]
        return [made, rest]

    def part(self, change: AnyChange, write: AnyWrite) -> AnyChange:
        if write.action == INCLUDE and change.action == CREATE:
            return replace(change, action=UPDATE, fields=["includes"])
        if change.action != UPDATE or write.action == DELETE:
            return change
        fields = [name for name in change.fields if name in write.fields]
        return replace(change, action=UPDATE if fields else UNCHANGED, fields=fields)

    def replaces(self, state: State, changes: t.Sequence[AnyChange]) -> list[AnyChange]:
        apart = state.service(self.name).includes_apart
        return [
            change
            for change in changes
            if change.action == UPDATE
            and not change.by_server
            # Where includes are written along with everything else, that is every change.
            and (not apart or any(name == "includes" or name.endswith("_ranges") for name in change.fields))
        ]

    def differences(self, before: Context, after: Context) -> list[str]:
        return differences(before, after)

    def changed_meanwhile(self, before: Context | None, found: Context) -> list[str]:
        if before is None:
            return ["includes"] if found.includes else []
        return differences(before, found) or (["ranges"] if found.raw != before.raw else [])

    def wanted(self, state: State, change: AnyChange) -> Context | None:
        if change.after is None or not change.needs:
            return change.after
        includes = []
        for name in change.after.includes:
            made = state.directory.by_id.get(change.needs[name].id) if name in change.needs else None
            includes.append(made.name if made else name)
        return replace(change.after, includes=tuple(includes))

    def contrast(self, state: State, change: AnyChange, found: Context, fields: t.Sequence[str]) -> str:
        wanted = must(self.wanted(state, change))
        return "; ".join(
            f"{change.declared.text} has {name} {shown(found, name, state.directory)} in place of "
            f"{shown(wanted, name, state.directory)}"
            for name in fields
        )

    def users_of(self, state: State, resource: Context) -> list[str]:
        return [state.directory.handle(c) for c in state.directory.contexts if resource.name in c.includes]

    def named(self, state: State, resource: Context) -> str:
        return state.directory.handle(resource)

    def described(self, resource: Context) -> str:
        return describe(resource)

    def names(self, state: State, resource: Context) -> list[str]:
        return [resource.name, resource.label or "", resource.description]

    def place(self, resource: Context) -> tuple[str | None, str | None]:
        return None, None

    def public(self, state: State, resource: Context, declared: ContextDeclaration | None = None) -> dict[str, t.Any]:
        return state.directory.public(resource, state.server.abilities.has_entities)

    def shown(self, state: State, resource: Context, declared: ContextDeclaration | None = None) -> dict[str, t.Any]:
        shape = self.public(state, resource)
        shape.update({option_of(kind): [str(r) for r in resource.ranges[kind]] for kind in KINDS})
        return {key: shape[key] for key in SHOWN_ORDER if key in shape}

    def select(self, state: State, options: Options) -> list[Context]:
        directory = state.directory
        chosen = directory.contexts
        if options.get("name") is not None:
            chosen = directory.matches(to_text(options["name"]))
        if options.get("type") is not None:
            chosen = [context for context in chosen if context.type == options["type"]]
        if options.get("search") is not None:
            text = fold(options["search"])
            chosen = [c for c in chosen if any(text in fold(part) for part in self.names(state, c))]
        return list(chosen)

    def beside(self, state: State, resources: t.Sequence[Context]) -> dict[str, t.Any]:
        directory = state.directory
        included_by: dict[str, list[str]] = {context.name: [] for context in directory.contexts}
        for context in directory.contexts:
            for name in context.includes:
                if name in included_by:
                    included_by[name].append(directory.handle(context))
        return {
            "included_by": {directory.handle(c): included_by[c.name] for c in resources},
            # What the server itself calls them.
            "identities": {
                directory.handle(c): {"name": c.name, "id": c.id, "uuid": c.uuid, "tenant_uuid": c.tenant}
                for c in resources
            },
        }

    def untold(self, state: State, resources: t.Sequence[Context]) -> list[str]:
        """Tell of each range that no task could make, one by one: nothing else shows that they are wrong."""
        return [
            f"Context '{state.directory.handle(context)}', {range_problem(found, kind)} The server has it so, and no "
            "telephone can get a number of it. Declared as it is, it stays there as it is; correct it, or leave it out."
            for context in resources
            for kind, found in context.all_ranges()
            if not found.well_formed
        ]

    def summary(self, state: State, planned: State, changes: t.Sequence[AnyChange]) -> dict[str, list[t.Any]]:
        ours = []
        includes = []
        for change in changes:
            after = change.after
            if after and (after.includes if change.action == CREATE else "includes" in change.fields):
                names = [planned.directory.handle_of_name(name) for name in after.includes]
                includes.append({"name": self.called(state, planned, change), "includes": names})
            fields = [name for name in change.fields if name != "includes"]
            if not change.by_server and (fields or change.action != UPDATE):
                ours.append(replace(change, fields=fields))
        rest = super().summary(state, planned, ours)
        return {CREATE: rest.pop(CREATE), UPDATE: rest.pop(UPDATE), "includes": includes, **rest}

    def purgeable(self, state: State, declared: t.Sequence[ContextDeclaration]) -> t.Callable[[Context], bool]:
        """Return what tells whether a context is of an entity that the declared contexts belong to.

        Where there is one entity only, every context is; how many there are is asked at most once, and only in doubt.
        """
        server, directory = state.server, state.directory
        present = [one for one in declared if not one.is_absent]
        entities = {one.fields["entity"] for one in present if one.fields["entity"]}
        entities.update(
            context.entity
            for one in present
            if not one.fields["entity"]
            for context in directory.matches(one.name, one.said_label)
        )
        counted: list[int] = []

        def is_ours(context: Context) -> bool:
            if not server.abilities.has_entities or context.entity in entities:
                return True
            if not counted:
                counted.append(len(server.entities()))
            return counted[0] < 2

        return is_ours

    def fits(self, state: State, resource: Context, patterns: t.Iterable[str]) -> bool:
        return state.directory.fits(resource, patterns)


def _plan_of(change: AnyChange) -> Plan:
    """Return the plan that a change stands in."""
    return must(cast("ContextChange", change).plan)
