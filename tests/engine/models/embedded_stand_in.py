"""A program that behaves to `embedded_host` as the embedded server does, and dies or waits when it is told to.

What it does with a question is written in the question: "crash once", "crash halfway once", "crash", "hold".
"""

import http.server
import json
import os
import sys
import threading
import time
from pathlib import Path

order = json.loads(sys.stdin.buffer.readline())
if "refuse" in order["model"]:
    print("cannot load the model", file=sys.stderr)
    sys.exit(3)
if "deaf" in order["model"]:
    Path("deaf").touch()
    time.sleep(60)
HERE = Path.cwd()
WORDS = ["one ", "two ", "three ", "four "]


def first_time(what: str) -> bool:
    """Whether nothing of this kind has happened in this folder before."""
    try:
        (HERE / what.replace(" ", "-")).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def note(line: str) -> None:
    with (HERE / "seen.log").open("a") as log:
        log.write(line + "\n")


class Answers(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self.empty(200 if self.headers["Authorization"] == f"Bearer {order['key']}" else 401)

    def do_POST(self) -> None:
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.headers["Authorization"] != f"Bearer {order['key']}":
            self.empty(401)
        elif self.path == "/completion":
            self.empty(200)
        else:
            self.answer([message["content"] for message in asked["messages"]])

    def empty(self, status: int) -> None:
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def answer(self, contents: list[str]) -> None:
        question = next(text for text in contents if text)
        note(f"asked {question}")
        if question == "crash" or (question == "crash once" and first_time(question)):
            os._exit(9)
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        # In chunks, so that an answer that ends because we die is seen to be broken off.
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        if question == "hold":
            self.hold()
            return
        words = [os.environ.get("OMP_WAIT_POLICY", "")] if question == "environment" else WORDS
        # A beginning of the answer that came as the last message is continued.
        for word in words[contents[-1].count(" ") if contents[-1].startswith("one ") else 0 :]:
            if word == "three " and question == "crash halfway once" and first_time(question):
                os._exit(9)
            self.say({"delta": {"content": word}, "index": 0, "finish_reason": None})
        self.say({"delta": {}, "index": 0, "finish_reason": "stop"})
        self.chunk("data: [DONE]\n\n")
        self.chunk("")

    def hold(self) -> None:
        """Say something that is no word again and again, until the other side leaves or is to be let go."""
        try:
            while not (HERE / "release").exists():
                self.chunk(": still reading\n\n")
                time.sleep(0.01)
        except OSError:
            note("left")
            return
        self.say({"delta": {"content": "held"}, "index": 0, "finish_reason": "stop"})
        self.chunk("data: [DONE]\n\n")
        self.chunk("")

    def say(self, choice: dict[str, object]) -> None:
        event = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
        self.chunk(f"data: {json.dumps(event)}\n\n")

    def chunk(self, text: str) -> None:
        self.wfile.write(f"{len(text):x}\r\n{text}\r\n".encode())
        self.wfile.flush()

    def log_message(self, format: str, *args: object) -> None:
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Answers)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(json.dumps({"port": server.server_address[1]}), flush=True)
sys.stdin.buffer.read()
os._exit(0)
