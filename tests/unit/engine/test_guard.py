# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""No number is taken from under a telephone, on any server, unless it is forced."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.contexts import Context
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.numbers import KINDS, option_of
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.usage import EXTENSION, LINE, Use, hurt_by
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.contexts import lost
from hypothesis import given
from hypothesis import strategies as st

from tests.simulator.accounts import PASSWORD
from tests.simulator.xivo.database import Account
from tests.unit.bench import Bench
from tests.unit.domain.strategies import disjoint_ranges, numbers_of, padded
from tests.unit.engine.dial_plans import Options, Phones, connect_to_both, plan, ranges, refused

RANGES = {
    "user": "2001-2009",
    "group": "2011-2019",
    "queue": "2021-2029",
    "conference_room": "2031-2039",
}
USED = {"user": "2005", "group": "2015", "queue": "2025", "conference_room": "2035"}
OWNERS = {
    "user": {"": "user Zoé Petit"},
    "group": {"": "group ventes"},
    "queue": {"": "queue ventes"},
    "conference_room": {"": "conference room ventes"},
}
BUREAU: Options = {"name": "Bureau", **{option_of(kind): ranges(text) for kind, text in RANGES.items()}}


@pytest.fixture
def bench(anywhere: Bench) -> Bench:
    """A server with a context of all kinds of ranges, and an account that may ask who uses them."""
    connect_to_both(anywhere)
    anywhere.connection["force"] = False
    assert plan(anywhere, [BUREAU])["changed"]
    return anywhere


@pytest.fixture
def phones(bench: Bench) -> Phones:
    return Phones(bench)


def knows_the_owner(bench: Bench, kind: str) -> bool:
    """xivo-confd without a web service beside it has no queues and no conference rooms: their numbers are nobody's."""
    return bench.name != "xivo-16.15" or kind in ("user", "group")


def asked(bench: Bench) -> list[str]:
    """The lists of what uses a context that were asked for since the last look, each with its filter."""
    lists = ("extensions", "voicemails", "lines", "trunks", "users", "groups", "meetme", "queues")
    found = []
    for entry in bench.requests():
        last = entry["path"].rstrip("/").rsplit("/", 1)[-1]
        if last in lists:
            found.append(f"{last}?{entry['query']}" if "context=" in entry["query"] else last)
    bench.forget()
    return found


# What is refused


@pytest.mark.parametrize("kind", RANGES)
def test_a_number_in_use_is_not_taken_away(bench: Bench, phones: Phones, kind: str) -> None:
    getattr(phones, kind)(USED[kind], "Bureau")
    first, last = RANGES[kind].split("-")
    around = ranges(f"{first}-{int(USED[kind]) - 1}", f"{int(USED[kind]) + 1}-{last}")
    for without in (around, ranges(f"9{first}"), []):
        message = refused(bench, [{"name": "Bureau", option_of(kind): without}])
        assert "cannot lose numbers, because it is in use: extension " + USED[kind] in message
        assert "set force: true" in message
        if knows_the_owner(bench, kind):
            assert f"({OWNERS[kind].get(bench.name, OWNERS[kind][''])}" in message
    # All others can go, and come.
    kept = [{"name": "Bureau", option_of(kind): ranges(USED[kind], f"9{first}-9{last}")}]
    assert plan(bench, kept)["changed"]


@pytest.mark.parametrize("kind", RANGES)
def test_a_number_does_not_change_its_kind_under_its_owner(bench: Bench, phones: Phones, kind: str) -> None:
    getattr(phones, kind)(USED[kind], "Bureau")
    other = option_of(next(k for k in RANGES if k != kind))
    changed = [{"name": "Bureau", option_of(kind): [], other: [*BUREAU[other], *BUREAU[option_of(kind)]]}]
    if knows_the_owner(bench, kind):
        assert f"extension {USED[kind]}" in refused(bench, changed)
    else:
        assert plan(bench, changed)["changed"]  # confd itself is content with a range of any kind


def test_a_number_of_nobody_is_content_with_any_range(bench: Bench, phones: Phones) -> None:
    phones.extension("2005", "Bureau")
    refusal = refused(bench, [{"name": "Bureau", "user_ranges": []}])
    assert "in use: extension 2005." in refusal
    changed = [{"name": "Bureau", "user_ranges": [], "queue_ranges": ranges("2001-2009")}]
    assert plan(bench, changed)["changed"]


def test_a_voicemail(bench: Bench, phones: Phones) -> None:
    phones.voicemail("2005", "Bureau")
    phones.voicemail("7777", "Bureau")  # in no range, and in none afterwards
    message = refused(bench, [{"name": "Bureau", "user_ranges": ranges("2001-2004")}])
    assert "in use: voicemail 2005 (Accueil)." in message
    assert "voicemail 7777" in refused(bench, [{"name": "Bureau", "state": "absent"}])
    assert plan(bench, [{"name": "Bureau", "group_ranges": []}])["changed"]


@pytest.mark.parametrize("what", ["line", "trunk"])
def test_what_has_no_number_keeps_its_context(bench: Bench, phones: Phones, what: str) -> None:
    getattr(phones, what)("Bureau")
    assert plan(bench, [{"name": "Bureau", "user_ranges": []}])["changed"]
    message = refused(bench, [{"name": "Bureau", "state": "absent"}])
    assert f"cannot be deleted, because it is in use: {what} " in message


def test_all_that_is_in_a_context_is_named(bench: Bench, phones: Phones) -> None:
    phones.user("2001", "Bureau")
    phones.voicemail("2001", "Bureau")
    phones.trunk("Bureau")
    phones.extension("1001", "default")
    message = refused(bench, [{"name": "Bureau", "state": "absent"}, {"name": "default", "user_ranges": []}])
    for words in ("extension 2001", "voicemail 2001", "line ", "trunk ", "extension 1001"):
        assert words in message
    assert message.count("is in use:") == 2
    # Nothing of one context is held against another.
    assert message.count("2001") == 2 and message.count("1001") == 1
    bench.connection["force"] = True
    other = plan(bench, [{"name": "Atelier", "label": "Atelier", "user_ranges": ranges("3001-3009")}])
    bench.connection["force"] = False
    assert other["changed"]
    assert plan(bench, [{"name": "Atelier", "state": "absent"}])["changed"]


def test_many_are_cut_and_counted(bench: Bench, phones: Phones) -> None:
    for number in range(1000, 1030):
        phones.extension(str(number), "default")
    message = refused(bench, [{"name": "default", "user_ranges": []}])
    assert "extension 1019 and 10 more." in message


def test_every_module_has_the_same_guard(bench: Bench, phones: Phones) -> None:
    phones.user("2005", "Bureau")
    gone = {"name": "Bureau", "state": "absent"}
    assert "extension 2005" in bench.refused(**gone)
    assert "extension 2005" in bench.refused(name="Bureau", user_ranges=[])
    one = {"context": "Bureau", "type": "user", "start": "2001"}
    assert "extension 2005" in bench.refused(bench.range, **one, end="2004")
    assert "extension 2005" in bench.refused(bench.range, **one, state="absent")
    assert bench.range(**one, end="2005")["changed"]
    purge = {"purge": True, "max_deletions": 1}
    assert "extension 2005" in refused(bench, [], **purge)


# Incoming calls


@pytest.fixture
def dialled(bench: Bench, phones: Phones) -> Bench:
    """An incoming call to the number whose last four digits the operator sends."""
    assert plan(bench, [incall("0123456700-0123456799/4")])["changed"]
    phones.incall("6705", "from-extern")
    return bench


def incall(*texts: str) -> Options:
    return {"name": "from-extern", "incall_ranges": ranges(*texts)}


@pytest.mark.parametrize(
    "texts",
    [
        ("0123456700-0123456704/4", "0123456706-0123456799/4"),
        ("0123456700-0123456799/5",),
        ("0123456700-0123456799/2",),
        ("0123457700-0123457799/4",),
        (),
    ],
)
def test_an_incoming_number_is_known_by_the_digits_that_the_operator_sends(
    dialled: Bench, texts: tuple[str, ...]
) -> None:
    message = refused(dialled, [incall(*texts)])
    assert "'from-extern' cannot lose numbers, because it is in use: extension 6705 (incoming call " in message


@pytest.mark.parametrize("text", ["0123456705/4", "0123456700-0123456999/4", "9876546700-9876546799/4", "6705/4"])
def test_an_incoming_number_that_is_kept(dialled: Bench, text: str) -> None:
    assert plan(dialled, [incall(text)])["changed"]


def test_a_pattern_of_incoming_numbers(dialled: Bench, phones: Phones) -> None:
    phones.incall("_67[2-9]X", "from-extern")
    message = refused(dialled, [incall("0123456700-0123456749/4")])
    assert "in use: extension _67[2-9]X (incoming call " in message
    # None of its numbers goes.
    assert plan(dialled, [incall("0123456705-0123456799/4")])["changed"]


def test_an_incoming_number_does_not_become_a_user_s(dialled: Bench) -> None:
    changed = {"name": "from-extern", "incall_ranges": [], "user_ranges": ranges("6700-6799")}
    assert "extension 6705" in refused(dialled, [changed])


# What is not refused, and what it costs


def test_ranges_move_around_what_is_used(bench: Bench, phones: Phones) -> None:
    phones.user("2005", "Bureau")
    phones.group("2015", "Bureau")
    for user, group in (
        (("2000-2009",), ("2011-2015",)),
        (("2003-2006",), ("2015",)),
        (("2004", "2005", "2006"), ("2015-2019",)),
        (("2002-2005", "2050-2059"), ("2014-2016", "2060")),
    ):
        moved = {"name": "Bureau", "user_ranges": ranges(*user), "group_ranges": ranges(*group)}
        assert plan(bench, [moved]).get("changed"), (user, group)


def test_nobody_is_asked_where_nothing_is_taken_away(bench: Bench) -> None:
    bench.forget()
    more = {"name": "Bureau", "description": "Deuxième étage", "type": "others", "user_ranges": ranges("2000-2010")}
    assert plan(bench, [more])["changed"]
    split = {"name": "Bureau", "user_ranges": ranges("2000-2004", "2005-2010")}
    assert plan(bench, [split])["changed"]
    assert plan(bench, [{"name": "Atelier", "label": "Atelier", "user_ranges": ranges("3001-3009")}])["changed"]
    if bench.name != "xivo-16.15":
        assert plan(bench, [{"name": "default", "includes": []}])["changed"]
    assert plan(bench, [{"name": "Bureau"}, {"name": "Nowhere", "state": "absent"}])["changed"] is False
    tokens = [entry["path"] for entry in bench.requests() if entry["path"].endswith("/token")]
    assert asked(bench) == []
    if bench.name == "xivo-2018":
        assert tokens == []  # its xivo-auth was not needed


def test_who_is_asked(bench: Bench, phones: Phones) -> None:
    name = phones.name_of("Bureau")
    bench.forget()
    assert plan(bench, [{"name": "Bureau", "user_ranges": ranges("2001-2008")}])["changed"]
    assert asked(bench) == [f"extensions?context={name}", f"voicemails?context={name}"]
    # Several contexts are one look, however many.
    two = [{"name": "Bureau", "group_ranges": []}, {"name": "default", "user_ranges": ranges("1000-1998")}]
    assert plan(bench, two)["changed"]
    assert asked(bench) == ["extensions", "voicemails"]
    gone = [{"name": "Bureau", "state": "absent"}, {"name": "default", "user_ranges": ranges("1000")}]
    assert plan(bench, gone)["changed"]
    assert asked(bench) == ["extensions", "voicemails", "lines", "trunks"]
    assert plan(bench, [{"name": "default", "state": "absent"}])["changed"]
    assert {text.split("?")[0] for text in asked(bench)} == {"extensions", "voicemails", "lines", "trunks"}


def test_only_a_number_that_looks_free_costs_a_look_at_the_groups(benches: Callable[[str], Bench]) -> None:
    bench = benches("xivo-2018")
    connect_to_both(bench)
    bench.connection["force"] = False
    assert plan(bench, [BUREAU])["changed"]
    Phones(bench).group("2015", "Bureau")
    bench.forget()
    assert plan(bench, [{"name": "Bureau", "user_ranges": []}])["changed"]
    assert [text.split("?")[0] for text in asked(bench)] == [
        *("extensions", "voicemails"),
        *("groups", "meetme", "queues", "users"),
    ]


def test_force_does_it_and_does_not_look(bench: Bench, phones: Phones) -> None:
    phones.user("2005", "Bureau")
    bench.forget()
    assert plan(bench, [{"name": "Bureau", "user_ranges": []}], force=True)["changed"]
    assert asked(bench) == []
    absent = [{"name": "Bureau", "state": "absent"}]
    if bench.name == "xivo-2018":
        assert plan(bench, absent, force=True)["changed"]  # with everything that is inside
        assert asked(bench) == []
    else:
        # A confd keeps a context in which there are numbers, so force cannot do it, and check mode says so.
        message = refused(bench, absent, force=True)
        assert "'Bureau' cannot be deleted, by force neither" in message
        assert "extension 2005 (user Zoé Petit)" in message


# Where nobody can be asked


def test_a_web_service_without_a_confd_that_can_be_reached(benches: Callable[[str], Bench], closed_port: int) -> None:
    bench = benches("xivo-2018")
    bench.connect_to_webservice()
    bench.connection |= {"force": False, "confd_url": f"http://127.0.0.1:{closed_port}/1.1", "auth_url": bench.url}
    assert plan(bench, [BUREAU])["changed"]
    for url, why in ((f"{bench.url}/0.1", "confd"), (f"http://127.0.0.1:{closed_port}/0.1", "auth")):
        bench.connection["auth_url"] = url
        for change in ({"user_ranges": []}, {"state": "absent"}):
            message = refused(bench, [{"name": "Bureau", **change}])
            assert "This task takes numbers away from 'bureau', and it could not be found out who uses them" in message
            assert f"http://127.0.0.1:{closed_port} " in message, why
            assert "set force: true" in message
    # What takes nothing away needs nobody.
    assert plan(bench, [{"name": "Bureau", "description": "Deuxième étage"}])["changed"]
    assert plan(bench, [{"name": "Bureau", "state": "absent"}], force=True)["changed"]


@pytest.mark.parametrize("right", ["extensions", "voicemails", "lines", "trunks"])
def test_an_account_without_the_rights(bench: Bench, right: str) -> None:
    words = ["confd.contexts.#", *(f"confd.{what}.read" for what in ("extensions", "voicemails", "lines", "trunks"))]
    words.remove(f"confd.{right}.read")
    if bench.name.startswith("wazo"):
        bench.state.db.add_account("planner", PASSWORD, next(iter(bench.state.db.tenants.values())), words)
    else:
        bench.state.auth.database.accounts.append(Account(20, "planner", PASSWORD, words))
    bench.connection["username"] = "planner"
    gone = [{"name": "Bureau", "state": "absent"}]
    message = refused(bench, gone)
    assert "it could not be found out who uses them" in message
    assert f"/{right}" in message
    assert "(ACL)" in message
    shorter = [{"name": "Bureau", "user_ranges": []}]
    if right in ("extensions", "voicemails"):
        assert f"/{right}" in refused(bench, shorter)
    else:
        assert plan(bench, shorter)["changed"]
    assert plan(bench, gone, force=True)["changed"]


# The rule itself, against an enumeration of all numbers


@st.composite
def lists_of_ranges(draw: st.DrawFn) -> dict[str, Any]:
    return {kind: draw(disjoint_ranges(kind, most=2)) for kind in draw(st.sets(st.sampled_from(KINDS), max_size=3))}


@given(lists_of_ranges(), lists_of_ranges(), st.sampled_from((None, *KINDS[:4])), st.integers(0, 999))
def test_who_is_hurt(before: dict[str, Any], after: dict[str, Any], kind: str | None, number: int) -> None:
    old, new = Context("a", ranges=before), Context("a", ranges=after)
    uses = [Use("a", EXTENSION, padded(number % 10**width, width), kind, "") for width in (2, 3)]
    # A pattern of ten numbers, which loses them with the first that goes.
    uses.append(Use("a", EXTENSION, f"_{uses[1].number[:2]}X", kind, ""))
    uses.append(Use("a", LINE, uses[0].number, None, ""))
    kinds = KINDS[:4] if kind is None else (kind,)
    old, new = (replace(c, ranges={**c.ranges, "incall": ()}) for c in (old, new))

    def held(context: Context, use: Use) -> set[str]:
        mine = {use.number[1:-1] + str(n) for n in range(10)} if use.number[0] == "_" else {use.number}
        return mine & {number for k in kinds for r in context.ranges[k] for number in numbers_of(r)}

    hurt = hurt_by(old, new, uses)
    assert hurt == [use for use in uses[:3] if held(old, use) - held(new, use)]
    assert hurt_by(old, None, uses) == uses
    # Whoever is hurt is asked for: the look is only spared where nothing is lost.
    if hurt:
        assert lost(old, new)


@given(disjoint_ranges("incall", most=2), disjoint_ranges("incall", most=2), st.integers(0, 999))
def test_whoever_is_hurt_is_looked_for(before: list[Any], after: list[Any], number: int) -> None:
    old, new = Context("a", ranges={"incall": before}), Context("a", ranges={"incall": after})
    uses = [Use("a", EXTENSION, padded(number % 10**width, width), "incall", "") for width in (1, 2, 3)]
    uses += [Use("a", EXTENSION, f"_{number % 10}{end}", "incall", "") for end in ("", "X", "X[0-4]", ".", "!")]
    if hurt_by(old, new, uses):
        assert lost(old, new)
