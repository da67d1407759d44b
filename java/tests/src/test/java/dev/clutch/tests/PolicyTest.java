package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.clutch.Gil;
import dev.clutch.Interpreter;
import dev.clutch.InterpreterConfig;
import dev.clutch.Interpreters;
import dev.clutch.Policy;
import dev.clutch.PythonException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a policy denies, and what it leaves alone. */
@Tag("jni")
class PolicyTest {
  @TempDir private Path folder;
  private Path inside;
  private Path outside;

  @BeforeEach
  void makeFolders() throws IOException {
    inside = Files.createDirectory(folder.resolve("inside")).toRealPath();
    outside = Files.createDirectory(folder.resolve("outside")).toRealPath();
    Files.writeString(inside.resolve("file"), "inside");
    Files.writeString(outside.resolve("secret"), "secret");
    Files.createDirectory(inside.resolve("sub"));
    Files.createSymbolicLink(inside.resolve("link"), outside.resolve("secret"));
    Files.createSymbolicLink(inside.resolve("folderlink"), outside);
    Files.createSymbolicLink(inside.resolve("dangling"), outside.resolve("new"));
    Files.createSymbolicLink(inside.resolve("chain"), Path.of("dangling"));
    Files.createSymbolicLink(inside.resolve("loop"), Path.of("loop"));
  }

  private Interpreter create(Policy.Builder policy) {
    return create(InterpreterConfig.isolated(), policy);
  }

  private Interpreter create(InterpreterConfig start, Policy.Builder policy) {
    Interpreter made = Interpreters.create(start.toBuilder().policy(policy.build()).build());
    made.set("inside", inside.toString());
    made.set("outside", outside.toString());
    return made;
  }

  private static void assertDenied(Interpreter interpreter, String source, String event) {
    interpreter.run(
        "import clutch\nevent = None\ntry:\n    "
            + source.replace("\n", "\n    ")
            + "\nexcept clutch.PolicyError as e:\n    event = e.event\n"
            + "except Exception as e:\n"
            + "    event = getattr(e.__cause__ or e.__context__, 'event', repr(e))\n");
    assertThat(interpreter.get("event")).as(source).isEqualTo(event);
  }

  private void assertNothingHappenedOutside() throws IOException {
    try (var files = Files.list(outside)) {
      assertThat(files).containsExactly(outside.resolve("secret"));
    }
    assertThat(outside.resolve("secret")).hasContent("secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "open: open(outside + '/secret')",
        "open: open(outside + '/new', 'w')",
        "open: open(outside + '/missing/new', 'w')",
        "open: open((outside + '/secret').encode())",
        "open: import pathlib\npathlib.Path(outside, 'secret').read_text()",
        "open: import io\nio.FileIO(outside + '/secret')",
        "open: import io\nio.open_code(outside + '/secret')",
        "open: open(inside + '/../outside/secret')",
        "open: open(inside + '/sub/../../outside/secret')",
        "open: open(inside + '/link')",
        "open: open(inside + '/folderlink/secret')",
        "open: open(inside + '/dangling', 'w')",
        "open: open(inside + '/chain', 'w')",
        "open: open(inside + '/loop')",
        "open: open(inside + '/missing/../../outside/secret')",
        "open: open('/proc/self/root' + outside + '/secret')",
        "open: open('/proc/self/mem', 'r+b')",
        "open: import os\nopen(os.path.relpath(outside + '/secret'))",
        "open: import os\nos.open(outside + '/secret', os.O_RDONLY)",
        "open: import os\nd = os.open(inside + '/sub', os.O_RDONLY)\n"
            + "os.open('../../outside/secret', os.O_RDONLY, dir_fd=d)",
        "open: import os\nd = os.open(inside, os.O_RDONLY)\n"
            + "os.open('new', os.O_RDWR | os.O_CREAT, dir_fd=type('D', (), {'__index__': lambda s: d})())",
        "open: import io\nclass P:\n    def __fspath__(self): return inside + '/file'\n"
            + "io.FileIO(P())",
        "open: import json\nopen(json.__file__, 'a')",
        "open: import tempfile\ntempfile.TemporaryFile(dir=outside)",
        "open: import tempfile\ntempfile.NamedTemporaryFile(dir=outside)",
        "open: import shutil\nshutil.copy(inside + '/file', outside + '/new')",
        "open: import shutil\nshutil.copy(outside + '/secret', inside + '/copy')",
        "open: import linecache, tokenize\ntokenize.open(outside + '/secret')",
        "open: import zipfile\nzipfile.ZipFile(outside + '/secret')",
        "os.listdir: import os\nos.listdir(outside)",
        "os.scandir: import os\nos.scandir(outside)",
        "os.scandir: import shutil\nshutil.copytree(outside, inside + '/copy')",
        "os.remove: import os\nos.remove(outside + '/secret')",
        "os.remove: import os\nos.remove(inside + '/folderlink/secret')",
        "os.remove: import os\nd = os.open(inside, os.O_RDONLY)\n"
            + "os.remove('../outside/secret', dir_fd=d)",
        "os.rename: import os\nos.rename(outside + '/secret', inside + '/secret')",
        "os.rename: import os\nos.rename(inside + '/file', outside + '/file')",
        "os.rename: import os\nos.replace(inside + '/file', outside + '/secret')",
        "os.mkdir: import os\nos.mkdir(outside + '/new')",
        "os.mkdir: import os\nos.makedirs(outside + '/new/newer')",
        "os.mkdir: import tempfile\ntempfile.mkdtemp(dir=outside)",
        "os.rmdir: import os\nos.rmdir(outside)",
        "os.chmod: import os\nos.chmod(outside + '/secret', 0)",
        "os.chown: import os\nos.chown(outside + '/secret', -1, -1)",
        "os.link: import os\nos.link(outside + '/secret', inside + '/hard')",
        "os.link: import os\nos.link(inside + '/file', outside + '/hard')",
        "os.symlink: import os\nos.symlink(inside, outside + '/new')",
        "os.truncate: import os\nos.truncate(outside + '/secret', 0)",
        "os.utime: import os\nos.utime(outside + '/secret')",
        "os.setxattr: import os\nos.setxattr(outside + '/secret', 'user.a', b'b')",
        "os.getxattr: import os\nos.getxattr(outside + '/secret', 'user.a')",
        "os.chdir: import os\nos.chdir(outside)",
        "os.chdir: import os\nos.chdir(inside)",
        "import: import sqlite3",
        "import: import multiprocessing.shared_memory",
      })
  void filesOutsideAreDenied(String eventAndSource) throws IOException {
    String[] parts = eventAndSource.split(": ", 2);
    try (Interpreter interpreter = create(Policy.builder().denyFilesOutside(inside))) {
      assertDenied(interpreter, parts[1], parts[0]);
    }
    assertNothingHappenedOutside();
    assertThat(inside.resolve("file")).hasContent("inside");
  }

  @Test
  void filesInsideAreNot() throws IOException {
    try (Interpreter interpreter = create(Policy.builder().denyFilesOutside(inside))) {
      interpreter.run(
          "import os, shutil, tempfile, pathlib, glob\n"
              + "assert open(inside + '/file').read() == 'inside'\n"
              + "assert open(os.path.relpath(inside + '/file')).read() == 'inside'\n"
              + "assert pathlib.Path(inside, 'sub', '..', 'file').read_text() == 'inside'\n"
              + "os.makedirs(inside + '/a/b/c')\n"
              + "open(inside + '/a/b/c/new', 'w').write('x')\n"
              + "os.rename(inside + '/a/b/c/new', inside + '/a/new')\n"
              + "shutil.copytree(inside + '/a', inside + '/copy')\n"
              + "assert sorted(os.listdir(inside + '/copy')) == ['b', 'new']\n"
              + "shutil.rmtree(inside + '/a')\n"
              + "with tempfile.TemporaryDirectory(dir=inside) as t: open(t + '/x', 'w').close()\n"
              + "with tempfile.NamedTemporaryFile(dir=inside) as t: t.write(b'x')\n"
              + "assert glob.glob(inside + '/copy/*')\n"
              + "os.remove(inside + '/link')\n"
              + "r, w = os.pipe()\nopen(w, 'w').close()\nopen(r).close()\n"
              + "try: open(inside + '/missing')\nexcept FileNotFoundError: pass\n"
              + "try: open(inside + '/missing/too')\nexcept FileNotFoundError: pass\n"
              + "try: open(inside + '/m' * 2000)\nexcept FileNotFoundError: pass\n");
    }
    assertThat(inside.resolve("copy/new")).hasContent("x");
    assertNothingHappenedOutside();
  }

  @Test
  void theStandardLibraryCanBeImportedUnderEveryDenial() {
    try (Interpreter interpreter = create(everything())) {
      interpreter.run(
          "import json, re, asyncio, decimal, datetime, subprocess, logging, email, zipfile, csv\n"
              + "import hashlib, ssl, http.client, urllib.request, concurrent.futures, unittest\n"
              + "async def one(): return 1\n"
              + "assert asyncio.run(one()) == 1\n"
              + "try: import ctypes\nexcept ImportError: done = True\n"
              + "try: 1 / 0\nexcept ZeroDivisionError:\n"
              + "    import traceback\n    assert traceback.format_exc()\n");
      assertThat(interpreter.get("done")).isEqualTo(true);
    }
  }

  private Policy.Builder everything() {
    return Policy.builder()
        .denyFilesOutside(inside)
        .denySockets()
        .denySubprocesses()
        .denyCtypes()
        .denyNativeExtensions();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "socket.__new__: import socket\nsocket.socket()",
        "socket.__new__: import socket\nsocket.socket(fileno=0)",
        "socket.__new__: import socket\nsocket.create_server(('localhost', 0))",
        "socket.getaddrinfo: import socket\nsocket.getaddrinfo('localhost', 80)",
        "socket.gethostbyname: import socket\nsocket.gethostbyname('localhost')",
        "socket.getaddrinfo: import urllib.request\n"
            + "urllib.request.ProxyHandler({})\n"
            + "import http.client\nhttp.client.HTTPConnection('localhost').connect()",
        "socket.connect: import socket\nsocket.socket(socket.AF_UNIX).connect('/tmp/none')",
        "socket.bind: import socket\nsocket.socket(socket.AF_UNIX).bind('\\0clutch')",
        "socket.sendto: import socket\n"
            + "socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM).sendto(b'x', '/dev/log')",
        "syslog.syslog: import syslog\nsyslog.syslog('x')",
        "socket.getaddrinfo: import asyncio\n"
            + "async def c(): await asyncio.open_connection('localhost', 80)\nasyncio.run(c())",
      })
  void socketsAreDenied(String eventAndSource) {
    String[] parts = eventAndSource.split(": ", 2);
    try (Interpreter interpreter = create(Policy.builder().denySockets())) {
      assertDenied(interpreter, parts[1], parts[0]);
      interpreter.run(
          "import socket\na, b = socket.socketpair()\na.sendall(b'x')\n"
              + "a.sendmsg([b'y'])\nassert b.recv(2) == b'xy'\n"
              + "a.close(); b.close()\nsocket.gethostname()\nopen('/dev/null').close()");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "subprocess.Popen: import subprocess\nsubprocess.run(['true'])",
        "subprocess.Popen: import _posixsubprocess\n"
            + "_posixsubprocess.fork_exec([b'true'], [b'/bin/true'], *range(21))",
        "import: import sys\ndel sys.modules['_posixsubprocess']\nimport _posixsubprocess",
        "import: import sys, importlib.util as u\ndel sys.modules['_posixsubprocess']\n"
            + "import importlib.machinery as m\n"
            + "s = m.PathFinder.find_spec('_posixsubprocess') "
            + "or m.BuiltinImporter.find_spec('_posixsubprocess')\n"
            + "u.module_from_spec(s)",
        "os.system: import os\nos.system('true')",
        "os.posix_spawn: import os\nos.posix_spawn('/bin/true', ['true'], {})",
        "os.fork: import os\nos.fork()",
        "os.exec: import os\nos.execv('/bin/true', ['true'])",
        "pty.spawn: import pty\npty.spawn('true')",
        "subprocess.Popen: import os\nos.popen('true')",
      })
  void subprocessesAreDenied(String eventAndSource) {
    String[] parts = eventAndSource.split(": ", 2);
    try (Interpreter interpreter =
        create(InterpreterConfig.legacy(), Policy.builder().denySubprocesses())) {
      assertDenied(interpreter, parts[1], parts[0]);
    }
  }

  @Test
  void ctypesIsDenied() {
    try (Interpreter interpreter =
        create(InterpreterConfig.legacy(), Policy.builder().denyCtypes())) {
      assertDenied(interpreter, "import ctypes", "import");
      assertDenied(interpreter, "import _ctypes", "import");
      assertDenied(
          interpreter,
          "import importlib.machinery as m, importlib.util as u\n"
              + "s = m.PathFinder.find_spec('_ctypes')\n"
              + "u.module_from_spec(m.ModuleSpec('x._ctypes', "
              + "m.ExtensionFileLoader('x._ctypes', s.origin), origin=s.origin))",
          "import");
    }
  }

  @Test
  void nativeExtensionsAreDenied() throws IOException {
    try (Interpreter interpreter =
        create(Policy.builder().denyNativeExtensions().denyFilesOutside(inside, folder))) {
      Path copy = Path.of((String) interpreter.eval("__import__('_heapq').__file__"));
      Files.copy(copy, inside.resolve("_heapq.so"));
      assertDenied(
          interpreter,
          "import importlib.machinery as m, importlib.util as u\n"
              + "p = inside + '/_heapq.so'\n"
              + "u.module_from_spec(m.ModuleSpec('_heapq', m.ExtensionFileLoader('_heapq', p), "
              + "origin=p))",
          "import");
      assertDenied(
          interpreter,
          "import sys\nsys.path.insert(0, inside)\ndel sys.modules['_heapq']\nimport _heapq",
          "import");
      interpreter.run("sys.path.pop(0)\nimport _bisect, _heapq, math, _json");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "_interpreters",
        "_xxsubinterpreters",
        "_testcapi",
        "_testinternalcapi",
        "_tkinter",
        "_remote_debugging"
      })
  void whatGetsAroundEveryDenialIsDeniedToo(String module) {
    try (Interpreter interpreter = create(Policy.builder().denySockets())) {
      assertDenied(interpreter, "import " + module, "import");
    }
  }

  @Test
  void aDenialSaysWhatToDo() {
    try (Interpreter interpreter = create(Policy.builder().denyFilesOutside(inside))) {
      assertThatThrownBy(() -> interpreter.eval("open(outside + '/secret')"))
          .isInstanceOfSatisfying(
              PythonException.class, e -> assertThat(e.typeName()).isEqualTo("clutch.AccessDenied"))
          .hasMessageContaining("open '" + outside + "/secret'")
          .hasMessageContaining("Policy.denyFilesOutside")
          .hasMessageContaining("use a file in one of its folders");
      assertThat(
              interpreter.eval("isinstance(__import__('clutch').AccessDenied(), PermissionError)"))
          .isEqualTo(true);
    }
  }

  /** A hook in Python would lie in a list that the garbage collector shows. */
  @Test
  void pythonCodeCannotRemoveIt() {
    try (Interpreter interpreter = create(Policy.builder().denyFilesOutside(inside))) {
      interpreter.run(
          "import clutch, gc, sys, os\n"
              + "for each in gc.get_objects():\n"
              + "    if type(each) is list and each and 'audit' in str(getattr(each[0], '__name__', '')):\n"
              + "        each.clear()\n"
              + "clutch.AccessDenied = clutch.PolicyError = clutch.ImportDenied = int\n"
              + "class A(PermissionError): pass\n"
              + "sys.addaudithook(lambda *a: None)\n"
              + "try:\n    open(outside + '/secret')\n    got = True\n"
              + "except PermissionError: got = False\n");
      assertThat(interpreter.get("got")).isEqualTo(false);
    }
  }

  @Test
  void threadsOfPythonAreUnderIt() {
    try (Interpreter interpreter = create(Policy.builder().denyFilesOutside())) {
      interpreter.run(
          "import threading\nkinds = []\n"
              + "def work():\n    try: open(inside + '/file')\n"
              + "    except Exception as e: kinds.append(type(e).__name__)\n"
              + "t = threading.Thread(target=work)\nt.start()\nt.join()");
      assertThat(interpreter.get("kinds")).isEqualTo(List.of("AccessDenied"));
      closeWhenItsThreadsEnd(interpreter);
    }
  }

  private static void closeWhenItsThreadsEnd(Interpreter interpreter) {
    interpreter.close(Duration.ofSeconds(20));
  }

  @ParameterizedTest
  @EnumSource(
      value = Gil.class,
      names = {"OWN", "SHARED"})
  void othersAreLeftAlone(Gil gil) throws Exception {
    InterpreterConfig start =
        gil == Gil.OWN ? InterpreterConfig.isolated() : InterpreterConfig.legacy();
    try (Interpreter free = Interpreters.create(start);
        Interpreter denied =
            Interpreters.create(start.toBuilder().policy(everything().build()).build())) {
      free.set("path", outside.resolve("secret").toString());
      denied.set("path", outside.resolve("secret").toString());
      Threads.inParallel(
          4,
          number -> {
            for (int i = 0; i < 50; i++) {
              if (number % 2 == 0) {
                free.eval("open(path).close()");
              } else {
                assertThatThrownBy(() -> denied.eval("open(path)"))
                    .isInstanceOf(PythonException.class);
              }
            }
          });
      free.run("import socket, _posixsubprocess, subprocess\nsubprocess.run(['true'])");
      denied.set("make", (Runnable) () -> Interpreters.create(start).close());
      denied.eval("make()");
    }
  }

  @Test
  void aFolderMustExist() {
    assertThatThrownBy(() -> Policy.builder().denyFilesOutside(folder.resolve("missing")).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("missing is no folder");
    assertThatThrownBy(() -> Policy.builder().denyFilesOutside(inside.resolve("file")).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("is no folder");
  }

  @Test
  void aPolicyTellsWhatItDenies() {
    assertThat(Policy.none().deniesAnything()).isFalse();
    assertThat(InterpreterConfig.isolated().policy()).isEqualTo(Policy.none());
    assertThat(Policy.builder().build()).isEqualTo(Policy.none());
    Policy policy = everything().build();
    assertThat(policy.deniesAnything()).isTrue();
    assertThat(policy.folders()).containsExactly(inside);
  }
}
