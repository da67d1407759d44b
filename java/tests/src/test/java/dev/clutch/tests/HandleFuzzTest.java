package dev.clutch.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import dev.clutch.Attachment;
import dev.clutch.Channel;
import dev.clutch.Interpreter;
import dev.clutch.InterpreterBusyException;
import dev.clutch.InterpreterConfig;
import dev.clutch.InterpreterException;
import dev.clutch.InterpreterQueue;
import dev.clutch.Interpreters;
import dev.clutch.Output;
import dev.clutch.Pipe;
import dev.clutch.PyObject;
import dev.clutch.PythonException;
import dev.clutch.SharedBuffer;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Queue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Calls every public method of every handle from many threads at once: of objects that are open,
 * closed, being closed, of another interpreter, or left to the garbage collector. Exceptions of the
 * documented kinds may come out, and nothing else. {@code -Dclutch.fuzz.seconds} says for how long.
 */
@Tag("stress")
class HandleFuzzTest {
  private static final int SECONDS = Integer.getInteger("clutch.fuzz.seconds", 5);
  private static final int THREADS = 6;
  private static final int SLOTS = 24;

  /** What runs for longer is interrupted. */
  private static final long PATIENCE_NANOS = 20_000_000;

  private static final Set<Class<? extends Throwable>> DOCUMENTED =
      Set.of(
          InterpreterException.class,
          PythonException.class,
          IllegalArgumentException.class,
          IllegalStateException.class,
          IndexOutOfBoundsException.class,
          UnsupportedOperationException.class,
          NoSuchElementException.class,
          IOException.class,
          UncheckedIOException.class,
          InterruptedException.class,
          TimeoutException.class,
          OutOfMemoryError.class);

  private static final String SOURCE =
      "import json, _thread, time, clutch\n"
          + "x = [1, 2]\nq = clutch.Queue()\n"
          + "def f(*args, **more): return args[0] if args else None\n"
          + "class C:\n"
          + "    a = 1\n"
          + "    def f(self, *args): return self\n"
          + "    def __iter__(self): return iter([C(), 1, 'x'])\n"
          + "    def __len__(self): return 2\n"
          + "c = C()\n";

  @TempDir private Path folder;

  private final Map<Class<?>, AtomicReferenceArray<@Nullable Object>> pools =
      new ConcurrentHashMap<>();
  private final Queue<Interpreter> interpreters = new ConcurrentLinkedQueue<>();
  private final Map<String, AtomicInteger> calls = new ConcurrentHashMap<>();
  private final Queue<Throwable> failures = new ConcurrentLinkedQueue<>();
  private final AtomicInteger next = new AtomicInteger();
  private final List<Method> methods = new ArrayList<>();
  private volatile boolean over;

  private static List<Class<?>> handleClasses() {
    List<Class<?>> classes = new ArrayList<>();
    for (JavaClass each :
        new ClassFileImporter(List.of(new DoNotIncludeTests()))
            .importPackagesOf(Interpreter.class)) {
      Class<?> type = each.reflect();
      if (each.getPackageName().equals("dev.clutch") && isHandle(type)) {
        classes.add(type);
      }
    }
    return classes;
  }

  /** Builders, configurations and exceptions have no state that another thread could close. */
  private static boolean isHandle(Class<?> type) {
    boolean shown = true;
    for (Class<?> each = type; each != null; each = each.getEnclosingClass()) {
      shown &= Modifier.isPublic(each.getModifiers());
    }
    return shown
        && !type.isInterface()
        && !type.isRecord()
        && !type.isEnum()
        && !Throwable.class.isAssignableFrom(type)
        && !type.getSimpleName().equals("Builder")
        && !Set.of("PythonOptions", "TypeToken", "Output", "PythonRuntime", "Pickled")
            .contains(type.getSimpleName());
  }

  @Test
  void onlyDocumentedExceptionsComeOut() throws Exception {
    Path script = Files.writeString(folder.resolve("script.py"), "x = f(x)\n");
    FuzzedArguments arguments = new FuzzedArguments(this::handle, script);
    for (Class<?> type : handleClasses()) {
      for (Method each : type.getMethods()) {
        if (each.getDeclaringClass() != Object.class && !each.isBridge()) {
          methods.add(each);
          calls.put(name(each), new AtomicInteger());
        }
      }
    }
    Watchdog.watch(Duration.ofSeconds(SECONDS + 180L), () -> fuzz(arguments));
    failures.forEach(each -> System.out.println(each.getMessage()));
    assertThat(failures).isEmpty();
    Map<String, Integer> never = new TreeMap<>();
    calls.forEach((name, count) -> never.put(name, count.get()));
    never.values().removeIf(count -> count > 0);
    assertThat(never).as("methods that were not called: how is one made?").isEmpty();
    try (Interpreter after = Interpreters.create()) {
      assertThat(after.eval("1 + 1")).isEqualTo(2L);
    }
  }

  private static String name(Method method) {
    return method.toGenericString();
  }

  /* -- the handles --------------------------------------------------------------------------- */

  private @Nullable Object handle(Class<?> type) {
    List<Class<?>> fitting = new ArrayList<>();
    for (Class<?> each : pools.keySet()) {
      if (type.isAssignableFrom(each)) {
        fitting.add(each);
      }
    }
    Random random = ThreadLocalRandom.current();
    return fitting.isEmpty()
        ? null
        : pools.get(fitting.get(random.nextInt(fitting.size()))).get(random.nextInt(SLOTS));
  }

  private void keep(@Nullable Object handle, Random random) {
    if (handle == null || !handle.getClass().getPackageName().equals("dev.clutch")) {
      return;
    }
    Class<?> type = handle.getClass();
    if (isHandle(type)) {
      pools
          .computeIfAbsent(type, key -> new AtomicReferenceArray<>(SLOTS))
          .set(random.nextInt(SLOTS), handle);
    }
  }

  /** Fills some slots anew, and lets those be forgotten that were in them. */
  private void makeSome(Random random) throws Exception {
    Interpreter made =
        Interpreters.create(
            InterpreterConfig.isolated().toBuilder()
                .stdout(Output.lines(line -> {}))
                .stderr(Output.lines(line -> {}))
                .build());
    interpreters.add(made);
    Function<Object, @Nullable Object> callback = value -> handle(PyObject.class);
    made.set("callback", callback);
    made.run(SOURCE);
    Channel channel = Channel.open();
    Pipe pipe = Pipe.open();
    InterpreterQueue queue = InterpreterQueue.create(4);
    SharedBuffer memory = SharedBuffer.allocate(4096);
    made.prepareMain(Map.of("ch", channel.receiveEnd(), "q", queue, "memory", memory));
    PyObject object = made.eval("c", PyObject.class);
    List<Object> all =
        List.of(
            made,
            object,
            made.eval("x", PyObject.class),
            made.function("f"),
            made.function("callback"),
            object.iterator(),
            channel,
            channel.sendEnd(),
            channel.receiveEnd(),
            pipe,
            pipe.source(),
            pipe.sink(),
            queue,
            memory,
            made.withTimeout(Duration.ofMillis(20)));
    for (Object each : all) {
      for (int i = 0; i < 6; i++) {
        keep(each, random);
      }
    }
  }

  /** So that there are never many at once. */
  private void closeOldest() {
    Interpreter oldest = interpreters.poll();
    if (oldest == null) {
      return;
    }
    try {
      oldest.close(Duration.ofMillis(200));
    } catch (InterpreterBusyException busy) {
      interpreters.add(oldest);
    }
  }

  /* -- the threads --------------------------------------------------------------------------- */

  private final class Worker implements Runnable {
    private final FuzzedArguments arguments;
    private final Random random;
    private final AtomicLong since = new AtomicLong(Long.MAX_VALUE);
    private @Nullable Attachment attachment;

    Worker(FuzzedArguments arguments, long seed) {
      this.arguments = arguments;
      random = new Random(seed);
    }

    @Override
    public void run() {
      while (!over) {
        step();
        closeAttachment();
        Thread.interrupted(); // clears it
      }
    }

    private void step() {
      Method method = methods.get(Math.floorMod(next.getAndIncrement(), methods.size()));
      boolean isStatic = Modifier.isStatic(method.getModifiers());
      Object target = isStatic ? null : handle(method.getDeclaringClass());
      if (target == null && !isStatic) {
        return;
      }
      if (method.getName().equals("create")
          && method.getDeclaringClass() == Interpreters.class
          && interpreters.size() > 6) {
        return;
      }
      Object[] given = new Object[method.getParameterCount()];
      for (int i = 0; i < given.length; i++) {
        given[i] = arguments.make(method.getGenericParameterTypes()[i], random);
        if (given[i] == null && method.getParameterTypes()[i] != Object.class) {
          return; // a handle that there is none of yet
        }
      }
      call(method, target, given);
      int count = calls.get(name(method)).incrementAndGet();
      if (count % 50 == 0 && random.nextInt(methods.size()) == 0) {
        System.gc();
      }
    }

    private void call(Method method, @Nullable Object target, Object[] given) {
      since.set(System.nanoTime());
      try {
        method.setAccessible(true);
        take(method.invoke(target, given));
      } catch (InvocationTargetException e) {
        if (!isAboutNull(e.getCause(), given)) {
          check(method, e.getCause());
        }
      } catch (IllegalAccessException e) {
        failures.add(e);
      } catch (RuntimeException | Error e) {
        check(method, e);
      } finally {
        since.set(Long.MAX_VALUE);
      }
    }

    /** A null that was passed, or a None that a method of BlockingQueue cannot return. */
    private static boolean isAboutNull(Throwable thrown, @Nullable Object[] given) {
      return thrown instanceof NullPointerException
          && (Arrays.asList(given).contains(null)
              || String.valueOf(thrown.getMessage()).contains("is None, which"));
    }

    private void take(@Nullable Object result) {
      if (result instanceof Attachment attached) {
        attachment = attached;
      }
      if (result instanceof Interpreter interpreter && !interpreters.contains(interpreter)) {
        if (interpreter.id() != 0) {
          interpreters.add(interpreter);
        }
      }
      if (result instanceof Stream<?> stream) {
        stream.limit(2).forEach(each -> keep(each, random));
      }
      keep(result, random);
    }

    private void closeAttachment() {
      if (attachment != null) {
        if (random.nextBoolean()) {
          step();
        }
        try {
          attachment.close();
        } catch (RuntimeException | Error e) {
          check(null, e);
        }
        attachment = null;
      }
    }

    private void check(@Nullable Method method, Throwable thrown) {
      if (DOCUMENTED.stream().noneMatch(each -> each.isInstance(thrown))) {
        failures.add(new AssertionError(method + "\n" + trace(thrown)));
      }
    }

    private static String trace(Throwable thrown) {
      StringWriter text = new StringWriter();
      thrown.printStackTrace(new PrintWriter(text));
      return text.toString();
    }

    boolean isLate() {
      return System.nanoTime() - since.get() > PATIENCE_NANOS;
    }
  }

  private void fuzz(FuzzedArguments arguments) throws Exception {
    long seed = Long.getLong("clutch.fuzz.seed", System.nanoTime());
    System.out.println("clutch.fuzz.seed=" + seed);
    Random random = new Random(seed);
    Map<Worker, Thread> workers = new LinkedHashMap<>();
    makeSome(random);
    for (int i = 0; i < THREADS; i++) {
      Worker worker = new Worker(arguments, random.nextLong());
      Thread thread = new Thread(worker, "fuzz-" + i);
      thread.setDaemon(true);
      workers.put(worker, thread);
      thread.start();
    }
    Thread maker = new Thread(() -> makeUntilOver(random), "fuzz-maker");
    maker.start();
    long end = System.nanoTime() + SECONDS * 1_000_000_000L;
    while (System.nanoTime() < end && failures.isEmpty()) {
      interruptLate(workers);
    }
    over = true;
    maker.join();
    for (Thread each : workers.values()) {
      while (each.isAlive()) {
        interruptLate(workers);
      }
    }
    closeAll();
    System.out.println(calls.values().stream().mapToInt(AtomicInteger::get).sum() + " calls");
  }

  private static void interruptLate(Map<Worker, Thread> workers) throws InterruptedException {
    Thread.sleep(5);
    workers.forEach(
        (worker, thread) -> {
          if (worker.isLate()) {
            thread.interrupt();
          }
        });
  }

  private void makeUntilOver(Random random) {
    while (!over) {
      try {
        makeSome(random);
        Thread.sleep(20);
        if (interpreters.size() > 4) {
          closeOldest();
        }
      } catch (PythonException | IllegalStateException closedMeanwhile) {
        // another thread found it in the pool already
      } catch (Exception | Error e) {
        failures.add(e);
      }
    }
  }

  private void closeAll() {
    for (Interpreter each : interpreters) {
      while (!each.isClosed()) {
        try {
          each.close(Duration.ofSeconds(1));
        } catch (InterpreterBusyException again) {
          // its threads need a while
        }
      }
    }
  }
}
