"""Imports a module, and tells which extension modules that loads, and what went wrong.

The probe runs this in each interpreter, with the functions _report and _definition, which are C's.
It imports nothing that is not there anyway: the module is to find an interpreter as it is at its start.
"""

import _frozen_importlib
import _imp
import sys

_find_and_load = _frozen_importlib._find_and_load.__code__


def _importers():
    """Names of the modules that are being imported on this thread, outermost first."""
    names = []
    frame = sys._getframe(2)
    while frame is not None:
        if frame.f_code is _find_and_load:
            names.append(frame.f_locals["name"])
        frame = frame.f_back
    # The innermost is the extension module. A package whose submodule was asked for is being loaded
    # while that is not yet.
    return [name for name in reversed(names[1:]) if name in sys.modules]


def _watch(create):
    def watched(spec, *file):
        origin = "" if spec.origin is None or spec.origin == "built-in" else spec.origin
        _report("load", spec.name, origin, *_importers())
        module = create(spec, *file)
        definition = _definition(module)
        if definition is not None:
            _report("defined", spec.name, origin, *definition)
        return module

    return watched


def prepare(folders):
    sys.path[:0] = folders
    _imp.create_dynamic = _watch(_imp.create_dynamic)
    _imp.create_builtin = _watch(_imp.create_builtin)


def import_module(name):
    __import__(name)


def exercise(path):
    with open(path, "rb") as file:
        code = compile(file.read(), path, "exec")
    exec(code, sys.modules["__main__"].__dict__)


def finish(_):
    """End the threads that threading knows, as it does when Python ends.

    Its own _shutdown expects the thread that imported it, whose thread state is gone.
    """
    threading = sys.modules.get("threading")
    if threading is None:
        return
    functions = getattr(threading, "_threading_atexits", [])
    while functions:
        functions.pop()()
    for thread in threading.enumerate():
        if thread is not threading.main_thread() and not isinstance(thread, threading._DummyThread):
            thread.join()


def _chain(exception):
    """The exception, and those that led to it."""
    seen = []
    while exception is not None and exception not in seen:
        seen.append(exception)
        exception = exception.__cause__ or exception.__context__
    return seen


def _is_refusal(exception):
    return isinstance(exception, ImportError) and "does not support loading in subinterpreters" in str(exception)


def _type_name(exception):
    kind = type(exception)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _without_probe(trace):
    for each in _chain(trace):
        each.stack[:] = [frame for frame in each.stack if frame.filename != __file__]
    return trace


def describe(exception):
    """Whether CPython refused an extension module, the exception's type, text and traceback."""
    try:
        text = str(exception)
    except Exception:
        text = "<its str() failed>"
    refused = any(map(_is_refusal, _chain(exception)))
    try:
        import traceback

        trace = "".join(_without_probe(traceback.TracebackException.from_exception(exception)).format())
    except BaseException:
        trace = ""
    return str(int(refused)), _type_name(exception), text, trace
