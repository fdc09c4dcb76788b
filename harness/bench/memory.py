"""The most memory that a piece of work takes, beyond what was in use before."""

from __future__ import annotations

import ctypes
import gc
import os
import sys
import threading
from types import TracebackType

PAUSE = 0.01


class Memory:
    """Watches the resident memory of this process while a `with` block runs.

    extra: megabytes beyond those at the start; None where the operating system doesn't tell.
    """

    def __init__(self) -> None:
        self.extra: float | None = None
        self._stop = threading.Event()
        self._peak = 0
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Memory:
        gc.collect()
        _give_back()
        self._before = resident()
        if self._before is not None:
            self._peak = self._before
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._before is None:
            return
        self._stop.set()
        self._thread.join()
        self.extra = (max(self._peak, resident() or 0) - self._before) / 1e6

    def _watch(self) -> None:
        while not self._stop.wait(PAUSE):
            self._peak = max(self._peak, resident() or 0)


def _give_back() -> None:
    """Lets the C library give free memory back, where it can, so that what was freed before doesn't hide what is taken now."""
    try:
        ctypes.CDLL(None).malloc_trim(0)
    except (OSError, AttributeError, TypeError):
        return


def resident() -> int | None:
    """The bytes of memory that this process has now; None where the operating system doesn't tell."""
    try:
        with open("/proc/self/statm", "rb") as file:
            return int(file.read().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return None


def highest() -> float | None:
    """The most megabytes that this process ever had; None where the operating system doesn't tell."""
    try:
        import resource
    except ImportError:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1e6 if sys.platform == "darwin" else 1e3)
