# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of resource, with what each server does for it. A new kind is one line here, and files of its own."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from .arguments import connection_spec, dial_spec, many_spec, merged, range_info_spec, range_spec, state_spec
from .engine.also_check import run_many_and_check
from .engine.dialling import run_dial_info
from .engine.ranges import run_context_range, run_context_range_info
from .engine.resources import run_info, run_many, run_one
from .errors import InputError
from .kinds.conferences import ConferenceKind
from .kinds.contexts import ContextKind
from .kinds.entities import EntityKind
from .kinds.groups import GroupKind
from .kinds.incalls import IncallKind
from .kinds.state import State
from .kinds.users import UserKind
from .servers.confd.conferences import ConfdConferences
from .servers.confd.contexts import ConfdContexts
from .servers.confd.incalls import ConfdIncalls
from .servers.wazo.contexts import WazoContexts
from .servers.wazo.extensions import WazoNumbers
from .servers.wazo.groups import WazoGroups
from .servers.wazo.users import WazoUsers
from .servers.xivo.conferences import WebserviceConferences
from .servers.xivo.contexts import WebserviceContexts
from .servers.xivo.entities import ConfdEntities, WebserviceEntities
from .servers.xivo.extensions import XivoNumbers
from .servers.xivo.groups import WebserviceGroups, XivoConfdGroups
from .servers.xivo.users import XivoUsers

if TYPE_CHECKING:
    import typing as t

    from .kinds.base import Kind, Service

    Spec = dict[str, dict[str, t.Any]]
    Engine = t.Callable[[t.Mapping[str, t.Any], bool, t.Any], dict[str, t.Any]]

_no_rooms = (
    "xivo-confd has no conference rooms, the web service of a XiVO has. Set webservices_url, or leave confd_url out."
)
_no_entities = (
    "A Wazo server has no entities. It has tenants, which this collection does not manage; see the option tenant."
)
# By API, what serves a kind, or why there is none of it.
SERVICES: dict[str, tuple[Kind[Any, Any], dict[str, Any]]] = {
    kind.name: (kind, dict(zip(("wazo-confd", "xivo-confd", "xivo-webservice"), services)))
    for kind, *services in (
        (ContextKind(), WazoContexts, ConfdContexts, WebserviceContexts),
        (UserKind(), WazoUsers, XivoUsers, XivoUsers),
        (GroupKind(), WazoGroups, XivoConfdGroups, WebserviceGroups),
        (ConferenceKind(), ConfdConferences, _no_rooms, WebserviceConferences),
        (IncallKind(), ConfdIncalls, ConfdIncalls, ConfdIncalls),
        (EntityKind(), _no_entities, ConfdEntities, WebserviceEntities),
    )
}
KINDS = {name: kind for name, (kind, _services) in SERVICES.items()}


def service_of(server: Any, kind: str, state: State) -> Service[Any, Any]:
    """Return what a server does for a kind. Raises InputError where it has none of it."""
    service = SERVICES[kind][1][server.api]
    if isinstance(service, str):
        raise InputError(service)
    made: Service[Any, Any] = service(server, state)
    return made


def state_of(server: Any) -> State:
    numbers = WazoNumbers if server.product == "wazo" else XivoNumbers
    return State(server, partial(service_of, server), numbers)


@dataclass(frozen=True)
class Parts:
    """What a module is made of: its options, and what is done with them."""

    spec: Spec
    engine: Engine


def one(name: str) -> Parts:
    """Return the options and the engine of the module that brings one resource to what is declared."""
    kind = KINDS[name]
    return _parts(run_one, kind, declared_spec(kind), kind.policy())


def many(name: str) -> Parts:
    """Return the options and the engine of the module that brings many resources to what is declared."""
    kind = KINDS[name]
    return _parts(run_many, kind, whole_spec(kind))


def info(name: str) -> Parts:
    """Return the options and the engine of the module that reads."""
    kind = KINDS[name]
    return _parts(run_info, kind, kind.choosing())


def contexts() -> Parts:
    """Return the options and the engine of the module that brings the contexts of a server to what is declared, and
    looks first at what later tasks declare in them."""
    kind = KINDS["context"]
    later = [(KINDS[name], declared_spec(KINDS[name])) for name in ("user", "group", "conference")]
    lists = {other.plural: {"type": "list", "elements": "dict"} for other, _spec in later}
    also_check = {"also_check": {"type": "dict", "options": lists}}
    return _parts(partial(run_many_and_check, kinds=later), kind, whole_spec(kind), also_check)


def context_range() -> Parts:
    """Return the options and the engine of the module that brings one range of a context to what is declared."""
    kind = KINDS["context"]
    return _parts(run_context_range, kind, range_spec(), state_spec(), kind.policy())


def context_range_info() -> Parts:
    """Return the options and the engine of the module that reads which numbers are used."""
    return Parts(merged(connection_spec(), range_info_spec()), _engine(run_context_range_info))


def dialling() -> Parts:
    """Return the options and the engine of the module that tells who answers a number."""
    return Parts(merged(connection_spec(), dial_spec()), _engine(run_dial_info))


def whole_spec(kind: Kind[Any, Any]) -> Spec:
    """Return the options of the module that brings many of a kind to what is declared."""
    option = {"type": "list", "elements": "dict", "required": True, "options": declared_spec(kind)}
    return {kind.plural: option, **many_spec(kind.kept()), **kind.policy()}


def declared_spec(kind: Kind[Any, Any]) -> Spec:
    return merged(kind.options(), state_spec())


def _parts(run: t.Callable[..., dict[str, t.Any]], kind: Kind[Any, Any], *specs: Spec) -> Parts:
    return Parts(merged(connection_spec(), *specs), _engine(partial(run, kind)))


def _engine(run: t.Callable[..., dict[str, t.Any]]) -> Engine:
    def engine(params: t.Mapping[str, t.Any], check_mode: bool, connect: t.Any) -> dict[str, t.Any]:
        return run(params, check_mode, lambda: state_of(connect()))

    return engine
