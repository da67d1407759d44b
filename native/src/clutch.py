"""The part of the module clutch that is written in Python.

It is compiled into the glue and runs in the module's own namespace, where the C part (module.c) has
put sleep, _write, _flush and _interpreter_id already.
"""

import _imp
import io
import sys


class Interpreter:
    """An interpreter, as PEP 734 describes it; here, one to look at."""

    __slots__ = ("_id",)

    def __init__(self, id):
        self._id = id

    @property
    def id(self):
        return self._id

    def __repr__(self):
        return f"clutch.Interpreter({self._id})"

    def __eq__(self, other):
        return isinstance(other, Interpreter) and other._id == self._id

    def __hash__(self):
        return hash(self._id)


def get_current():
    """Return the interpreter that this code runs in."""
    return Interpreter(_interpreter_id())


# Functions that do something to the whole process, by module, and why they may not.
_PROCESS_WIDE = {
    "faulthandler": (("enable", "register"), "faulthandler would take over signals that the JVM needs"),
    "_tracemalloc": (
        ("start",),
        "tracemalloc would trace all interpreters at once and mix up their objects;"
        " Java's Interpreter.memory() tells what this one has",
    ),
}


def _refuse_process_wide(module, names, reason):
    def refuse(*args, **kwargs):
        raise RuntimeError(reason)

    for name in names:
        setattr(module, name, refuse)


def _keep_to_one_interpreter():
    """Have modules lose their functions of _PROCESS_WIDE as soon as they are made."""

    def watch(create):
        def watched(spec, *file):
            module = create(spec, *file)
            if spec.name in _PROCESS_WIDE:
                _refuse_process_wide(module, *_PROCESS_WIDE[spec.name])
            return module

        return watched

    _imp.create_dynamic = watch(_imp.create_dynamic)
    _imp.create_builtin = watch(_imp.create_builtin)


def _stand_in_for_posixsubprocess():
    """Let subprocess be imported, as asyncio does, where it may start nothing.

    The real fork_exec raises no audit event.
    """

    def fork_exec(args, executables, *others):
        sys.audit("subprocess.Popen", executables, args, None, None)
        raise PermissionError("subprocesses are denied")

    stand_in = type(sys)("_posixsubprocess")
    stand_in.fork_exec = fork_exec
    sys.modules["_posixsubprocess"] = stand_in


def _keep_shared_types():
    """Load, in the main interpreter, what must not be torn down by the last one that has it.

    The static types of _datetime in Python 3.13 are set up by the first interpreter that imports it
    and torn down by the last, without a lock (gh-136421, gh-136423). The main one is never closed.
    """
    if (3, 13) <= sys.version_info < (3, 14):
        import _datetime


def _end_idle_workers():
    """Let the idle workers of thread pools end, as Python does at its own exit, but wait for none.

    They wait in a lock, where no interrupt reaches them.
    """
    pools = sys.modules.get("concurrent.futures.thread")
    if pools is not None:
        with pools._global_shutdown_lock:
            pools._shutdown = True
            queues = list(pools._threads_queues.values())
        for queue in queues:
            queue.put(None)


def _run_threading_exit_functions():
    """Do what threading._shutdown would do when the modules are going already.

    Left to it, joining ended workers makes Python 3.13 report an error of its own.
    """
    functions = getattr(sys.modules.get("threading"), "_threading_atexits", [])
    while functions:
        functions.pop()()


# What Java has types for and C does not know: taken apart here on the way to Java, put together on the
# way back. A taker gives a kind and a tuple of simple values; the typecode of an array, which C then
# copies; or None for a value that Java could not hold whole, which crosses as an object.

_takers_apart = {}
_unlearned = {"array", "clutch", "datetime", "_pydatetime", "decimal", "_pydecimal", "uuid"}


def _learn(module):
    """Learn the types of a module that somebody imported, be it C or Python code."""
    name = module.removeprefix("_py")
    _unlearned.difference_update((name, "_py" + name))
    globals()["_learn_" + name](sys.modules[name])


def _learn_array(array):
    _takers_apart[array.array] = lambda value: _JAVA_CODES.get(value.typecode)


def _learn_clutch(clutch):
    _takers_apart[_boolean_array()] = lambda value: "?"


def _learn_decimal(decimal):
    def take_apart(value):
        sign, digits, exponent = value.as_tuple()
        if not value.is_finite() or (sign and not any(digits)):
            return None
        if not -(2**31) < exponent <= 2**31:
            return None
        return "D", (bool(sign), "".join(map(str, digits)), exponent)

    _takers_apart[decimal.Decimal] = take_apart


def _learn_uuid(uuid):
    _takers_apart[uuid.UUID] = lambda value: ("U", (value.bytes,))


def _learn_datetime(datetime):
    _takers_apart.update(
        {
            datetime.date: lambda value: ("d", (value.toordinal(),)),
            datetime.time: _take_time_apart,
            datetime.datetime: _take_datetime_apart,
            datetime.timedelta: lambda value: (
                "T",
                (value.days, value.seconds, value.microseconds),
            ),
        }
    )


def _microseconds(time):
    seconds = (time.hour * 60 + time.minute) * 60 + time.second
    return seconds * 1_000_000 + time.microsecond


def _take_time_apart(time):
    if time.tzinfo is not None or time.fold:
        return None
    return "t", (_microseconds(time),)


def _take_datetime_apart(time):
    offset = time.utcoffset()
    parts = time.toordinal(), _microseconds(time)
    if offset is None:
        return None if time.tzinfo is not None or time.fold else ("n", parts)
    seconds = offset.days * 86_400 + offset.seconds
    if offset.microseconds or abs(seconds) > 18 * 3600:
        return None
    return "z", (*parts, seconds)


def _put_together(kind, parts):
    return globals()["_make_" + _MAKERS[kind]](*parts)


_MAKERS = {
    "D": "decimal",
    "U": "uuid",
    "d": "date",
    "t": "time",
    "n": "datetime",
    "z": "datetime",
    "T": "timedelta",
}


def _make_decimal(negative, digits, exponent):
    """Not from text: where Decimal is Python code, that goes through int() and its limit."""
    from decimal import Decimal

    return Decimal((int(negative), tuple(map(int, digits)), int(exponent)))


def _make_uuid(bytes):
    from uuid import UUID

    return UUID(bytes=bytes)


def _make_date(ordinal):
    from datetime import date

    return date.fromordinal(ordinal)


def _make_time(microseconds):
    from datetime import time

    seconds, microsecond = divmod(microseconds, 1_000_000)
    minutes, second = divmod(seconds, 60)
    return time(*divmod(minutes, 60), second, microsecond)


def _make_datetime(ordinal, microseconds, offset=None):
    from datetime import datetime, timedelta, timezone

    tzinfo = None
    if offset is not None:
        tzinfo = timezone(timedelta(seconds=offset)) if offset else timezone.utc
    return datetime.combine(_make_date(ordinal), _make_time(microseconds), tzinfo)


def _make_timedelta(days, seconds, microseconds):
    from datetime import timedelta

    return timedelta(days, seconds, microseconds)


# array's typecodes that Java has a type for; "l" is as wide as "q" here.
_JAVA_CODES = {"b": "b", "h": "h", "H": "H", "i": "i", "l": "q", "q": "q", "f": "f", "d": "d"}


def _boolean_array():
    """Return the type of arrays of booleans: array has no typecode for them."""
    from array import array

    global BooleanArray
    if "BooleanArray" not in globals():

        class BooleanArray(array):
            """A boolean[] of Java: an array of the typecode B that holds 0 and 1."""

        BooleanArray.__module__ = "clutch"
        BooleanArray.__qualname__ = "BooleanArray"
    return BooleanArray


def _new_array(code):
    from array import array

    return _boolean_array()("B") if code == "?" else array(code)


def _structure(value):
    """Return what Java makes a record or an enum constant from, or None for everything else."""
    kind = type(value)
    if hasattr(kind, "__dataclass_fields__"):
        fields = sys.modules["dataclasses"].fields(kind)
        return {field.name: getattr(value, field.name) for field in fields}
    if isinstance(value, tuple) and hasattr(kind, "_fields"):
        return dict(zip(kind._fields, value))
    enum = sys.modules.get("enum")
    if enum is not None and isinstance(value, enum.Enum):
        return value.name
    return None


def _replace_sleep():
    """CPython's own time.sleep looks for signals when it is woken, and those are the main thread's."""
    import time

    sleep.__module__ = "time"  # pickle's name for it: an interpreter that Python makes has no other
    time.sleep = sleep


def _checkpoint():
    """Do nothing: but an exception that was sent to this thread is raised here."""


# Messages: what is in them belongs to no interpreter.


def _pickle(value):
    import pickle

    return pickle.dumps(value, pickle.HIGHEST_PROTOCOL)


def _unpickle(data):
    import pickle

    return pickle.loads(data)


def _take_memory_apart(view):
    data = view.tobytes()
    _new_memory(data, view.format, view.shape, True)  # or whoever receives it finds out that it cannot
    return data, view.format, view.shape, view.readonly


def _new_memory(data, format, shape, readonly):
    view = memoryview(data if readonly else bytearray(data))
    if len(shape) == 1:
        return view if format == "B" else view.cast(format)
    return view.cast(format, shape)


def __getattr__(name):
    """Make the exceptions of queues when somebody asks: the module queue imports many others."""
    if name not in ("QueueEmpty", "QueueFull"):
        raise AttributeError(f"module 'clutch' has no attribute {name!r}", name=name)
    import queue

    class QueueEmpty(queue.Empty):
        """A queue had nothing to get in time."""

    class QueueFull(queue.Full):
        """A queue had no room in time."""

    for error in QueueEmpty, QueueFull:
        error.__qualname__ = error.__name__
        globals().setdefault(error.__name__, error)
    return globals()[name]


async def _receive_async(end):
    while True:
        try:
            return end.receive_nowait()
        except TimeoutError:
            await _readable(end)


async def _next_async(end):
    try:
        return await _receive_async(end)
    except EOFError:
        raise StopAsyncIteration from None


async def _readable(end):
    """Wait with a descriptor of our own: a loop knows each only once.

    The loop waits in its own select, where an interrupt of the interpreter does not reach it. So there
    is an alarm as well; what was sent is raised by the first bytecode after it.
    """
    import asyncio
    import os

    loop = asyncio.get_running_loop()
    readable = asyncio.Event()
    with _Alarm() as alarm:
        descriptor = end._duplicate()
        for each in descriptor, alarm:
            loop.add_reader(each, readable.set)
        try:
            await readable.wait()
        finally:
            for each in descriptor, alarm:
                loop.remove_reader(each)
            os.close(descriptor)


class PolicyError(Exception):
    """The policy of this interpreter denies something: event is the audit event that was refused."""


class AccessDenied(PolicyError, PermissionError):
    """The policy of this interpreter denies an access."""


class ImportDenied(PolicyError, ImportError):
    """The policy of this interpreter denies a module."""


class ChannelClosed(Exception):
    """An end of the channel is closed."""


class QueueClosed(Exception):
    """A queue was closed: nothing can be put, and what was in it has been got."""


class OutputBuffer(io.BufferedIOBase):
    """The bytes under an OutputStream."""

    def __init__(self, stream):
        self._stream = stream

    def writable(self):
        return True

    def write(self, data):
        with memoryview(data) as view:
            data = view.tobytes()
        _write(self._stream, data)
        return len(data)

    def flush(self):
        _flush(self._stream)


class OutputStream(io.TextIOBase):
    """sys.stdout or sys.stderr: hands whole lines to Java.

    Lines are put together in C, so that what a line is missing is still known when this object is
    gone.
    """

    encoding = "utf-8"
    errors = "backslashreplace"
    line_buffering = True
    mode = "w"

    def __init__(self, stream, name):
        self._stream = stream
        self.name = name
        self.buffer = OutputBuffer(stream)

    def writable(self):
        return True

    def write(self, text):
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text).__name__}")
        _write(self._stream, text.encode("utf-8", "backslashreplace"))
        return len(text)

    def flush(self):
        _flush(self._stream)

    def reconfigure(self, **options):
        """Do nothing: for programs that ask for UTF-8, which it is."""
