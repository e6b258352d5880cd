"""A reading process: `python -m dedup.edges.reading_child MIN_WORDS MAX_TEXT_BYTES`; see `dedup.edges.readers`.

It reads parts of archives from standard input, and writes what it made of them to standard output, until its input
ends: also when whoever started it was killed.
"""

from __future__ import annotations

import gc
import os
import sys

from dedup.edges.frames import read_frame, write_frame
from dedup.edges.lexicon_file import Listener
from dedup.reading.article import ReadingSettings
from dedup.spine.archive_codec import pack_intake, unpack_part
from dedup.spine.preparing import Preparer


def serve(preparer: Preparer) -> None:
    """Answer until the input ends, or nobody reads the answers any more."""
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    write_frame(answers, b"ready")
    answers.flush()
    while True:
        try:
            part = unpack_part(read_frame(questions), read_frame(questions))
            write_frame(answers, pack_intake(preparer.part(part)))
            answers.flush()
        except (EOFError, BrokenPipeError, KeyboardInterrupt):
            return


if __name__ == "__main__":
    settings = ReadingSettings(min_words=int(sys.argv[1]), max_text_bytes=int(sys.argv[2]))
    gc.freeze()  # what is loaded stays: no need to look at it with every collection
    serve(Preparer(settings, Listener()))
    os._exit(0)  # what is left in a broken pipe is nobody's any more
