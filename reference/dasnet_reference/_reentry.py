"""Whether a method is called from within itself, told from a mark that an interruption left behind. Touches nothing.

A mark that is set on the way in and taken away on the way out is what a tick goes by first. But a signal's handler may
raise before the mark is taken away, and a server that trusted it would be deaf from then on. So a mark that is found is
compared with what really runs, which is slow, and only done then.
"""

from __future__ import annotations

import sys
from threading import get_ident
from types import CodeType


def runs_already(owner: object, code: CodeType, thread: int) -> bool:
    """Whether this method of `owner` runs on a thread, beside the call of it that asks.

    Arguments: `code` of the method, whose first argument is named `self`; `thread`, its identity as of `get_ident`.
    """
    frame = sys._current_frames().get(thread)
    asking = thread == get_ident()
    while frame is not None:
        if frame.f_code is code and frame.f_locals.get("self") is owner:
            if not asking:
                return True
            asking = False
        frame = frame.f_back
    return False
