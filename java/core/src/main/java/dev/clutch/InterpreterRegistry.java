package dev.clutch;

import dev.clutch.internal.CallbackHost;
import dev.clutch.internal.Execution;
import dev.clutch.internal.Failure;
import dev.clutch.internal.NativeCallback;
import dev.clutch.internal.NativeInterpreter;
import dev.clutch.internal.NativeRuntime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** The interpreters that Java knows, by handle; the ones of Python code by id. */
final class InterpreterRegistry {
  private static final ConcurrentHashMap<Long, Interpreter> OURS = new ConcurrentHashMap<>();
  private static final ConcurrentHashMap<Long, Interpreter> FOREIGN = new ConcurrentHashMap<>();

  /**
   * One for each creation in progress: CPython knows that interpreter already, {@link #OURS} not.
   */
  private static final Set<Object> CREATIONS = ConcurrentHashMap.newKeySet();

  /** The handle of the interpreter whose callback this thread runs. */
  private static final ThreadLocal<Long> CURRENT = new ThreadLocal<>();

  static {
    NativeCallback.setHost(new Host());
  }

  private InterpreterRegistry() {}

  /** Makes the main interpreter known, before anything can be called from it. */
  static void adoptMain() {
    long handle = NativeRuntime.mainInterpreter();
    InterpreterConfig config = InterpreterConfig.legacy();
    OURS.put(handle, new Interpreter(handle, 0, config, Interpreter.Origin.MAIN));
    ExitHook.install();
  }

  static Interpreter create(InterpreterConfig config) {
    Object creation = new Object();
    CREATIONS.add(creation);
    try {
      NativeInterpreter.Created created = NativeInterpreter.create(config);
      Interpreter interpreter =
          new Interpreter(created.handle(), created.id(), config, Interpreter.Origin.CLUTCH);
      OURS.put(created.handle(), interpreter);
      return interpreter;
    } catch (Failure failure) {
      throw new InterpreterException(
          "CPython could not create an interpreter with " + config + ": " + failure.payload());
    } finally {
      CREATIONS.remove(creation);
    }
  }

  static void forget(long handle) {
    OURS.remove(handle);
  }

  static Interpreter main() {
    return Objects.requireNonNull(OURS.get(NativeRuntime.mainInterpreter()));
  }

  /** Those that Clutch made, the main one included, in no order. */
  static List<Interpreter> ours() {
    return new ArrayList<>(OURS.values());
  }

  /**
   * Interpreters come and go meanwhile. One that is not known at first may be ours and in the
   * making; it is by Python if it is still there, and still not known, when all such creations are
   * over.
   */
  static List<Interpreter> listAll() {
    Map<Long, Interpreter> known = oursById();
    List<Long> ids = ids();
    if (ids.stream().anyMatch(id -> !known.containsKey(id) && !FOREIGN.containsKey(id))) {
      awaitCreations();
      known.putAll(oursById());
      ids.retainAll(ids());
    }
    FOREIGN.keySet().retainAll(ids);
    return ids.stream()
        .map(id -> known.computeIfAbsent(id, InterpreterRegistry::foreign))
        .filter(interpreter -> !interpreter.isClosed())
        .toList();
  }

  private static List<Long> ids() {
    List<Long> ids = new ArrayList<>();
    Object listed = Objects.requireNonNull(Execution.list(NativeRuntime.mainInterpreter()));
    ((List<?>) listed).forEach(id -> ids.add((Long) id));
    return ids;
  }

  private static Map<Long, Interpreter> oursById() {
    Map<Long, Interpreter> byId = new HashMap<>();
    OURS.values().forEach(interpreter -> byId.put(interpreter.id(), interpreter));
    return byId;
  }

  private static Interpreter foreign(long id) {
    return FOREIGN.computeIfAbsent(
        id, key -> new Interpreter(0, id, InterpreterConfig.isolated(), Interpreter.Origin.PYTHON));
  }

  /** Waits for those in progress now, so that theirs are not taken for Python's. */
  private static void awaitCreations() {
    List<Object> inProgress = List.copyOf(CREATIONS);
    while (inProgress.stream().anyMatch(CREATIONS::contains)) {
      LockSupport.parkNanos(100_000);
    }
  }

  static Optional<Interpreter> current() {
    Long handle = CURRENT.get();
    return handle == null ? Optional.empty() : Optional.ofNullable(OURS.get(handle));
  }

  private static final class Host implements CallbackHost {
    @Override
    public long enter(long interpreter) {
      Long previous = CURRENT.get();
      CURRENT.set(interpreter);
      return previous == null ? 0 : previous;
    }

    @Override
    public void leave(long previous) {
      if (previous == 0) {
        CURRENT.remove();
      } else {
        CURRENT.set(previous);
      }
    }

    @Override
    public void write(long handle, int stream, byte[] utf8) throws Exception {
      @Nullable Interpreter interpreter = OURS.get(handle);
      if (interpreter != null) {
        interpreter.write(stream, utf8);
      } else {
        // Printed while the interpreter was being made, by what site runs.
        (stream == 0 ? Output.stdout() : Output.stderr()).write(utf8);
      }
    }
  }
}
