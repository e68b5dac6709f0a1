"""The scenes lie with the pictures that are made of them."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "looks"))
