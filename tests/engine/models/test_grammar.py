"""The grammar that a llama.cpp server is given in place of a schema."""

import json
import re

import pytest
from redraft.engine.models import dialects
from redraft.engine.models.chat import Ask, Message
from redraft.engine.models.grammar import compact_grammar
from redraft.engine.replies import REVIEW_SCHEMA, REVIEW_SCHEMA_FAILED

FINDING = {"quote": "return 1", "call": 'f("é\n")', "comes_out": "1", "should_be": "", "claim": "\\d"}


def accepts(grammar: str, text: str) -> bool:
    """Whether our small part of GBNF, read as a regular expression, matches a text from end to end."""
    root, char = (line.split(" ::= ")[1] for line in grammar.splitlines())

    def expression(rules: str) -> str:
        parts = re.findall(r'"(?:[^"\\]|\\.)*"|\[(?:[^\]\\]|\\.)*\]|\{\d*,?\d*\}|[()|*?+]|\w+', rules)
        read = {"char": lambda: f"(?:{expression(char)})"}
        return "".join(
            read[part]() if part in read else re.escape(json.loads(part)) if part[0] == '"' else part for part in parts
        )

    return re.fullmatch(expression(root), text) is not None


def compact(findings: list[dict[str, str]], verdict: str) -> str:
    return json.dumps({"findings": findings, "verdict": verdict}, separators=(",", ":"))


@pytest.mark.parametrize("findings", [[], [FINDING], [FINDING] * 3])
def test_a_report_without_blanks_is_accepted(findings: list[dict[str, str]]):
    grammar = compact_grammar(REVIEW_SCHEMA)
    assert grammar is not None and accepts(grammar, compact(findings, "bugs"))


@pytest.mark.parametrize(
    "text",
    [
        '{"findings": [],"verdict":"clean"}',
        '{\n"findings":[],"verdict":"clean"}',
        compact([FINDING] * 4, "bugs"),
        compact([FINDING | {"quote": "x" * 121}], "bugs"),
        compact([], "perhaps"),
        '{"verdict":"clean","findings":[]}',
        '{"findings":[',
    ],
)
def test_blanks_more_findings_longer_texts_and_other_shapes_are_not(text: str):
    grammar = compact_grammar(REVIEW_SCHEMA)
    assert grammar is not None and not accepts(grammar, text)


def test_a_report_on_a_failing_draft_has_a_finding():
    grammar = compact_grammar(REVIEW_SCHEMA_FAILED)
    assert grammar is not None
    assert not accepts(grammar, compact([], "bugs")) and not accepts(grammar, compact([FINDING], "clean"))
    assert accepts(grammar, compact([FINDING], "bugs")) and accepts(grammar, compact([FINDING] * 3, "bugs"))


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "number"},
        {"enum": [1]},
        {"type": "array", "items": {"type": "boolean"}},
        {"type": "object", "properties": {"a": {"type": "string"}}, "required": []},
    ],
)
def test_a_schema_with_anything_else_has_no_grammar_and_goes_as_it_is(schema: dict[str, object]):
    assert compact_grammar(schema) is None
    ask = Ask(messages=(Message(role="user", content="?"),), schema=schema)
    assert "response_format" in dialects.body(ask, "llama.cpp")


def test_a_model_that_thinks_aloud_is_not_held_to_a_grammar():
    ask = Ask(messages=(Message(role="user", content="?"),), schema=REVIEW_SCHEMA, thinking=True)
    assert "grammar" not in dialects.body(ask, "llama.cpp")
    assert "grammar" in dialects.body(Ask(messages=ask.messages, schema=REVIEW_SCHEMA), "llama.cpp")
