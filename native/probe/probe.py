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


def _origin(spec):
    return "" if spec.origin is None or spec.origin == "built-in" else spec.origin


_created = {}  # id of a module that is yet to be executed -> its name and origin
_loaded = set()


def _define(name, origin, module):
    definition = _definition(module)
    if definition is not None:
        _report("defined", name, origin, *definition)


def _watch_create(create):
    def watched(spec, *file):
        name, origin = spec.name, _origin(spec)
        _loaded.add(name)
        _report("load", name, origin, *_importers())
        try:
            module = create(spec, *file)
        except BaseException:
            _report("done", name, origin, "raised")
            raise
        _define(name, origin, module)
        _created[id(module)] = name, origin
        return module

    return watched


def _watch_execute(execute):
    def watched(module):
        key = _created.pop(id(module), None)
        if key is None:
            return execute(module)
        try:
            result = execute(module)
        except BaseException:
            _report("done", *key, "raised")
            raise
        _report("done", *key, "well")
        return result

    return watched


def prepare(folders):
    sys.path[:0] = folders
    _imp.create_dynamic = _watch_create(_imp.create_dynamic)
    _imp.create_builtin = _watch_create(_imp.create_builtin)
    _imp.exec_dynamic = _watch_execute(_imp.exec_dynamic)
    _imp.exec_builtin = _watch_execute(_imp.exec_builtin)


def import_module(name):
    __import__(name)
    if name not in _loaded:
        _tell_of_early(name)


def _tell_of_early(name):
    """What CPython loaded before it could be watched."""
    module = sys.modules.get(name)
    spec = getattr(module, "__spec__", None)
    if spec is not None and _definition(module) is not None:
        origin = _origin(spec)
        _report("load", name, origin)
        _define(name, origin, module)
        _report("done", name, origin, "well")


_early = set(sys.modules)


def tell_modules(_):
    """Those that are not extension modules. The import system puts each last once it is loaded."""
    modules = [item for item in sys.modules.items() if item[0] not in _early]
    _report("modules", "\n".join(name for name, module in modules if _definition(module) is None))


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
    while exception is not None and not any(each is exception for each in seen):
        seen.append(exception)
        if exception.__cause__ is None and not exception.__suppress_context__:
            exception = exception.__context__
        else:
            exception = exception.__cause__
    return seen


def _is_refusal(exception):
    return isinstance(exception, ImportError) and "does not support loading in subinterpreters" in _text(exception)


def _type_name(exception):
    kind = type(exception)
    return kind.__qualname__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"


def _text(exception):
    try:
        return str(exception)
    except Exception:
        return "<its str() failed>"


def _source_line(path, number):
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            for at, line in enumerate(file, 1):
                if at == number:
                    return f"    {line.strip()}\n"
    except OSError:
        pass
    return ""


def _frames(trace):
    while trace is not None:
        code = trace.tb_frame.f_code
        if code.co_filename != __file__:
            yield f'  File "{code.co_filename}", line {trace.tb_lineno}, in {code.co_name}\n'
            yield _source_line(code.co_filename, trace.tb_lineno)
        trace = trace.tb_next


def _traceback(exceptions):
    """As Python prints it. The module traceback would bring dozens of others, and take far longer."""
    parts = []
    previous = None
    for exception in reversed(exceptions):
        if previous is not None and exception.__cause__ is previous:
            parts.append("\nThe above exception was the direct cause of the following exception:\n\n")
        elif previous is not None:
            parts.append("\nDuring handling of the above exception, another exception occurred:\n\n")
        parts.append("Traceback (most recent call last):\n")
        parts.extend(_frames(exception.__traceback__))
        parts.append(f"{_type_name(exception)}: {_text(exception)}\n")
        previous = exception
    return "".join(parts)


def describe(exception):
    """Whether CPython refused an extension module, the exception's type, text and traceback."""
    chain = _chain(exception)
    refused = any(map(_is_refusal, chain))
    return str(int(refused)), _type_name(exception), _text(exception), _traceback(chain)
