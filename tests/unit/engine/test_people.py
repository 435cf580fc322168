# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Users with their line, number and voicemail, on every server."""

from __future__ import annotations

from typing import Any

import pytest

from tests.unit.bench import Bench
from tests.unit.household import ANNE, FULL, SIP_PASSWORD, VOICEMAIL_PASSWORD, Household


@pytest.fixture
def house(anywhere: Bench) -> Household:
    return Household(anywhere)


def person(number: int, **options: Any) -> dict[str, Any]:
    """One of many: the number is part of the name."""
    return {
        "firstname": f"P{number:03d}",
        "lastname": "Rossi",
        "email": f"p{number:03d}@example.com",
        "context": "Comptabilite",
        "extension": "auto",
        **options,
    }


def extension(house: Household, exten: str) -> dict[str, Any] | None:
    return next((item for item in house.items("/extensions") if item["exten"] == exten), None)


def make_extension(house: Household, exten: str, handle: str = "Comptabilite") -> int:
    made: int = house.ask("POST", "/extensions", {"exten": exten, "context": house.name(handle)})["id"]
    return made


def make_line(house: Household, user_uuid: str | None = None, endpoint: bool = True, exten: str | None = None) -> int:
    """A line as somebody else makes one."""
    line: int = house.ask("POST", "/lines", {"context": house.name("Comptabilite")})["id"]
    if endpoint:
        made = house.ask("POST", "/endpoints/sip", {})
        house.ask("PUT", f"/lines/{line}/endpoints/sip/{made['id' if house.xivo else 'uuid']}")
    if user_uuid:
        house.ask("PUT", f"/users/{user_uuid}/lines/{line}")
    if exten:
        house.ask("PUT", f"/lines/{line}/extensions/{make_extension(house, exten)}")
    return line


# The life of a user


def test_made_renamed_moved_and_gone(house: Household) -> None:
    before = house.held()
    shown = house.done(**FULL)["user"]
    assert (shown["context"].lower(), shown["extension"]) == ("comptabilite", "2001")
    assert (shown["voicemail"]["number"], shown["voicemail"]["email"]) == ("2001", ANNE["email"])

    renamed = house.done(email=ANNE["email"], lastname="Martin")
    assert renamed["changes"] == ["lastname", "caller_id", "voicemail.name"]
    assert renamed["user"]["caller_id"] == '"Anne Martin"'
    assert [box["name"] for box in house.items("/voicemails")] == ["Anne Martin"]

    moved = house.done(email=ANNE["email"], extension="2042")
    assert moved["changes"] == ["extension", "voicemail.number"]

    moved = house.done(email=ANNE["email"], context="Ventes", extension="auto")
    assert moved["changes"] == ["context", "extension", "voicemail.number", "voicemail.context"]
    assert (moved["user"]["extension"], moved["user"]["voicemail"]["number"]) == ("3001", "3001")

    assert house.done(email=ANNE["email"], state="absent")["user"] is None
    assert house.held() == before


def test_cleared(house: Household) -> None:
    house.done(**ANNE, language="fr_FR", mobile_phone_number="+33612345678")
    shown = house.done(email=ANNE["email"], mobile_phone_number="", lastname="")["user"]
    assert (shown["lastname"], shown["mobile_phone_number"], shown["language"]) == ("", "", "fr_FR")
    assert shown["caller_id"] == '"Anne"'


def test_a_chosen_caller_id_and_voicemail_name_stay(house: Household) -> None:
    house.done(**FULL, caller_id="Accueil")
    box = house.items("/voicemails")[0]["id"]
    house.ask("PUT", f"/voicemails/{box}", {"name": "Messages"})
    renamed = house.done(email=ANNE["email"], lastname="Martin")
    assert renamed["changes"] == ["lastname"]
    assert renamed["user"]["caller_id"] == '"Accueil"'
    # A XiVO names the voicemail after its user whenever that is changed, whatever anybody chose.
    assert house.items("/voicemails")[0]["name"] == ("Anne Martin" if house.xivo else "Messages")
    assert house.done(email=ANNE["email"], caller_id="")["user"]["caller_id"] == '"Anne Martin"'


def test_the_voicemail_of_somebody_without_a_line_follows_the_name(house: Household) -> None:
    house.done(**ANNE, voicemail={"number": "2050", "context": "Comptabilite"})
    assert house.done(email=ANNE["email"], lastname="Martin")["changes"][-1] == "voicemail.name"
    assert house.items("/voicemails")[0]["name"] == "Anne Martin"


def test_a_voicemail_with_a_number_of_its_own_stays_there(house: Household) -> None:
    house.done(**FULL | {"voicemail": {"number": "2080", "context": "Comptabilite"}})
    assert house.done(email=ANNE["email"], extension="2042")["changes"] == ["extension"]
    assert house.items("/voicemails")[0]["number"] == "2080"


def test_groups_survive_a_rename_and_a_move(house: Household) -> None:
    house.done(**FULL)
    user = house.items("/users")[0]
    if house.fork:
        body = {"name": "compta", "number": "2091", "context": "comptabilite", "timeout": "0"}
        house.php("pbx_settings/groups", "add", {"groupfeatures": body, "queue": {}, "user": [user["id"]]})
    else:
        group = house.ask("POST", "/groups", {"name": "compta"} if house.xivo else {"label": "compta"})
        key = group["id"] if house.xivo else group["uuid"]
        house.ask("PUT", f"/groups/{key}/members/users", {"users": [{"uuid": user["uuid"]}]})

    def members() -> int:
        if house.fork:
            row = house.php("pbx_settings/groups")[0]
            return len(house.php("pbx_settings/groups", "view", id=str(row["id"]))["user"] or [])
        return len(house.items("/users")[0]["groups"])

    assert members() == 1
    house.done(email=ANNE["email"], lastname="Martin", extension="2042")
    house.done(email=ANNE["email"], context="Ventes", extension="auto")
    assert members() == 1


def test_an_incoming_call_to_somebody_who_goes_is_not_touched(house: Household) -> None:
    house.done(**FULL)
    destination = {"type": "user", "user_id": house.items("/users")[0]["id"]}
    incall = house.ask("POST", "/incalls", {"destination": destination})["id"]
    house.bench.forget()
    house.done(email=ANNE["email"], state="absent")
    assert not any("incalls" in entry["path"] for entry in house.bench.writes())
    assert house.ask("GET", f"/incalls/{incall}")["id"] == incall


# Finding


def test_found_by_uuid_email_and_name(house: Household) -> None:
    uuid = house.done(**ANNE)["user"]["uuid"]
    house.settled(uuid=uuid, firstname="Anne")
    house.settled(email="anne@example.com")
    house.settled(firstname="Anne", lastname="Durand")
    assert house.done(uuid=uuid, email="durand@example.com")["user"]["uuid"] == uuid
    # Somebody of the same name, who has another email.
    assert house.done(**ANNE)["user"]["uuid"] != uuid
    assert len(house.items("/users")) == 2


def test_somebody_without_an_email_is_given_one(house: Household) -> None:
    uuid = house.done(firstname="Anne", lastname="Durand")["user"]["uuid"]
    assert house.done(**ANNE)["user"]["uuid"] == uuid


def test_two_namesakes(house: Household) -> None:
    for mail in ("a@example.com", "b@example.com"):
        house.done(**ANNE | {"email": mail})
    message = house.refused(firstname="Anne", lastname="Durand", state="absent")
    assert "2 users are meant by 'Anne Durand'" in message
    assert "email a@example.com" in message
    assert "Give the uuid of one of them." in message


def test_no_such_uuid(house: Household) -> None:
    unknown = "7b2b28f9-6b3d-4a3c-9e9c-111111111111"
    assert f"There is no user with the uuid '{unknown}'" in house.refused(uuid=unknown, firstname="Anne")
    house.settled(uuid=unknown, state="absent")


# Refused before the first write


def test_refused_numbers(house: Household) -> None:
    house.done(**FULL | {"extension": "2002"})
    new = {"firstname": "Bob", "context": "Comptabilite"}
    first = {"firstname": "Zoe", "context": "Comptabilite", "extension": "2010"}

    taken = house.refused(first, new | {"extension": "2002"})
    assert "User 'Bob': the extension 2002 is taken by the user Anne Durand. The next free number is 2001." in taken
    outside = house.refused(first, new | {"extension": "2091"})
    assert "the extension 2091 is in none of the user ranges" in outside
    assert "(2001-2090). The next free number is 2001." in outside
    wrong = house.refused(first, new | {"context": "from-extern", "extension": "2001"})
    assert "the context 'from-extern' is of the type incall" in wrong
    unknown = house.refused(first, new | {"context": "Atelier", "extension": "2001"})
    assert "there is no context 'Atelier'. There are: " in unknown
    assert "'20x1' is no number" in house.refused(first, new | {"extension": "20x1"})
    assert "an extension needs a context" in house.refused(first, {"firstname": "Bob", "extension": "2001"})
    assert "needs a number and a context" in house.refused(first, {"firstname": "Bob", "voicemail": {}})
    twice = house.refused(first, new | {"extension": "2010"})
    assert "the extension 2010 is given to 'Zoe' by the same task" in twice


def test_a_voicemail_of_somebody_else(house: Household) -> None:
    house.done(**FULL)
    taken = house.refused(firstname="Bob", voicemail={"number": "2001", "context": "Comptabilite"})
    assert "the voicemail 2001 exists already, as 'Anne Durand'" in taken
    box = {"number": "2070", "context": "Comptabilite"}
    twice = house.refused({"firstname": "Bob", "voicemail": box}, {"firstname": "Zoe", "voicemail": box})
    assert "the voicemail 2070 is given to 'Bob' by the same task" in twice


def test_no_number_left(house: Household) -> None:
    house.bench.context(name="Ventes", user_ranges=[{"start": "3001", "end": "3001"}], conflicts="ignore")
    house.done(**FULL | {"context": "Ventes"})
    message = house.refused(firstname="Bob", context="Ventes")
    assert "no number is free in the user ranges of" in message
    assert "(3001)" in message


def test_a_number_of_a_group(house: Household) -> None:
    """The web service, or confd, tells whose it is; a user never gets it, though its context and range may fit."""
    if house.fork:
        # The user range is made to hold the number of the group that is there.
        body = {"name": "compta", "number": "2091", "context": "comptabilite", "timeout": "0"}
        house.php("pbx_settings/groups", "add", {"groupfeatures": body, "queue": {}})
    else:
        group = house.ask("POST", "/groups", {"name": "compta"} if house.xivo else {"label": "compta"})
        made = make_extension(house, "2091")
        house.ask("PUT", f"/groups/{group['id'] if house.xivo else group['uuid']}/extensions/{made}")
    ranges = [{"start": "2090", "end": "2093"}]
    assert house.bench.context(name="Comptabilite", user_ranges=ranges, conflicts="ignore", force=True)["changed"]
    message = house.refused(firstname="Bob", context="Comptabilite", extension="2091")
    assert "the extension 2091 is taken by " in message
    assert "group" in message
    assert house.done(firstname="Zoe", context="Comptabilite")["user"]["extension"] == "2090"
    assert house.done(firstname="Bob", context="Comptabilite")["user"]["extension"] == "2092"


# Half-made users are finished


def test_a_user_without_a_line(house: Household) -> None:
    uuid = house.ask("POST", "/users", dict(ANNE))["uuid"]
    assert house.done(**FULL)["user"]["uuid"] == uuid
    counts = house.counts()
    assert [counts[path] for path in ("users", "lines", "endpoints/sip", "voicemails")] == [1, 1, 1, 1]


def test_a_line_without_a_number(house: Household) -> None:
    uuid = house.ask("POST", "/users", dict(ANNE))["uuid"]
    make_line(house, uuid)
    result = house.done(**FULL)
    assert result["changes"] == ["extension", "voicemail"]
    assert (result["user"]["uuid"], result["user"]["extension"]) == (uuid, "2001")
    assert house.counts()["lines"] == 1


def test_a_number_without_a_line(house: Household) -> None:
    made = make_extension(house, "2001")
    assert house.done(**FULL)["user"]["extension"] == "2001"
    found = extension(house, "2001")
    assert found is not None
    assert found["id"] == made


def test_a_number_without_a_line_that_is_moved_to(house: Household) -> None:
    house.done(**FULL)
    make_extension(house, "2042")
    house.done(email=ANNE["email"], extension="2042")
    assert [item["exten"] for item in house.items("/extensions") if item["exten"].startswith("20")] == ["2042"]


def test_a_line_without_an_endpoint(house: Household) -> None:
    """One whose maker was cut off right after it."""
    house.ask("POST", "/users", dict(ANNE))
    make_line(house, endpoint=False)
    house.done(**FULL)
    assert (house.counts()["lines"], house.counts()["endpoints/sip"]) == (1, 1)


def test_one_line_without_an_endpoint_and_two_who_want_it(house: Household) -> None:
    for number in (1, 2):
        house.ask("POST", "/users", {"firstname": person(number)["firstname"], "lastname": "Rossi"})
    make_line(house, endpoint=False)
    result = house.users(person(1), person(2))
    assert not result.get("failed"), result["msg"]
    assert house.counts()["lines"] == 2
    assert house.users(person(1), person(2))["changed"] is False


def test_a_voicemail_that_is_not_given(house: Household) -> None:
    house.done(**FULL | {"voicemail": None})
    body = {"name": "Anne Durand", "number": "2001", "context": house.name("Comptabilite")}
    house.ask("POST", "/voicemails", body)
    house.done(**FULL)
    boxes = house.items("/voicemails")
    assert [(box["number"], box["email"], box["password"]) for box in boxes] == [
        ("2001", ANNE["email"], VOICEMAIL_PASSWORD)
    ]


def test_a_line_of_somebody_else_is_left_alone(house: Household) -> None:
    """It has an endpoint that this collection did not make, and no user yet."""
    house.ask("POST", "/users", dict(ANNE))
    make_line(house)
    house.done(**FULL)
    assert house.counts()["lines"] == 2


def test_a_number_on_a_line_without_a_user(house: Household) -> None:
    make_line(house, exten="2001")
    message = house.refused(**FULL | {"extension": "2001"})
    assert "the extension 2001 is taken by " in message
    assert "The next free number is 2002." in message
    assert house.done(**FULL)["user"]["extension"] == "2002"


# Shared things


def test_a_shared_voicemail_stays(house: Household) -> None:
    house.done(**FULL)
    bob = house.done(firstname="Bob", context="Comptabilite")["user"]["uuid"]
    box = house.items("/voicemails")[0]["id"]
    house.ask("PUT", f"/users/{bob}/voicemails/{box}")
    # It is nobody's own any more: it does not follow a number.
    house.done(email=ANNE["email"], extension="2042")
    assert house.items("/voicemails")[0]["number"] == "2001"
    house.done(email=ANNE["email"], state="absent")
    assert [item["id"] for item in house.items("/voicemails")] == [box]
    house.done(firstname="Bob", state="absent")
    assert house.items("/voicemails") == []


def test_voicemails_of_one_number_in_two_contexts(house: Household) -> None:
    """XiVO's directory shows the number alone."""
    house.done(**FULL | {"voicemail": {"number": "5000"}})
    house.done(firstname="Bob", context="Ventes", voicemail={"number": "5000"})
    shown = {user["firstname"]: user["voicemail"]["context"].lower() for user in house.info()["users"]}
    assert shown == {"Anne": "comptabilite", "Bob": "ventes"}
    house.done(firstname="Bob", state="absent")
    assert len(house.items("/voicemails")) == 1
    house.settled(**FULL | {"voicemail": {"number": "5000"}})


def test_a_user_with_two_lines_goes_with_both(house: Household) -> None:
    before = house.held()
    uuid = house.done(**FULL)["user"]["uuid"]
    make_line(house, uuid, exten="2002")
    house.done(email=ANNE["email"], state="absent")
    assert house.held() == before


def test_a_shared_line_is_not_taken_from_its_second_user(house: Household) -> None:
    """The main user cannot leave before the second one; nothing is half done."""
    house.done(**FULL)
    bob = house.done(firstname="Bob")["user"]["uuid"]
    line = house.items("/lines")[0]["id"]
    house.ask("PUT", f"/users/{bob}/lines/{line}")
    message = house.refused(email=ANNE["email"], state="absent")
    assert "User 'anne@example.com': the line of 2001 is shared with Bob, who must leave it first." in message
    house.done(firstname="Bob", state="absent")
    assert len(house.items("/lines")) == 1
    house.settled(**FULL)
    house.done(email=ANNE["email"], state="absent")


# Many in one task


def test_numbers_that_others_leave(house: Household) -> None:
    """Somebody goes, one takes that number, and another takes the number of this one."""
    one, two = (person(n, voicemail={}) for n in (1, 2))
    assert not house.users(one, two).get("failed")
    wanted = [
        person(3, extension="2002", voicemail={}),
        two | {"extension": "2001"},
        one | {"state": "absent"},
    ]
    foretold = house.users(*wanted, check_mode=True)
    result = house.users(*wanted)
    assert not result.get("failed"), result["msg"]
    assert foretold["plan"] == result["plan"]
    assert [user and user["extension"] for user in result["users"]] == ["2002", "2001", None]
    assert [user and user["voicemail"]["number"] for user in result["users"]] == ["2002", "2001", None]
    assert house.counts()["voicemails"] == 2
    assert house.users(*wanted)["changed"] is False


def test_all_move_up_by_one(house: Household) -> None:
    people = [person(n, extension=str(2000 + n), voicemail={}) for n in range(1, 5)]
    assert not house.users(*people).get("failed")
    moved = [one | {"extension": str(int(one["extension"]) + 1)} for one in people]
    result = house.users(*moved)
    assert not result.get("failed"), result["msg"]
    assert [user["voicemail"]["number"] for user in result["users"]] == ["2002", "2003", "2004", "2005"]


def test_a_swap_is_refused(house: Household) -> None:
    one, two = (person(n, extension=str(2000 + n)) for n in (1, 2))
    assert not house.users(one, two).get("failed")
    message = house.refused(person(3), one | {"extension": "2002"}, two | {"extension": "2001"})
    assert "These users are to have each other's numbers: P001 Rossi, P002 Rossi." in message


def test_one_that_fails_does_not_stop_the_others_if_asked(house: Household) -> None:
    """No plan looks at a language, and no server takes this one."""
    bad = person(1, language="français", context=None, extension=None)
    result = house.users(bad, person(2), on_error="continue")
    assert result["failed"]
    assert "P001 Rossi" in result["msg"]
    assert result["done"] == ["make the user 'P002 Rossi'"]
    assert result["left"] == ["make the user 'P001 Rossi'"]
    result = house.users(bad, person(3))
    assert (result["done"], result["left"]) == ([], ["make the user 'P001 Rossi'", "make the user 'P003 Rossi'"])
    assert len(house.items("/users")) == 1


# How many lists tell everything about people who are in place: at the most four on Wazo, and six on XiVO. A new one
# costs the calls of its parts and, on XiVO, a look at who else has the number; on 26.09 all is made by one.
LISTS = {"xivo-2018": 6, "xivo-16.15": 3, "wazo-22.13": 2, "wazo-26.09": 2}
EACH = {"xivo-2018": 10, "xivo-16.15": 10, "wazo-22.13": 8, "wazo-26.09": 1}


def test_requests(house: Household) -> None:
    people = [person(n, voicemail={}) for n in range(1, 91)]
    name = house.bench.name

    def asked(*people: dict[str, Any], changed: bool) -> int:
        assert house.users(*people)["changed"] is changed
        return len(house.asked)

    asked(people[0], changed=True)
    one = asked(people[0], changed=False)
    lists = [e["path"] for e in house.asked if "/token" not in e["path"] and "/context" not in e["path"]]
    assert len(lists) == LISTS[name]
    ten = asked(*people[:11], changed=True)
    assert ten <= 10 * EACH[name] + 2 * one + 3
    assert asked(*people[:31], changed=True) - ten == 10 * EACH[name]
    assert asked(*people, changed=True) - ten == 49 * EACH[name]
    assert asked(*people, changed=False) == one


def test_what_info_shows_can_be_declared(house: Household) -> None:
    house.users(person(1, voicemail={}), person(2, language="fr_FR"), person(3, context=None, extension=None))
    shown = house.info()["users"]
    assert len(shown) == 3
    house.bench.forget()
    assert house.users(*shown)["changed"] is False
    assert house.bench.writes() == []
    assert [user["firstname"] for user in house.info(search="p002")["users"]] == ["P002"]
    assert len(house.info(context="Comptabilite")["users"]) == 2
    assert house.info(context="Ventes")["users"] == []


# Passwords


def stored(house: Household) -> tuple[str | None, str | None]:
    """The passwords of the only voicemail and of the only endpoint."""
    sip = house.items("/endpoints/sip")[0]
    secret = sip["secret"] if house.xivo else dict(sip["auth_section_options"]).get("password")
    return house.items("/voicemails")[0]["password"], secret


def test_passwords_are_set_on_creation_and_then_only_when_asked(house: Household) -> None:
    house.done(**FULL)
    assert stored(house) == (VOICEMAIL_PASSWORD, SIP_PASSWORD)
    others = FULL | {"sip_password": "Qk4wNn8rTe6Y", "voicemail": {"password": "660172839405"}}
    house.settled(**others)
    assert stored(house) == (VOICEMAIL_PASSWORD, SIP_PASSWORD)
    result = house.done(**others, update_password="always")
    assert result["changes"] == ["voicemail.password", "sip_password"]
    assert stored(house) == ("660172839405", "Qk4wNn8rTe6Y")
    for secret in ("660172839405", "Qk4wNn8rTe6Y"):
        assert secret not in str(result)


def test_every_telephone_has_a_password(house: Household) -> None:
    """Wazo does not choose one by itself: anybody could be that telephone."""
    house.done(**FULL | {"sip_password": None})
    assert len(stored(house)[1] or "") >= 8


def test_a_refused_password_does_not_show(house: Household) -> None:
    """The text of a server's refusal may hold what was refused."""
    house.done(**ANNE)
    password = "clé-Hw5gPz" if house.xivo else "9" * 81
    result = house.user(**FULL | ({"sip_password": password} if house.xivo else {"voicemail": {"password": password}}))
    assert result["failed"]
    assert "HTTP 400" in result["msg"]
    assert password not in str(result)


def test_a_namesake_of_somebody_who_goes_stays(house: Household) -> None:
    """Found by the email, Anne N. goes; then the name alone means another Anne, who is not looked at."""
    house.done(**ANNE | {"lastname": "Noir"})
    house.done(firstname="Anne", lastname="Durand")
    house.bench.arm("error_after", method="DELETE", path="/users/[^/]+$")
    result = house.user(**ANNE, state="absent")
    assert result["changed"], result
    assert [(user["lastname"], user["email"]) for user in house.info()["users"]] == [("Durand", "")]
