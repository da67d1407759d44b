"""What the import guard says when it refuses an extension module.

It is compiled into the glue and runs in a namespace of its own, when there is something to refuse.
"""

import sys

# A distribution that lists more, or an environment with more of them, goes without its name.
_MOST_DISTRIBUTIONS = 2000
_MOST_BYTES = 16 << 20


def refusal(spec, reason, strict):
    """Return the ImportError for a module whose file is refused for a reason."""
    name, file = spec.name, spec.origin
    parts = [f"{_wrong(name, strict)}: {file}{_of_distribution(name, file)} {reason}"]
    chain = _import_chain()
    if len(chain) > 1:
        parts.append(f"It is imported by {' -> '.join(chain)}")
    parts.append(_remedy(name, strict))
    return ImportError(". ".join(parts), name=name, path=file)


def _wrong(name, strict):
    if strict:
        return f"module {name} is not known to support an own GIL, as ImportGuard.STRICT wants"
    return f"module {name} does not support loading in subinterpreters"


def _remedy(name, strict):
    if strict:
        return f"Have `clutch check {name}` find out, or use ImportGuard.STATIC"
    return (
        "Use InterpreterConfig.legacy() or the main interpreter;"
        f" `clutch check {name}` tells more"
    )


def _import_chain():
    """Return the names of the modules that are being imported on this thread, outermost first."""
    names = []
    frame = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if code.co_name == "_find_and_load" and code.co_filename == "<frozen importlib._bootstrap>":
            names.append(str(frame.f_locals.get("name")))
        frame = frame.f_back
    return names[::-1]


def _of_distribution(name, file):
    try:
        found = _distribution(name, file)
    except Exception:  # a policy may deny to read; and metadata may be anything
        return ""
    return f" of {found}" if found else ""


def _distribution(name, file):
    """Return the name and version of the distribution that installed the file, or None."""
    import os

    folder, *inner = _split(os.path, name, file)
    if os.path.basename(folder) == "lib-dynload":
        return None
    entries = [entry for entry in os.listdir(folder) if entry.endswith(".dist-info")]
    likely = inner[0].split(".")[0].lower()
    entries.sort(key=lambda entry: not entry.lower().startswith(likely))
    left = _MOST_BYTES
    for entry in entries[:_MOST_DISTRIBUTIONS]:
        data = _read(os.path.join(folder, entry, "RECORD"), left)
        left -= len(data)
        if f"\n{'/'.join(inner)},".encode() in b"\n" + data:
            return _title(os.path.join(folder, entry, "METADATA"))
    return None


def _split(path, name, file):
    """Return the folder that sys.path has, and the parts of the way from it to the file."""
    inner = []
    for _ in name.split("."):
        file, last = path.split(file)
        inner.insert(0, last)
    return file, *inner


def _read(file, most):
    try:
        with open(file, "rb") as opened:
            return opened.read(max(most, 0))
    except FileNotFoundError:
        return b""


def _title(metadata):
    """Return what the file METADATA says: "name version"."""
    fields = {}
    for line in _read(metadata, 1 << 16).decode().splitlines():
        if not line:
            break
        key, _, value = line.partition(":")
        fields.setdefault(key, value.strip())
    return f"{fields['Name']} {fields['Version']}"
