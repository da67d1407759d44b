"""Runs one module of CPython's regression tests, and writes down what becomes of each test.

usage: run_module.py MODULE FILE LEFT_OUT

LEFT_OUT has patterns of tests that do not run, and the reasons. The file gets a JSON array per line: what happened, the id of the test, and details. It is written as
the tests go, so that it says where a process was that did not come to its end.
"""

import fnmatch
import importlib.util
import json
import os
import sys
import traceback
import unittest


def name_of(test):
    if isinstance(test, unittest.TestCase) and not callable(test.id):
        return unittest.TestCase.id(test)  # a test has an attribute of that name
    return test if isinstance(test, str) else test.id()


class Recorder(unittest.TestResult):
    def __init__(self, file):
        super().__init__()
        self._file = file

    def record(self, what, test="", details=""):
        json.dump([what, name_of(test), details], self._file)
        self._file.write("\n")
        self._file.flush()

    def startTest(self, test):
        super().startTest(test)
        self.record("started", test)

    def addSuccess(self, test):
        self.record("passed", test)

    def addFailure(self, test, error):
        self.record("failed", test, self._text(error))

    addError = addFailure

    def addSubTest(self, test, subtest, error):
        if error is not None:
            self.addFailure(test, error)

    def addSkip(self, test, reason):
        self.record("skipped", test, str(reason))

    def addExpectedFailure(self, test, error):
        self.record("passed", test)

    def addUnexpectedSuccess(self, test):
        self.record("failed", test, "unexpected success")

    def _text(self, error):
        return "".join(traceback.format_exception(*error))


def give_descriptors():
    """Some tests ask for these files' descriptors, and Clutch's have none."""
    sys.__stdout__ = open(1, "w", closefd=False)
    sys.__stderr__ = open(2, "w", closefd=False)


def read_patterns(path):
    with open(path, encoding="utf-8") as file:
        return [line.split()[0] for line in file if line.strip()]


def without(patterns, suite):
    if not isinstance(suite, unittest.TestSuite):
        left_out = any(fnmatch.fnmatchcase(name_of(suite), pattern) for pattern in patterns)
        return unittest.TestSuite() if left_out else suite
    return type(suite)([without(patterns, part) for part in suite])


def run(name, recorder, patterns):
    try:
        module = importlib.import_module(name)
        suite = without(patterns, unittest.defaultTestLoader.loadTestsFromModule(module))
    except unittest.SkipTest as e:
        recorder.record("skipped", name, str(e))
    except BaseException:
        recorder.record("failed", name, traceback.format_exc())
    else:
        suite.run(recorder)


def main():
    name, file, left_out = sys.argv[1:]
    folder = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if entry != folder]
    sys.argv[1:] = []
    give_descriptors()
    import test.support

    test.support.use_resources = []  # no network, nothing that takes long
    with open(file, "w", encoding="utf-8", errors="backslashreplace") as out:
        recorder = Recorder(out)
        run("test." + name, recorder, read_patterns(left_out))
        recorder.record("done")


main()
