"""What a tester and a planner write, read without believing it: checks, calls and plans."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.examples.agreement import sorted_out
from redraft.engine.facts import Example, Stub
from redraft.engine.replies import Enough, calls, checks, split
from redraft.engine.replies.splitting import restated

HEADER = "def f(x):\n"
STUB = Stub(path="a.py", name="f", line=1, header=HEADER, before=HEADER, body="...")


def asked(text: str, **more: str) -> list[tuple[str, str, str]]:
    return [(check.source, check.want, check.compare) for check in checks(text, "f", **more)]


# ------------------------------------------------------------------------------------------ checks


def test_asserts_become_checks_by_value_or_by_truth():
    assert asked("assert f(1) == 2\nassert f(2) > 1\nassert not f(0)\nassert f(3) is None") == [
        ("f(1)", "2", "value"),
        ("f(2) > 1", "", "truth"),
        ("not f(0)", "", "truth"),
        ("f(3)", "None", "value"),
    ]


def test_what_is_no_assert_of_the_function_is_left_out():
    assert asked("import os\nassert g(1) == 2\nassert f(y) == 1\nassert 1 == 1\nassert f(1) ==\nprint(f(1))") == []


def test_two_answers_to_one_question_are_both_left_out():
    assert asked("assert f(1) == 2\nassert f(1) == 3\nassert f(2) == 4\nassert f(2) == 4") == [("f(2)", "4", "value")]


def test_ten_checks_are_kept_at_most():
    assert len(asked("\n".join(f"assert f({n}) == {n}" for n in range(50)))) == 10


@pytest.mark.parametrize("written", ["await f(1)", "asyncio.run(f(1))", "f(1)"])
def test_checks_of_an_async_function_are_awaited_however_they_are_written(written: str):
    assert asked(f"assert {written} == 2", awaited="asyncio.run({})") == [("asyncio.run(f(1))", "2", "value")]


def test_a_method_is_checked_through_its_class():
    (check,) = checks("assert Stack().push(1) == 1\nassert push(1) == 1", "Stack.push")
    assert check.source == "Stack().push(1)"


def test_a_tester_has_said_enough_with_ten_asserts_or_a_closing_fence():
    enough = Enough()
    assert [enough.feed(" f(1) == 1\nassert") for _ in range(12)] == [False] * 10 + [True] * 2
    assert Enough().feed(" f(1) == 1\n```")
    assert not Enough().feed(" f(1) == 1\n")


@given(st.text())
def test_no_text_makes_reading_checks_calls_or_a_plan_fail(text: str):
    for body in (text, f"```python\n{text}\n```", f"assert f({text}) == 1", f"def f(x):\n    {text}"):
        checks(body, "f")
        calls(body, "f")
        split(body, STUB, STUB, (), ())
        restated(body, STUB, STUB)


# ------------------------------------------------------------------------------------------ agreement


def example(source: str, want: str, **more) -> Example:
    return Example(source=source, want=want, **more)


@pytest.mark.parametrize(
    ("mine", "guessed", "agree"),
    [
        (example("f(1)\n", "2\n"), "f(1) == 2", True),
        (example("f(1)\n", "2\n"), "f(1) == 3", False),
        (example("f( 'a',1 )\n", "2\n"), 'f("a", 1) == 3', False),
        (example("f(1)", "2.0000000001"), "f(1) == 2.0", True),
        (example("f(1)\n", "True\n"), "f(1)", True),
        (example("f(1)\n", "True\n"), "not f(1)", False),
        (example("f(1)\n", "False\n"), "not f(1)", True),
        (example("f(1)\n", "[]\n"), "f(1)", False),
        (example("f(1)\n", "", raises="ValueError: no"), "f(1) == 3", False),
        (example("f(1)\n", "two\n"), "f(1) == 'two'", False),
        (example("f(1)\n", "{'a': 1, ...}\n", options=("ELLIPSIS",)), "f(1) == {'a': 1, 'b': 2}", True),
    ],
)
def test_a_guess_about_what_the_person_said_agrees_or_contradicts(mine: Example, guessed: str, agree: bool):
    new, contradicting = sorted_out([mine], checks(f"assert {guessed}", "f"))
    assert (new, len(contradicting)) == ((), 0 if agree else 1)


def test_a_guess_about_anything_else_is_new():
    new, contradicting = sorted_out([example("f(1)", "2")], checks("assert f(2) == 4\nassert not f(0)", "f"))
    assert ([check.source for check in new], contradicting) == (["f(2)", "not f(0)"], ())


# ------------------------------------------------------------------------------------------ plans

HELPER = 'def g(x):\n    """Some g."""\n    raise NotImplementedError\n'
USER = "def f(x):\n    return g(x)\n"


def read(text: str, **more):
    return split(text, STUB, STUB, more.get("existing", ()), more.get("ancestors", ()))


@pytest.mark.parametrize(
    "text",
    [
        f"```python\n{HELPER}\n\n{USER}```",
        f"{HELPER}\n\n{USER}",
        f"First:\n```python\n{HELPER}```\nThen:\n```python\n{USER}```",
        f"It was:\n```python\ndef f(x):\n    return 1\n```\nNow:\n```python\n{HELPER}\n\n{USER}```",
        f"```python\n{USER}```\nwith\n```python\n{HELPER}```",
        f"```python\n{HELPER.replace('raise NotImplementedError', '...')}\n\n{USER}\n\nprint(f(1))\n",
    ],
    ids=["one block", "no fence", "two blocks", "old and new", "helper last", "open fence"],
)
def test_a_plan_is_found_however_it_is_laid_out(text: str):
    parts = read(text)
    assert (parts.problem, parts.body.strip(), [one.name for one in parts.wanted]) == ("", "return g(x)", ["g"])


def test_a_helper_that_exists_is_reused_and_its_new_body_is_ignored():
    parts = read(f"{HELPER.replace('raise NotImplementedError', 'return 7')}\n\n{USER}", existing=("g",))
    assert (parts.wanted, parts.offered, parts.reused) == ((), {}, ("g",))


def test_a_helper_with_a_body_is_wanted_and_its_body_offered():
    parts = read(f"def g(x):\n    return x\n\n\n{USER}")
    assert ([one.name for one in parts.wanted], parts.offered) == (["g"], {"g": "return x"})


def test_a_helper_of_an_offered_helper_is_wanted_too():
    parts = read(f"{HELPER.replace('g', 'h')}\n\ndef g(x):\n    return h(x)\n\n\n{USER}")
    assert [one.name for one in parts.wanted] == ["h", "g"]


def test_an_example_of_use_below_the_plan_is_not_carried_along():
    assert read(f"{HELPER}\n\n{USER}\n\nRESULT = f(1)\nLIMIT = 3\n").above.strip() == "LIMIT = 3"


def test_a_name_of_the_file_that_is_no_function_cannot_be_a_helper():
    root = Stub(path="a.py", name="f", line=3, header=HEADER, before=f"class g:\n    pass\n\n\n{HEADER}", body="...")
    assert "the file has for something else" in split(f"{HELPER}\n\n{USER}", root, root, (), ()).problem


def test_a_method_that_asks_for_another_method_is_told_to_ask_for_a_function():
    header = "def push(self, x):\n"
    root = Stub(
        path="a.py",
        name="Stack.push",
        line=2,
        header=header,
        margin="    ",
        before=f"class Stack:\n    {header}",
        body="...",
    )
    text = "class Stack:\n    def push(self, x):\n        return self._put(x)\n\n    def _put(self, x):\n        raise NotImplementedError\n"
    assert split(text, root, root, (), ()).problem == "the plan asks for a method _put; helpers are functions"
