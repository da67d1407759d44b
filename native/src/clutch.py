"""The part of the module clutch that is written in Python.

It is compiled into the glue and runs in the module's own namespace, where the C part (module.c) has
put _write, _flush and _interpreter_id already.
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


# What the standard library has that an interpreter with its own allocator must not load.
if sys.version_info < (3, 13):
    # Its single-phase modules, in case they are built in.
    _UNSAFE = frozenset(
        "_ctypes _curses _curses_panel _datetime _decimal _elementtree _lsprof _tkinter _zoneinfo"
        " faulthandler nis ossaudiodev pyexpat readline".split()
    )
elif sys.version_info < (3, 14):
    # _datetime declares support for an own GIL, but puts objects into static types (gh-117398);
    # _zoneinfo builds on it.
    _UNSAFE = frozenset({"_datetime", "_zoneinfo"})
else:
    _UNSAFE = frozenset()


def _is_single_phase(path):
    with open(path, "rb") as library:
        return b"PyModuleDef_Init" not in library.read()


def _is_unsafe(spec):
    if spec.name in _UNSAFE:
        return True
    # Later versions run the init function of a doubtful module in the main interpreter.
    runs_init_here = sys.version_info < (3, 13) and str(spec.origin).endswith(".so")
    return runs_init_here and _is_single_phase(spec.origin)


def _refuse_unsafe_modules():
    """Refuse extension modules that would corrupt memory, before their init functions run.

    They put objects of this interpreter's allocator into static types, which other interpreters
    share, and free with another allocator. CPython 3.12 refuses single-phase modules only after
    that has happened. Where there is a pure-Python module to fall back to, it serves.
    """

    def guard(create):
        def guarded(spec, *file):
            if _is_unsafe(spec):
                message = f"module {spec.name} does not support loading in subinterpreters"
                raise ImportError(message, name=spec.name, path=spec.origin)
            return create(spec, *file)

        return guarded

    _imp.create_dynamic = guard(_imp.create_dynamic)
    _imp.create_builtin = guard(_imp.create_builtin)


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
