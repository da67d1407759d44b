"""Compares what run_module.py wrote with a JVM and without, and prints a table.

usage: compare.py VERSION RESULTS DIFFERENCES [FILE]

RESULTS has the folders plain and jvm, with MODULE.jsonl and MODULE.status of each module. A test that
ends worse with the JVM is a difference. DIFFERENCES explains some: lines of the versions, the test, and
the reason. The modules with others are written to FILE; if there are any, the exit status is 1.
"""

import collections
import fnmatch
import json
import os
import sys

END = ":end"  # of the process, as one more test
BAD = "failed", "unfinished"


class Outcome:
    """What became of the tests of one module in one of the two."""

    def __init__(self, folder, module):
        self.tests = {}
        self.details = {}
        self.done = False
        with open(os.path.join(folder, module + ".status")) as file:
            status = file.read().strip()
        path = os.path.join(folder, module + ".jsonl")
        if os.path.exists(path):
            with open(path, encoding="utf-8") as file:
                for line in file:
                    self._read(line)
        self.tests[END] = "passed" if self.done and status == "0" else "failed"
        self.details[END] = f"exit status {status}"

    def _read(self, line):
        try:
            what, test, details = json.loads(line)
        except ValueError:  # the process died while it wrote this
            return
        if what == "done":
            self.done = True
        elif what == "started":
            self.tests.setdefault(test, "unfinished")
        elif self.tests.get(test) != "failed":
            self.tests[test] = what
            self.details[test] = details

    def of(self, test):
        return self.tests.get(test, "missing")

    def bad(self):
        return {test for test, what in self.tests.items() if what in BAD}


def is_worse(jvm, plain):
    return plain not in BAD if jvm in BAD else plain == "passed" and jvm != "passed"


class Comparison:
    """Of one module."""

    def __init__(self, results, module, explained):
        self.module = module
        self.plain, self.jvm = (Outcome(f"{results}/{side}", module) for side in ("plain", "jvm"))
        # What the plain program did not come to is not known.
        tests = self.plain.tests | self.jvm.tests if self.plain.done else self.plain.tests
        worse = [test for test in tests if is_worse(self.jvm.of(test), self.plain.of(test))]
        self.different = [test for test in worse if not explained(self._name(test))]
        self.verdict = self._verdict(worse)

    def _name(self, test):
        return f"test.{self.module}{END}" if test == END else test

    def _verdict(self, worse):
        if worse:
            return "different" if self.different else "explained"
        plain, jvm = self.plain.bad(), self.jvm.bad()
        if plain == jvm:
            return "same failures" if jvm else "passed in both"
        return "fewer failures with the JVM"

    def show(self):
        missing = [test for test in self.different if self.jvm.of(test) == "missing"]
        for test in self.different:
            if test not in missing:
                self._show_test(test)
        if missing:
            print(f"test.{self.module}: {len(missing)} tests missing with the JVM, {missing[0]} first")

    def _show_test(self, test):
        print(f"{self._name(test)}: {self.jvm.of(test)} with the JVM, {self.plain.of(test)} without")
        for line in self.jvm.details.get(test, "").strip().splitlines()[-3:]:
            print("    " + line[:200])


def read_explained(path, version):
    patterns = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            if line.strip() and not line.startswith("#"):
                versions, pattern, _ = line.split(maxsplit=2)
                if version in versions.split(","):
                    patterns.append(pattern)
    return lambda test: any(fnmatch.fnmatchcase(test, pattern) for pattern in patterns)


VERDICTS = (
    "passed in both",
    "same failures",
    "fewer failures with the JVM",
    "explained",
    "different",
)


def show_table(version, modules):
    tests = collections.Counter(
        what for each in modules for test, what in each.jvm.tests.items() if test != END
    )
    both = sum(each.plain.done and each.jvm.done for each in modules)
    verdicts = collections.Counter(each.verdict for each in modules)
    print(f"CPython {version}, with the JVM: {tests.total()} tests, {tests['passed']} passed,"
          f" {tests['skipped']} skipped")
    print(f"{len(modules):5d}  modules; {both} came to their end in both")
    for verdict in VERDICTS:
        print(f"{verdicts[verdict]:5d}    {verdict}")


def main():
    version, results, path, *rest = sys.argv[1:]
    explained = read_explained(path, version)
    names = sorted(file[:-7] for file in os.listdir(results + "/jvm") if file.endswith(".status"))
    modules = [Comparison(results, name, explained) for name in names]
    for each in modules:
        each.show()
    show_table(version, modules)
    different = [each.module for each in modules if each.different]
    for file in rest:
        with open(file, "w") as out:
            out.writelines(module + "\n" for module in different)
    sys.stdout.flush()
    os._exit(1 if different else 0)  # sys.exit would finalize CPython, while in a subinterpreter


main()
