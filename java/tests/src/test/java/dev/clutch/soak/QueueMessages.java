package dev.clutch.soak;

import dev.clutch.InterpreterQueue;

/** Through a queue that holds few. */
final class QueueMessages extends Messages {
  QueueMessages() {
    super("def ends(way): return way.put, way.get");
  }

  @Override
  Way open() {
    InterpreterQueue queue = InterpreterQueue.create(1 + random.nextInt(10));
    return new Way() {
      @Override
      public Object ends() {
        return queue;
      }

      @Override
      public void put(Object message) throws InterruptedException {
        queue.put(message);
      }

      @Override
      public Object get() throws InterruptedException {
        return queue.get();
      }

      @Override
      public void finish() {
        queue.close();
      }

      @Override
      public void close() {}
    };
  }
}
