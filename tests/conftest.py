"""What all tests need of the process that they run in."""

from __future__ import annotations

import signal

# A shell that starts the tests in the background has them ignore interrupts, and so would what tests start and interrupt.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
