"""What the commands take that draft functions, review them and run their examples."""

from __future__ import annotations

from argparse import ArgumentParser

from ...race.usual import USUAL_RACE
from .shared import PIPELINES, Commands, models, output, pattern, settings

DRAFTING = Commands()
RACE = (
    """\
examples:
  redraft race shapes.py::area                         the usual four
  redraft race task:merge_ranges --markdown            one of our tasks, judged by hidden tests too
  redraft race a.py::f --pipelines raw-coder,debate    any 2 to 5 of them

A race always exits with 0, however its lanes end: what they came to is in the table.
Gating and enriching (spec-gated-review, spec-enriched-review) are pipelines like the others and never on by
themselves: the paper finds that gating loses.

"""
    + PIPELINES
)
ASK = """\
examples:
  redraft ask shapes.py::median --write                       answer with a number, a value or an exception's name
  redraft ask shapes.py::median --json                        the question and its options; nothing is asked
  redraft ask shapes.py::median --answer 'median([])=0'       what you have decided already
"""


@DRAFTING.add("open", "watch files or folders (the default: `redraft shapes.py`)")
def _open(parser: ArgumentParser) -> None:
    parser.add_argument("paths", nargs="*", default=["."], metavar="PATH[::NAME]")
    pattern(parser)


@DRAFTING.add("tour", "a few stubs to try redraft on")
def _tour(parser: ArgumentParser) -> None:
    parser.add_argument("--folder", help="where to put the tour's files (default: a folder of redraft's own)")
    pattern(parser)
    output(parser)


@DRAFTING.add("run", "draft without a screen", below=PIPELINES)
def _run(parser: ArgumentParser) -> None:
    parser.add_argument("target", metavar="PATH[::NAME] | task:NAME")
    parser.add_argument("--diff", action="store_true", help="print a diff of the file instead of the function")
    parser.add_argument("--write", action="store_true", help="write what was settled on into the file")
    parser.add_argument("--record", metavar="FILE", help="keep the log in this file too")
    parser.add_argument("--resume", metavar="LOG", help="go on with a run that ended too early, asking nothing twice")
    pattern(parser)
    output(parser)


@DRAFTING.add("review", "review a function that is already written, and prove the findings")
def _review(parser: ArgumentParser) -> None:
    parser.add_argument("target", metavar="PATH::NAME")
    parser.add_argument("--diff", action="store_true", help="ask for a fix and print its diff")
    parser.add_argument("--record", metavar="FILE", help="keep the log in this file too")
    pattern(parser)
    output(parser)


@DRAFTING.add("ask", "draft several times, and be asked what should come out where the drafts differ", below=ASK)
def _ask(parser: ArgumentParser) -> None:
    parser.add_argument("target", metavar="PATH::NAME")
    parser.add_argument(
        "--answer",
        action="append",
        default=[],
        metavar="CALL=VALUE",
        help="what a call should give, or the name of the exception; `?`: it does not matter",
    )
    parser.add_argument("--diff", action="store_true", help="print a diff of the file")
    parser.add_argument("--write", action="store_true", help="write the function and its new examples into the file")
    parser.add_argument("--record", metavar="FILE", help="keep the log in this file too")
    models(parser)
    output(parser)


@DRAFTING.add("race", "one function through several pipelines at once", below=RACE)
def _race(parser: ArgumentParser) -> None:
    parser.add_argument("target", metavar="PATH::NAME | task:NAME")
    parser.add_argument("--pipelines", metavar="A,B,…", help=f"2 to 5 lanes (default: {USUAL_RACE})")
    parser.add_argument(
        "--models", metavar="M,N,…", help="each pipeline with each: embedded, NAME, NAME@http://HOST/v1"
    )
    parser.add_argument("--record", metavar="FOLDER", help="keep each lane's log there, for `redraft replay FOLDER`")
    parser.add_argument("--in-turn", action="store_true", help="one lane after another, for a machine with one model")
    parser.add_argument("--markdown", action="store_true", help="the table as Markdown")
    parser.add_argument("--csv", action="store_true", help="the table as CSV")
    models(parser)
    output(parser)


@DRAFTING.add("check", "run a function's examples, and its project's tests of it, in the sandbox")
def _check(parser: ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--function", required=True, metavar="NAME")
    parser.add_argument(
        "--examples", metavar="JSON", help='[["f(2)", "5"], ...]; default: those of its docstring, and tests'
    )
    parser.add_argument(
        "--strength", action="store_true", help="how many mistakes, made on purpose, the examples would catch"
    )
    parser.add_argument("--timeout", type=float, metavar="S", help="seconds for the whole run")
    parser.add_argument("--memory-mb", type=int, metavar="N")
    parser.add_argument("--tier", choices=list("ABCDE"), help="force a lower protection, for testing")
    parser.add_argument("--unsafe-run", action="store_true", help="run even where nothing can be contained")
    parser.add_argument("--allow-subprocess", action="store_true", help="let the code start programs")
    settings(parser)
    output(parser)


@DRAFTING.add("compare", "with which calls a function does something else than in another version")
def _compare(parser: ArgumentParser) -> None:
    parser.add_argument("target", metavar="PATH::NAME")
    parser.add_argument(
        "--with", dest="other", default="HEAD", metavar="REV|FILE", help="a revision of git, or a file (default: HEAD)"
    )
    settings(parser)
    output(parser)
