"""Reading a file, putting a body into it, and giving back every byte outside that body."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from redraft.engine.errors import SourceError, StaleSource
from redraft.engine.facts import Stub
from redraft.engine.sources import Source, encoded, find_stubs, read, relocate, splice
from redraft.engine.sources.reading import LARGEST, decoded

# ---------------------------------------------------------------------------------- bytes

CODINGS = {
    "utf-8": "",
    "latin-1": "# -*- coding: latin-1 -*-",
    "cp1252": "# coding=cp1252",
    "shift_jis": "#coding:shift_jis",
}
LINES = {
    "utf-8": [
        "x = 1",
        "",
        "\f",
        "# ünï ✓ 語",
        "y = 'a\u2028b'",
        "z = '\x1c\x85'",
        "\t# tab",
        "   # odd",
        "if x:  \\",
        "    pass",
    ],
    "latin-1": ["x = 1", "", "\f", "# ünïcödé \xa0\x85"],
    "cp1252": ["x = 1", "", "# “quoted” €"],
    "shift_jis": ["x = 1", "", "# 日本語"],
}
ENDINGS = st.sampled_from(["\n", "\r\n", "\r"])


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """Bytes of a text file: some encoding, some endings on each line, perhaps a byte order mark."""
    coding = draw(st.sampled_from(sorted(CODINGS)))
    lines = draw(st.lists(st.sampled_from(LINES[coding]), max_size=8))
    one = draw(ENDINGS)
    endings = draw(st.one_of(st.just([one] * 9), st.lists(ENDINGS, min_size=9, max_size=9)))
    top = [CODINGS[coding]] if CODINGS[coding] else []
    text = "".join(line + ending for line, ending in zip([*top, *lines], endings, strict=False))
    text += draw(st.sampled_from(["", "# no newline"]))
    bom = b"\xef\xbb\xbf" if coding == "utf-8" and draw(st.booleans()) else b""
    return bom + text.encode(coding)


@given(files())
def test_a_text_that_nobody_changed_has_the_same_bytes(raw: bytes):
    source = decoded("a.py", raw)
    assert encoded(source, source.text) == raw
    assert "\r" not in source.text


@given(st.binary(max_size=60))
@example(b"\xef\xbb\xbf# coding: latin-1\n")
@example(b"# coding: rot13\n")
@example(b"# coding: utf-7\n# +AGE-\n")
@example(b"# coding: nonsense\n")
@example(b"# coding: punycode\nx = 1\n")
@example(b"# coding: idna\n" + b"x" * 200)
@example(b"# coding: undefined\n")
@example(b"\xff\xfex\x00")
def test_whatever_the_bytes_reading_gives_them_back_or_says_why_not(raw: bytes):
    try:
        source = decoded("a.py", raw)
    except SourceError as error:
        assert str(error).startswith("a.py: ")
    else:
        assert encoded(source, source.text) == raw


# ---------------------------------------------------------------------------------- splicing


@st.composite
def stub_files(draw: st.DrawFn) -> tuple[bytes, bytes, bytes, str]:
    """Bytes before a placeholder's line, the line, the bytes after it, and the ending that most lines have."""
    coding = draw(st.sampled_from(sorted(CODINGS)))
    filler = [line for line in LINES[coding] if line.strip() and not line[0].isspace() and not line.endswith("\\")]
    unit = draw(st.sampled_from(["    ", "  ", "\t", "   "]))
    depth = draw(st.integers(0, 2))
    margin = unit * depth
    classes = [unit * level + f"class C{level}:" for level in range(depth)]
    doc = draw(st.sampled_from(["", '"""Doc."""', "r'''Doc\n\n  more \\d\n'''", '"""a\n\tb"""']))
    header = [f"{margin}def wanted(a, /, *, b=1):", *([f"{margin}{unit}{doc}"] if doc else [])]
    header += draw(st.sampled_from([[], [f"{margin}{unit}# hint"], [""]]))
    above = ([CODINGS[coding]] if CODINGS[coding] else []) + draw(st.lists(st.sampled_from(filler), max_size=4))
    before = "\n".join([*above, *classes, *header]) + "\n"
    line = margin + unit + draw(st.sampled_from(["...", "pass", "raise NotImplementedError('x')"]))
    below = draw(st.lists(st.sampled_from(filler), max_size=4))
    after = draw(st.sampled_from(["", "\n"])) + "\n".join(below) if below else draw(st.sampled_from(["", "\n"]))
    if below and not after.startswith("\n"):
        after = "\n" + after
    endings = draw(st.lists(ENDINGS, min_size=1, max_size=5))
    raws: list[bytes] = []
    used: list[str] = []
    for text in (before, after):
        parts = text.split("\n")
        mine = [endings[n % len(endings)] for n in range(len(parts) - 1)]
        used += mine
        raws.append("".join(p + e for p, e in zip(parts, [*mine, ""], strict=True)).encode(coding))
    bom = b"\xef\xbb\xbf" if coding == "utf-8" and draw(st.booleans()) else b""
    newline = max(dict.fromkeys(used), key=used.count) if used else "\n"
    return bom + raws[0], line.encode(coding), raws[1], newline


BODIES = st.sampled_from(
    [
        "return a",
        "for x in a:\n    if x:\n        return b\nreturn 1",
        's = """\nkept\n  as it is\n"""\nreturn s',
        "    indented = 1\n    return indented\n\n",
        "value = [\n    a,\n    b,\n]\nreturn value",
        "def helper():\n  return a\nreturn helper()",
    ]
)


@given(stub_files(), BODIES)
def test_splicing_keeps_every_byte_outside_the_body(file: tuple[bytes, bytes, bytes, str], body: str):
    before, line, after, newline = file
    source = decoded("a.py", before + line + after)
    [stub] = find_stubs(source).stubs
    written = encoded(source, splice(source, stub, body))
    assert written.startswith(before)
    assert written.endswith(after)
    inserted = written[len(before) : len(written) - len(after)].decode(source.encoding)
    assert inserted.count(newline) >= body.strip("\n").count("\n")
    assert find_stubs(decoded("a.py", written)).stubs == ()


@given(stub_files(), BODIES)
def test_a_spliced_body_says_what_it_said(file: tuple[bytes, bytes, bytes, str], body: str):
    source = decoded("a.py", b"".join(file[:3]))
    [stub] = find_stubs(source).stubs
    tree = ast.parse(splice(source, stub, body))
    wanted = next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef) and node.name == "wanted")
    statements = wanted.body[1:] if ast.get_docstring(wanted) else wanted.body
    lines = body.strip("\n").split("\n")
    plain = "\n".join(line.removeprefix("    ") for line in lines) if body.startswith(" ") else body
    assert [ast.dump(node) for node in statements] == [ast.dump(node) for node in ast.parse(plain).body]


def spliced(text: str, body: str) -> str:
    source = decoded("a.py", text.encode())
    [stub] = find_stubs(source).stubs
    return splice(source, stub, body)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f(x): ...\nrest\n", "def f(x):\n    if x:\n        return 1\nrest\n"),
        ("def f(x): ...", "def f(x):\n    if x:\n        return 1"),
        ("def f(x): ...  # noqa\n", "def f(x):  # noqa\n    if x:\n        return 1\n"),
        ("def f(x): 'doc'; pass\n", "def f(x):\n    'doc'\n    if x:\n        return 1\n"),
        ("class A:\n\tdef f(x): ...\n", "class A:\n\tdef f(x):\n\t\tif x:\n\t\t\treturn 1\n"),
        ("def f(x):\n  ...  # how\n", "def f(x):\n  # how\n  if x:\n    return 1\n"),
        ("def f(x):\n    'doc'; ...\n", "def f(x):\n    'doc'\n    if x:\n        return 1\n"),
        (
            "def f(x):\n    'doc'\n    # how\n\n\ny = 1\n",
            "def f(x):\n    'doc'\n    # how\n    if x:\n        return 1\n\n\ny = 1\n",
        ),
        ("def f(x):\n    'doc'", "def f(x):\n    'doc'\n    if x:\n        return 1"),
        ("def f(x):\n    ...\n    # after\n", "def f(x):\n    if x:\n        return 1\n    # after\n"),
        ("def f(x): \\\n  ...\n", "def f(x):\n    if x:\n        return 1\n"),
    ],
)
def test_a_body_gets_lines_of_its_own_and_comments_stay(text: str, expected: str):
    assert spliced(text, "if x:\n    return 1\n") == expected


def test_a_blank_body_leaves_a_program():
    assert spliced("def f(x): ...\n", " \n\n") == "def f(x):\n    ...\n"
    ast.parse(spliced("def f(x):\n    'doc'\n", ""))


def test_one_of_two_functions_of_the_same_name_is_told_by_its_header():
    text = "class A:\n    @property\n    def x(self): ...\n    @x.setter\n    def x(self, value): ...\n"
    source = decoded("a.py", text.encode())
    _, setter = find_stubs(source).stubs
    assert splice(source, setter, "self._x = value").endswith("def x(self, value):\n        self._x = value\n")


def test_a_body_can_replace_the_one_we_wrote_before():
    source = decoded("a.py", b"class A:\n\tdef f(x):\n\t\t'doc'\n\t\t...\nz = 1\n")
    [stub] = find_stubs(source).stubs
    draft = "# first\nif x:\n    return 1  # so\nreturn 2"
    after = decoded("a.py", splice(source, stub, draft).encode())
    filled = Stub(**{**{name: getattr(stub, name) for name in stub.__struct_fields__}, "body": draft})
    assert relocate(after, stub) is None
    assert splice(after, filled, "return 3") == "class A:\n\tdef f(x):\n\t\t'doc'\n\t\treturn 3\nz = 1\n"


def test_a_stub_is_found_again_after_edits_elsewhere():
    source = decoded("a.py", b"def f(x):\n    ...\n")
    [stub] = find_stubs(source).stubs
    moved = relocate(decoded("a.py", b"import os\n\ndef f(x):\n    ...\n"), stub)
    assert moved is not None
    assert (moved.line, moved.imports) == (3, "import os\n")


@pytest.mark.parametrize(
    "text", ["", "def f(x):\n    return 1\n", "def f(x, y):\n    ...\n", "class A:\n    def f(x):\n        ...\n"]
)
def test_a_stub_that_is_gone_or_filled_is_not_guessed(text: str):
    source = decoded("a.py", b"def f(x):\n    ...\n")
    [stub] = find_stubs(source).stubs
    later = decoded("a.py", text.encode())
    assert relocate(later, stub) is None
    with pytest.raises(StaleSource, match="f was changed or filled"):
        splice(later, stub, "return 1")


def test_a_function_can_be_written_in_a_file_that_does_not_parse():
    assert spliced("x = (\ndef f():\n    ...\n", "return 1") == "x = (\ndef f():\n    return 1\n"


# ---------------------------------------------------------------------------------- what cannot be read


def refusal(path: Path) -> str:
    with pytest.raises(SourceError) as refused:
        read(path)
    return str(refused.value)


def test_each_unreadable_file_gets_its_own_words(tmp_path: Path):
    (tmp_path / "binary.py").write_bytes(b"\x7fELF\0\0")
    (tmp_path / "wide.py").write_text("x = 1", encoding="utf-16")
    (tmp_path / "latin.py").write_bytes("# ü".encode("latin-1"))
    (tmp_path / "late.py").write_bytes(b"a = 1\nb = 2\nc = '\xfc'\n")
    (tmp_path / "strange.py").write_text("# coding: klingon\n")
    (tmp_path / "large.py").write_bytes(b"#" * (LARGEST + 1))
    (tmp_path / "folder.py").mkdir()
    said = {path.name: refusal(path) for path in [*tmp_path.iterdir(), tmp_path / "none.py"]}
    assert {name: text.split(": ", 1)[1].split(";")[0] for name, text in said.items()} == {
        "binary.py": "this is a binary file, not Python source",
        "wide.py": "this file is UTF-16, which Python cannot run",
        "latin.py": "invalid or missing encoding declaration",
        "late.py": "line 3 is not utf-8 text",
        "strange.py": "unknown encoding: klingon",
        "large.py": "8.0 MB is too large, the limit is 8 MB",
        "folder.py": "this is a folder",
        "none.py": "there is no such file",
    }


def test_a_character_that_the_encoding_lacks_is_refused():
    source = decoded("a.py", b"# coding: latin-1\ndef f(): ...\n")
    with pytest.raises(SourceError, match=r"has no '→'; nothing was written"):
        encoded(source, source.text + "# →")


def test_an_empty_file_is_an_empty_source():
    assert decoded("a.py", b"") == Source(path="a.py", text="", digest=decoded("a.py", b"").digest)
