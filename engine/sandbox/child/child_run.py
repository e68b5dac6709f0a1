"""One run: lock this process down, load the program, run its statements one by one, say what came out.

Standard library only, Python 3.6 and up. The process that runs this never returns from `run`.
"""

import os
import sys

import child_frames as frames
import child_layers as layers
import child_reading as reading
import child_serving as serving
import child_site as site


def run(
    request: "layers.Request", descriptors: "list[int]", protection: "layers.Protection", readable: "reading.Reading"
) -> None:
    """Take three pipe ends (job, results, stray output), lock down, and serve until the application closes the job."""
    job, results = _arrange(descriptors)
    os.environ.update(HOME=request.scratch, TMPDIR=request.scratch)
    os.chdir(request.scratch)
    in_force = layers.lock_down(request, protection, readable)
    for root in request.reads[:1]:
        readable.link_into(request.scratch, root)
    if request.executable:
        site.take_in(request.executable)
    frames.send(results, frames.packed(frames.LAYERS, 0, " ".join(in_force), sys.version.split()[0]))
    serving.serve(job, results)


def _arrange(descriptors: "list[int]") -> "tuple[int, int]":
    """Put the pipes in their places and close everything else that is open."""
    job, results, stray = descriptors
    os.dup2(stray, 1)
    os.dup2(stray, 2)
    empty = os.open(os.devnull, os.O_RDONLY)
    os.dup2(empty, 0)
    low, high = sorted((job, results))
    os.closerange(3, low)
    os.closerange(low + 1, high)
    os.closerange(high + 1, 4096)
    return job, results
