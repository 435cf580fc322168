# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who answers a number, asked of every server."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from ansible_collections.telephony.xivo.plugins.modules import xivo_conference, xivo_dial_info, xivo_group, xivo_incalls

from tests.unit.bench import Bench, Result
from tests.unit.engine.dial_plans import Phones
from tests.unit.household import ANNE, Household

OUTSIDE = [{"start": "0145678000", "end": "0145678049", "did_length": 4}]
ROOMLESS = "xivo-16.15"  # its xivo-confd knows no conference rooms, and no includes

Call = dict[str, Any]


class Exchange:
    """The accountants with Anne, a group and a room; the sales people, who can call them; calls from outside."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.house = Household(bench)
        self.has_includes = bench.name != ROOMLESS
        if self.has_includes:
            assert bench.context(name="default", includes=["to-extern", "Comptabilite"], conflicts="ignore")["changed"]
            assert bench.context(name="Ventes", includes=["default"], conflicts="ignore")["changed"]
        assert bench.context(name="from-extern", incall_ranges=OUTSIDE)["changed"]
        assert self.house.user(**ANNE, context="Comptabilite", extension="2001")["changed"]
        self.run(xivo_group, name="accueil", context="Comptabilite", extension="2091")
        if self.has_includes:
            self.run(xivo_conference, name="bilan", context="Comptabilite", extension="2095")
        destination = {"type": "user", "name": "Anne Durand"}
        to_group = {"type": "group", "name": "accueil"}
        incalls = [
            {"context": "from-extern", "extension": "8001", "destination": destination},
            {"context": "from-extern", "extension": "_80XX", "destination": to_group},
        ]
        self.run(xivo_incalls, incalls=incalls)
        bench.forget()

    def run(self, module: Any, **options: Any) -> Result:
        result = self.bench._run(module, options, check_mode=False)
        assert not result.get("failed"), result["msg"]
        return result

    def ask(self, **options: Any) -> Result:
        return self.bench._run(xivo_dial_info, options, check_mode=True)

    def calls(self, *dial: dict[str, Any]) -> list[Call]:
        result = self.ask(dial=list(dial))
        assert not result.get("failed"), result["msg"]
        assert result["changed"] is False
        found: list[Call] = result["calls"]
        return found

    def call(self, **options: Any) -> Call:
        [found] = self.ask(**options)["calls"]
        assert [found] == self.calls(options)  # alone or among many
        one: Call = found
        return one

    def handle(self, name: str) -> str:
        """How the module calls a context: XiVO's web service stores lower case."""
        return name.lower() if self.bench.name == "xivo-2018" else name


@pytest.fixture
def exchange(anywhere: Bench) -> Exchange:
    return Exchange(anywhere)


def test_somebody_of_the_same_context(exchange: Exchange) -> None:
    here = exchange.handle("Comptabilite")
    assert exchange.call(context="Comptabilite", number="2001") == {
        "asked": {"context": here, "user": None, "number": "2001"},
        "arrives": "2001",
        "answers": "user 'Anne Durand'",
        "kind": "user",
        "owner": "Anne Durand",
        "incall": False,
        "extension": "2001",
        "context": here,
        "through": [here],
        "range": {"context": here, "type": "user", "start": "2001", "end": "2090"},
        "others": [],
        "text": f"2001 from '{here}': user 'Anne Durand', by 2001 of '{here}'",
    }


def test_all_sorts_of_owners(exchange: Exchange) -> None:
    numbers = ["2091", *(["2095"] if exchange.has_includes else []), "2044", "9999"]
    found = exchange.calls(*({"user": "anne@example.com", "number": number} for number in numbers))
    answers = {call["asked"]["number"]: call["answers"] for call in found}
    assert answers == {
        "2091": "group 'accueil'",
        **({"2095": "conference room 'bilan'"} if exchange.has_includes else {}),
        "2044": "nobody",
        "9999": "nobody",
    }
    here = exchange.handle("Comptabilite")
    assert found[-2]["text"] == (
        f"2044 from anne@example.com in '{here}': nobody, free in the user range 2001-2090 of '{here}'"
    )
    assert found[-2]["range"]["type"] == "user"
    assert (found[-2]["kind"], found[-2]["owner"], found[-2]["extension"], found[-2]["context"]) == (None,) * 4
    assert found[-1]["text"].endswith(": nobody, no number of any context")


def test_calls_from_outside(exchange: Exchange) -> None:
    found = exchange.calls(
        *({"context": "from-extern", "number": number} for number in ("8001", "0145678001", "8002", "0145678050"))
    )
    assert [call["answers"] for call in found] == ["user 'Anne Durand'"] * 2 + ["group 'accueil'", "nobody"]
    assert [call["arrives"] for call in found] == ["8001", "8001", "8002", "0145678050"]
    assert [call["incall"] for call in found] == [True, True, True, False]
    assert found[1]["range"] == {"context": "from-extern", "type": "incall", **OUTSIDE[0]}
    assert found[1]["others"] == [
        {"answers": "group 'accueil'", "extension": "_80XX", "context": "from-extern", "through": ["from-extern"]}
    ]
    assert found[1]["text"] == (
        "0145678001 (arrives as 8001) from 'from-extern': user 'Anne Durand', an incoming call to 8001 of "
        "'from-extern', hides group 'accueil' (_80XX of 'from-extern')"
    )


def test_a_queue_and_a_call_that_leads_nowhere(exchange: Exchange) -> None:
    phones = Phones(exchange.bench)
    phones.incall("8010", "from-extern")
    dial = [{"context": "from-extern", "number": "8010", "answers": "nobody"}]
    if exchange.has_includes:
        queue_ranges = [{"start": "2101", "end": "2109"}]
        assert exchange.bench.context(name="Comptabilite", queue_ranges=queue_ranges, conflicts="ignore")["changed"]
        phones.queue("2101", "Comptabilite")
        dial.append({"context": "Ventes", "number": "2101", "answers": "queue ventes"})
    found = exchange.calls(*dial)
    assert [call["ok"] for call in found] == [True] * len(dial)
    # It ends there: the pattern that goes to the group is hidden.
    assert (found[0]["extension"], found[0]["kind"], len(found[0]["others"])) == ("8010", None, 1)


def test_a_voicemail_that_an_incoming_call_leads_to(exchange: Exchange) -> None:
    phones = Phones(exchange.bench)
    phones.voicemail("2050", "Comptabilite")
    [box] = phones.ask("GET", "voicemails")["items"]
    incall = phones.ask("POST", "incalls", {"destination": {"type": "voicemail", "voicemail_id": box["id"]}})
    phones.ask("PUT", f"incalls/{incall['id']}/extensions/{phones.extension('8020', 'from-extern')}")
    dial = {"context": "from-extern", "number": "8020", "answers": "voicemail 'Accueil'"}
    [found] = exchange.calls(dial)
    assert found["ok"], found
    # Its own number is not dialled.
    [there] = exchange.calls({"context": "Comptabilite", "number": "2050"})
    assert there["answers"] == "nobody"


def test_a_number_that_goes_out(wazo: Bench) -> None:
    exchange = Exchange(wazo)
    phones = Phones(wazo)
    out = phones.ask("POST", "outcalls", {"name": "operator"})
    pattern = phones.extension("_0XXXXXXXXX", "to-extern")
    phones.ask("PUT", f"outcalls/{out['id']}/extensions/{pattern}", {})
    call = exchange.call(user="Anne Durand", number="0145678001")
    assert call["answers"] == "nobody"  # the accountants include nobody
    call = exchange.call(context="Ventes", number="0145678001")
    assert (call["answers"], call["kind"]) == ("outgoing call 'operator'", "outcall")
    assert call["through"] == ["Ventes", "default", "to-extern"]


def test_through_includes_and_where_none_leads(exchange: Exchange) -> None:
    here, sales = exchange.handle("Comptabilite"), exchange.handle("Ventes")
    found = exchange.call(context="Ventes", number="2001")
    if exchange.has_includes:
        assert found["through"] == [sales, "default", here]
        assert found["text"] == f"2001 from '{sales}': user 'Anne Durand', by 2001 of '{here}', through 'default'"
    else:
        assert (
            found["text"] == f"2001 from '{sales}': nobody, no include leads to user 'Anne Durand' (2001 of '{here}')"
        )
    back = exchange.call(context="Comptabilite", number="3001")
    assert back["text"] == f"3001 from '{here}': nobody, no include leads to the user range 3001-3090 of '{sales}'"


def test_an_extension_that_is_nobodys(exchange: Exchange) -> None:
    phones = Phones(exchange.bench)
    phones.extension("2002", "Comptabilite")
    here = exchange.handle("Comptabilite")
    text = exchange.call(context="Comptabilite", number="2002")["text"]
    assert text == f"2002 from '{here}': nobody, 2002 of '{here}' is nobody's"


def test_the_second_line_of_a_user(exchange: Exchange) -> None:
    phones = Phones(exchange.bench)
    phones.user("2003", "Comptabilite")
    [user] = [one for one in phones.ask("GET", "users")["items"] if one["firstname"] == "Zoé"]
    line = phones.line("Comptabilite")
    sip = phones.ask("POST", "endpoints/sip", {})
    phones.ask("PUT", f"lines/{line}/endpoints/sip/{sip['uuid' if phones.is_wazo else 'id']}")
    phones.ask("PUT", f"users/{user['uuid']}/lines/{line}")
    phones.ask("PUT", f"lines/{line}/extensions/{phones.extension('2004', 'Comptabilite')}")
    found = exchange.calls(*({"context": "Comptabilite", "number": number} for number in ("2003", "2004")))
    assert [call["answers"] for call in found] == ["user 'Zoé Petit'"] * 2


def test_who_was_expected(exchange: Exchange) -> None:
    expected = {
        "user 'Anne Durand'": True,
        "user Anne Durand": True,
        "user « Anne Durand »": True,
        "ANNE  durand": True,
        "Anne": False,
        "group 'Anne Durand'": False,
        "nobody": False,
    }
    asked = {"context": "Comptabilite", "number": "2001"}
    found = exchange.calls(*(asked | {"answers": text} for text in expected))
    assert {call["expected"]: call["ok"] for call in found} == expected
    assert exchange.calls({"context": "Comptabilite", "number": "2044", "answers": "nobody"})[0]["ok"]
    assert "ok" not in exchange.calls(asked)[0]


def test_each_list_is_read_once_for_all(exchange: Exchange) -> None:
    numbers = [str(number) for number in range(2001, 2099)]
    exchange.bench.forget()
    exchange.calls(*({"context": "Comptabilite", "number": number} for number in numbers))
    asked = Counter((e["path"], e["query"]) for e in exchange.bench.requests() if e["method"] == "GET")
    # That list of the web service tells whose numbers are, and what an incoming call to a group is called.
    groups = "/service/ipbx/json.php/restricted/pbx_settings/groups/"
    assert [path for (path, _query), times in asked.items() if times > 1 and path != groups] == []
    assert len(asked) < 20


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "The number '' cannot be dialled"),
        ({"context": "default", "number": "20X1"}, "The number '20X1' cannot be dialled"),
        ({"number": "2001"}, "Say who dials 2001: give either a context or a user."),
        ({"context": "default", "user": "Anne", "number": "2001"}, "give either a context or a user."),
        ({"dial": [{"number": "2001"}, {"context": "default", "number": "x"}]}, "Say who dials 2001"),
        ({"dial": [], "number": "2001"}, "Give either dial, or one number with a context or a user."),
    ],
)
def test_what_cannot_be_asked(wazo26: Bench, options: dict[str, Any], says: str) -> None:
    result = wazo26._run(xivo_dial_info, options, check_mode=True)
    assert result["failed"]
    assert says in result["msg"]
    assert wazo26.requests() == []


def test_who_is_not_there_cannot_dial(exchange: Exchange) -> None:
    exchange.house.user(firstname="Bob", lastname="Roux")
    dial = [
        {"context": "Comptabilty", "number": "2001"},
        {"user": "Anne Durant", "number": "2001"},
        {"user": "Bob Roux", "number": "2001"},
    ]
    result = exchange.ask(dial=dial)
    here = exchange.handle("Comptabilite")
    assert f"There is no context 'Comptabilty'. Did you mean '{here}'?" in result["msg"]
    assert "There is no user 'Anne Durant'" in result["msg"]
    assert "The user 'Bob Roux' has no line in a context, and cannot dial 2001." in result["msg"]
