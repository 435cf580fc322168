# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The interface behind which every API stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..dialplan.contexts import NAMES_KEPT
from ..kinds.contexts import Abilities

if TYPE_CHECKING:
    import typing as t

    from ..dialplan.contexts import Context
    from ..dialplan.usage import Use
    from ..transport.access import Access
    from ..transport.session import Session


class Server:
    """One server, through one of its APIs.

    A write that was surely refused raises RequestError, one that may have been done UncertainError.
    """

    product = ""  # xivo or wazo
    api = ""
    abilities = Abilities()
    # Whether a web service of a XiVO tells what its xivo-confd does not.
    has_webservice = False

    def __init__(self, session: Session, access: Access, url: str) -> None:
        self.session = session
        self.access = access
        self.url = url.rstrip("/")
        self.names = NAMES_KEPT
        self._listed: list[Context] | None = None

    def contexts(self) -> list[Context]:
        """Return every context of the server, or of the tenant that was asked for."""
        listed, self._listed = self._listed, None
        return self.list_contexts() if listed is None else listed

    def list_contexts(self) -> list[Context]:
        raise NotImplementedError

    def keep(self, contexts: list[Context]) -> None:
        """Let the next call of ``contexts`` return what was read while finding out what server this is."""
        self._listed = contexts

    def forget(self) -> None:
        """Forget what was read and not asked for: another task comes."""
        self._listed = None

    def entities(self) -> list[str]:
        """Return the names of the entities (XiVO's web service only)."""
        return []

    def uses(self, contexts: t.Sequence[Context] | None, whats: t.Sequence[str]) -> list[Use]:
        """Return what stands in these contexts, of the sorts that are asked for; with None in any, whether it exists
        or not."""
        raise NotImplementedError

    def named(self, uses: t.Sequence[Use]) -> list[Use]:
        """Return what stands in contexts with its owners as people call them; asked only where somebody reads it."""
        return list(uses)

    def found(self) -> dict[str, str]:
        """Say what server this is, for the result of a task."""
        return {"product": self.product, "api": self.api, "url": self.url}

    def close(self) -> None:
        self.access.close()
        self.session.close()
