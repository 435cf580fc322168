# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which options of a task are secret, and what is shown in their place.

Left to itself, Ansible replaces the value of a secret wherever it stands in a result: with the PIN 1001 the extension
1001 is gone, and of the context Secretariat only ********ariat is left if the password is secret. Here a secret is
hidden at its own place, and nothing else of a result is ever altered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from ansible.module_utils.common.text.converters import to_text

from .arguments import ADDRESSES, connection_spec
from .transport.masking import MASK

if TYPE_CHECKING:
    import typing as t

    Spec = Mapping[str, Mapping[str, t.Any]]
    Params = Mapping[str, t.Any]

# What Ansible shows for a whole value.
HIDDEN = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
# The one message of Ansible about options that quotes a value which may be a secret: voicemail: 1234.
_QUOTING = re.compile(r"Value '.*' in the sub parameter field", re.DOTALL)


def censored(spec: Spec, params: Params) -> dict[str, t.Any]:
    """Return the options of a task as they may be shown. What a spec does not know could be a secret, mistyped."""
    return {name: _shown(name, spec.get(name), value) for name, value in params.items()}


def _shown(name: str, option: Mapping[str, t.Any] | None, value: t.Any) -> t.Any:
    if value is None or isinstance(value, bool) or value in ("", [], {}):
        return value
    if option is None or option.get("no_log"):
        return HIDDEN
    if name in ADDRESSES and "@" in to_text(value).replace("%40", "@"):
        return HIDDEN
    inner = option.get("options")
    if not inner or not _has_secrets(inner):
        return value
    if isinstance(value, Mapping):
        return censored(inner, value)
    if isinstance(value, (list, tuple)):
        return [_shown(name, option, item) for item in value]
    return HIDDEN


def _has_secrets(spec: Spec) -> bool:
    return any(option.get("no_log") or _has_secrets(option.get("options") or {}) for option in spec.values())


def secret_values(spec: Spec, params: Params) -> t.Iterator[str]:
    """Yield the values of the secret options of a task."""
    for name, option in spec.items():
        value = params.get(name)
        if not value:
            continue
        if option.get("no_log"):
            yield to_text(value)
        for item in value if isinstance(value, (list, tuple)) else [value]:
            if isinstance(item, Mapping):
                yield from secret_values(option.get("options") or {}, item)


def without_values(problem: str) -> str:
    """Return what Ansible says of options that are wrong, without a value that may be a secret."""
    return _QUOTING.sub("The value in the sub parameter field", problem)


def masked_options(params: Params) -> list[str]:
    """Say which options hold what Ansible shows in place of a secret: a text that was damaged on its way.

    The account is left out: it is nothing that is written, and a password may be anything.
    """
    own = connection_spec()
    return [
        f"The option {path} holds '{mask}', which stands in place of a secret in what Ansible shows: the text was "
        "damaged on its way, and writing it would damage the server. Write what was meant, or read it from the server "
        "again."
        for path, mask in _masks({name: value for name, value in params.items() if name not in own}, "")
    ]


def _masks(value: t.Any, path: str) -> t.Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _masks(item, f"{path}.{key}" if path else to_text(key))
    elif isinstance(value, (list, tuple)):
        for index, item in enumerate(value):
            yield from _masks(item, f"{path}[{index}]")
    elif isinstance(value, str):
        yield from ((path, mask) for mask in (MASK, HIDDEN) if mask in value)
