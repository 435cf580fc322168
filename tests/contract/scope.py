# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which recorded exchanges are compared, which are only sent, and which are left out.

Three verdicts: "compare" is in scope; "send" is sent for the state that it makes or for the ids that it tells, and is
not compared; "skip" is not even sent. The first rule that matches decides; what no rule matches is sent. All patterns
are regular expressions: ``case`` from the case's beginning, ``path`` the whole path.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["compare", "send", "skip"]


@dataclass(frozen=True)
class Rule:
    """One line of a file's scope; a ``reason`` is due where something is left out."""

    verdict: Verdict
    case: str = ""
    method: str = ""
    path: str = ".*"
    reason: str = ""

    def matches(self, case: str, method: str, path: str) -> bool:
        return (
            re.match(self.case, case) is not None
            and re.fullmatch(self.method or ".*", method) is not None
            and re.fullmatch(self.path, path) is not None
        )


AT_ONCE = "requests sent at the same moment: which of them wins differs from run to run"

WAZO = [
    Rule("skip", case=r"meta\.api-yml", reason="the body was cut; nothing here reads the specification"),
    Rule("skip", case=r"down\.(auth\.(get|post)|bus\.status)", reason="wazo-auth or the bus was stopped"),
    Rule("skip", case=r"concurrency\.put-ranges", reason="the recorded ranges are the mixture that a race left"),
    Rule("send", case=r"concurrency\..*(same|at-once)", reason=AT_ONCE),
    Rule("send", case=r"use\.queue\.create", reason="the options stand in the order of a hash"),
    Rule("compare", path=r"/+1\.1/*(contexts|Contexts)(/.*)?"),
    # What uses a context.
    Rule("compare", path=r"/1\.1/(conferences|endpoints|extensions|groups|incalls|lines|outcalls|queues)(/.*)?"),
    Rule("compare", path=r"/1\.1/(trunks|users|voicemails)(/.*)?"),
    Rule("compare", path=r"/1\.1/(status|infos|tenants(/.*)?|nope)?"),
    Rule("compare", path=r"/1\.1|/1\.0/contexts|/2\.0/contexts|/"),
    Rule("compare", path=r"/0\.1/(token(/.*)?|tenants(/.*)?|status|nope|users/me/tokens/.*)"),
]

PROVD = "devices are kept by xivo-provd, which is not simulated"
IMPORTED = "shows what was imported, or lists cut in the recording"
UNUSED = "nothing here uses it"

XIVO_CONFD = [
    Rule("send", case=r"(use\.)?(line|endpoint-sip|get-user)$|guard\.line$", reason="holds random names and codes"),
    Rule("compare", path=r"/1\.1/(contexts|entities|groups|incalls|infos|ivr|nope|outcalls)(/.*)?"),
    # What uses a context.
    Rule("compare", path=r"/1\.1/(endpoints/sip|extensions|lines|trunks|users|voicemails)(/.*)?"),
    Rule("compare", path=r"/0\.1/token(/.*)?"),
]

NOT_HTTP = "row counts of the database, and times"
UNRECORDED_MANY = "shows many people who were made for timing and are not recorded"

PEOPLE_WAZO = [
    Rule("skip", method=r"\(timing\)", reason=NOT_HTTP),
    Rule("skip", path=r"\(.*", reason=NOT_HTTP),
    Rule("skip", path=r"/1\.1/users/(import|export)", reason="no file is imported: the collection makes people itself"),
    Rule("skip", case=r"(x\.)?import\.", reason="shows what was imported"),
    Rule("skip", case=r"concurrency\.", reason=AT_ONCE),
    Rule("skip", case=r"bulk\.|x\.(filter|timing|view)\.|setup\.context\.bulk", reason=UNRECORDED_MANY),
    Rule("skip", path=r"/1\.1/(agents|timezones|registrars|asterisk/.*)(/.*)?", reason=UNUSED),
    Rule("send", case=r"nested\.agent-empty", reason="agents are not simulated"),
    Rule("skip", path=r"/1\.1/queues/.*/members/.*", reason="nothing here uses the members of queues"),
    Rule("send", case=r"queues\.(get\.with-members|update\..*|list)", reason="shows the members of a queue"),
    Rule(
        "send", case=r"x\.queue\.put-options", reason="nothing here edits a queue; what is left out gets other defaults"
    ),
    Rule("skip", path=r"/0\.1/users(/.*)?", reason="accounts of people in wazo-auth: the collection makes none"),
    Rule("compare"),
]

PEOPLE_XIVO_CONFD = [
    Rule("skip", path=r"/1\.1/(devices|lines/.*/devices)/.*|/1\.1/devices", method="POST|PUT|DELETE", reason=PROVD),
    Rule("skip", case=r"device\.", reason=PROVD),
    Rule("skip", path=r"/1\.1/users/import", reason="CSV is not imported: the collection makes people one by one"),
    Rule("skip", case=r"import\.|bulk\.(list|get)|auth\.(users\.reader$|export|lines-hash|admin)", reason=IMPORTED),
    Rule("send", case=r"auth\.token\.", reason="the token is masked in a way that does not tell whose it is"),
    Rule("skip", path=r"/1\.1/users/.*/(cti|forwards|services|funckeys|callpermissions|agents)(/.*)?", reason=UNUSED),
    Rule("skip", case=r"assoc\.legacy\.", reason="the old POST of an association, which PUT has replaced"),
    Rule("skip", path=r"/1\.1/outcalls(/.*)?", method="POST|DELETE", reason="nothing here makes an outcall"),
    Rule("skip", case=r"outcall\.list", reason="lists the outcall that was not made"),
    Rule(
        "skip",
        case=r"exists\.(devices|cti_profiles|callpermissions|switchboards|call_logs|funckeys|asterisk/sip|"
        r"configuration|wizard|queues/1|endpoints/(sccp|custom)|ivr)",
        reason=UNUSED,
    ),
    Rule("compare"),
]

WEBSERVICES = [
    Rule("compare", path=r"/service/ipbx/json\.php/.*"),
    Rule("compare", path=r"/xivo/configuration/json\.php/.*"),
]

PEOPLE_WEBSERVICES = [
    Rule("skip", case=r"(agents|devices|outcall)\.list", reason=UNUSED),
    Rule("skip", case=r"users\.(view|add)", reason="people are read and made by confd"),
    Rule("compare"),
]

SCOPE: dict[str, list[Rule]] = {
    "wazo-confd-26.09": WAZO,
    "wazo-confd-22.13": [
        Rule("skip", case=r"http\.body-41-MiB", reason="the web server in front closed the connection: no answer"),
        *WAZO,
    ],
    "xivo-confd-16.15": XIVO_CONFD,
    "xivo-confd-fork-2016-10-19": XIVO_CONFD,
    "xivo-webservices-2018.02": WEBSERVICES,
    "people-wazo-26.09": [
        Rule("skip", case=r"users\.create\.func_key_template_id\.unknown", reason="the text of the 500 holds SQL"),
        Rule("skip", case=r"nested\.(device-unknown|put\.recursive\.change-number)$", reason=PROVD),
        *PEOPLE_WAZO,
    ],
    "people-wazo-22.13": PEOPLE_WAZO,
    "people-xivo-confd-16.15": PEOPLE_XIVO_CONFD,
    "people-xivo-confd-fork-2016-10-19": PEOPLE_XIVO_CONFD,
    "people-xivo-webservices-2018.02": PEOPLE_WEBSERVICES,
}


def rule_for(recording: str, case: str, method: str, path: str) -> Rule:
    for rule in SCOPE[recording]:
        if rule.matches(case, method, path):
            return rule
    return Rule("send")
