"""How long it takes to fold a long log, against encoding and decoding the same log as JSON, in one run.

python tests/performance/fold.py [ENTRIES]
"""

import sys
import time

import msgspec
from redraft.engine import events as ev
from redraft.engine.facts import Draft, Stub, Usage
from redraft.engine.state.run import state_of


def log(size: int) -> list[ev.Entry]:
    """A run of `size` entries, nearly all of them pieces of text, as real ones are."""
    stub = Stub(path="a.py", name="f", line=1, header="def f(x):\n")
    entries = [ev.Entry(at=0.0, event=ev.RunStarted(run="r", pipeline="p", stub=stub))]
    per_call = 200
    for nth in range(size // per_call):
        call = f"c{nth}"
        entries.append(ev.Entry(at=1.0, event=ev.CallStarted(call=call, role="coder", purpose="draft", model="m")))
        entries += [ev.Entry(at=2.0, event=ev.TextStreamed(call=call, text=" token")) for _ in range(per_call - 3)]
        entries.append(ev.Entry(at=3.0, event=ev.CallEnded(call=call, finish="stop", usage=Usage(), seconds=1.0)))
        entries.append(ev.Entry(at=3.0, event=ev.Drafted(draft=Draft(id=f"d{nth}", body="pass"))))
    return entries


def best(work, runs: int = 7) -> float:
    """Seconds of the quickest of several runs: what is left is the machine's noise."""
    taken = []
    for _ in range(runs):
        began = time.perf_counter()
        work()
        taken.append(time.perf_counter() - began)
    return min(taken)


def main() -> None:
    entries = log(int(sys.argv[1]) if len(sys.argv) > 1 else 5000)
    lines = [msgspec.json.encode(entry) for entry in entries]
    decoder = msgspec.json.Decoder(ev.Entry)
    decoding = best(lambda: [decoder.decode(line) for line in lines])
    folding = best(lambda: state_of(entries))
    print(f"decode {len(entries)} entries  {1000 * decoding:6.1f} ms")
    print(
        f"fold   {len(entries)} entries  {1000 * folding:6.1f} ms   {folding / decoding:.2f} times as long (target: < 50 ms)"
    )


if __name__ == "__main__":
    main()
