"""A program that behaves to redraft as `vllm serve MODEL …` does. What goes wrong is written in the model's name:

crash       ends while it starts, with a traceback as vLLM prints it
slow        is in good health only when a file `release` lies in $STAND_IN
dumb        is in good health, and can never write a token
late        leaves, when it is asked to, only when a file `release` lies in $STAND_IN
stubborn    does not leave when it is asked to, and has a worker that does not either

A question "die" ends it; its name with "once" means that it does so only once. It notes in $STAND_IN what it sees.
"""

import http.server
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

assert sys.argv[1] == "serve", sys.argv
MODEL, OPTIONS = sys.argv[2], sys.argv[3:]
HERE = Path(os.environ["STAND_IN"])
NAME = MODEL.rpartition("/")[2]
KEY = os.environ.get("VLLM_API_KEY", "")


def option(name: str) -> str:
    return OPTIONS[OPTIONS.index(name) + 1]


def note(what: str) -> None:
    with (HERE / "seen.log").open("a") as log:
        log.write(f"{NAME} {what}\n")


def first_time(what: str) -> bool:
    try:
        (HERE / f"{NAME}-{what}").touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def worker() -> int:
    """The number of a process of ours that does not leave by itself."""
    program = (
        "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True); time.sleep(600)"
    )
    child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.readline()
    return child.pid


class Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        if self.path == "/health":
            ill = "slow" in NAME and not (HERE / "release").exists()
            self.answer(503 if ill else 200, {})
        elif self.path == "/v1/models":
            self.answer(200, {"object": "list", "data": [{"id": option("--served-model-name"), "owned_by": "vllm"}]})
        else:
            self.answer(404, {})

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if KEY and self.headers["Authorization"] != f"Bearer {KEY}":
            return self.answer(401, {"error": {"message": "Unauthorized"}})
        content = asked["messages"][-1]["content"]
        if content == "die" and ("once" not in NAME or first_time("died")):
            note("dies")
            os._exit(7)
        if "dumb" in NAME:
            return self.answer(500, {"error": {"message": "no kernel"}})
        if not asked.get("stream"):
            return self.answer(200, {"choices": [{"index": 0, "message": {"role": "assistant", "content": "Yes"}}]})
        return self.stream(f"{NAME} at {option('--port')}")

    def answer(self, status: int, body: object) -> None:
        raw = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(raw)))
        self.end_headers()
        self.wfile.write(raw)

    def stream(self, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for delta, reason in (({"content": text}, None), ({}, "stop")):
            choice = {"index": 0, "delta": delta, "finish_reason": reason}
            event = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": NAME, "choices": [choice]}
            self.wfile.write(f"data: {json.dumps(event)}\n\n".encode())
        self.wfile.write(b"data: [DONE]\n\n")
        self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:
        pass


def leave_later(*_: object) -> None:
    while not (HERE / "release").exists():
        time.sleep(0.01)
    os._exit(0)


pids = [os.getpid()]
if "late" in NAME:
    signal.signal(signal.SIGTERM, leave_later)
if "stubborn" in NAME:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    pids.append(worker())
note(f"starts {' '.join(map(str, pids))} at {time.monotonic():.3f}")
print("(APIServer pid=1) INFO 11-21 09:56:32 [model.py:2152] Loading weights", flush=True)
if "crash" in NAME:
    print("(EngineCore pid=2) ERROR 11-21 09:56:33 [core.py:1] torch.OutOfMemoryError: CUDA out of memory.")
    print("RuntimeError: Engine core initialization failed. See root cause above.", flush=True)
    sys.exit(1)
http.server.ThreadingHTTPServer.allow_reuse_address = True
server = http.server.ThreadingHTTPServer((option("--host"), int(option("--port"))), Answers)
note(f"listens with {' '.join(OPTIONS)}")
server.serve_forever()
