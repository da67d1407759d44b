package dev.clutch.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Several workers, each on a thread of its own from open to close. */
final class Workers implements AutoCloseable {
  private final List<Lane> lanes;

  /** Receives an outcome on the worker's thread. */
  @FunctionalInterface
  interface Sink {
    void accept(int index, Outcome outcome);
  }

  Workers(int count, Target target) {
    List<ExecutorService> threads = IntStream.range(0, count).mapToObj(Workers::thread).toList();
    List<Future<Lane>> opening =
        threads.stream()
            .map(thread -> thread.submit(() -> new Lane(thread, Worker.open(target))))
            .toList();
    lanes = opening.stream().map(Workers::join).toList();
  }

  private static ExecutorService thread(int index) {
    return Executors.newSingleThreadExecutor(
        task -> {
          Thread thread = new Thread(task, "clutch-map-" + index);
          thread.setDaemon(true);
          return thread;
        });
  }

  /** Has every worker call the function with each of the inputs, and forgets the outcomes. */
  void warmUp(List<String> inputs) {
    onEach(worker -> inputs.forEach(input -> JsonLines.format(input, worker.call(input))));
  }

  /** Calls the function once per input; whichever worker is free takes the next one. */
  Duration run(List<String> inputs, Sink sink) {
    AtomicInteger next = new AtomicInteger();
    long start = System.nanoTime();
    onEach(
        worker -> {
          for (int i = next.getAndIncrement(); i < inputs.size(); i = next.getAndIncrement()) {
            sink.accept(i, worker.call(inputs.get(i)));
          }
        });
    return Duration.ofNanos(System.nanoTime() - start);
  }

  @Override
  public void close() {
    onEach(Worker::close);
    lanes.forEach(lane -> lane.thread().shutdown());
  }

  private void onEach(Consumer<Worker> task) {
    List<Future<?>> running = new ArrayList<>();
    for (Lane lane : lanes) {
      running.add(lane.thread().submit(() -> task.accept(lane.worker())));
    }
    running.forEach(Workers::join);
  }

  private static <T> T join(Future<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw unchecked(e.getCause());
    } catch (InterruptedException e) {
      throw new IllegalStateException("nothing interrupts the main thread", e);
    }
  }

  private static RuntimeException unchecked(@Nullable Throwable cause) {
    if (cause instanceof Error error) {
      throw error;
    }
    return cause instanceof RuntimeException unchecked
        ? unchecked
        : new IllegalStateException(cause);
  }

  private record Lane(ExecutorService thread, Worker worker) {}
}
