# Copyright (c) 2026, telephony.xivo contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What AWX takes as a survey, as a credential type and as an answer, written from its own checks.

Its sources: `_validate_spec_data` in awx/api/views, the schemas in awx/main/fields.py, and `_survey_element_validation`
in awx/main/models/mixins.py. The schemas are a little stricter: no key that AWX would ignore.
"""

from __future__ import annotations

from typing import Any

import jsonschema
from jinja2 import StrictUndefined
from jinja2.sandbox import ImmutableSandboxedEnvironment

STRING = {"type": "string"}
LIMIT = {"type": ["integer", "null"]}
CHOICES = {"type": "array", "items": {"type": "string", "minLength": 1}, "minItems": 1, "uniqueItems": True}


def question(types: list[str], default: dict[str, Any], choices: dict[str, Any]) -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            "question_name": {"type": "string", "minLength": 1},
            "question_description": STRING,
            "required": {"type": "boolean"},
            "type": {"enum": types},
            "variable": {"type": "string", "pattern": r"^[a-z][a-z0-9_]*$"},
            "min": LIMIT,
            "max": LIMIT,
            "default": default,
            "choices": choices,
        },
        "required": ["question_name", "required", "type", "variable", "min", "max", "default", "choices"],
        "additionalProperties": False,
    }


SURVEY = {
    "type": "object",
    "properties": {
        "name": STRING,
        "description": STRING,
        "spec": {
            "type": "array",
            "minItems": 1,
            "items": {
                "oneOf": [
                    question(["text", "textarea", "password"], STRING, {"const": ""}),
                    question(["integer"], {"anyOf": [{"type": "integer"}, {"const": ""}]}, {"const": ""}),
                    question(["float"], {"anyOf": [{"type": "number"}, {"const": ""}]}, {"const": ""}),
                    question(["multiplechoice", "multiselect"], STRING, CHOICES),
                ]
            },
        },
    },
    "required": ["name", "description", "spec"],
    "additionalProperties": False,
}

INPUTS = {
    "type": "object",
    "properties": {
        "fields": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "id": {"type": "string", "pattern": r"^[a-zA-Z_]+[a-zA-Z0-9_]*$"},
                    "label": STRING,
                    "type": {"enum": ["string", "boolean"]},
                    "help_text": STRING,
                    "secret": {"type": "boolean"},
                    "multiline": {"type": "boolean"},
                    "ask_at_runtime": {"type": "boolean"},
                    "choices": {"type": "array", "items": STRING, "minItems": 1},
                    "default": {"type": ["string", "boolean"]},
                },
                "required": ["id", "label", "type"],
                "additionalProperties": False,
            },
        },
        "required": {"type": "array", "items": STRING},
    },
    "required": ["fields"],
    "additionalProperties": False,
}

INJECTORS = {
    "type": "object",
    "properties": {
        "file": {
            "type": "object",
            "patternProperties": {r"^template(\.[a-zA-Z_]+[a-zA-Z0-9_]*)?$": STRING},
            "additionalProperties": False,
        },
        "env": {
            "type": "object",
            "patternProperties": {r"^[a-zA-Z_]+[a-zA-Z0-9_]*$": STRING},
            "additionalProperties": False,
        },
        "extra_vars": {"type": "object"},
    },
    "additionalProperties": False,
}


def check_survey(spec: Any) -> None:
    """Raise ValueError where AWX would refuse a survey."""
    error = jsonschema.Draft202012Validator(SURVEY)
    problems = [f"{problem.json_path}: {problem.message}" for problem in error.iter_errors(spec)]
    if problems:
        raise ValueError("; ".join(problems))
    variables = [question["variable"] for question in spec["spec"]]
    if len(variables) != len(set(variables)):
        raise ValueError("a variable is asked for twice")
    for question in spec["spec"]:
        name = question["variable"]
        if question["choices"] and question["default"] not in ("", *question["choices"]):
            raise ValueError(f"{name}: the default is none of the choices")
        if question["default"] != "" and (problem := answer_problem(question, {name: question["default"]})):
            raise ValueError(f"{name}: the default: {problem}")


def check_credential_type(inputs: Any, injectors: Any) -> None:
    """Raise ValueError where AWX would refuse a credential type."""
    for schema, data in ((INPUTS, inputs), (INJECTORS, injectors)):
        try:
            jsonschema.validate(data, schema)
        except jsonschema.ValidationError as error:
            raise ValueError(f"{error.json_path}: {error.message}") from error
    names = [field["id"] for field in inputs["fields"]]
    if len(names) != len(set(names)) or "tower" in names:
        raise ValueError("an input is there twice, or has a reserved name")
    if not set(inputs.get("required", [])) <= set(names):
        raise ValueError("what is required is no input")
    for field in inputs["fields"]:
        if field["type"] == "boolean" and {"secret", "multiline", "choices"} & set(field):
            raise ValueError(f"{field['id']}: a boolean is neither secret nor multiline")
    example: dict[str, Any] = dict.fromkeys(names, "EXAMPLE")
    example["tower"] = {"filename": "EXAMPLE_FILENAME"} if injectors.get("file") else {}
    environment = ImmutableSandboxedEnvironment(undefined=StrictUndefined)
    for group in injectors.values():
        for template in group.values():
            environment.from_string(template).render(example)  # an unknown input raises UndefinedError


def answer_problem(question: dict[str, Any], answers: dict[str, Any], *, must_answer: bool = True) -> str | None:
    """What AWX says to the answer of one question before it starts the job.

    An answer is looked at as soon as it is there, an empty one too, also where none is required. A required one must be
    there even if the question has a default, unless a webhook or a node of a workflow starts the job.
    """
    name = question["variable"]
    if name not in answers:
        return f"'{name}' value missing" if question["required"] and must_answer else None
    answer, kind, low, high = answers[name], question["type"], question["min"], question["max"]
    if kind in ("text", "textarea", "password"):
        if not isinstance(answer, str):
            return f"Value {answer} for '{name}' expected to be a string."
        if low is not None and len(answer) < low:
            return f"'{name}' value {answer} is too small (length is {len(answer)} must be at least {low})."
        if high is not None and len(answer) > high:
            return f"'{name}' value {answer} is too large (must be no more than {high})."
    elif kind == "integer":
        if not isinstance(answer, int) or isinstance(answer, bool):
            return f"Value {answer} for '{name}' expected to be an integer."
        if low is not None and answer < low:
            return f"'{name}' value {answer} is too small (must be at least {low})."
        if high is not None and answer > high:
            return f"'{name}' value {answer} is too large (must be no more than {high})."
    elif kind == "multiplechoice" and answer not in question["choices"]:
        return f"Value {answer} for '{name}' expected to be one of {question['choices']}."
    return None


def with_defaults(survey: list[dict[str, Any]], answers: dict[str, Any]) -> dict[str, Any]:
    """The variables that a job gets: the answers, and the default of each question that has a good one."""
    defaults = {question["variable"]: question["default"] for question in survey}
    good = {q["variable"]: q["default"] for q in survey if answer_problem(q, defaults) is None}
    return {**good, **answers}


def typed_into_form(survey: list[dict[str, Any]], answers: dict[str, Any]) -> dict[str, Any]:
    """What the form of AWX sends: it shows the defaults, and leaves out what is empty in the end."""
    shown = {question["variable"]: question["default"] for question in survey} | answers
    return {name: value for name, value in shown.items() if value != ""}
