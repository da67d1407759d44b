"""The Python side of the clutch command, loaded as module _clutch_cli."""

import functools
import importlib.machinery
import importlib.util
import sys


def prepare_script(argv, folder):
    """What python itself sets up before it runs a script."""
    sys.argv = argv
    sys.path.insert(0, folder)


def load(name, path, folder):
    """Imports a file as a module, so that its `if __name__ == "__main__"` does not run."""
    sys.path.insert(0, folder)
    loader = importlib.machinery.SourceFileLoader(name, path)
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(name, loader))
    sys.modules[name] = module
    loader.exec_module(module)


def has_function(name, function):
    return callable(
        functools.reduce(
            lambda value, part: getattr(value, part, None),
            function.split("."),
            sys.modules[name],
        )
    )


def stdlib():
    import os

    return os.path.dirname(os.__file__)


def join_threads():
    """Waits for the script's threads, as python does before it exits."""
    threading = sys.modules.get("threading")
    while threading is not None:
        others = [t for t in threading.enumerate() if not t.daemon and is_other(threading, t)]
        if not others:
            return
        others[0].join()


def is_other(threading, thread):
    return thread is not threading.main_thread() and thread is not threading.current_thread()
