"""A program that is to redraft what `llama-server` is: asked by arguments what it is, told by variables what to serve.

`STAND_IN` says how it behaves, words with spaces between: build=N, gpu, deaf, dies, late.
"""

import http.server
import json
import os
import sys
import threading
import time

HOW = os.environ.get("STAND_IN", "").split()
if "--version" in sys.argv:
    if "silent" not in HOW:
        build = next((word[6:] for word in HOW if word.startswith("build=")), "9000")
        print(f"version: {build} (abcdef0)\nbuilt with a stand-in", file=sys.stderr)
    sys.exit(0)
if "--list-devices" in sys.argv:
    print("Available devices:")
    print("  CUDA0: NVIDIA Made Up (24576 MiB, 20480 MiB free)" if "gpu" in HOW else "  (none)")
    sys.exit(0)
assert not sys.argv[1:], "an argument can be read by every user of the machine"
if "dies" in HOW:
    print("llama_model_load: error loading model architecture: unknown model architecture: 'made'", file=sys.stderr)
    sys.exit(1)
KEY, READY = os.environ["LLAMA_API_KEY"], threading.Event()


class Answers(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        allowed = self.headers["Authorization"] == f"Bearer {KEY}"
        self.answer((200 if READY.is_set() else 503) if self.path == "/health" else 200 if allowed else 401)

    def do_POST(self) -> None:
        self.answer(200)

    def answer(self, status: int) -> None:
        wanted = {name: value for name, value in os.environ.items() if name.startswith("LLAMA_ARG_")}
        body = json.dumps(wanted).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        pass


server = http.server.ThreadingHTTPServer((os.environ["LLAMA_ARG_HOST"], int(os.environ["LLAMA_ARG_PORT"])), Answers)
threading.Thread(target=server.serve_forever, daemon=True).start()
if "late" in HOW:
    time.sleep(0.5)
READY.set()
print(f"pid {os.getpid()}", file=sys.stderr, flush=True)
while True:
    time.sleep(60)
