package dev.clutch;

import dev.clutch.internal.CallbackHost;
import dev.clutch.internal.Execution;
import dev.clutch.internal.Failure;
import dev.clutch.internal.NativeCallback;
import dev.clutch.internal.NativeInterpreter;
import dev.clutch.internal.NativeRuntime;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The interpreters that Java knows, by handle; the ones of Python code by id. */
final class InterpreterRegistry {
  private static final ConcurrentHashMap<Long, Interpreter> OURS = new ConcurrentHashMap<>();
  private static final ConcurrentHashMap<Long, Interpreter> FOREIGN = new ConcurrentHashMap<>();

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
    try {
      NativeInterpreter.Created created = NativeInterpreter.create(config);
      Interpreter interpreter =
          new Interpreter(created.handle(), created.id(), config, Interpreter.Origin.CLUTCH);
      OURS.put(created.handle(), interpreter);
      return interpreter;
    } catch (Failure failure) {
      throw new InterpreterException(
          "CPython could not create an interpreter with " + config + ": " + failure.payload());
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

  static List<Interpreter> listAll() {
    List<?> ids = (List<?>) Objects.requireNonNull(Execution.list(NativeRuntime.mainInterpreter()));
    FOREIGN.keySet().removeIf(id -> !ids.contains(id));
    List<Interpreter> all = new ArrayList<>(ids.size());
    for (Object id : ids) {
      all.add(byId((Long) id));
    }
    return all;
  }

  static Optional<Interpreter> current() {
    Long handle = CURRENT.get();
    return handle == null ? Optional.empty() : Optional.ofNullable(OURS.get(handle));
  }

  private static Interpreter byId(long id) {
    for (Interpreter interpreter : OURS.values()) {
      if (interpreter.id() == id) {
        return interpreter;
      }
    }
    return FOREIGN.computeIfAbsent(
        id, key -> new Interpreter(0, id, InterpreterConfig.isolated(), Interpreter.Origin.PYTHON));
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
