# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds for every kind, on every server, whatever is there and whatever is declared.

A new kind is one row of ``KINDS``: its modules, what may be declared of it, and what that then looks like.
"""

from __future__ import annotations

import pickle
import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest
import requests
from ansible_collections.telephony.xivo.plugins.module_utils import run
from ansible_collections.telephony.xivo.plugins.module_utils.dialplan.names import fold
from ansible_collections.telephony.xivo.plugins.module_utils.engine import resources
from ansible_collections.telephony.xivo.plugins.module_utils.kinds.base import UNCHANGED, Change
from ansible_collections.telephony.xivo.plugins.module_utils.registry import KINDS as KINDS_OF
from ansible_collections.telephony.xivo.plugins.module_utils.registry import Parts, info, many
from hypothesis import Phase, event, given, settings
from hypothesis import strategies as st

from tests.simulated import SERVERS
from tests.simulator.control import Fault
from tests.unit.bench import PHP_WRITES, Bench, Result, WatchedSession, validated
from tests.unit.household import SIP_PASSWORD, VOICEMAIL_PASSWORD
from tests.unit.stored import Key, Stored

pytestmark = pytest.mark.thorough

Options = dict[str, Any]
# A case that breaks a law is short as it is, and to make it shorter takes minutes.
PHASES = (Phase.explicit, Phase.reuse, Phase.generate)
EXAMPLES = 8  # of each kind on each server; a profile that is not derandomized asks for its own number

CONTEXTS: tuple[Options, ...] = (
    {
        "name": "Comptabilite",
        "label": "Comptabilité",
        "user_ranges": [{"start": "2001", "end": "2008"}],
        "group_ranges": [{"start": "2091", "end": "2094"}],
        "conference_room_ranges": [{"start": "2095", "end": "2098"}],
    },
    {
        "name": "Ateliers",
        "label": "Ateliers",
        "user_ranges": [{"start": "0201", "end": "0205"}],
        "group_ranges": [{"start": "0291", "end": "0293"}],
        "conference_room_ranges": [{"start": "0295", "end": "0297"}],
    },
    {
        "name": "secours",
        "label": "Secours",
        "type": "incall",
        "incall_ranges": [{"start": "8000", "end": "8003", "did_length": 4}],
    },
    {
        "name": "from-extern",
        "incall_ranges": [
            {"start": "0145678000", "end": "0145678005", "did_length": 4},
            {"start": "0100", "end": "0103", "did_length": 4},
        ],
    },
)
PEOPLE = (
    {"firstname": "Anne", "lastname": "Durand", "email": "anne@example.com", "context": "Comptabilite"},
    {"firstname": "Bernard", "lastname": "Petit", "email": "bernard@example.com", "context": "Ateliers"},
    {"firstname": "Carole", "lastname": "Roux", "context": "Comptabilite", "voicemail": {}},
)
STAFF = tuple(f"{one['firstname']} {one['lastname']}" for one in PEOPLE)
SECRETS = (VOICEMAIL_PASSWORD, SIP_PASSWORD, "73915826")


def maybe(strategy: st.SearchStrategy[Any], odds: int = 2) -> st.SearchStrategy[Any]:
    """Left out, the more often the greater the odds."""
    return st.integers(0, odds).flatmap(lambda n: strategy if n == 0 else st.none())


def given_only(options: Options) -> Options:
    return {name: value for name, value in options.items() if value is not None}


STATE = st.sampled_from(("present", "present", "present", "present", "absent"))
# By context, the numbers of its ranges.
NUMBERS: dict[str, dict[str, tuple[str, ...]]] = {
    "user": {"Comptabilite": tuple(f"200{n}" for n in range(1, 9)), "Ateliers": tuple(f"020{n}" for n in range(1, 6))},
    "group": {"Comptabilite": ("2091", "2092", "2093", "2094"), "Ateliers": ("0291", "0292", "0293")},
    "conference": {"Comptabilite": ("2095", "2096", "2097", "2098"), "Ateliers": ("0295", "0296", "0297")},
}


@st.composite
def places(draw: st.DrawFn, kind: str) -> Options:
    """A context and a number in it, each perhaps left out; now and then one that does not fit the other."""
    context = draw(st.sampled_from(("Comptabilite", "Comptabilite", "Ateliers", None)))
    of = context or "Comptabilite"
    if draw(st.integers(0, 19)) == 0:
        of = "Ateliers"
    number = draw(st.sampled_from((None, None, "auto", "auto", *NUMBERS[kind][of])))
    return {"context": context, "extension": number}


@st.composite
def user(draw: st.DrawFn) -> Options:
    name = draw(
        st.sampled_from(
            (
                {"firstname": "Zoé"},
                {"firstname": "zoé", "lastname": "ÉTÉ"},
                {"firstname": "Jean Pierre", "lastname": "d'Été"},
                {"firstname": "Zoé", "email": "Zoe@example.com"},
                {"firstname": "Zoé", "lastname": "Blanc", "email": "zoe@example.com"},
                {"firstname": "Łukasz", "lastname": "Ó Néill", "email": "lukasz@example.com"},
                {"firstname": "Anne", "lastname": "Durand"},
                {"email": "anne@example.com"},
                {"email": "ANNE@example.com", "firstname": "Anne", "lastname": "Martin"},
                {"firstname": "Carole", "lastname": "Roux"},
                {"firstname": "Carole", "lastname": "Roux", "email": "carole@example.com"},
                {"uuid": "Bernard Petit"},
                {"uuid": "Bernard Petit", "firstname": "Bernard", "lastname": "Petit-Roux"},
                {"uuid": "Carole Roux", "email": "roux@example.com"},
            )
        )
    )
    options = {**name, "state": draw(STATE), **draw(places("user"))}
    options["language"] = draw(maybe(st.sampled_from(("fr_FR", "en_US", "")), 5))
    options["mobile_phone_number"] = draw(maybe(st.sampled_from(("+33600000000", "")), 5))
    options["caller_id"] = draw(maybe(st.sampled_from(("Accueil", '"Accueil" <2001>', "")), 5))
    options["sip_password"] = draw(maybe(st.just(SIP_PASSWORD), 5))
    options["update_password"] = draw(maybe(st.sampled_from(("always", "on_create")), 3))
    box = st.fixed_dictionaries(
        {},
        optional={
            "number": st.sampled_from(("2001", "2002", "2007", "0204", "2077")),
            "context": st.sampled_from(("Comptabilite", "Ateliers")),
            "email": st.sampled_from(("box@example.com", "")),
            "attach_audio": st.booleans(),
            "password": st.just(VOICEMAIL_PASSWORD),
        },
    )
    if options["context"] or options["extension"]:
        options["voicemail"] = draw(maybe(st.just({}) | box | st.just({"state": "absent"}), 1))
    return given_only(options)


@st.composite
def group(draw: st.DrawFn) -> Options:
    names = ("accueil", "Accueil", "ventes", "VENTES", "nuit", "equipe.1", "standard", "standard", "Équipe nuit")
    options = {"name": draw(st.sampled_from(names)), "state": draw(STATE), **draw(places("group"))}
    options["label"] = draw(maybe(st.sampled_from(("Equipe de nuit", "accueil", "Le Standard", "nuit")), 4))
    options["members"] = draw(
        maybe(st.lists(st.sampled_from((*STAFF, "anne@example.com")), max_size=3, unique_by=lambda m: fold(m)[:4]), 1)
    )
    return given_only(options)


@st.composite
def conference(draw: st.DrawFn) -> Options:
    names = ("bilan", "Bilan", "paie", "PAIE", "audit", "salle", "salle", "Réunion", "salle-2")
    options = {"name": draw(st.sampled_from(names)), "state": draw(STATE), **draw(places("conference"))}
    options["pin"] = draw(maybe(st.sampled_from(("73915826", "0000", "")), 2))
    options["update_password"] = draw(maybe(st.sampled_from(("always", "on_create")), 1))
    return given_only(options)


TARGETS = (
    *({"type": "user", "name": name} for name in (*STAFF, "anne@example.com")),
    {"type": "group", "name": "standard"},
    {"type": "group", "name": "STANDARD"},
    {"type": "conference", "name": "salle"},
)


@st.composite
def incall(draw: st.DrawFn) -> Options:
    context = draw(st.sampled_from(("from-extern", "from-extern", "secours")))
    numbers = ("8000", "8001", "8002", "8003")
    if context != "secours":
        numbers = (*numbers, "8004", "8005", "0100", "0101", "_010X", "_010x")
    options = {"context": context, "extension": draw(st.sampled_from(numbers)), "state": draw(STATE)}
    if draw(st.integers(0, 9)):
        options["destination"] = draw(st.sampled_from(TARGETS))
    return options


@st.composite
def entity(draw: st.DrawFn) -> Options:
    options = {"name": draw(st.sampled_from(("acme", "acme", "a.b-c_d", "xivo", "filiale", "Filiale")))}
    # Its users are known to the server only.
    options["state"] = draw(STATE) if options["name"] != "xivo" else "present"
    options["display_name"] = draw(maybe(st.sampled_from(("Acmé", "Acme  SA", "Été & fils", "Filiale")), 1))
    return given_only(options)


def one_each(declared: list[Options]) -> list[Options]:
    """Leave out what means the same as one before, as far as the words tell."""
    found: dict[Any, Options] = {}
    for one in declared:
        words = [one.get(name, "") for name in ("uuid", "email", "firstname", "name", "extension")]
        key = next(filter(None, words)).replace("@", " ").split()[0]
        found.setdefault((fold(key), one.get("context") if "destination" in one else None), one)
    return list(found.values())


# What it then looks like


def same_context(said: str, shown: str | None) -> bool:
    return shown is not None and fold(said) == fold(shown)


def number_agrees(said: Options, shown: Options) -> bool:
    if "context" in said and not same_context(said["context"], shown["context"]):
        return False
    return said.get("extension") in (None, "auto", shown["extension"])


def has_number(said: Options, shown: Options) -> bool:
    """One that is there without a number gets one where its context is said."""
    return bool(shown["extension"]) or not {"context", "extension"} & set(said)


def user_agrees(said: Options, shown: Options, scene: Scene) -> bool:
    for field in ("firstname", "lastname", "email", "language", "mobile_phone_number"):
        if field in said and said[field] != shown[field]:
            return False
    name = " ".join(shown[part] for part in ("firstname", "lastname") if shown[part])
    if "caller_id" in said:
        text = said["caller_id"] or name
        if shown["caller_id"] != (text if '"' in text else f'"{text}"'):
            return False
    box, shown_box = said.get("voicemail"), shown["voicemail"]
    if box is not None:
        if (box.get("state") == "absent") is not (shown_box is None):
            return False
        for option in set(box) & {"number", "email", "attach_audio"}:
            if box[option] != shown_box[option]:
                return False
        if "context" in box and not same_context(box["context"], shown_box["context"]):
            return False
    # A number is given where it is asked for.
    if said.get("extension") and not shown["extension"]:
        return False
    return number_agrees(said, shown)


def group_agrees(said: Options, shown: Options, scene: Scene) -> bool:
    if fold(said["name"]) not in (fold(shown["name"]), fold(shown["label"] or "")):
        return False
    if scene.wazo and "label" in said and said["label"] != shown["label"]:
        return False
    members = [scene.uuids[name] for name in said.get("members", ())]
    if "members" in said and members != shown["members"]:
        return False
    return has_number(said, shown) and number_agrees(said, shown)


def conference_agrees(said: Options, shown: Options, scene: Scene) -> bool:
    return fold(said["name"]) == fold(shown["name"]) and has_number(said, shown) and number_agrees(said, shown)


def incall_agrees(said: Options, shown: Options, scene: Scene) -> bool:
    to = said.get("destination")
    if to and to["type"] != shown["destination"]["type"]:
        return False
    name = {"anne@example.com": STAFF[0]}.get(to["name"], to["name"]) if to else ""
    if to and fold(name) != fold(shown["destination"]["name"]):
        return False
    return same_context(said["context"], shown["context"]) and said["extension"].lower() == shown["extension"].lower()


def entity_agrees(said: Options, shown: Options, scene: Scene) -> bool:
    if "display_name" in said and re.sub(" +", " ", said["display_name"]) != re.sub(" +", " ", shown["display_name"]):
        return False
    return bool(said["name"] == shown["name"])


@dataclass(frozen=True)
class Law:
    """A kind: what may be declared of one, whether what is shown is that, where it is stored, what a purge may leave,
    and what somebody else may have left lying about."""

    declared: Callable[[], st.SearchStrategy[Options]]
    agrees: Callable[[Options, Options, Scene], bool]
    table: str
    plural: str
    exempt: tuple[str, ...] = ()
    left: tuple[str, ...] = ()


KINDS = {
    "user": Law(user, user_agrees, "users", "users", ("anne*", "*@EXAMPLE.com", "02*"), ("number", "box", "bare user")),
    "group": Law(group, group_agrees, "groups", "groups", ("STANDARD", "209?", "a*"), ("number", "bare group")),
    "conference": Law(
        conference, conference_agrees, "conferences", "conferences", ("sall?", "2095", "B*"), ("number", "bare room")
    ),
    "incall": Law(incall, incall_agrees, "incalls", "incalls", ("800?", "01*"), ("number", "bare call")),
    "entity": Law(entity, entity_agrees, "entities", "entities", ("a*", "fil*")),
}
PLACES = [
    (server, kind) for server in SERVERS for kind in KINDS if not (server.startswith("wazo") and kind == "entity")
]
# What goes wrong with one write, and whether every later one is refused too.
FAULTS: dict[str, tuple[Options, bool]] = {
    "reset before": ({"kind": "reset"}, False),
    "reset after": ({"kind": "reset", "after": True}, False),
    "cut": ({"kind": "cut"}, False),
    "500 before": ({"kind": "error_before"}, False),
    "500 after": ({"kind": "error_after"}, False),
    "503 before": ({"kind": "error_before", "status": 503}, False),
    "503 after": ({"kind": "error_after", "status": 503}, False),
    "400 before": ({"kind": "error_before", "status": 400}, False),
    "too many": ({"kind": "too_many"}, False),
    "token expires": ({"kind": "expire_tokens"}, False),
    "confd down": ({"kind": "confd_down"}, False),
    "database down": ({"kind": "database_down"}, False),
    "killed before": ({"kind": "error_before", "status": 502}, True),
    "killed after": ({"kind": "error_after", "status": 502}, True),
    "killed after, the answer lost": ({"kind": "reset", "after": True}, True),
}
KILLED = Fault(kind="error_before", status=502, times=10**6)


class Scene:
    """A server with contexts, three people, a group, a room and an incoming call; put back for each example."""

    def __init__(self, bench: Bench, kind: str) -> None:
        self.bench, self.kind, self.law = bench, kind, KINDS[kind]
        self.xivo = bench.name.startswith("xivo")
        self.wazo = not self.xivo
        self.connect()
        self.whole = many(kind)
        self.plans: list[list[Change[Any, Any]]] = []
        self.prepare()
        self.saved = self.snapshot()
        self.uuids = self.known_uuids()

    def connect(self) -> None:
        if self.xivo:
            self.bench.connect_to_confd()
        if self.bench.name == "xivo-2018" or (self.bench.name == "xivo-16.15" and self.kind in ("user", "conference")):
            self.bench.connection["webservices_url"] = self.bench.url

    @property
    def has_rooms(self) -> bool:
        return self.wazo or "webservices_url" in self.bench.connection

    def prepare(self) -> None:
        for context in CONTEXTS:
            self.must(self.bench.context(**context, conflicts="ignore"))
        self.must(self.run(many("user"), users=[dict(one, extension="auto") for one in PEOPLE]))
        standard = {"name": "standard", "context": "Comptabilite", "members": list(STAFF[:2])}
        self.must(self.run(many("group"), groups=[standard]))
        if self.has_rooms:
            self.must(self.run(many("conference"), conferences=[{"name": "salle", "context": "Comptabilite"}]))
        calls = [
            {"context": "from-extern", "extension": f"800{4 + n}", "destination": to}
            for n, to in enumerate(({"type": "user", "name": STAFF[2]}, {"type": "group", "name": "standard"}))
        ]
        self.must(self.run(many("incall"), incalls=calls))

    @staticmethod
    def must(result: Result) -> None:
        assert not result.get("failed"), result["msg"]

    # The server

    def snapshot(self) -> bytes:
        return pickle.dumps(self.bench.state.auth.database if self.xivo else self.bench.state.db)

    def put_back(self, saved: bytes) -> None:
        fresh = pickle.loads(saved)
        if self.xivo:
            self.bench.state.auth.reset(fresh)
        else:
            self.bench.state.db = fresh
        self.bench.forget()
        WatchedSession.tokens.clear()
        WatchedSession.pauses.clear()
        self.plans.clear()

    def known_uuids(self) -> dict[str, str]:
        rows = [row for key, row in Stored(self.bench).rows.items() if key[0] == "users"]
        found = {f"{row['firstname']} {row['lastname']}": row["uuid"] for row in rows}
        return {**found, "anne@example.com": found[STAFF[0]]}

    def stamp(self) -> None:
        """Give each resource something that no option says."""
        columns = {"users": "description", "groups": "preprocess_subroutine", "incalls": "description"}
        columns |= {"voicemails": "pager"}
        if self.xivo:
            database = self.bench.state.auth.database
            for table, column in columns.items():
                for row in database.rows(table).values():
                    row[column] = f"{table}-{row['id']}"
            for row in database.rows("meetme").values():
                row["maxusers"] = str(10 + row["id"])
            for one in database.entities:
                one.city = f"city-{one.id}"
        else:
            for table, column in {**columns, "conferences": "preprocess_subroutine"}.items():
                for row in self.bench.state.db.rows(table).values():
                    row.values[column] = f"{table}-{row.id}"

    def leave(self, what: str, number: int) -> None:
        """What somebody else left lying about. Some of it some servers refuse."""
        internal = self.name("Comptabilite")
        exten = {"user": 2003, "group": 2092, "conference": 2096}.get(self.kind, 8001) + number
        context = self.name("from-extern") if self.kind == "incall" else internal
        if what == "number":
            self.ask("POST", "/extensions", {"exten": str(exten), "context": context})
        elif what == "box":
            self.ask("POST", "/voicemails", {"name": "Zoé", "number": str(exten), "context": internal})
        elif what == "bare user":
            self.ask("POST", "/users", {"firstname": "Zoé"})
        elif what == "bare group":
            body = {"name": "nuit"} if self.xivo else {"label": "nuit", "name": "nuit"}
            self.ask("POST", "/groups", body)
        elif what == "bare room":
            self.ask("POST", "/conferences", {"name": "audit"})
        elif what == "bare call":
            users = [key[1] for key, row in Stored(self.bench).rows.items() if row.get("firstname") == "Anne"]
            self.ask("POST", "/incalls", {"destination": {"type": "user", "user_id": users[0]}})

    def name(self, handle: str) -> str:
        if self.bench.name != "wazo-26.09":
            return handle.lower() if self.bench.name == "xivo-2018" else handle
        labels = {fold(context.label or ""): context.name for context in self.bench.state.db.contexts.values()}
        return str(labels.get(fold(handle), handle))

    def ask(self, method: str, path: str, body: Any) -> None:
        client = self.bench._inside
        if self.xivo:
            client.open(f"/noauth/1.1{path}", method=method, json=body)
            return
        token = self.bench.make_token("/api/auth/0.1/token", {})
        client.open(f"/api/confd/1.1{path}", method=method, json=body, headers={"X-Auth-Token": token})
        client.open(f"/api/auth/0.1/token/{token}", method="DELETE")

    # The engines

    def run(self, parts: Parts, check_mode: bool = False, **options: Any) -> Result:
        known = {name: value for name, value in self.bench.connection.items() if name in parts.spec}
        given = {name: value for name, value in (known | options).items() if value is not None}
        before = len(self.bench.writes())
        result = run.outcome(parts.spec, validated(parts.spec, given), check_mode, True, parts.engine)
        assert "exception" not in result, result["exception"]
        self.bench.check_secrets(result, given)
        for secret in SECRETS:
            assert secret not in str(result)
        assert self.bench.tokens() == []
        if check_mode:
            assert len(self.bench.writes()) == before
        return result

    def bring(self, declared: list[Options], check_mode: bool = False, **options: Any) -> Result:
        said = [{**one, "uuid": self.uuids[one["uuid"]]} if "uuid" in one else one for one in declared]
        return self.run(self.whole, check_mode, **{self.law.plural: said}, **options)

    def read(self) -> list[Options]:
        result = self.run(info(self.kind))
        assert not result.get("failed"), result["msg"]
        found: list[Options] = result[self.law.plural]
        return found

    def planned_first(self) -> list[Change[Any, Any]]:
        return self.plans[0]

    def planned(self) -> list[Change[Any, Any]]:
        return self.plans[-1]


def without_chance(result: Result, plural: str) -> Result:
    """What a check can foretell: not the uuid of who is not there yet, nor what a server makes of it."""
    shown = [one and {**one, "uuid": None} if one and "uuid" in one else one for one in result.get(plural, ())]
    return {**result, plural: shown}


# The laws


def applied(scene: Scene, declared: list[Options], options: Options) -> bool:
    """The laws of a run without a fault. Return whether it was done, and not refused."""
    before = Stored(scene.bench)
    checked = scene.bring(declared, check_mode=True, **options)
    assert Stored(scene.bench).rows == before.rows
    scene.bench.forget()
    result = scene.bring(declared, **options)
    writes = scene.bench.writes()
    after = Stored(scene.bench)
    plural = scene.law.plural
    assert without_chance(checked, plural) == without_chance(result, plural)
    if result.get("failed"):
        # Refused is not written.
        assert (writes, after.rows) == ([], before.rows), result
        assert "left" not in result, result
        return False
    assert bool(writes) is result["changed"] or not writes, result
    changes = scene.planned()
    assert (result["diff"] == []) is not result["changed"]
    untouched(scene, before, after, changes)
    read = scene.read()
    for said, shown in zip(declared, result[plural], strict=True):
        assert (shown is None) is (said["state"] == "absent")
        if shown is not None:
            assert scene.law.agrees(said, shown, scene), (said, shown)
            # Where the server makes the names, what is read goes by the label.
            keys = set(shown) - ({"name"} if scene.wazo else set())
            assert [one for one in read if all(one[key] == shown[key] for key in keys)], (shown, read)
    scene.bench.forget()
    again = scene.bring(declared, **options)
    assert (again.get("changed"), again.get("diff")) == (False, []), again
    assert again[plural] == result[plural]
    assert scene.bench.writes() == []
    assert Stored(scene.bench).rows == after.rows
    exported(scene, read)
    return True


def exported(scene: Scene, read: list[Options]) -> None:
    """What is read can be declared, and changes nothing. Not where somebody left what has no number."""
    spec = scene.whole.spec[scene.law.plural]["options"]
    said = [{name: value for name, value in one.items() if name in spec and value is not None} for one in read]
    if not all(one.get("extension") for one in read if "extension" in one):
        return
    targets = [one["destination"] for one in read if "destination" in one]
    if any(target is None or target["type"] == "none" for target in targets):
        return
    result = scene.run(scene.whole, **{scene.law.plural: said})
    assert result.get("changed") is False, result


def untouched(scene: Scene, before: Stored, after: Stored, changes: list[Change[Any, Any]]) -> None:
    """Every row that is not of what was to change is as it was; and what nobody has has not become more."""
    table = scene.law.table
    touched: set[Key] = {
        (table, change.before.id) for change in changes if change.before is not None and change.action != UNCHANGED
    }
    touched |= {key for key in after.rows if key[0] == table and key not in before.rows}
    # The ids of entities come as text.
    touched |= {(name, int(identity)) for name, identity in touched if isinstance(identity, str)}
    places = {KINDS_OF[scene.kind].place(change.after) for change in changes if change.after is not None}
    leftovers = {("extensions", change.leftover.id) for change in changes if change.leftover}
    for key in before.rows.keys() | after.rows.keys():
        old, new = before.rows.get(key), after.rows.get(key)
        if old == new:
            continue
        whose = before.roots(key) | after.roots(key)
        for stored in (before, after):
            whose |= set(stored.refers.get(key, ()))
        if whose & touched or key in leftovers:
            continue
        row = old or new or {}
        assert (row.get("exten"), row.get("context")) in places, (key, old, new)
    # What no option says stays, also where a room is made again.
    stamps = {"users": "description", "groups": "preprocess_subroutine", "incalls": "description"}
    stamps |= {
        "voicemails": "pager",
        "conferences": "maxusers" if scene.xivo else "preprocess_subroutine",
        "entities": "city",
    }
    for key, row in before.rows.items():
        found = after.rows.get(key)
        if key[0] in stamps and found is not None:
            assert found[stamps[key[0]]] == row[stamps[key[0]]], (row, found)
    known = before.orphans()
    spare = [after.rows[key] for key in after.orphans() if key not in known]
    assert spare == []


def is_write(entry: Options) -> bool:
    if ".php/" in entry["path"]:
        return any(act in entry["query"] for act in PHP_WRITES)
    return entry["method"] not in ("GET", "HEAD") and "/token" not in entry["path"]


def cut_off(scene: Scene, declared: list[Options], options: Options, fault: str, where: int) -> None:
    """The law of the fault: it tells what it did, and the same task then reaches what one clean run reaches."""
    saved = scene.snapshot()
    before = Stored(scene.bench)
    clean = scene.bring(declared, **options)
    assert not clean.get("failed"), clean
    number = where % max(1, len(scene.bench.writes()))
    wanted = Stored(scene.bench)
    scene.put_back(saved)
    with armed(scene.bench, fault, number):
        first = scene.bring(declared, **options)
    half = Stored(scene.bench)
    changes = scene.planned_first()
    if not first.get("failed"):
        assert compared(half, declared, options) == compared(wanted, declared, options), first
    else:
        wrote = half.rows != before.rows
        assert (bool(first["done"]), bool(first["changed"])) == (wrote, wrote), first
        texts = [change.text for change in changes if change.action != UNCHANGED]
        assert "left" in first
        whole = [text for text in first["done"] if text in texts]
        if first["left"]:
            assert sorted(whole + first["left"]) == sorted(texts), first
    scene.plans.clear()
    second = scene.bring(declared, **options)
    assert not second.get("failed"), (first, second)
    if first.get("failed"):
        for change in scene.planned_first():
            # Namesakes may be called the same.
            if change.action != UNCHANGED and texts.count(change.text) == 1:
                assert change.text not in first["done"], (first, second)
    end = Stored(scene.bench)
    reached, meant = (compared(one, declared, options) for one in (end, wanted))
    assert reached == meant, difference(reached, meant, first, second)
    scene.bench.forget()
    again = scene.bring(declared, **options)
    assert again.get("changed") is False, again
    assert scene.bench.writes() == []


def compared(stored: Stored, declared: list[Options], options: Options) -> list[Any]:
    """What must be the same in the end. Not a number that was chosen where another became free in between."""
    chooses = any(one["state"] == "present" and one.get("extension", "auto") == "auto" for one in declared)
    if chooses and (len(declared) > 1 or options.get("purge")):
        return sorted(re.sub(r"\b[02][0-9]{3}\b", "N", str(item)) for item in stored.plain())
    return stored.plain()


def difference(one: list[Any], other: list[Any], *more: Any) -> str:
    texts, others = [str(item) for item in one], [str(item) for item in other]
    return "\n".join(
        [
            *(f"is there: {text}" for text in texts if text not in others),
            *(f"is missing: {text}" for text in others if text not in texts),
            *(f"twice: {text}" for text, times in Counter(texts).items() if times > others.count(text) > 0),
            *map(str, more),
        ]
    )


class armed:
    """Let something go wrong with the write of this number."""

    def __init__(self, bench: Bench, fault: str, number: int) -> None:
        self.control: Any = bench.app.wsgi_app
        (options, self.for_good), self.number = FAULTS[fault], number
        self.fault = Fault(**options)
        self.seen = 0

    def due(self, method: str, path: str) -> Fault | None:
        if not is_write(self.control.requests[-1]):
            return None
        self.seen += 1
        if self.seen == self.number + 1:
            return self.fault
        return KILLED if self.for_good and self.seen > self.number else None

    def __enter__(self) -> armed:
        self.control._take = self.due
        return self

    def __exit__(self, *_of: Any) -> None:
        del self.control._take


class Simulated:
    """In place of a session of requests: hands a request to the simulator as a web server would, without a network."""

    def __init__(self, bench: Bench) -> None:
        self.client = bench.app.test_client(use_cookies=False)
        self.origin = bench.url

    def request(self, method: str, url: str, *, data: Any, params: Any, headers: Any, auth: Any, **_of: Any) -> Any:
        sent = requests.Request(method, url, data=data, params=params, headers=headers, auth=auth).prepare()
        path = sent.url or ""
        try:
            answer = self.client.open(
                path.removeprefix(self.origin),
                base_url=self.origin,
                method=method,
                data=sent.body,
                headers=dict(sent.headers),
            )
        except ConnectionResetError as error:
            raise requests.ConnectionError("reset") from error
        # wazo 22.13 tells a length of a 204 too.
        if answer.status_code != 204 and int(answer.headers.get("Content-Length") or 0) > len(answer.data):
            raise requests.ConnectionError("cut")
        return SimpleNamespace(status_code=answer.status_code, headers=answer.headers, content=answer.data)

    def close(self) -> None:
        pass


@st.composite
def tasks(draw: st.DrawFn, law: Law) -> Options:
    one = law.declared()
    start = draw(st.lists(one, max_size=3))
    left = draw(st.lists(st.tuples(st.sampled_from(law.left), st.integers(0, 2)), max_size=2)) if law.left else []
    declared = draw(st.lists(one, min_size=1, max_size=4))
    if draw(st.integers(0, 9)):
        declared = one_each(declared)
    options: Options = {}
    if draw(st.integers(0, 3)) == 0:
        exempt = st.lists(st.sampled_from(law.exempt), max_size=2, unique=True)
        always = ["xivo"] if law.plural == "entities" else []
        options = {"purge": True, "purge_exclude": [*draw(exempt), *always]}
        options["max_deletions"] = draw(st.sampled_from((0, 2, 9, 9, 9)))
    if draw(st.booleans()):
        options["on_error"] = draw(st.sampled_from(("stop", "continue")))
    fault = draw(st.none() | st.tuples(st.sampled_from(list(FAULTS)), st.integers(0, 30)))
    if options.get("purge") or (fault and len(declared) > 1):
        # Of several numbers that nobody has, nothing tells which is that of a deletion that was cut off, and which of
        # them is chosen depends on what is free by then.
        left = [one for one in left if one[0] != "number"]
    return {"start": start, "left": left, "declared": declared, "options": options, "fault": fault}


@pytest.fixture(params=PLACES, ids=lambda place: f"{place[0]}-{place[1]}")
def scene(
    request: pytest.FixtureRequest, benches: Callable[[str], Bench], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Scene]:
    server, kind = request.param
    bench = benches(server)

    class Session(WatchedSession):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            self._http = Simulated(bench)  # type: ignore[assignment]

    monkeypatch.setattr(run, "Session", Session)
    found = Scene(bench, kind)
    make = resources.plan

    def plan(*arguments: Any) -> list[Change[Any, Any]]:
        changes = make(*arguments)
        found.plans.append(changes)
        return changes

    monkeypatch.setattr(resources, "plan", plan)
    yield found


def check(scene: Scene, task: Options) -> str:
    scene.put_back(scene.saved)
    for one in task["start"]:
        scene.bring([one])
    scene.stamp()
    for what, number in task["left"]:
        scene.leave(what, number)
    scene.bench.forget()
    saved = scene.snapshot()
    done = applied(scene, task["declared"], task["options"])
    if done and task["fault"]:
        scene.put_back(saved)
        cut_off(scene, task["declared"], task["options"], *task["fault"])
    return ("done, cut" if task["fault"] else "done") if done else "refused"


def test_laws(scene: Scene) -> None:
    examples = EXAMPLES if settings().derandomize else settings().max_examples

    @settings(max_examples=examples, derandomize=False, print_blob=True, phases=PHASES)
    @given(tasks(scene.law))
    def every(task: Options) -> None:
        event(check(scene, task))

    every()
