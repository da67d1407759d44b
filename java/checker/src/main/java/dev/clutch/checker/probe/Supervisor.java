package dev.clutch.checker.probe;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A running {@code clutch-probe serve}. Requests go to its standard input, as {@code
 * native/probe/request.h} has them; answers come from its standard output, a line each, in any
 * order.
 */
final class Supervisor implements AutoCloseable {
  private static final String LIBRARY_PATH = "LD_LIBRARY_PATH";
  private static final long SECONDS_TO_END = 5;

  private final Process process;
  private final AtomicLong lastId = new AtomicLong();
  private final Map<String, CompletableFuture<Ending>> pending = new ConcurrentHashMap<>();
  private volatile boolean ended;

  Supervisor(List<String> command, List<Path> libraryPath) {
    this.process = start(command, libraryPath);
    Thread reader = new Thread(this::readAnswers, "clutch-probe answers");
    reader.setDaemon(true);
    reader.start();
  }

  private static Process start(List<String> command, List<Path> libraryPath) {
    ProcessBuilder builder = new ProcessBuilder(command);
    if (!libraryPath.isEmpty()) {
      String inherited = builder.environment().get(LIBRARY_PATH);
      builder
          .environment()
          .put(
              LIBRARY_PATH,
              Stream.concat(libraryPath.stream().map(Path::toString), Stream.ofNullable(inherited))
                  .collect(Collectors.joining(File.pathSeparator)));
    }
    try {
      return builder.start();
    } catch (IOException e) {
      throw new ProbeException(
          command.get(0)
              + " could not be started; if programs there may not be executed, set XDG_CACHE_HOME"
              + " to another folder",
          e);
    }
  }

  /** Starts a process with these arguments, and waits for its end. */
  Ending ask(long milliseconds, List<String> arguments) throws InterruptedException {
    String id = Long.toString(lastId.incrementAndGet());
    CompletableFuture<Ending> answer = new CompletableFuture<>();
    pending.put(id, answer);
    try {
      List<String> fields = new ArrayList<>(List.of("ask", id, Long.toString(milliseconds)));
      fields.addAll(arguments);
      send(fields);
      if (ended) { // perhaps before the question was there to be failed
        throw gone();
      }
      return answer.get();
    } catch (ExecutionException e) {
      throw gone();
    } catch (InterruptedException e) {
      send(List.of("end", id));
      throw e;
    } finally {
      pending.remove(id);
    }
  }

  private void send(List<String> fields) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    for (String field : fields) {
      if (field.indexOf('\0') >= 0) {
        throw new ProbeException("No name or path has a NUL character: " + field);
      }
      body.writeBytes(field.getBytes(StandardCharsets.UTF_8));
      body.write(0);
    }
    byte[] head = (body.size() + "\n").getBytes(StandardCharsets.US_ASCII);
    OutputStream requests = process.getOutputStream();
    synchronized (requests) {
      try {
        requests.write(head);
        body.writeTo(requests);
        requests.flush();
      } catch (IOException e) {
        throw gone();
      }
    }
  }

  private ProbeException gone() {
    return new ProbeException(
        "The program clutch-probe is not there any more: it was closed, or somebody ended it. Start"
            + " the check again.");
  }

  private void readAnswers() {
    try (BufferedReader answers =
        new BufferedReader(
            new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
      for (String line = answers.readLine(); line != null; line = answers.readLine()) {
        Ending ending = Ending.parse(line);
        CompletableFuture<Ending> waiting = pending.get(ending.id());
        if (waiting != null) {
          waiting.complete(ending);
        }
      }
    } catch (IOException e) {
      process.destroyForcibly(); // what it writes is not what it should be
    } finally {
      ended = true;
      pending.values().forEach(waiting -> waiting.completeExceptionally(gone()));
    }
  }

  /** The program's own process. */
  ProcessHandle handle() {
    return process.toHandle();
  }

  /** The end of its standard input ends it, when it has ended all others. */
  @Override
  public void close() {
    boolean interrupted = false;
    try {
      process.getOutputStream().close();
      if (process.waitFor(SECONDS_TO_END, TimeUnit.SECONDS)) {
        return;
      }
    } catch (IOException e) {
      // It has ended already.
    } catch (InterruptedException e) {
      interrupted = true;
    }
    process.destroyForcibly();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
