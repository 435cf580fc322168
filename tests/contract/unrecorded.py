# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What happened on the real servers between the recorded exchanges, told by what the later ones find.

``UNRECORDED[recording][case]`` is done just before the exchange ``case``. The entries have the form of recorded
exchanges, and their answers hold what the recording calls the things that they make, to be learnt as from any other.
What could only be done by SQL is in ``Server.contract_step`` of the simulator.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from tests.contract import unrecorded_people_wazo

Exchange = dict[str, Any]
Steps = defaultdict[str, list[Exchange]]

JSON = {"X-Auth-Token": "<TOKEN:root>", "Content-Type": "application/json"}


def post(path: str, body: dict[str, Any], made: dict[str, Any], tenant: str | None = None) -> Exchange:
    headers = JSON | ({"Wazo-Tenant": tenant} if tenant else {})
    return {
        "case": "(unrecorded)",
        "method": "POST",
        "path": f"/1.1/{path}",
        "request_headers": headers,
        "request_body": body,
        "status": 201,
        "response_body": made,
    }


def put(path: str) -> Exchange:
    return {"case": "(unrecorded)", "method": "PUT", "path": f"/1.1/{path}", "request_headers": JSON, "status": 204}


def line(line_id: int, context: str, sip_uuid: str = "", label: str | None = None) -> list[Exchange]:
    """A line with an endpoint, so that it can have a number; of most endpoints nothing is recorded."""
    sip_uuid = sip_uuid or f"00000000-0000-4000-8000-{line_id:012}"
    return [
        post("lines", {"context": context}, {"id": line_id}),
        post("endpoints/sip", {"label": label}, {"uuid": sip_uuid}),
        put(f"lines/{line_id}/endpoints/sip/{sip_uuid}"),
    ]


MASTER, ACME, BETA = "master", "acme", "beta"


@dataclass(frozen=True)
class Context:
    """A context of both Wazo recordings, made before the exchange ``case``."""

    case: str
    label: str
    id_26: int
    uuid: str | None  # not told by anything recorded where None
    id_22: int
    name_22: str
    tenant: str = MASTER
    more: dict[str, Any] = field(default_factory=dict)


# In the order of their making.
CONTEXTS: list[Context] = [
    Context(
        "contexts.get.unknown",
        "Pour modifier",
        61,
        "ae416c14-ebaf-49fe-99c4-0bf10ddae571",
        68,
        "pour-modifier-100",
        more={"user_ranges": [{"start": "2001", "end": "2090"}], "group_ranges": [{"start": "2091", "end": "2094"}]},
    ),
    Context("contexts.get.unknown", "ACME 2", 62, "d04868dc-e058-47fc-b171-d52db6abb2ca", 69, "acme-2-101", ACME),
    Context(
        "contexts.delete.with-ranges",
        "Avec plages",
        64,
        None,
        71,
        "avec-plages",
        more={"user_ranges": [{"start": "1", "end": "2"}]},
    ),
    Context("includes.one", "Inclus A", 65, "e68a6d5d-5342-4b7a-8d4c-a6a414c1732d", 73, "inclus-a-104"),
    Context("includes.one", "Inclus B", 66, "93b0d782-41aa-4a0f-a9e5-bfe6dbc7a4be", 74, "inclus-b-105"),
    Context("includes.one", "Inclus C", 67, "b3fe905d-b443-49a5-9de8-183adfa96a8c", 75, "inclus-c-106"),
    Context("includes.one", "Inclus D", 68, "22cb2248-932c-44fd-8664-c459ab73021c", 76, "inclus-d-107"),
    Context("includes.one", "Inclus E", 69, "5408b6e6-0575-4f6e-9a3c-79df54a34bc7", 77, "inclus-e-108"),
    Context("includes.one", "Inclus F", 70, "f3fe04b4-55b4-4519-b6d2-48ed1a78f4e6", 78, "inclus-f-109"),
    Context("includes.one", "Inclus ACME", 71, "a41d71be-f5de-45bd-a88f-926d4dbd7dfc", 79, "inclus-acme-110", ACME),
    Context("use.context.delete.voicemail", "Boîtes", 77, "1fadf494-2b01-432b-a542-71dc09561492", 85, "bo-tes-116"),
    Context("use.trunk.create", "Trunks", 78, "24945153-31a9-47c9-bfcd-5f3e160da5e9", 86, "trunks-117"),
    Context("use.line.create.only", "Ligne seule", 79, "7c1b080b-16f7-405a-851e-eea14ca758c8", 87, "ligne-seule-118"),
    Context(
        "use.context.delete.outcall-extension",
        "Sortants 2",
        80,
        "474e199a-a6aa-4cfa-a3f4-d5553e6606cb",
        88,
        "sortants-2-119",
        more={"type": "outcall"},
    ),
    Context(
        "use.context.delete.outcall-extension", "Agents", 81, "9945b147-167b-4159-8409-a6e4065ca544", 89, "agents-120"
    ),
    # Its uuid is made up, so that the line that follows can name it.
    Context(
        "use.context.delete.user-with-line-no-extension",
        "Perdu",
        82,
        "00000000-0000-4000-8000-000000000082",
        90,
        "perdu-121",
    ),
    Context(
        "ranges.incall.did_length-absent",
        "x",
        85,
        "aaf83145-511d-4736-8619-777e93aba9cc",
        93,
        "x-124",
        more={"type": "incall", "incall_ranges": [{"start": "0339000", "end": "0339009"}]},
    ),
    Context(
        "ranges.incall.did_length-wraps",
        "x",
        86,
        "818ff184-1c67-46c7-a757-26481eff2ebb",
        94,
        "x-125",
        more={"type": "incall", "incall_ranges": [{"start": "0339998", "end": "0340002", "did_length": 3}]},
    ),
    Context(
        "ranges.user.overlapping",
        "x",
        87,
        "5da1c4b9-b4c2-49b7-952a-721a3460d091",
        95,
        "x-126",
        more={"user_ranges": [{"start": "4000", "end": "4010"}, {"start": "4005", "end": "4020"}]},
    ),
    Context(
        "ranges.user.single",
        "x",
        88,
        "af9060ab-5802-4fa8-b8c7-eeef1f23a6bd",
        96,
        "x-127",
        more={"user_ranges": [{"start": "5000"}]},
    ),
    Context("contexts.list.beta.all", "Alpha", 89, "a9d02e62-21c9-45a9-a5a7-2f8902afdab0", 97, "alpha-128", BETA),
    Context(
        "contexts.list.beta.all",
        "bravo",
        90,
        "ede23669-1689-43f7-a0f2-e8a7965bc15e",
        98,
        "bravo-129",
        BETA,
        more={"type": "incall"},
    ),
    Context(
        "contexts.list.beta.all",
        "Éclair",
        91,
        "c76d810e-be0b-40ee-aeea-4e63caa88a89",
        99,
        "-clair-130",
        BETA,
        more={"type": "outcall"},
    ),
    Context(
        "contexts.list.beta.all",
        "eclair",
        92,
        "dc38912e-a991-4948-947f-187b01f151a0",
        100,
        "eclair-131",
        BETA,
        more={"description": "le petit"},
    ),
    Context(
        "contexts.list.beta.all",
        "Zoulou",
        93,
        "580f1776-94cf-45f8-94f6-816fe318c7b5",
        101,
        "zoulou-132",
        BETA,
        more={"type": "services", "enabled": False},
    ),
    Context("contexts.list.beta.all", "100%_ok", 94, "3897ee3c-908a-4337-add0-317be1aa4040", 102, "100--ok-133", BETA),
    Context("contexts.list.beta.all", "Déjà vu", 95, "f6bcdccf-fcf8-47fa-8af3-13a925a5c270", 103, "d-j--vu-134", BETA),
    Context(
        "concurrency.put-ranges-6-at-once", "conc", 1098, "89ea630c-70b9-4a15-9149-9692f4f4eb48", 1110, "conc-1135"
    ),
    Context(
        "concurrency.put-ranges-6-at-once", "concx", 1099, "a4d2ea50-4568-4415-aaf7-f5d65b4b0a83", 1111, "concx-1136"
    ),
    Context("http.get-one", "http", 1100, "6f388d8b-407f-4f4b-992b-b4479685f854", 1112, "http-1137"),
    Context("down.sysconfd.create", "Panne", 1104, "3147645c-b769-4211-aaa1-6aa0b1d60db5", 1116, "panne-1141"),
    Context(
        "http.raw.put-204-then-get-same-connection",
        "Brut 1",
        1108,
        "da83004f-c2fb-4d23-9941-3ef75ef981be",
        1120,
        "brut-1",
    ),
]


ON_NEW_LINES = (
    "create-in-one",
    "create-in-one.out-of-range",
    "create-in-one.existing-extension",
    "create-in-one.other-context-than-line",
    "create-in-one.shared",
    "star",
    "pattern",
    "in-incall-context",
)
BOUNDARIES = [
    *(
        f"line-extension.{exten}"
        for exten in ["2000", "2001", "2090", "2091", "02001", "002090", "20010", "201", "350"]
    ),
    *(f"zeros.line-extension.{exten}" for exten in ("0010", "10", "010", "00010", "0020")),
]


def wazo(
    names_by_server: bool,
    tenants: dict[str, str],
    many: str,
    usage_context: str,
    lost_user: tuple[int, str, int, str],
) -> Steps:
    """The steps on one of the two servers. ``lost_user`` lost his line with its context: the id and uuid of the user,
    the id of the line, the uuid of its endpoint."""
    steps: Steps = defaultdict(list)
    names: dict[str, str] = {}
    for context in CONTEXTS:
        body = {"label": context.label, **context.more}
        if names_by_server:
            names[context.label] = f"ctx-{context.tenant}-{context.more.get('type', 'internal')}-{context.uuid}"
            made = {"id": context.id_26, "uuid": context.uuid, "name": names[context.label]}
        else:
            names[context.label] = body["name"] = context.name_22
            made = {"id": context.id_22}
        steps[context.case].append(post("contexts", body, made, tenants[context.tenant]))

    steps["auth.sessions.100th"] = [
        {
            "case": "(unrecorded)",
            "server": "auth",
            "method": "POST",
            "path": "/0.1/token",
            "request_headers": {"Authorization": f"Basic <{many}:secret>", "Content-Type": "application/json"},
            "request_body": {"expiration": 600},
            "status": 200,
            "response_body": {"data": {"token": f"<TOKEN:session-{number}>"}},
        }
        for number in range(1, 100)
    ]
    for case, numbers in (("bulk.300.no-limit", range(300)), ("bulk.1000.no-limit", range(300, 1000))):
        for number in numbers:
            body = {"label": f"Masse {number:04}"} | ({} if names_by_server else {"name": f"masse-{number:04}"})
            steps[case].append(post("contexts", body, {}, tenants[ACME]))

    # The row was put in by SQL; its id is learnt from this.
    old = {
        "case": "(unrecorded)",
        "method": "GET",
        "path": "/1.1/contexts",
        "query": "name=from-extern-old",
        "request_headers": JSON,
        "status": 200,
        "response_body": {"items": [{"id": 1116 if names_by_server else 1127}]},
    }
    steps["legacy.get"].append(old)
    usage = {
        "case": "(unrecorded)",
        "method": "PUT",
        "path": f"/1.1/contexts/{72 if names_by_server else 80}",
        "request_headers": JSON,
        "request_body": {"type": "internal", "user_ranges": [{"start": "2001", "end": "2090"}]},
        "status": 204,
    }
    steps["use.context.delete.extension"].append(usage)

    # Known from how many there are, and from the id that it took on 26.09.
    body = {"label": "x"} | ({} if names_by_server else {"name": "legacy-2"})
    steps["legacy.order-label"].append(post("contexts", body, {"id": 1117 if names_by_server else 1128}))

    # Each of these was tried on a line of its own; where the line was made is known of none.
    first, later = (4, 16) if names_by_server else (4, 14)
    for at, case in enumerate(ON_NEW_LINES):
        steps[f"use.line.extension.{case}"] += line(first + at, usage_context)
    for at, case in enumerate(BOUNDARIES):
        steps[f"boundary.{case}"] += line(later + at, usage_context)
    steps["use.incall.extension.out-of-range"].append(post("incalls", {"destination": {"type": "none"}}, {"id": 3}))
    user_id, user_uuid, line_id, sip_uuid = lost_user
    steps["use.context.delete.user-with-line-no-extension"] += [
        post("users", {"firstname": "Perdu"}, {"id": user_id, "uuid": user_uuid}),
        *line(line_id, names["Perdu"], sip_uuid, "f"),
        put(f"users/{user_uuid}/lines/{line_id}"),
    ]

    voicemail = {"name": "v", "number": "1", "context": names["Boîtes"]}
    steps["use.context.delete.voicemail"].append(post("voicemails", voicemail, {"id": 4}))
    extension = {"exten": "_0X.", "context": names["Sortants 2"]}
    made = {"id": 31 if names_by_server else 62}
    steps["use.context.delete.outcall-extension"].append(post("extensions", extension, made))
    return steps


WAZO_2609 = wazo(
    True,
    {
        MASTER: "69eb11f8-b3dd-4742-af7f-e0cc3355c1cb",
        ACME: "85b67310-f458-4036-bdb3-2f92784b891f",
        BETA: "c4040074-daa9-44bb-bfce-a08a9a63883f",
    },
    "many1795415630",
    "ctx-master-internal-942d9006-0575-40e7-8808-3c670e2620fb",
    (4, "79ac2292-bc7e-4f26-be2a-d36cbc60018d", 15, "8a9bee62-c8d1-48b8-8dbe-49cd4b5db320"),
)
WAZO_2213 = wazo(
    False,
    {
        MASTER: "4452de0e-4916-4875-bd99-775dd321b04b",
        ACME: "04c9c666-fbea-4690-ab7e-1a8fa263db05",
        BETA: "92743208-09e5-472f-b782-630217c88c09",
    },
    "many1795415789",
    "usage-111",
    (2, "04e408cd-6ed0-4be8-8fc6-c179827e1202", 13, "a828f998-c5a2-4136-974f-55f1a38cf1d2"),
)

# Numbers in use, of which only 26.09 tells what they leave free.
RANGES = "ctx-master-internal-e60bdc60-e57e-4001-b7f7-82afd516589e"
RANGES_INCALL = "ctx-master-incall-64ac2ef1-3e8f-47cf-ac49-789fbd537810"
for case, context_name, numbers in (
    ("ranges.user.after-extensions", RANGES, ["101", "3000", "3012", "3013", "3102"]),
    ("ranges.incall.after-did-extension", RANGES_INCALL, ["9005"]),
    ("ranges.incall.after-full-number-extension", RANGES_INCALL, ["0339007"]),
):
    WAZO_2609[case] += [post("extensions", {"exten": number, "context": context_name}, {}) for number in numbers]

UNRECORDED: dict[str, Steps] = {
    "wazo-confd-26.09": WAZO_2609,
    "wazo-confd-22.13": WAZO_2213,
    **{name: unrecorded_people_wazo.steps(name) for name in ("people-wazo-26.09", "people-wazo-22.13")},
}
