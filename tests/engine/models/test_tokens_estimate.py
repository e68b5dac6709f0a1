"""The token estimate against counts of Qwen2.5-Coder's tokenizer, written down once (see tests/performance)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.models.chat import Message
from redraft.engine.models.tokens import count, estimate

COUNTED = {
    "hello world": 2,
    "12345": 5,
    "def double(n: int) -> int:\n    return n * 2\n": 16,
    "self._reasoning_is_answer = False": 8,
    "Return the list of numbers, sorted from the largest to the smallest; an empty list stays empty.": 20,
    "Верни список чисел, отсортированный по убыванию. Пустой список остаётся пустым.": 29,
    "返回按降序排列的数字列表。空列表保持为空。": 14,
    "Gib die Liste der Zahlen zurück, größte zuerst; eine leere Liste bleibt leer.": 22,
}


@pytest.mark.parametrize(("text", "tokens"), COUNTED.items())
def test_sentences_and_code_come_within_a_third_of_the_tokenizer(text: str, tokens: int):
    assert tokens * 0.67 <= count(text) <= tokens * 1.34


@given(st.text())
def test_a_text_has_tokens_exactly_when_it_has_characters_and_never_more_than_bytes(text: str):
    assert bool(count(text)) is bool(text)
    assert count(text) <= len(text.encode("utf-8", "surrogatepass"))


@given(st.text(), st.text())
def test_a_longer_prompt_is_never_estimated_as_empty(system: str, prefill: str):
    messages = (Message(role="system", content=system),)
    assert estimate(messages, prefill) == estimate(messages) + count(prefill) >= 8
