# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The resources of confd that make up people and their numbers, each of which knows the others."""

from __future__ import annotations

from collections.abc import Iterable

from werkzeug.routing import Rule

from tests.simulator.xivo.associations import Associations
from tests.simulator.xivo.confd import Confd
from tests.simulator.xivo.extensions import Extensions
from tests.simulator.xivo.groups import Groups
from tests.simulator.xivo.incalls import Incalls
from tests.simulator.xivo.lines import Lines, SipEndpoints
from tests.simulator.xivo.trunks import Outcalls, Trunks
from tests.simulator.xivo.users import Users
from tests.simulator.xivo.voicemails import Voicemails


class People:
    def __init__(self, confd: Confd, community: bool) -> None:
        self.confd = confd
        self.community = community
        self.users = Users(self)
        self.lines = Lines(self)
        self.sip = SipEndpoints(self)
        self.extensions = Extensions(self)
        self.voicemails = Voicemails(self)
        self.incalls = Incalls(self)
        self.groups = Groups(self)
        self.trunks = Trunks(self)
        self.outcalls = Outcalls(self)

    def rules(self) -> Iterable[Rule]:
        for resource in (self.users, self.lines, self.sip, self.extensions, self.voicemails, self.incalls, self.trunks):
            yield from resource.rules()
        yield from self.outcalls.rules()
        if self.community:
            yield from self.groups.rules()
        yield from Associations(self).rules()
