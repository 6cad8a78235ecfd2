"""Kills the process at a named step, to prove that a crash leaves the old or the new state.

Set ``KEYSTEAD_FAULT=post.after_segments`` in a child process of a test. Without it: nothing.
"""

from __future__ import annotations

import os
import signal


def reach(step: str) -> None:
    """Die here without any clean-up when the environment names this step."""
    if os.environ.get("KEYSTEAD_FAULT") == step:
        os.kill(os.getpid(), signal.SIGKILL)
