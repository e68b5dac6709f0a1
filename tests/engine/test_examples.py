import doctest
import textwrap

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redraft.engine.examples import asked, extract, judge, report, visible
from redraft.engine.facts import Example, Execution, Outcome


def read(docstring, name="f", line=0):
    return [(e.source, e.want, e.compare) for e in extract(textwrap.dedent(docstring), name, line)]


def shown(value, printed=""):
    text = "" if value is None else repr(value) + "\n"
    kind = type(value)
    spelled = None if value is None else repr(value)
    return Outcome(status="returned", printed=printed + text, value=spelled, type_name=f"builtins.{kind.__name__}")


def passes(example, outcome):
    return judge(example, outcome).passed


# ---------------------------------------------------------------------------------------------- doctests


def test_a_doctest_is_read_with_its_line_its_options_and_its_output():
    found = extract("Doc.\n\n>>> f(2)  # doctest: +ELLIPSIS\n[1, ...]\n", "f", first_line=10)
    assert found == (Example(source="f(2)  # doctest: +ELLIPSIS", want="[1, ...]\n", options=("ELLIPSIS",), line=12),)


def test_a_statement_of_several_lines_and_its_set_up_stay_in_order():
    text = """
    >>> s = Stack()
    >>> for n in (1, 2):
    ...     s.push(n)
    >>> s.pop()
    2
    """
    assert read(text, "Stack.push") == [
        ("s = Stack()", "", "output"),
        ("for n in (1, 2):\n    s.push(n)", "", "output"),
        ("s.pop()", "2\n", "output"),
    ]


def test_a_comparison_without_output_is_a_claim():
    assert read(">>> f(2) == 4\n>>> not f(1) == 2\n>>> f(3)\n9\n") == [
        ("f(2) == 4", "", "truth"),
        ("not f(1) == 2", "", "truth"),
        ("f(3)", "9\n", "output"),
    ]


def test_an_expected_exception_is_kept_apart_from_the_output():
    text = ">>> f(-1)\nTraceback (most recent call last):\n  ...\nValueError: too small\n"
    [example] = extract(text, "f")
    assert example.raises == "ValueError: too small"


def test_one_malformed_example_does_not_cost_the_others():
    text = ">>> f(\"a\nb\")\n'ab'\n>>> f(\"c\")\n'c'\n>>>f(1)\n"
    with pytest.raises(ValueError):
        doctest.DocTestParser().get_examples(text)
    assert read(text) == [('f("a\\nb")', "'ab'\n", "output"), ('f("c")', "'c'\n", "output"), ("f(1)", "", "output")]


def test_an_example_behind_a_prompt_that_is_no_python_is_read_as_prose():
    assert read(">>> f(2) -> 5\n>>> f(3) ➞ [1, 2]\n") == [("f(2)", "5", "value"), ("f(3)", "[1, 2]", "value")]


# ---------------------------------------------------------------------------------------------- prose


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("f(2) -> 5", "5"),
        ("f(2) == 5", "5"),
        ("f(2) ➞ 5", "5"),
        ("* f(2) => 5", "5"),
        ("f(2) ==> 5", "5"),
        ("f(2) = 5", "5"),
        ("f(2) should return 5.", "5"),
        ("f(2) returns 5", "5"),
        ("`f(2)` returns `5`", "5"),
        ("f(2)  # returns 'db'", "'db'"),
        ('f(2) # => "Yes" (because)', "'Yes'"),
        ("f(2) ->19 - 5 - 6 = 8", "8"),
        ("f(2) = 1 + (2 / 2) = 2", "2"),
        ("f(2) => true", "True"),
        ("f(2) == None", "None"),
        ("f(2) == 6.00", "6.0"),
        ("f(2) -> 1, 2", "(1, 2)"),
        ("f(2) = 4, while the rest is not", "4"),
        ("f(2) is 4", "4"),
    ],
)
def test_prose_is_read_as_an_example(line, value):
    assert read(f"Do it.\n\n    {line}\n") == [("f(2)", value, "value")]


@pytest.mark.parametrize(
    "line",
    [
        "f(n) = 5",
        'f(2) == ""aaa"',
        "f(2) == 1 + n",
        "f(2) = f(1) + f(0)",
        "f(2) isn't 5",
        "f(2",
        "f( 'a",
        "gf(2) = 5",
        "x.f(2) = 5",
        "f(2) and 5",
        "f = 5",
    ],
)
def test_what_only_looks_like_an_example_is_left_out(line):
    assert read(line) == []


def test_prose_may_go_over_several_lines():
    assert read("f([\n  [1, 2],\n  [3]\n], 1) == [(0, 0),\n   (1, 0)]\n") == [
        ("f([[1, 2], [3]], 1)", "[(0, 0), (1, 0)]", "value")
    ]


def test_a_call_with_two_answers_is_dropped_and_one_said_twice_is_kept_once():
    assert read("f(1) = 2\nf(1) = 3\nf(2) = 4\nf( 2 ) -> 4.0\n") == [("f(2)", "4", "value")]


def test_a_doctest_wins_over_prose_about_the_same_call():
    assert read("f(1) = 3\n\n>>> f(1)\n2\n") == [("f(1)", "2\n", "output")]


def test_prose_about_a_method_needs_its_class():
    text = "push(1) -> 2. Stack().push(1) -> 2"
    assert read(text, "Stack.push") == [("Stack().push(1)", "2", "value")]


@given(st.text(alphabet="f()[]{}>.,=-0123 \n\t'\"\\#→ais:", max_size=120))
def test_reading_any_text_never_raises(text):
    extract(text, "f")
    extract(text, "A.f", 3)


plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.tuples(inner, inner) | st.dictionaries(st.integers(), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(plain)
def test_a_value_written_in_prose_comes_back(value):
    [example] = extract(f"f(1) -> {value!r}", "f")
    assert passes(example, shown(value))


# ---------------------------------------------------------------------------------------------- judging


@pytest.mark.parametrize(
    ("want", "value"),
    [
        ("[1, 2]", [1, 2]),
        ('"a"', "a"),
        ("{'b': 1, 'a': 2}", {"a": 2, "b": 1}),
        ("{3, 1, 2}", {1, 2, 3}),
        ("[1,\n 2]", [1, 2]),
        ("0.3", 0.1 + 0.2),
        ("1.0", 1),
        ("[1, {'a': 0.30000001}]", [1.0, {"a": 0.3}]),
        ("{1, 2.0}", {1.0, 2}),
    ],
)
def test_a_right_answer_passes_whatever_its_spelling(want, value):
    assert passes(Example(source="f()", want=want + "\n"), shown(value))
    assert passes(Example(source="f()", want=want, compare="value"), shown(value))


@pytest.mark.parametrize(
    ("want", "value"),
    [
        ("[1, 2]", (1, 2)),
        ("True", 1),
        ("[1]", [True]),
        ("'a'", "b"),
        ("1", "1"),
        ("{1: 2}", {True: 2}),
        ("10000000", 10000001.0),
        ("[1, 2]", [1, 2, 3]),
        ("None", 0),
        ("5", None),
    ],
)
def test_another_value_fails(want, value):
    assert judge(Example(source="f()", want=want + "\n"), shown(value)).verdict == "failed"
    assert judge(Example(source="f()", want=want, compare="value"), shown(value)).verdict == "failed"


def test_true_is_one_for_doctest_but_not_as_a_value():
    assert passes(Example(source="f()", want="1\n"), shown(True))
    assert not passes(Example(source="f()", want="1\n", options=("DONT_ACCEPT_TRUE_FOR_1",)), shown(True))
    assert not passes(Example(source="f()", want="1", compare="value"), shown(True))


def test_nan_is_nan_and_infinity_is_infinity():
    assert passes(Example(source="f()", want="[nan, -inf]", compare="value"), shown([float("nan"), float("-inf")]))


def test_none_is_shown_as_nothing_by_a_session_and_as_none_by_a_value():
    assert passes(Example(source="f()"), shown(None))
    check = judge(Example(source="f()", want="None", compare="value"), shown(None))
    assert (check.verdict, check.got) == ("passed", "None")


def test_text_that_was_printed_besides_the_value_fails_a_doctest():
    assert not passes(Example(source="f()", want='"a"\n'), shown("a", printed="debugging\n"))


def test_printed_text_has_only_one_spelling():
    printed = Outcome(status="returned", printed="[1,2]\n")
    assert not passes(Example(source="print('[1,2]')", want="[1, 2]\n"), printed)


def test_a_repr_that_is_no_literal_may_differ_in_quotes_and_wrapping():
    outcome = Outcome(status="returned", printed="Point(x='a', y=[1, 2])\n", type_name="m.Point")
    assert passes(Example(source="f()", want='Point(x="a",\n      y=[1, 2])\n'), outcome)
    assert not passes(Example(source="f()", want='Point(x="b", y=[1, 2])\n'), outcome)


def test_doctest_options_are_honoured():
    ellipsis = Example(source="f()", want="<Stack at ...>\n", options=("ELLIPSIS",))
    assert passes(ellipsis, Outcome(status="returned", printed="<Stack at 0x7f>\n", type_name="m.Stack"))
    blank = Example(source="f()", want="a\n<BLANKLINE>\nb\n")
    assert passes(blank, Outcome(status="returned", printed="a\n\nb\n"))


@pytest.mark.parametrize(
    ("raises", "options", "raised", "verdict"),
    [
        ("ValueError: bad", (), "ValueError: bad", "passed"),
        ("ValueError: bad", (), "ValueError: worse", "raised"),
        ("ValueError: bad", ("IGNORE_EXCEPTION_DETAIL",), "shapes.ValueError: worse", "passed"),
        ("TooBig: 3", (), "shapes.TooBig: 3", "passed"),
        ("KeyError: 'a'", (), "IndexError: 'a'", "raised"),
        ("KeyError: 2", (), "m.boom.<locals>.KeyError: 2", "raised"),
        ("foo.TooBig: 3", (), "shapes.TooBig: 3", "raised"),
        ("shapes.TooBig: 3", (), "shapes.TooBig: 3", "passed"),
        (None, (), "ValueError: bad", "raised"),
    ],
)
def test_an_exception_is_right_by_type_and_message(raises, options, raised, verdict):
    example = Example(source="f()", raises=raises, options=options)
    assert judge(example, Outcome(status="raised", raised=raised)).verdict == verdict


NOTED = Outcome(status="raised", printed="so far\n", raised="ValueError: bad", notes="while reading 1\nof 2")


@pytest.mark.parametrize(
    ("raises", "verdict"),
    [
        ("ValueError: bad\nwhile reading 1\nof 2", "passed"),
        ("ValueError: bad", "passed"),
        ("ValueError: bad\nwhile reading 2", "raised"),
        ("ValueError: bad\nwhile reading 1", "raised"),
    ],
)
def test_the_notes_of_an_exception_may_stand_below_it(raises, verdict):
    assert judge(Example(source="f()", raises=raises), NOTED).verdict == verdict


def test_what_was_printed_before_an_exception_is_shown_with_it():
    assert judge(Example(source="f()", want="3\n"), NOTED).got == "so far\nValueError: bad\nwhile reading 1\nof 2"


CHAINED = """
>>> f()
Traceback (most recent call last):
  File "<stdin>", line 3, in f
KeyError: 'a'
{gap}
{words}
{gap}
Traceback (most recent call last):
  File "<stdin>", line 5, in f
shop.Wrong: no a
{more}
>>> g()
3
"""
WORDS = [
    "During handling of the above exception, another exception occurred:",
    "The above exception was the direct cause of the following exception:",
]


@pytest.mark.parametrize("gap", ["", "<BLANKLINE>"])
@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("margin", ["", "    "])
def test_of_chained_tracebacks_the_last_exception_counts(gap, words, margin):
    text = textwrap.indent(CHAINED.format(gap=gap, words=words, more=""), margin)
    assert [(e.source, e.raises) for e in extract(text, "f", 0)] == [("f()", "shop.Wrong: no a"), ("g()", None)]


def test_a_chain_may_have_many_links():
    link = f'\n{WORDS[0]}\n\nTraceback (most recent call last):\n  File "<stdin>", line 9, in f\nOSError: last\n'
    found = extract(CHAINED.format(gap="", words=WORDS[1], more=link), "f", 0)
    assert [e.raises for e in found] == ["OSError: last", None]


def test_of_a_printed_group_of_exceptions_the_group_counts():
    text = """
    >>> f()
      + Exception Group Traceback (most recent call last):
      |   File "<stdin>", line 1, in <module>
      | ExceptionGroup: many (2 sub-exceptions)
      +-+---------------- 1 ----------------
        | ValueError: 1
        +---------------- 2 ----------------
        | TypeError: 2
        +------------------------------------
    """
    assert [e.raises for e in extract(text, "f", 0)] == ["ExceptionGroup: many (2 sub-exceptions)"]


@pytest.mark.parametrize(
    ("want", "printed", "holds"),
    [
        ("[0.3, ..., 0.9]", "[0.30000000000000004, 0.6, 0.8999999999999999]", True),
        ("[0.3, ..., 0.9]", "[0.31, 0.6, 0.8999999999999999]", False),
        ("<Point x=0.3 at ...>", "<Point x=0.30000000000000004 at 0x7f>", True),
        ("3.14159...", "3.141592653589793", True),
        ("3.24159...", "3.141592653589793", False),
        ("(1.5e-07, ...)", "(1.5000000000000002e-07, 2)", True),
    ],
)
def test_numbers_are_rounded_around_what_is_left_out(want, printed, holds):
    example = Example(source="f()", want=want + "\n", options=("ELLIPSIS",))
    assert passes(example, Outcome(status="returned", printed=printed + "\n", type_name="m.Stack")) is holds


def test_returning_where_an_exception_is_expected_fails():
    assert judge(Example(source="f()", raises="ValueError: bad"), shown(3)).verdict == "failed"


def test_a_claim_holds_only_when_it_is_true():
    claim = Example(source="f(2) == 4", compare="truth")
    assert [passes(claim, shown(v)) for v in (True, False, None, 0, [0])] == [True, False, False, False, True]


@pytest.mark.parametrize("status", ["timeout", "crashed", "not run"])
def test_a_statement_that_never_ended_keeps_its_status(status):
    assert judge(Example(source="f()", want="1\n"), Outcome(status=status)).verdict == status


def test_what_is_shown_cannot_steer_a_terminal_and_is_short():
    outcome = Outcome(status="returned", printed="\x1b[2J\ud800\u202e" + "x" * 200_000)
    got = judge(Example(source="f()", want="1\n"), outcome).got
    assert got.startswith("\\x1b[2J\\ud800\\u202e")
    assert got.endswith("more characters)")
    assert len(got) < 2100
    got.encode()


@given(st.text(), st.text(), st.sampled_from(["output", "value", "truth"]))
def test_judging_any_claim_of_a_child_never_raises(want, got, compare):
    outcome = Outcome(status="returned", printed=got, value=got, type_name=got)
    judge(Example(source="f()", want=want, compare=compare), outcome)


@pytest.mark.parametrize(
    "bomb", ["(" * 60_000, "-" * 60_000 + "1", "1+" * 30_000 + "1", "[" * 90 + "]" * 90, "9" * 60_000]
)
def test_a_hostile_spelling_is_a_wrong_answer(bomb):
    outcome = Outcome(status="returned", printed=bomb, value=bomb, type_name="builtins.list")
    assert not passes(Example(source="f()", want="[1]\n"), outcome)
    assert not passes(Example(source="f()", want="[1]", compare="value"), outcome)


@pytest.mark.parametrize("want", ["5\n", "1j\n", "0.5\n"])
@pytest.mark.parametrize("got", ["(1.7e+308+1.7e+308j)", "0x" + "f" * 3000, "1e999", "1e999j", "1e999+1j"])
def test_a_number_too_large_to_be_compared_is_a_wrong_answer(want, got):
    outcome = Outcome(status="returned", printed=got + "\n", value=got, type_name="builtins.complex")
    assert not passes(Example(source="f()", want=want), outcome)


def test_a_report_has_one_check_an_example_and_says_what_was_not_run():
    examples = extract(">>> f(1)\n1\n>>> f(2)\n2\n", "f")
    done = report("d1", examples, Execution(outcomes=(shown(1),), problem="killed", tier="A"))
    assert [check.verdict for check in done.checks] == ["passed", "not run"]
    assert (done.draft, done.problem, done.tier, done.all_passed) == ("d1", "killed", "A", False)


def test_no_examples_verify_nothing():
    assert not report("d1", (), Execution(outcomes=())).all_passed


@given(st.text())
def test_visible_text_can_always_be_written(text):
    visible(text).encode()


@pytest.mark.parametrize(
    ("source", "want", "compare"),
    [("f(2) == 4", "", "truth"), ("f(2) == 4", "True\n", "output"), ("4 == f(2)", "", "truth")],
)
def test_of_a_claimed_equality_only_the_call_is_run(source, want, compare):
    example = Example(source=source, want=want, compare=compare)
    assert (asked(example).source, asked(example).want) == ("f(2)", "4")
    claim = Execution(outcomes=(Outcome(status="returned", printed="True\n", value="True", type_name="builtins.bool"),))
    assert not report("", [example], claim).all_passed
    right = Execution(outcomes=(Outcome(status="returned", printed="4\n", value="4", type_name="builtins.int"),))
    assert report("", [example], right).all_passed
    assert report("", [example], right).checks[0].example is example


@pytest.mark.parametrize("source", ["f(2) != 4", "f(2) == g(2)", "1 < f(2) == 4", "2 == 2", "not f(2) == 4", "f(2)"])
def test_every_other_example_is_run_as_it_stands(source):
    assert asked(Example(source=source, compare="truth")).source == source
    assert asked(Example(source="f(2) == 4", want="False\n")).source == "f(2) == 4"


@pytest.mark.parametrize(
    ("got", "kind"), [("Decimal('0.5')", "decimal.Decimal"), ("Fraction(1, 2)", "fractions.Fraction")]
)
def test_exact_numbers_have_a_value(got, kind):
    outcome = Outcome(status="returned", printed=got + "\n", type_name=kind)
    assert passes(Example(source="f()", want="0.5", compare="value"), outcome)
    assert not passes(Example(source="f()", want="0.6", compare="value"), outcome)


@pytest.mark.parametrize(
    ("claim", "value", "printed", "holds"),
    [
        ("f(1) == {1, 2}", "frozenset({1, 2})", "", True),
        ("f(1) == frozenset({1, 2})", "{1, 2}", "", True),
        ("f(1) == {1, 3}", "frozenset({1, 2})", "", False),
        ("f(1) == b'x'", None, "bytearray(b'x')", True),
        ("f(1) == b'y'", None, "bytearray(b'x')", False),
        ("f(1) == [{'a': 2}]", None, "[Counter({'a': 2})]", True),
        ("f(1) == [{'a': 3}]", None, "[Counter({'a': 2})]", False),
        ("f(1) == (1, 2)", "[1, 2]", "", False),
    ],
)
def test_a_claim_holds_where_python_calls_the_values_equal(claim: str, value: str | None, printed: str, holds: bool):
    example = asked(Example(source=claim, compare="truth"))
    outcome = Outcome(status="returned", value=value, printed=printed, type_name="x.Y")
    assert judge(example, outcome).passed is holds


@pytest.mark.parametrize(
    ("source", "want"),
    [("f(3", "6"), ('print "a"', "a"), ("f(4) then 8", ""), ("for i in range(2):\n...     print(f(i)", "0\n2")],
)
def test_what_stands_behind_a_prompt_and_is_no_python_is_an_example_that_fails(source: str, want: str):
    shown = source.replace("\n", "\n    ")
    found = extract(f"Double.\n\n    >>> f(2)\n    4\n    >>> {shown}\n    {want}\n    >>> f(1)\n    2\n", "f")
    assert [example.source for example in found] == ["f(2)", source.replace("... ", ""), "f(1)"]


def test_prose_behind_a_prompt_is_read_once():
    found = extract(">>> f(2) -> 4\n>>> f(3)\n6\n", "f")
    assert [(example.source, example.want.strip()) for example in found] == [("f(2)", "4"), ("f(3)", "6")]
