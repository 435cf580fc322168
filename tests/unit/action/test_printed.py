# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the fast path prints of a result is what AnsibleModule would have printed of it."""

from __future__ import annotations

import json
from typing import Any

from ansible.module_utils.common.parameters import remove_values
from ansible_collections.telephony.xivo.plugins.plugin_utils.fast_path import as_printed
from hypothesis import given
from hypothesis import strategies as st

# Few letters, so that secrets are found; those that JSON escapes, those of its words, digits, and some with accents.
TEXTS = st.text(st.sampled_from('abTrue1.0"\\\né😀'), max_size=5)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-20, 2000) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=4), st.sets(TEXTS.filter(bool), max_size=2))
def test_the_same_as_looking_at_each_value(result: dict[str, Any], secrets: set[str]) -> None:
    flags = {key: value for key, value in result.items() if value is None or isinstance(value, bool)}
    assert json.loads(as_printed(result, secrets)) == json.loads(json.dumps(remove_values(result, secrets) | flags))


def test_a_secret_is_hidden() -> None:
    result = {"msg": 'say "hush"', "changed": True, "numbers": [4711, "x4711"]}
    assert json.loads(as_printed(result, ['"hush"', "4711"])) == {
        "msg": "say ********",
        "changed": True,
        "numbers": ["VALUE_SPECIFIED_IN_NO_LOG_PARAMETER", "x********"],
    }
