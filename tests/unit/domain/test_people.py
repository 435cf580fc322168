# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who is meant, which number somebody gets, and in what order it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.contexts import NAMES_KEPT, Context, Directory
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.extensions import Extension
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.numbers import Range
from ansible_collections.telephony.xivo.plugins.module_utils.errors import InputError
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.base import Change, in_order
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.state import State
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.users import (
    Line,
    User,
    UserDeclaration,
    UserKind,
    Voicemail,
    fields_of,
    match,
)
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.domain.fakes import state_with

KIND = UserKind()

RANGES = {"staff": [Range("07", "09", 0), Range("12", "14", 0)], "annex": [Range("12", "15", 0)]}
NUMBERS = {
    "staff": ["07", "08", "09", "12", "13", "14"],
    "annex": ["12", "13", "14", "15"],
}


def directory() -> Directory:
    contexts = [Context(name, type="internal", ranges={"user": found}) for name, found in RANGES.items()]
    return Directory([*contexts, Context("from-extern", type="incall")], NAMES_KEPT)


def line(number: int, context: str = "staff", exten: str | None = None, **options: Any) -> Line:
    found = Line(number, context, f"sip{number}", number if exten else None, exten, None, False)
    return replace(found, **options)


def box(number: int, exten: str, context: str = "staff", **options: Any) -> Voicemail:
    found = Voicemail(number, exten, context, f"P{number}", "", False, None, 1)
    return replace(found, **options)


def one(number: int, exten: str | None = None, context: str = "staff", **options: Any) -> User:
    """A person who is there, with a line if there is a number."""
    fields = {"firstname": f"P{number}", "caller_id": f'"P{number}"'} | options.pop("fields", {})
    found = line(number, context, exten) if exten else None
    return User(fields_of(fields), id=number, uuid=f"uuid-{number}", **({"line": found} | options))


def house(
    *people: User,
    loose: tuple[tuple[str, str], ...] = (),
    hidden: str | None = None,
    boxes: tuple[Voicemail, ...] = (),
) -> State:
    """The people, their numbers and voicemails, and numbers that seem to be nobody's."""
    owned = [Extension(p.line.id, p.line.exten, p.line.context, f"line {p.line.id}") for p in people if p.line]
    free = [Extension(900 + index, exten, context, None) for index, (exten, context) in enumerate(loose)]
    voicemails = [p.voicemail for p in people if p.voicemail] + list(boxes)
    return state_with(directory(), people, voicemails, owned + free, lambda e: e.owner or hidden)


def wanted(number: int, **options: Any) -> UserDeclaration:
    return UserDeclaration({"firstname": f"P{number}", **options})


def plan(found: State, *all_wanted: UserDeclaration) -> list[Change[User, UserDeclaration]]:
    found.numbers.plan_again()
    return KIND.plan(found, all_wanted)


def refused(call: Callable[..., Any], *arguments: Any) -> str:
    with pytest.raises(InputError) as error:
        call(*arguments)
    text: str = error.value.text
    return text


def numbers(changes: list[Change[User, UserDeclaration]]) -> list[str | None]:
    return [change.after.line.exten if change.after and change.after.line else None for change in changes]


# Numbers


@st.composite
def tasks(draw: st.DrawFn) -> tuple[State, list[UserDeclaration]]:
    """Some people with numbers, some loose numbers, and some people who want a number, by name or not."""
    places = [(exten, context) for context, found in NUMBERS.items() for exten in found]
    taken = draw(st.lists(st.sampled_from(places), unique=True, max_size=5))
    there = [one(index, exten, context) for index, (exten, context) in enumerate(taken)]
    loose = draw(st.lists(st.sampled_from([place for place in places if place not in taken]), unique=True, max_size=2))
    who = draw(st.lists(st.integers(0, 8), unique=True, min_size=1, max_size=6))
    said = []
    for number in who:
        context = draw(st.sampled_from(sorted(NUMBERS)))
        extension = draw(st.sampled_from(["auto", "auto", None, *NUMBERS[context]]))
        state = draw(st.sampled_from(["present", "present", "absent"]))
        said.append(wanted(number, context=context, extension=extension, state=state))
    return house(*there, loose=tuple(loose)), said


def held_after(found: State, changes: list[Change[User, UserDeclaration]]) -> list[tuple[str, str]]:
    """The numbers that everybody has afterwards."""
    changed = {change.before.uuid for change in changes if change.before}
    after = [person for person in found.resources("user") if person.uuid not in changed]
    after += [change.after for change in changes if change.after]
    return [(person.line.exten, person.line.context) for person in after if person.line]


@given(tasks())
def test_a_number_is_never_given_twice_and_always_in_its_ranges(task: tuple[State, list[UserDeclaration]]) -> None:
    found, said = task
    try:
        changes = plan(found, *said)
    except InputError:
        return
    held = held_after(found, changes)
    assert len(held) == len(set(held))
    for want, change in zip(said, changes, strict=True):
        if change.after:
            assert change.after.line.context == want.context
            assert change.after.line.exten in NUMBERS[want.context]
            assert want.extension in (None, "auto", change.after.line.exten)


@given(tasks())
def test_auto_is_the_first_free_number_and_kept(task: tuple[State, list[UserDeclaration]]) -> None:
    found, said = task
    try:
        changes = plan(found, *said)
    except InputError:
        return
    named = {(want.extension, want.context) for want in said if want.state == "present"}
    # Not one that somebody leaves: whether it becomes free is known only when it is done.
    taken = named | {(p.line.exten, p.line.context) for p in found.resources("user") if p.line}
    for want, change in zip(said, changes, strict=True):
        if want.state == "absent" or want.extension not in (None, "auto"):
            continue
        had = change.before.line if change.before else None
        if had and had.context == want.context:
            assert change.after.line == had
        else:
            place = (change.after.line.exten, want.context)
            assert place == next((n, want.context) for n in NUMBERS[want.context] if (n, want.context) not in taken)
            taken.add(place)


@given(tasks())
def test_planned_again_it_is_done(task: tuple[State, list[UserDeclaration]]) -> None:
    found, said = task
    try:
        changes = plan(found, *said)
    except InputError:
        return
    changed = {change.before.uuid for change in changes if change.before}
    after = [person for person in found.resources("user") if person.uuid not in changed]
    for index, change in enumerate(changes):
        if change.after:
            made = replace(change.after.line, id=100 + index, endpoint="sip", extension_id=100 + index)
            uuid = change.after.uuid or f"new-{index}"
            after.append(User(change.after.fields, id=index, uuid=uuid, line=made))
    assert {change.action for change in plan(house(*after), *said)} <= {"unchanged"}


@st.composite
def moves(draw: st.DrawFn) -> tuple[State, list[UserDeclaration]]:
    """People who each want a number, mostly one that somebody has, or go."""
    places = NUMBERS["staff"]
    there = [one(index, exten) for index, exten in enumerate(draw(st.permutations(places))[:4])]
    said = [
        wanted(index, context="staff", extension=exten, state=draw(st.sampled_from(["present", "present", "absent"])))
        for index, exten in enumerate(draw(st.permutations(places)))
    ]
    return house(*there), draw(st.permutations(said))


@given(st.one_of(moves(), tasks()))
def test_who_leaves_a_number_comes_before_who_takes_it(task: tuple[State, list[UserDeclaration]]) -> None:
    found, said = task
    try:
        changes = plan(found, *said)
    except InputError:
        return
    order = in_order(KIND, changes)
    assert {id(change) for change in order} == {id(change) for change in changes if change.action != "unchanged"}
    held = {(p.line.exten, p.line.context) for p in found.resources("user") if p.line}
    for change in order:
        if change.before and change.before.line:
            held.remove((change.before.line.exten, change.before.line.context))
        if change.after:
            place = (change.after.line.exten, change.after.line.context)
            assert place not in held
            held.add(place)


def test_the_free_numbers_in_turn() -> None:
    found = house(one(1, "07"), one(2, "12"))
    said = [wanted(number, context="staff", extension="auto") for number in (3, 4, 5)]
    assert numbers(plan(found, *said)) == ["08", "09", "13"]


def test_one_that_is_named_by_a_later_user_is_not_free() -> None:
    said = [wanted(1, context="staff"), wanted(2, context="staff", extension="07")]
    assert numbers(plan(house(), *said)) == ["08", "07"]


def test_a_loose_number_is_free_unless_a_closer_look_finds_its_owner() -> None:
    said = wanted(1, context="staff")
    assert numbers(plan(house(loose=(("07", "staff"),)), said)) == ["07"]
    assert numbers(plan(house(loose=(("07", "staff"), ("08", "staff")), hidden="a queue"), said)) == ["09"]
    asked = wanted(1, context="staff", extension="07")
    text = refused(plan, house(loose=(("07", "staff"),), hidden="a queue"), asked)
    assert text == "User 'P1': the extension 07 is taken by a queue. The next free number is 08."


def test_a_range_as_long_as_can_be() -> None:
    contexts = [Context("staff", type="internal", ranges={"user": [Range("0" * 16, "9" * 16, 0)]})]
    found = state_with(Directory(contexts, NAMES_KEPT))
    assert numbers(plan(found, wanted(1, context="staff"))) == ["0" * 16]


@pytest.mark.parametrize(
    ("options", "text"),
    [
        (
            {"context": "staff", "extension": "7"},
            "the extension 7 is in none of the user ranges of 'staff' (07-09, 12-14).",
        ),
        ({"context": "staff", "extension": "10"}, "The next free number is 08."),
        (
            {"context": "staff", "extension": "07"},
            "the extension 07 is taken by the user P1. The next free number is 08.",
        ),
        ({"context": "from-extern", "extension": "07"}, "the context 'from-extern' is of the type incall; users have"),
        ({"context": "nosuch"}, "there is no context 'nosuch'. There are: annex, from-extern, staff."),
        ({"extension": "08"}, "an extension needs a context to stand in."),
        ({"context": "staff", "extension": "0x8"}, "the extension '0x8' is no number, and not auto."),
        ({"context": "staff", "extension": "1²"}, "the extension '1²' is no number, and not auto."),
        ({"voicemail": {"number": "١١"}}, "the voicemail number '١١' is no number."),
        ({"voicemail": {}}, "a voicemail needs a number and a context, its own or those of the line."),
        ({"mobile_phone_number": "+33 6.12-34"}, "may hold digits, '*', '#' and a leading '+' only. Write '+3361234'."),
        ({"voicemail": {"password": "1a"}}, "the password of the voicemail may hold the digits 0 to 9 only."),
        ({"voicemail": {"number": "1a"}}, "the voicemail number '1a' is no number."),
        ({"voicemail": {"number": "11", "context": "nosuch"}}, "there is no context 'nosuch' for the voicemail."),
        ({"firstname": ""}, "A user needs a uuid, an email or a firstname to be found by."),
        ({"firstname": "", "email": "p2@example.com"}, "the firstname is empty."),
        ({"firstname": None, "email": "p2@example.com"}, "there is no such user yet, and a new one needs a firstname."),
    ],
)
def test_refused(options: dict[str, Any], text: str) -> None:
    assert text in refused(plan, house(one(1, "07")), wanted(2, **options))


def test_all_problems_are_told_at_once() -> None:
    said = [wanted(number, context="staff", extension="10") for number in (2, 3)]
    text = refused(plan, house(), *said)
    assert "User 'P2'" in text
    assert "User 'P3'" in text


def test_no_number_left() -> None:
    found = house(*(one(index, exten, "annex") for index, exten in enumerate(NUMBERS["annex"])))
    text = refused(plan, found, wanted(9, context="annex"))
    assert text == "User 'P9': no number is free in the user ranges of 'annex' (12-15)."


def test_a_number_outside_the_ranges_is_kept() -> None:
    """The ranges may have shrunk since; only who asks for such a number is refused."""
    found = house(one(1, "99"))
    assert plan(found, wanted(1, context="staff"))[0].action == "unchanged"
    assert plan(found, wanted(1, context="staff", extension="99"))[0].action == "unchanged"


# Order


def test_a_swap_is_refused_but_not_a_chain() -> None:
    found = house(one(1, "07"), one(2, "08"), one(3, "09"))
    swap = [wanted(1, context="staff", extension="08"), wanted(2, context="staff", extension="07")]
    assert "each other's numbers: P1, P2. No server can swap them at once" in refused(plan, found, *swap)
    ring = [wanted(n, context="staff", extension=exten) for n, exten in ((1, "08"), (2, "09"), (3, "07"))]
    assert "P1, P2, P3" in refused(plan, found, *ring)
    chain = [wanted(n, context="staff", extension=exten) for n, exten in ((1, "08"), (2, "09"), (3, "12"))]
    assert [change.declared.label for change in in_order(KIND, plan(found, *chain))] == ["P3", "P2", "P1"]


def test_a_long_chain() -> None:
    """As when a whole house moves up by one."""
    everybody = [one(index, f"{index:04d}") for index in range(2000)]
    changes = [
        Change("update", wanted(index), person, one(index, f"{index + 1:04d}"))
        for index, person in enumerate(everybody)
    ]
    assert [change.before.id for change in in_order(KIND, changes)] == list(range(1999, -1, -1))


def test_somebody_who_goes_and_one_who_has_everything_of_theirs() -> None:
    found = house(one(1, "07", voicemail=box(1, "07")))
    said = [wanted(2, context="staff", extension="07", voicemail={}), wanted(1, state="absent")]
    assert [change.action for change in in_order(KIND, plan(found, *said))] == ["delete", "create"]


# Who is meant


def test_found_by_uuid_before_email_before_name() -> None:
    first = one(1, fields={"email": "A@example.com"})
    second = one(2, fields={"firstname": "P1"})
    people = [first, second]
    assert match(people, [UserDeclaration({"uuid": "uuid-2", "email": "a@example.com"})]) == [second]
    assert match(people, [UserDeclaration({"email": "a@EXAMPLE.com"})]) == [first]
    # By name, one without an email is given it; one who has another is somebody else.
    assert match(people, [UserDeclaration({"firstname": "P1", "email": "new@example.com"})]) == [second]
    assert match([first], [UserDeclaration({"firstname": "P1", "email": "new@example.com"})]) == [None]
    assert match([first], [UserDeclaration({"firstname": "P1"})]) == [first]
    # Who is to go goes by the email alone, where one is given: a namesake who comes later stays.
    assert match([second], [UserDeclaration({"firstname": "P1", "email": "a@example.com", "state": "absent"})]) == [
        None
    ]
    assert match([second], [UserDeclaration({"firstname": "P1", "state": "absent"})]) == [second]
    assert match([first], [UserDeclaration({"firstname": "P1", "lastname": "X"})]) == [None]
    assert "2 users are meant by 'P1': P1, uuid uuid-1, email A@example.com; P1, uuid uuid-2." in refused(
        match, people, [UserDeclaration({"firstname": "P1"})]
    )
    assert "There is no user with the uuid 'x'." in refused(match, people, [UserDeclaration({"uuid": "x"})])
    assert match(people, [UserDeclaration({"uuid": "x", "state": "absent"})]) == [None]


@pytest.mark.parametrize(
    "options",
    [
        [{"email": "a@example.com"}, {"email": "A@example.com"}],
        [{}, {}],
        [{"uuid": "uuid-1"}, {}],
    ],
)
def test_one_and_the_same_twice_in_a_task(options: list[dict[str, Any]]) -> None:
    said = [wanted(1, **more) for more in options]
    assert "are one and the same user" in refused(match, [one(1)], said)


def test_a_namesake_who_could_not_be_told_apart_by_the_next_run() -> None:
    said = [wanted(1), wanted(1, extension="2001")]
    assert "Several users of this task are called 'P1'; give each an email, a uuid or an extension." in refused(
        match, [], said
    )
    assert match([], [wanted(1, email="b@example.com"), wanted(1, email="a@example.com")]) == [None, None]
    unknown = [UserDeclaration({"uuid": uuid, "state": "absent"}) for uuid in ("x", "y")]
    assert match([], unknown) == [None, None]


def test_namesakes_are_told_apart() -> None:
    first, second = one(1, "2001"), one(2, "2002", fields={"firstname": "P1"})
    said = [wanted(1, extension="2002"), wanted(1, extension="2001")]
    assert match([], said) == [None, None]
    assert match([first, second], said) == [second, first]
    # A run that was cut off between the two: the second is new, and so is one with an email of its own.
    assert match([first], said) == [None, first]
    assert match([first], [wanted(1, extension="2001"), wanted(1, email="a@example.com", extension="2009")]) == [
        first,
        None,
    ]
    # One of them has an email, and so the other is the other.
    known = one(3, fields={"firstname": "P1", "email": "a@example.com"})
    said = [wanted(1), wanted(1, email="a@example.com")]
    assert match([], said) == [None, None]
    assert match([first, known], said) == [first, known]
    # One alone: its number may change. Of two, it must be that of one.
    assert match([first], [wanted(1, extension="2005")]) == [first]
    assert match([first, second], [wanted(1, extension="2002")]) == [second]
    assert "2 users are meant by 'P1'" in refused(match, [first, second], [wanted(1, extension="2005")])
    assert "2 users are meant by 'P1'" in refused(match, [first, second], [wanted(1)])


def test_users_of_one_email_are_told_apart() -> None:
    email = {"email": "a@example.com"}
    people = [
        one(1, "2001", fields=email),
        one(2, "2002", fields=email),
        one(3, "2003", fields=email | {"firstname": "P2"}),
    ]
    said = wanted(2, email="A@example.com", extension="2003")
    assert match(people, [wanted(1, **email), said]) == [people[0], people[2]]
    assert "3 users are meant" in refused(match, people, [wanted(9, **email)])
    assert "3 users are meant" in refused(match, people, [wanted(1, state="absent", **email)])


# What follows what


def test_the_caller_id_follows_the_name_unless_it_was_chosen() -> None:
    def caller_id(before: str, **options: Any) -> str:
        (change,) = plan(house(one(1, fields={"caller_id": before})), wanted(1, **options))
        found: str = change.after.fields["caller_id"]
        return found

    renamed = {"uuid": "uuid-1", "firstname": "Q"}
    assert caller_id('"P1"', **renamed) == '"Q"'
    assert caller_id("", **renamed) == '"Q"'
    assert caller_id('"Desk"', **renamed) == '"Desk"'
    assert caller_id('"Desk"', caller_id="", **renamed) == '"Q"'
    assert caller_id('"P1"', caller_id="Desk", **renamed) == '"Desk"'
    assert caller_id('"P1"', caller_id='"Desk" <12>', **renamed) == '"Desk" <12>'


@pytest.mark.parametrize(
    ("old", "number", "name"),
    [
        (box(1, "07"), "08", "Q"),
        (box(1, "99"), "99", "Q"),
        (box(1, "07", "annex"), "07", "Q"),
        (box(1, "07", users=2), "07", "P1"),
        (box(1, "07", name="Desk"), "08", "Desk"),
    ],
)
def test_the_voicemail_follows_unless_it_is_its_own_or_shared(old: Voicemail, number: str, name: str) -> None:
    said = wanted(1, uuid="uuid-1", firstname="Q", context="staff", extension="08")
    (change,) = plan(house(one(1, "07", voicemail=old)), said)
    assert (change.after.voicemail.number, change.after.voicemail.name) == (number, name)
    assert (change.after.voicemail.context, change.after.voicemail.id) == (old.context, 1)


def test_the_email_of_a_voicemail_follows_unless_it_is_its_own() -> None:
    def email(old: str) -> str:
        person = one(1, "07", fields={"email": "a@example.com"}, voicemail=box(1, "07", email=old))
        (change,) = plan(house(person), wanted(1, uuid="uuid-1", email="b@example.com"))
        found: str = change.after.voicemail.email
        return found

    assert email("a@example.com") == "b@example.com"
    assert email("team@example.com") == "team@example.com"
    assert email("") == ""


def test_a_voicemail_that_somebody_left_behind() -> None:
    """Taken over by its owner, by name; given to nobody else, and deleted with its owner."""
    left = box(5, "07", name="P1", users=0)
    said = {"context": "staff", "extension": "07", "voicemail": {}}
    (change,) = plan(house(one(1), boxes=(left,)), wanted(1, **said))
    assert change.after.voicemail.id == 5
    assert "the voicemail 07 exists already, as 'P1'" in refused(plan, house(boxes=(left,)), wanted(2, **said))
    (gone,) = plan(house(one(1, "07"), boxes=(left,)), wanted(1, state="absent"))
    assert gone.before.voicemail == left
    (gone,) = plan(house(one(1, "08"), boxes=(left,)), wanted(1, state="absent"))
    assert gone.before.voicemail is None
    (taken,) = plan(house(one(1, "07"), boxes=(left,)), wanted(1, voicemail={"state": "absent"}))
    assert (taken.action, taken.fields) == ("update", ["voicemail"])


def test_secrets_are_written_for_what_is_made_and_else_when_asked() -> None:
    old = one(1, "07", voicemail=box(1, "07", password="1111"))
    said = {"voicemail": {"password": "2222"}, "sip_password": "s3"}
    (change,) = plan(house(old), wanted(1, **said))
    assert (change.action, change.secrets) == ("unchanged", {})
    (change,) = plan(house(old), wanted(1, **said, update_password="always"))
    assert change.secrets == {"voicemail": "2222", "sip": "s3"}
    assert change.fields == ["voicemail.password", "sip_password"]
    (change,) = plan(house(), wanted(1, context="staff", **said))
    assert change.secrets == {"voicemail": "2222", "sip": "s3"}


def test_in_what_one_that_was_read_back_differs() -> None:
    asked = one(1, "07", voicemail=box(1, "07"))
    assert KIND.unlike(asked, asked) == []
    # The name is written by the server.
    assert KIND.unlike(asked, one(1, "07", voicemail=box(1, "07", name="X"))) == []
    assert KIND.unlike(asked, one(1, "08", voicemail=box(1, "08"))) == ["extension", "voicemail.number"]
    behind = one(1, "07", voicemail=box(1, "07"), line=line(1, exten="07", left_behind=True))
    assert KIND.unlike(asked, behind) == ["line"]
