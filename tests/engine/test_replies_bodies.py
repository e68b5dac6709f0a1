import ast
import re
import textwrap

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from redraft.engine.facts import Stub
from redraft.engine.models.chat import Reply
from redraft.engine.replies import BodyEnd, body, fences

HEADER = 'def f(a, b=0, *rest, key=None):\n    """Say what.\n\n    >>> f(1)\n    1\n    """\n'
STUB = Stub(path="x.py", name="f", line=1, header=HEADER, docstring="Say what.")
METHOD = Stub(
    path="x.py",
    name="Stack.push",
    line=2,
    header='def push(self, item):\n    """Put it."""\n',
    docstring="Put it.",
    before="class Stack:\n    def pop(self): ...\n",
)
BODY = '''total = 0
for n in (a, b):  # both
    if n:
        total += n
text = """
left
"""
return (total,
    text)
'''
FULL = HEADER + textwrap.indent(
    BODY, "    ", lambda line: bool(line.strip()) and line.strip() != "left" and line != '"""\n'
)


def tree(stub, code):
    return ast.dump(ast.parse(stub.code(code)))


def read(text, stub=STUB, **reply):
    return body(stub, Reply(text=text, **reply))


WHOLE = {
    "fenced": "Sure, here's it:\n\n```python\n{full}```\n\nThis isn't (hard.",
    "tagged in capitals": "```Python3\n{full}```",
    "without a tag": "```\n{full}```",
    "tildes": "~~~py\n{full}~~~",
    "never closed": "```python\n{full}",
    "in a list": "1. Do this:\n   ```python\n{full}   ```",
    "without a fence": "{full}",
    "between prose": "Here's the function:\n\n{full}\nIt's done (or not.",
    "with what follows": "```python\n{full}\n\n# Example usage:\nprint(f(1))\nif __name__ == '__main__':\n    f(2)\n```",
    "after the old code": "Old:\n```python\n{header}    return 1\n```\nNew:\n```python\n{full}```",
    "in a class": "```python\nclass Solution:\n{indented}```",
    "with a console block": "```bash\npip install it\n```\n```python\n{full}```",
    "after thinking": "<think>def f(a): ```</think>```python\n{full}```",
    "without its signature": "```python\n{inner}```",
    "without signature or indentation": "```python\n{flat}```",
}
CONTINUED = {
    "as it should": "{inner}",
    "first line not indented": "{inner_lstripped}",
    "first line indented by one more": " {inner}",
    "not indented at all": "{flat}",
    "closed by a fence": "{inner}```\nThis is why.",
    "another function": "{inner}\n\ndef g():\n    return 2\n",
    "a main block": "{inner}\nif __name__ == '__main__':\n    print(f(1))\n",
    "a comment and a call": "{inner}\n# Example\nprint(f(1))\n",
    "docstring again": '    """Say what."""\n{inner}',
    "begun again with a fence": "```python\n{full}```",
    "begun again": "{full}",
}


def in_shape(shape, code):
    margin = textwrap.indent(code, "    ")
    return shape.format(
        full=HEADER + margin,
        header=HEADER,
        inner=margin,
        inner_lstripped=margin.lstrip(),
        flat=code,
        indented=textwrap.indent(HEADER + margin, "    "),
    )


SIMPLE = "total = 0\nfor n in (a, b):  # both\n    if n:\n        total += n\nreturn [\n    total,\n    rest]\n"


@pytest.mark.parametrize("shape", WHOLE.values(), ids=WHOLE)
def test_a_whole_function_is_found_in_any_shape(shape):
    found, problem = read(in_shape(shape, SIMPLE))
    assert (problem, tree(STUB, found)) == (None, tree(STUB, SIMPLE))


@pytest.mark.parametrize("shape", CONTINUED.values(), ids=CONTINUED)
def test_a_continuation_of_the_stub_is_found_in_any_shape(shape):
    found, problem = read(in_shape(shape, SIMPLE), prefilled=True)
    assert (problem, tree(STUB, found)) == (None, tree(STUB, SIMPLE))


def test_the_insides_of_a_string_are_not_moved():
    found, problem = read(f"```python\n{FULL}```")
    assert (problem, found) == (None, BODY.rstrip("\n"))


expressions = st.sampled_from(
    ["a", "b", "a + 1", "[a, b]", "'x\\n'", "f(a)", "{'k': (a, b)}", "a if b else None", "rest[:1]"]
)


@st.composite
def blocks(draw, depth=0):
    lines = []
    for _ in range(draw(st.integers(1, 3))):
        kind = draw(
            st.sampled_from(["assign", "call", "if", "for", "def", "comment"] if depth < 2 else ["assign", "call"])
        )
        one = draw(expressions)
        if kind == "assign":
            lines.append(f"c = {one}")
        elif kind == "call":
            lines.append(f"print({one},\n    {draw(expressions)})")
        elif kind == "comment":
            lines += ["# it's (a note", "c = 1"]
        else:
            head = {"if": f"if {one}:", "for": f"for c in {one}:", "def": "def g(c):"}[kind]
            lines += [head, textwrap.indent(draw(blocks(depth + 1)).rstrip("\n"), "    ")]
            if kind == "if" and draw(st.booleans()):
                lines += ["else:", "    pass"]
    return "\n".join(lines) + "\n"


@settings(deadline=None, max_examples=60)
@given(
    blocks(),
    expressions,
    st.sampled_from([(s, False) for s in WHOLE.values()] + [(s, True) for s in CONTINUED.values()]),
)
def test_any_body_in_any_shape_comes_back_the_same(code, last, shape):
    code += f"return {last}\n"
    # Without indentation, nobody can tell a call of the function in its body from one that shows it off afterwards.
    assume(shape != ("{flat}", True) or not re.search(r"^print\(f\(", code, re.MULTILINE))
    found, problem = read(in_shape(shape[0], code), prefilled=shape[1])
    assert (problem, tree(STUB, found)) == (None, tree(STUB, code))


# ---------------------------------------------------------------------------------------------- around the function


def test_imports_helpers_and_constants_move_inside_the_body_in_order():
    text = """```python
import math
import os
from collections import Counter, deque

LIMIT = 3

def unused(): ...

def half(x):
    return math.floor(x / LIMIT)

def f(a, b=0, *rest, key=None):
    return half(Counter(rest)[a])

print(f(1))
```"""
    found, problem = read(text)
    assert problem is None
    assert found == (
        "import math\nfrom collections import Counter\n\nLIMIT = 3\n\n"
        "def half(x):\n    return math.floor(x / LIMIT)\n\nreturn half(Counter(rest)[a])"
    )


def test_what_the_file_has_already_is_not_brought_along():
    stub = Stub(path="x.py", name="f", line=1, header="def f(a):\n", imports="import math", before="def half(x): ...\n")
    text = "import math\nimport math as m\ndef half(x):\n    return x\ndef f(a):\n    return half(math.pi + m.e)\n"
    assert read(text, stub) == ("import math as m\n\nreturn half(math.pi + m.e)", None)


def test_an_import_in_another_block_is_found():
    text = (
        "First:\n```python\nimport math\n```\nthen\n```python\ndef f(a, b=0, *rest, key=None):\n    return math.pi\n```"
    )
    assert read(text) == ("import math\n\nreturn math.pi", None)


def test_the_last_definition_that_compiles_wins():
    text = f"```python\n{HEADER}    return 1\n```\n```python\n{HEADER}    return 2\n```\n```python\n{HEADER}    return (3\n"
    assert read(text) == ("return 2", None)


# ---------------------------------------------------------------------------------------------- signatures


def test_renamed_parameters_are_bound_to_the_stubs():
    stub = Stub(path="x.py", name="f", line=1, header="def f(numbers, limit):\n")
    assert read("def f(nums, limit):\n    return nums[:limit]\n", stub) == ("nums = numbers\nreturn nums[:limit]", None)


IN_STRING = [
    'def f(a):\n  """Doc.\n\n  ```\n  f(1)\n  ```\n  """\n  return a\n',
    'def f(a):\n    """Doc.\n\n```python\nf(1)\n```\n    """\n    return a\n',
    "def f(a):\n    '''Doc.\n```\nf(1)\n```\n    '''\n    text = \"\"\"\n```\n\"\"\"\n    return a\n",
]


@pytest.mark.parametrize("code", IN_STRING)
@pytest.mark.parametrize("after", ["```\nDone.", "```", "", "```\nBefore:\n```python\nx = 1\n```"])
def test_a_fence_within_a_string_is_a_line_of_the_code(code: str, after: str):
    assert fences.blocks(f"Here:\n```python\n{code}{after}")[0].rstrip("\n") == code.rstrip("\n")


def test_a_string_that_is_never_closed_takes_nothing_with_it():
    text = '```python\ndef f(a):\n    """Doc.\n    return a\n```\nOr:\n```python\ndef f(a):\n    return a\n```\n'
    assert fences.blocks(text)[-1] == "def f(a):\n    return a"


def test_a_body_in_newer_syntax_than_ours_is_taken_and_a_broken_one_is_not():
    newer = 'row = {"a": 1}\nreturn f"{row["a"]}: {", ".join("ab")}"\n'
    assert read(f"```python\n{HEADER}{textwrap.indent(newer, '    ')}```") == (newer.rstrip("\n"), None)
    _, problem = read(f"```python\n{HEADER}{textwrap.indent(newer.replace('1}', '1'), '    ')}```")
    assert problem is not None


def test_other_annotations_and_defaults_change_nothing():
    stub = Stub(path="x.py", name="f", line=1, header="def f(n: int) -> int:\n")
    assert read("def f(n=3):\n    return n\n", stub) == ("return n", None)


def test_a_reply_without_the_docstring_or_with_another_leaves_the_stubs_alone():
    for docstring in ("", '    """Something else."""\n'):
        assert read(f"```python\ndef f(a, b=1):\n{docstring}    return a + b\n```") == ("return a + b", None)


def test_an_added_parameter_with_a_default_keeps_the_function_inside():
    stub = Stub(path="x.py", name="f", line=1, header="def f(n):\n")
    found, problem = read(
        "def f(n, memo={}):\n    if n in memo:\n        return memo[n]\n    return f(n - 1, memo)\n", stub
    )
    assert problem is None
    assert found.startswith("def f(n, memo={}):\n    if n in memo:")
    assert found.endswith("\n\nreturn f(n)")


def test_a_cache_on_the_function_is_kept_inside():
    stub = Stub(path="x.py", name="f", line=1, header="def f(n):\n")
    text = "from functools import lru_cache\n\n@lru_cache(None)\ndef f(n):\n    return f(n - 1) if n else 0\n"
    found, problem = read(text, stub)
    assert problem is None
    names = {}
    exec(stub.code(found), names)
    assert (names["f"](5), found.count("@lru_cache(None)")) == (0, 1)


def test_a_body_for_other_parameters_is_refused_with_both_lists():
    stub = Stub(path="x.py", name="f", line=1, header="def f(n):\n")
    assert read("def f(x, y):\n    return x + y\n", stub)[1] == "the reply changes the parameters from (n) to (x, y)"


def test_a_method_is_found_in_its_class_and_must_not_need_new_methods():
    assert read("class Stack:\n    def push(self, item):\n        self.pop()\n        return item\n", METHOD) == (
        "self.pop()\nreturn item",
        None,
    )
    text = "class Stack:\n    def _grow(self): ...\n    def push(self, item):\n        self._grow()\n"
    assert read(text, METHOD)[1] == "the reply needs a method _grow that the class does not have"


@pytest.mark.parametrize("kind", ["async def", "def"])
def test_async_and_decorated_functions_are_read(kind):
    stub = Stub(path="x.py", name="f", line=2, header=f"@trace\n{kind} f(a):\n")
    assert read(f"@trace\n{kind} f(a):\n    return a\n", stub) == ("return a", None)


# ---------------------------------------------------------------------------------------------- what is no body


@pytest.mark.parametrize(
    ("text", "finish", "problem"),
    [
        ("", "stop", "the reply is empty"),
        ("  \n\n", "stop", "the reply is empty"),
        ("Yes", "stop", "the model answered in prose, without code: “Yes”"),
        ("?!", "stop", "the reply has no code"),
        (f"```python\n{HEADER}    pass\n```", "stop", "the reply leaves the function empty"),
        (
            f"```python\n{HEADER}    raise NotImplementedError('later')\n```",
            "stop",
            "the reply leaves the function empty",
        ),
        (f"```python\n{HEADER}```", "stop", "the reply leaves the function empty"),
        (f"```python\n{HEADER}    return (1 +", "length", "cut by length"),
        ("<think>well, let me", "length", "cut by length"),
    ],
)
def test_a_reply_without_a_body_says_why(text, finish, problem):
    assert read(text, finish=finish)[1] == problem


PROSE = [
    "I'm sorry, but I can't help with that.",
    "The function `f(a)` should return the sum. It's easy:\nloop over them.",
    "To solve this, we'd:\n\n1. Read the list\n2. Sum = the total of all\n3. return the result (it's done)",
    "return the sum of the list, it's the easiest way",
    "if you want to, it's done like so: sum it",
    "This isn't simple:\n\n    an indented paragraph that isn't code",
    "```\nI can't write this code\n```",
    "Não consigo fazer isso, não há exemplos.",
]


@pytest.mark.parametrize("prefilled", [False, True])
@pytest.mark.parametrize("text", PROSE)
def test_prose_is_called_prose_and_no_syntax_error_whatever_was_begun(text, prefilled):
    found, problem = read(text, prefilled=prefilled)
    said = " ".join(text.replace("`", "").split())
    assert found == ""
    assert problem and problem.startswith("the model answered in prose, without code: “" + said[:20])


def test_of_prose_the_first_words_are_told_and_no_more():
    _, problem = read("I'm sorry to say that " + "no " * 400, prefilled=True)
    assert problem and problem.endswith("no…”")
    assert len(problem) < 120


@pytest.mark.parametrize("prefilled", [False, True])
@pytest.mark.parametrize(
    "text",
    [
        "    return 'abc\n",
        "    x = f'it is not closed\\n    y = (",
        "    x = 'it is not closed\n    return x",
        "    for x in a:\n        print('it)\n",
        "    x = 1  # it's the first one\n    return x +",
        "    return a\nThis doesn't need more.\n    x = (",
        '    """This was never closed, it\'s said\n    and the words go on\n    return 1',
    ],
)
def test_broken_code_is_not_called_prose(text, prefilled):
    assert "prose" not in (read(text, prefilled=prefilled)[1] or "")


def test_broken_code_comes_back_as_it_came_with_its_line():
    found, problem = read(f"```python\n{HEADER}    x = 1\n    return x +\n```")
    assert found == "x = 1\nreturn x +"
    assert problem and problem.startswith("line 8: ")


def test_a_body_without_end_is_refused_by_its_length():
    assert read(HEADER + "    x = 1\n" * 5000)[1] == "the body has 4999 lines, no more than 2000 are read"


def test_an_answer_that_ran_out_of_tokens_after_its_body_is_used():
    assert read(f"{HEADER}    return 1\n", finish="length") == ("return 1", None)
    assert read(f"```python\n{HEADER}    return 1\n```\nThis wor", finish="length") == ("return 1", None)
    assert read("    return 1\n```\nThis wor", prefilled=True, finish="length") == ("return 1", None)


@pytest.mark.parametrize(
    ("shape", "prefilled"),
    [(s, False) for name, s in WHOLE.items() if name != "after the old code"] + [(s, True) for s in CONTINUED.values()],
)
def test_an_answer_that_is_cut_anywhere_is_whole_or_has_a_problem(shape, prefilled):
    code = "total = a + b\nif total:\n    total = total * 10\ntotal += 12\nreturn total * 100\n"
    text, whole = in_shape(shape, code), tree(STUB, code)
    for end in range(len(text)):
        found, problem = read(text[:end], prefilled=prefilled, finish="length")
        assert problem is not None or tree(STUB, found) == whole, text[:end]


def test_a_helper_that_may_be_half_of_one_is_no_part_of_a_whole_answer():
    text = f"```python\n{HEADER}    return g(a)\n\ndef g(x):\n    return x\n\ndef h(x):\n    return x * 10"
    assert read(text, finish="length") == ("def g(x):\n    return x\n\nreturn g(a)", None)
    assert read(text.partition("\n\ndef h")[0], finish="length")[1] == "cut by length"


@settings(deadline=None)
@given(st.text(alphabet="def f(a):\n    return`'\"\\#x[{", max_size=200) | st.text(), st.booleans())
def test_reading_any_reply_never_raises(text, prefilled):
    found, _ = read(text, prefilled=prefilled)
    found.encode()


# ---------------------------------------------------------------------------------------------- the end of a body


@pytest.mark.parametrize("size", [1, 3, 1000])
def test_the_end_is_seen_as_soon_as_a_line_stands_where_def_stands(size):
    text = textwrap.indent(SIMPLE, "    ") + "\n\ndef g():\n    return 1\n"
    ending, fed = BodyEnd(STUB), 0
    for at in range(0, len(text), size):
        fed = at + size
        if ending.feed(text[at : at + size]):
            break
    assert ending.ended
    assert ending.text.rstrip() == textwrap.indent(SIMPLE, "    ").rstrip()
    assert fed <= text.index("def g") + size


@pytest.mark.parametrize(
    "text",
    [
        "    x = [\n1,\n]\n    return x\n",
        '    x = """\ndef g():\n"""\n    return x\n',
        "    x = 1 + \\\n1\n    return x\n",
        "    x = 1\n# a note\n    return x\n",
        "    x = '# (' + \"[\"  # it's ({\n    return x\n",
        "for x in a:\n    print(x)\nreturn 1\n",
        "x = 1\ny = 2\nreturn x\n",
    ],
)
def test_what_continues_the_body_does_not_end_it(text):
    ending = BodyEnd(STUB)
    assert not any(ending.feed(char) for char in text)
    assert ending.finish().rstrip() == text.rstrip()


@pytest.mark.parametrize("tail", ["```\n", "}\n", "class A:\n", "return 2\n"])
def test_a_fence_or_anything_dedented_ends_an_indented_body(tail):
    ending = BodyEnd(STUB)
    assert ending.feed("    return 1\n" + tail)
    assert ending.text == "    return 1\n"


def test_a_bracket_that_is_never_closed_does_not_hold_the_next_function():
    ending = BodyEnd(STUB)
    assert ending.feed("    return (1\n\ndef g():\n    return 2\n")


@given(st.text(alphabet="ab(:\n \"'#`\\", max_size=80), st.integers(1, 9))
def test_the_end_does_not_depend_on_how_the_stream_is_cut(text, size):
    whole, pieces = BodyEnd(STUB), BodyEnd(STUB)
    whole.feed(text)
    for at in range(0, len(text), size):
        if pieces.feed(text[at : at + size]):
            break
    assert (whole.ended, whole.text.rstrip()) == (pieces.ended, pieces.text.rstrip())


NEWER = Stub(
    path="x.py",
    name="first",
    line=1,
    header='async def first[T: (int, str) = int](\n    items: list[T],\n) -> T:\n    """The first."""\n',
    docstring="The first.",
)


def test_a_header_that_is_newer_than_our_python_is_not_held_against_the_body():
    assert read("```python\nasync def first(items):\n    return await items[0]\n```", NEWER) == (
        "return await items[0]",
        None,
    )
    _, problem = read("```python\nasync def first(items):\n    return items[\n```", NEWER)
    assert problem is not None
    assert problem and problem.startswith("line 5")


ORDERS = Stub(
    path="x.py",
    name="f",
    line=1,
    header=HEADER,
    docstring="Say what.",
    imports="from .models import Item\n",
    before="from .models import Item\n",
    project="# From shop.models:\nclass Item:\n    cents: int\nclass Rate:\n    percent: float\n",
)


def test_a_class_that_the_file_imports_is_not_written_down_again_in_the_body():
    reply = f"```python\n@dataclass\nclass Item:\n    cents: int\n\n{HEADER}    return Item(a).cents\n```"
    assert read(reply, ORDERS) == ("return Item(a).cents", None)


def test_a_class_that_comes_by_a_star_is_not_either_but_one_that_the_file_has_not_is():
    star = "from .models import *\n"
    starred = replace(ORDERS, before=star, imports=star)
    reply = f"```python\nclass Rate:\n    percent = 1\n\n{HEADER}    return Rate().percent\n```"
    assert read(reply, starred) == ("return Rate().percent", None)
    assert read(reply, ORDERS) == ("class Rate:\n    percent = 1\n\nreturn Rate().percent", None)


def test_a_method_that_a_base_class_of_the_project_has_is_not_missing():
    base = "# From shop.models:\nclass Base:\n    def note(self, what): ...\n"
    method = Stub(
        path="x.py", name="Stack.push", line=2, header=METHOD.header, before="class Stack(Base):\n", project=base
    )
    reply = (
        "```python\nclass Base:\n    def note(self, what): ...\n\nclass Stack(Base):\n    def push(self, item):\n"
        "        self.note(item)\n```"
    )
    assert read(reply, method) == ("self.note(item)", None)
