"""What a broken driver most likely did, and what to try next: symptom, cause, step, as data.

Messages of `AdapterBroken`, the pre-flight and the documentation read this table, so that one symptom is explained in
one place. This module is data: it imports the standard library only and does nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Hint:
    """One symptom: what is seen, what is likely behind it, and the next step."""

    symptom: str
    cause: str
    step: str

    @property
    def text(self) -> str:
        """Cause and next step as one line for people."""
        return f"{self.cause}; {self.step}"


#: Every symptom that the adapters can tell apart, by a short name that stays the same.
HINTS: Final[dict[str, Hint]] = {
    # The process or the connection.
    "not-started": Hint(
        "the driver cannot be started",
        "the command is misspelt, not executable, or relative to another directory",
        "run the same command in a terminal, from the same directory",
    ),
    "exited": Hint(
        "the driver exits while an answer is due",
        "an error that was not caught, an exit in the port, or an end of input seen too early",
        "read the last lines of its standard error; catch every error of a command and answer `refused`",
    ),
    "killed": Hint(
        "the driver is killed by a signal",
        "a crash in the port (SIGSEGV, SIGABRT), or SIGPIPE from a send to a client that has gone",
        "run the check again with --wrapper 'gdb --args', or type the exchange below under a debugger; ignore SIGPIPE "
        "if that is the signal",
    ),
    "closed-output": Hint(
        "the driver lives, but its output is closed",
        "it closed standard output, or handed it to something else",
        "keep standard output open until `bye`, and do not redirect it",
    ),
    "closed-input": Hint(
        "the driver no longer reads its input",
        "it closed standard input, or stopped reading at something it took for the end",
        "read lines until the end of input, whatever they hold",
    ),
    "not-connected": Hint(
        "no driver can be reached at that address",
        "the driver is not running, listens elsewhere, or serves another connection",
        "start it first, and check host and port",
    ),
    "connection-lost": Hint(
        "the driver closed the connection while an answer was due",
        "it stopped or crashed, or it closes the connection after each answer",
        "look at the driver's own console; keep the connection until `bye`",
    ),
    # Time.
    "no-answer": Hint(
        "no answer within the deadline",
        "the answer was not flushed, the driver waits for more input than one line, or the port's call hangs",
        "flush after every answer and read line by line; if both are so, look where the call hangs",
    ),
    "hanging-call": Hint(
        "a call of the port does not come back, after others did",
        "the call waits for something that does not come: a client that does not read, a lock, an endless loop",
        "look at its stack (a debugger, or the lines below where there are any): the host program hangs as well",
    ),
    "unfinished-line": Hint(
        "a line was begun and not ended within the deadline",
        "the line feed at the end is missing, or the rest was not flushed",
        "end every line with a line feed, then flush",
    ),
    "slow-answer": Hint(
        "an answer was still being written when its time was up",
        "it is larger than what the driver writes in that time: hex built byte by byte, a flush after each piece",
        "write the line in one piece, or give more time: --call-deadline SECONDS, or deadline in dasnet.toml",
    ),
    "stop-ignored": Hint(
        "the driver does not stop on `bye`",
        "a thread or an event loop keeps the process alive, or destroying an object hangs",
        "destroy everything on `bye` and at the end of input, then exit with status 0",
    ),
    "no-flush": Hint(
        "an answer comes only when the input has ended",
        "the answer stays in a buffer, or the driver reads all of its input before it carries out the first line",
        "flush standard output after every answer, and read line by line",
    ),
    "end-of-input-ignored": Hint(
        "the driver does not stop at the end of its input",
        "the end of the stream is read as an empty line, or a thread keeps the process alive",
        "leave the loop when reading gives nothing, destroy everything, exit with status 0",
    ),
    "terminate-ignored": Hint(
        "the driver does not end on SIGTERM",
        "the signal is caught or ignored, or the process is stuck in a call",
        "leave the signal as it is, or exit from its handler; until then the driver is killed",
    ),
    "left-behind": Hint(
        "the driver is gone and has left running processes behind",
        "it started a helper and did not end it, or it is started through a shell that does not wait",
        "end every helper on `bye` and at the end of input; start the driver itself, or with `exec`",
    ),
    # Lines in the wrong place.
    "stray-print": Hint(
        "a line that is no answer",
        "a greeting, a debug print, or a library that logs to standard output",
        "print to standard error; standard output is for answers alone",
    ),
    "wrong-number": Hint(
        "an answer with another number than the command",
        "the driver counts by itself, or an earlier answer was not written",
        "repeat the number that the command line began with",
    ),
    "event-after-answer": Hint(
        "an event that carries the number of a command already answered",
        "the answer was written before the callback's line, or a thread fires callbacks between commands",
        "write event lines before the value line; outside commands the number is 0",
    ),
    "unasked-line": Hint(
        "a line that nobody asked for, between commands",
        "an answer was written twice, or before its command was read",
        "write exactly one value, refused or unsupported line for each command",
    ),
    "line-too-long": Hint(
        "a line beyond the limit",
        "line feeds are missing, or something binary goes to standard output",
        "end every line with a line feed",
    ),
    # The form of a line.
    "byte-order-mark": Hint(
        "the output begins with a byte order mark",
        "the stream is opened in an encoding that writes one",
        "open standard output as plain UTF-8 or binary",
    ),
    "nul-byte": Hint(
        "NUL bytes in a line",
        "the stream is UTF-16, or a buffer is written with its terminator or beyond its end",
        "write plain ASCII, and exactly as many bytes as the line has",
    ),
    "carriage-return": Hint(
        "a carriage return inside a line",
        "a line end was written into a word, or the end of the line is CR CR LF",
        "percent-encode free text, and end lines with LF or CR LF",
    ),
    "not-ascii": Hint(
        "a byte in a line that is not printable ASCII",
        "free text was written as it is",
        "percent-encode free text as UTF-8",
    ),
    "spacing": Hint(
        "words that are not separated by exactly one space",
        "an empty value was written as an empty word, or a space stands at an end of the line",
        "write `-` for no bytes and for an empty text, and no space at either end",
    ),
    "unknown-line": Hint(
        "an answer of an unknown kind",
        "a typing error, or a word in upper case",
        "after the number comes `event`, `value`, `refused` or `unsupported`",
    ),
    "unknown-event": Hint(
        "an event of an unknown kind",
        "a typing error, or an event of a profile that was not asked for",
        "write one of: connect, disconnect, data, error, log, did",
    ),
    "unknown-object": Hint(
        "an event of an object that was never made",
        "an index, a descriptor or another object's number was written in place of the number that `new` gave",
        "keep the number of `new` with the object, and begin each of its events with it",
    ),
    "wrong-words": Hint(
        "too many or too few words",
        "a word is missing, free text holds a bare space, or two lines were run together",
        "compare the line with the grammar; percent-encode free text, end each line with a line feed",
    ),
    "wrong-value": Hint(
        "a value of another kind than the command has",
        "nothing where a boolean belongs, or a value where nothing belongs, or 1 for true",
        "write `true` or `false`, a decimal, or nothing, as the table of commands says",
    ),
    "bad-number": Hint(
        "a word that is no number of this protocol",
        "leading zeros, a plus sign, a fraction, or more than 64 bits",
        "write a plain decimal",
    ),
    "negative-size": Hint(
        "a negative size or object number in an event",
        "an unsigned number was printed as a signed one, or an error code was taken for a size",
        "pass on what the callback was given, printed as what it is",
    ),
    "bad-hex": Hint(
        "bytes that are not lowercase hex in pairs",
        "upper case, a dropped leading zero (%x in place of %02x), or an 0x in front",
        "write two lowercase digits for each byte, and `-` for no bytes",
    ),
    "bad-text": Hint(
        "free text that is not percent-encoded UTF-8",
        "a character left bare (`+` for a space, or one of !*'()/), a % that is none, or bytes that are no UTF-8",
        "write every byte outside A-Z a-z 0-9 . _ ~ - as % and two hex digits",
    ),
    "bad-kind": Hint(
        "a kind of refusal that is no word",
        "the name of an exception was passed on as it is",
        "use lowercase letters, digits and `-` only",
    ),
    # The conversation.
    "no-greeting": Hint(
        "the driver does not answer `hello`",
        "it refuses or does not know the first command",
        "answer `1 hello 1` with `1 value 1 NAME VERSION LANGUAGE PROFILES`",
    ),
    "wrong-version": Hint(
        "the driver speaks another version of the protocol",
        "driver and suite are of different ages",
        "update the older of the two",
    ),
    "reset-refused": Hint(
        "the driver refuses `reset`",
        "an object cannot be destroyed, or reset is not built in",
        "answer `unsupported` to be restarted for each check instead",
    ),
    "unknown-accepted": Hint(
        "an unknown command is not answered `unsupported`",
        "the last branch of the driver answers for whatever it does not know",
        "answer `unsupported` to every command that the driver has no code for",
    ),
    "driver-refusal": Hint(
        "the driver turns down a command as a mistake of whoever sent it",
        "it does not know an object that was made, or does not read an argument as the page says",
        "answer kind `driver` only to commands that cannot be read or that name what was never made",
    ),
    "reset-forgets-nothing": Hint(
        "a number is still taken after `reset`",
        "reset is answered without destroying the objects and emptying the tables",
        "forget every object, orphan and reaction on `reset`, or answer `unsupported` to it",
    ),
    "empty-claim": Hint(
        "a profile is claimed, and not one of its commands returns a value",
        "the profile is not built in, or every call of the port fails",
        "leave the profile out of the greeting, or see why its calls fail",
    ),
    "reaction-untold": Hint(
        "a reaction is accepted, and no `did` line tells what came of it",
        "the driver answers `react` and does not act on it in the callback",
        "do the action inside the callback and write its `did` line, or answer `react` with `unsupported`",
    ),
    "repeat-ignored": Hint(
        "a client receives something other than the bytes, repeated",
        "REPEAT is not read, or SIZE is taken for the length of BYTES",
        "make the buffer of BYTES, REPEAT times, and hand SIZE on as it is",
    ),
    "bad-headers": Hint(
        "the fields of a request or a response are no lines `name: value`, each ended by CR LF",
        "lines joined by LF, the last one without its end, or another way to write a map",
        "write each field as its name, a colon, a space, its value and CR LF, and the whole in hex",
    ),
    "outside-call": Hint(
        "a callback fires while no command runs",
        "a thread or a timer of the port, or the runtime's event loop",
        "touch the sockets inside commands only, and hand out in `tick` what was buffered",
    ),
    "not-in-protocol": Hint(
        "a command line that this protocol does not have",
        "the suite, or whoever types, made a mistake",
        "compare the line with the table of commands",
    ),
}
