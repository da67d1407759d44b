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


# The single-phase modules of the standard library of Python 3.12, for builds that have them built in.
_SINGLE_PHASE = frozenset(
    "_ctypes _curses _curses_panel _datetime _decimal _elementtree _lsprof _tkinter _zoneinfo"
    " faulthandler nis ossaudiodev pyexpat readline".split()
)


def _is_single_phase(spec):
    if spec.name in _SINGLE_PHASE:
        return True
    if not str(spec.origin).endswith(".so"):
        return False
    with open(spec.origin, "rb") as library:
        return b"PyModuleDef_Init" not in library.read()


def _refuse_single_phase(spec):
    """Raise what CPython raises for a module that does not support subinterpreters, but in time.

    CPython 3.12 first runs the init function. That puts objects of this interpreter's allocator into
    static types, and another interpreter will free them with its own. Later versions run the init
    function of a doubtful module in the main interpreter.
    """
    if sys.version_info < (3, 13) and _is_single_phase(spec):
        message = f"module {spec.name} does not support loading in subinterpreters"
        raise ImportError(message, name=spec.name, path=spec.origin)


def _leave_signals_to_the_jvm(faulthandler):
    def refuse(*args, **kwargs):
        raise RuntimeError("faulthandler would take over signals that the JVM needs")

    faulthandler.enable = faulthandler.register = refuse


def _guard_imports(check_multi_interp_extensions):
    def guard(create):
        def guarded(spec, *file):
            if check_multi_interp_extensions:
                _refuse_single_phase(spec)
            module = create(spec, *file)
            if spec.name == "faulthandler":
                _leave_signals_to_the_jvm(module)
            return module

        return guarded

    _imp.create_dynamic = guard(_imp.create_dynamic)
    _imp.create_builtin = guard(_imp.create_builtin)


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
