"""`python -m redraft.app`, the same as `redraft`."""

import sys

from .cli.main import main

if __name__ == "__main__":
    sys.exit(main())
