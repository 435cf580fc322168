# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""From what a server holds and what is declared to what must be done. No request is made here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..dialplan.conflicts import Reach, find_conflicts
from ..dialplan.contexts import MADE, NAMES_LOWERED, NAMES_MADE, Directory, describe, differences
from ..dialplan.menus import MENU_CONTEXTS, MENU_ENTITIES
from ..dialplan.names import label_problem, name_for, name_problem, slug
from ..dialplan.numbers import KINDS, cut, what_arrives
from ..errors import SHOWN, InputError, must
from .base import CREATE, DELETE, UNCHANGED, UPDATE

if TYPE_CHECKING:
    import typing as t

    from ..dialplan.conflicts import Conflict
    from ..dialplan.contexts import Context, Declaration
    from ..dialplan.numbers import Range

TOLD = 3  # conflicts that were there before, that a warning lists


def kept_as_it_is(text: str) -> str:
    return text


class Abilities:
    """What a server can hold, where servers differ.

    ``stored_text`` returns what the server makes of a label or a description. ``checks_whole`` says that an edit is
    refused for what was there before, too.
    """

    def __init__(
        self,
        has_entities: bool = False,
        has_includes: bool = True,
        can_disable: bool = True,
        label_minimum: int = 1,
        label_in_bytes: bool = False,
        did_length_minimum: int = 0,
        checks_whole: bool = False,
        stored_text: t.Callable[[str], str] = kept_as_it_is,
    ) -> None:
        self.has_entities = has_entities
        self.has_includes = has_includes
        self.can_disable = can_disable
        self.label_minimum = label_minimum
        self.label_in_bytes = label_in_bytes
        self.did_length_minimum = did_length_minimum
        self.checks_whole = checks_whole
        self.stored_text = stored_text


class Change:
    """What happens to one context. ``before`` is None for a new one, ``after`` for one that goes.

    ``by_server`` marks a change that the server makes by itself: a deleted context leaves the includes of others.
    """

    def __init__(
        self,
        action: str,
        before: Context | None,
        after: Context | None,
        fields: t.Sequence[str] = (),
        by_server: bool = False,
    ) -> None:
        self.action = action
        self.before = before
        self.after = after
        self.fields = list(fields)
        self.by_server = by_server

    @property
    def name(self) -> str:
        return must(self.before or self.after).name

    def name_in(self, plan: Plan) -> str:
        """Return the name by which a playbook calls the context."""
        if self.after is not None:
            return plan.after.handle(self.after)
        return plan.before.handle(must(self.before))

    @property
    def own_fields(self) -> list[str]:
        """The fields that differ besides the includes."""
        return [field for field in self.fields if field != "includes"]


class Plan:
    """All changes, and the two states of the server that they lead from and to."""

    def __init__(
        self,
        before: Directory,
        after: Directory,
        changes: list[Change],
        warnings: list[str],
        targets: list[Context | None],
    ) -> None:
        self.before = before
        self.after = after
        self.changes = changes
        self.warnings = warnings
        self.targets = targets  # what each declaration comes to, in order: None where it is absent

    @property
    def changed(self) -> bool:
        return any(change.action != UNCHANGED for change in self.changes)


def no_entities() -> list[str]:
    return []


def keep_all(_context: Context) -> bool:
    return False


def make_plan(
    directory: Directory,
    declarations: t.Sequence[Declaration],
    abilities: Abilities,
    entities: t.Callable[[], list[str]] = no_entities,
    conflicts: str = "error",
    purge: t.Callable[[Context], bool] = keep_all,
) -> Plan:
    """Work out what must be done.

    ``entities`` is asked at most once, and only where an entity must be known. ``purge`` tells of a context that is
    not declared whether it is to be deleted. Raises InputError with every problem that was found.
    """
    return _Planner(directory, declarations, abilities, entities).plan(conflicts, purge)


class _Planner:
    def __init__(
        self,
        directory: Directory,
        declarations: t.Sequence[Declaration],
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

    def plan(self, conflicts: str, purge: t.Callable[[Context], bool]) -> Plan:
        current = self._match()
        gone = {c.name for c, d in zip(current, self.declarations) if c and d.state == "absent"}
        declared = {c.name for c in current if c}
        gone.update(c.name for c in self.directory.contexts if c.name not in declared and purge(c))
        # First everything but includes, so that contexts can include each other in any order.
        wanted: list[Context | None] = []
        for before, declaration in zip(current, self.declarations):
            if declaration.state == "absent":
                wanted.append(None)
            else:
                wanted.append(self._wanted(before, declaration))
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
        for context, declaration in zip(wanted, self.declarations):
            if context is not None and declaration.reciprocal:
                for other in includes[context.name]:
                    # The last of its includes, also where these are declared: both is said, so both is meant.
                    if other != context.name and context.name not in includes.get(other, (context.name,)):
                        includes[other].append(context.name)
        after: list[Context] = []
        for context in draft.contexts:
            own = includes[context.name]
            if tuple(own) != context.includes:
                context = context.replace(includes=own)
                if self.abilities.has_entities and context.entity is None and own != left[context.name]:
                    # A context that was made by REST has none, and XiVO's web service refuses to edit it without one.
                    context = context.replace(entity=self._entity(None, context.name))
            after.append(context)
        after_directory = Directory(after, self.directory.names)
        targets = [after_directory.by_name[w.name] if w else None for w in wanted]
        changes = self._changes(current, targets, after_directory, gone)
        for change in changes:
            self._check(change, self.directory.handle_of_name(change.name))
        if self.problems:
            raise InputError(self.problems)
        warnings = self._led_astray(current, targets, after_directory) + self._conflicts(after_directory, conflicts)
        if self.problems:
            raise InputError(self.problems)
        return Plan(self.directory, after_directory, changes, warnings, targets)

    def _match(self) -> list[Context | None]:
        """Find the context of each declaration. Raises InputError where it is not clear which one is meant."""
        found: list[Context | None] = []
        taken: dict[str, Declaration] = {}
        unclear = False
        exact = {c.name for d in self.declarations for c in self.directory.exact(d.name)}
        for declaration in self.declarations:
            context = None
            try:
                context = self._meant(declaration, exact)
            except InputError as error:
                self.problems.extend(error.problems)
                unclear = True
            else:
                if context is None or context.name != declaration.name:
                    # Not called by what the server itself calls it: then the rules for names hold, on every server.
                    if context is None:
                        # Called by what the server called it, and gone already.
                        made = declaration.state == "absent" and MADE.match(declaration.name) is not None
                    else:
                        made = context.uuid == declaration.name
                    problem = None if made else self._name_problem(declaration)
                    if problem:
                        self.problems.append(problem)
            keys = self._identities(context, declaration)
            same = next((taken[key] for key in keys if key in taken), None)
            if same is not None:
                self.problems.append(_twice(same, declaration))
                unclear = True
            taken.update((key, declaration) for key in keys)
            found.append(context)
        if unclear:
            # All that follows would be about the wrong context.
            raise InputError(self.problems)
        return found

    def _name_problem(self, declaration: Declaration) -> str | None:
        if not MADE.match(declaration.name):
            return name_problem(declaration.name)
        better = name_for(declaration.label or "") or "a name of your own"
        return (
            f"There is no context '{declaration.name}' here, and only a Wazo makes such names. Write {better} in its "
            "place, and keep the label beside it."
        )

    def _meant(self, declaration: Declaration, exact: set[str]) -> Context | None:
        """Find the context of a declaration. What another calls by its very name is meant by that one alone."""
        found = self.directory.exact(declaration.name)
        if not found:
            found = self.directory.matches(declaration.name, declaration.label)
            others = [context for context in found if context.name not in exact]
            # Where labels are all that tells contexts apart, one that is left over is not made once more.
            if others or self.directory.names != NAMES_MADE:
                found = others
        return self.directory.only(found, declaration.name)

    def _identities(self, context: Context | None, declaration: Declaration) -> list[str]:
        """Return what no other declaration may be: then each context is one declaration's now, and the next time."""
        names = self.directory.names
        if names != NAMES_MADE:
            if context is None:
                return [declaration.name.lower() if names == NAMES_LOWERED else declaration.name]
            return [context.name]
        slugs = {slug(declaration.label)} if declaration.label else set()
        if context is None or not self.directory.exact(declaration.name):
            slugs.add(slug(declaration.name))
        elif declaration.state == "absent" or declaration.label in (None, context.label):
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

    def _wanted(self, before: Context | None, declaration: Declaration) -> Context:
        has_entities = self.abilities.has_entities
        self.problems += declaration.doubt_texts(before)
        texts = {
            field: self.abilities.stored_text(declaration.fields[field])
            for field in ("label", "description")
            if declaration.fields[field] is not None
            # What is there already came in by another way, and stays.
            and (before is None or declaration.fields[field] != getattr(before, field))
        }
        if before is None:
            context = declaration.new().replace(**texts)
            if self.directory.names == NAMES_LOWERED:
                context = context.replace(name=context.name.lower())
            # One playbook serves XiVO and Wazo: the entity means something on the first only.
            return context.replace(entity=self._entity(context.entity, context.name) if has_entities else None)
        context = declaration.over(before).replace(**texts)
        if not has_entities:
            return context.replace(entity=None)
        if context.entity != before.entity:
            return context.replace(entity=self._entity(context.entity, context.name))
        if context.entity is None and differences(before, context):
            return context.replace(entity=self._entity(None, context.name))
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
        self, context: Context, before: Context | None, declaration: Declaration, draft: Directory
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
    ) -> list[Change]:
        changes: list[Change] = []
        told: set[str] = set()
        for before, target in zip(current, targets):
            if before is None and target is None:
                continue
            if before is None:
                changes.append(Change(CREATE, None, must(target)))
                continue
            told.add(before.name)
            if target is None:
                changes.append(Change(DELETE, before, None))
                continue
            fields = differences(before, target)
            changes.append(Change(UPDATE if fields else UNCHANGED, before, target, fields))
        for before in self.directory.contexts:
            if before.name in told:
                continue
            if before.name in gone:
                changes.append(Change(DELETE, before, None))
                continue
            target = after.by_name[before.name]
            fields = differences(before, target)
            if fields:
                by_server = target.includes == tuple(i for i in before.includes if i not in gone)
                changes.append(Change(UPDATE, before, target, fields, by_server))
        return changes

    def _check(self, change: Change, name: str) -> None:
        """Refuse what this server would refuse, or quietly drop. ``name`` is how a playbook calls the context."""
        before, after = change.before, change.after
        if after is None or change.action == UNCHANGED or change.by_server:
            return
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


def _twice(first: Declaration, second: Declaration) -> str:
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
        left = [
            piece for r in before.ranges[kind] for piece in cut(r, [k for k in kept if k.did_length == r.did_length])
        ]
        if left:
            found[kind] = left
    return found
