package dev.clutch;

import dev.clutch.internal.CallbackHost;
import dev.clutch.internal.Cleanup;
import dev.clutch.internal.Execution;
import dev.clutch.internal.Failure;
import dev.clutch.internal.NativeCallback;
import dev.clutch.internal.NativeInterpreter;
import dev.clutch.internal.NativeRuntime;
import dev.clutch.internal.SharedHandle;
import java.lang.ref.WeakReference;
import java.lang.reflect.Type;
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
  private static final System.Logger LOG = System.getLogger("dev.clutch");

  private static final ConcurrentHashMap<Long, Interpreter> OURS = new ConcurrentHashMap<>();

  /** Those that were closed, as long as somebody refers to them. */
  private static final ConcurrentHashMap<Long, WeakReference<Interpreter>> CLOSED =
      new ConcurrentHashMap<>();

  private static final ConcurrentHashMap<Long, Interpreter> FOREIGN = new ConcurrentHashMap<>();

  /**
   * One for each creation in progress: CPython knows that interpreter already, {@link #OURS} not.
   */
  private static final Set<Object> CREATIONS = ConcurrentHashMap.newKeySet();

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
      if (config.importGuard() == ImportGuard.STRICT) {
        RequiredVerdicts.requireIn(interpreter);
      }
      return interpreter;
    } catch (Failure failure) {
      throw new InterpreterException(
          "CPython could not create an interpreter with " + config + ": " + failure.payload());
    } finally {
      CREATIONS.remove(creation);
    }
  }

  /** When it is closed. */
  static void forget(Interpreter closed) {
    long handle = closed.handle();
    CLOSED.put(handle, new WeakReference<>(closed));
    Cleanup.register(closed, () -> CLOSED.remove(handle));
    OURS.remove(handle);
  }

  /** Also one that was closed between the end of a call and the reading of what it returned. */
  private static Interpreter ofResponse(long handle) {
    @Nullable Interpreter open = OURS.get(handle);
    if (open != null) {
      return open;
    }
    @Nullable WeakReference<Interpreter> closed = CLOSED.get(handle);
    return Objects.requireNonNull(closed == null ? null : closed.get(), "an unknown interpreter");
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
    return Optional.ofNullable(OURS.get(ThreadScope.current().interpreter));
  }

  private static final class Host implements CallbackHost {
    @Override
    public Scope scope() {
      return ThreadScope.current();
    }

    @Override
    public void write(long handle, int stream, byte[] utf8) throws Exception {
      @Nullable Interpreter interpreter = OURS.get(handle);
      if (interpreter != null) {
        interpreter.streams().write(stream, utf8);
      } else {
        // Printed while the interpreter was being made, by what site runs.
        (stream == 0 ? Output.stdout() : Output.stderr()).write(utf8);
      }
    }

    @Override
    public boolean isOpen(long handle) {
      return OURS.containsKey(handle);
    }

    @Override
    public Object newObject(long handle, long reference, long id) {
      return new PyObject(ofResponse(handle), reference, id);
    }

    @Override
    public long referenceOf(Object value, long handle) {
      if (value instanceof PyObject object) {
        return object.referenceFor(handle);
      }
      return value instanceof PyFunction function ? function.object().referenceFor(handle) : 0;
    }

    @Override
    public long lend(Object value) {
      return value instanceof PipeEnd end ? end.lend() : -1;
    }

    @Override
    public void takeBack(Object value) {
      ((PipeEnd) value).takeBack();
    }

    @Override
    public @Nullable SharedHandle handleOf(Object value) {
      if (value instanceof SharedBuffer buffer) {
        return buffer.handle();
      }
      if (value instanceof InterpreterQueue queue) {
        return queue.handle;
      }
      return value instanceof ChannelEnd end ? end.handle : null;
    }

    @Override
    public @Nullable Object detailsOf(Object shared) {
      return shared instanceof SharedBuffer buffer ? buffer.details() : null;
    }

    @Override
    public Object newShared(SharedHandle handle, @Nullable Object details) {
      return switch (handle.kind()) {
        case QUEUE -> new InterpreterQueue(handle);
        case SEND_END -> new Channel.SendEnd(handle);
        case RECEIVE_END -> new Channel.ReceiveEnd(handle);
        case MEMORY -> SharedBuffer.received(handle, details);
      };
    }

    @Override
    public RuntimeException newException(List<@Nullable Object> fields) {
      return Failures.pythonException(fields);
    }

    @Override
    public boolean roundsNanoseconds(long handle) {
      @Nullable Interpreter interpreter = OURS.get(handle);
      return interpreter != null && interpreter.config().roundNanoseconds();
    }

    @Override
    public void reportWait(long handle, long thread) {
      @Nullable Interpreter interpreter = OURS.get(handle);
      if (interpreter != null) {
        LOG.log(
            System.Logger.Level.WARNING,
            "a callback cannot return to Python",
            Attachment.busy(interpreter, thread));
      }
    }

    @Override
    public @Nullable Object convert(@Nullable Object value, Type type, String name) {
      return Conversions.convertNamed(value, type, name);
    }
  }
}
