# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The errors of wazo-confd: one string in a list."""

from __future__ import annotations


class ConfdError(Exception):
    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def described(text: str, **details: object) -> str:
    """``text`` and its details in brackets, as a Python dictionary shows them."""
    return f"{text} ({str(details)[1:-1]})" if details else text


def not_found(resource: str, **details: object) -> ConfdError:
    return ConfdError(404, described(f"Resource Not Found - {resource} was not found", **details))


def unknown_reference(field: str, resource: str, **details: object) -> ConfdError:
    return ConfdError(400, described(f"Input Error - field '{field}': {resource} was not found", **details))


def exists(resource: str, **details: object) -> ConfdError:
    return ConfdError(400, described(f"Resource Error - {resource} already exists", **details))


def associated(resource: str, other: str, **details: object) -> ConfdError:
    return ConfdError(400, described(f"Resource Error - {resource} is associated with a {other}", **details))


def not_permitted(text: str) -> ConfdError:
    return ConfdError(400, f"Resource Error - Operation not permitted. {text}")
