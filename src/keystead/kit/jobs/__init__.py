"""Background work: our own job row behind a worker process; no broker needed."""

from keystead.kit.jobs.queue import cancel, enqueue, job, run_inline, status
from keystead.kit.jobs.run import Cancelled, Run
from keystead.kit.jobs.schedule import periodic

__all__ = ["Cancelled", "Run", "cancel", "enqueue", "job", "periodic", "run_inline", "status"]
