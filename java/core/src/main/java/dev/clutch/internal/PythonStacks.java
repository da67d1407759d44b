package dev.clutch.internal;

import dev.clutch.StackDump;
import dev.clutch.StackDump.Frame;
import dev.clutch.StackDump.PythonThread;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/** Python's frames, which {@code dump.c} reads. */
public final class PythonStacks {
  private PythonStacks() {}

  /**
   * What the threads of an interpreter run.
   *
   * @param patience how many nanoseconds to wait for code that runs
   * @throws Failure if it is closed, or there is no descriptor left
   */
  public static StackDump read(long handle, long patience) {
    CallBuffer buffer = CallBuffer.take();
    try {
      long status = NativeDump.dump(handle, patience, buffer.address(), buffer.capacity());
      return decode((byte[]) Objects.requireNonNull(buffer.result(status, handle)));
    } finally {
      buffer.give();
    }
  }

  /**
   * Whether code in the interpreter comes to its next instruction in so many nanoseconds: then no C
   * call keeps the GIL. Also true if it is closed.
   */
  public static boolean reachesBytecode(long handle, long patience) {
    return NativeDump.reachesBytecode(handle, patience);
  }

  private static StackDump decode(byte[] bytes) {
    try {
      DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes));
      List<PythonThread> threads = new ArrayList<>();
      while (in.readBoolean()) {
        PythonThread thread = thread(in);
        if (!thread.frames().isEmpty()) {
          threads.add(thread);
        }
      }
      return new StackDump(threads, in.readBoolean());
    } catch (IOException impossible) {
      throw new AssertionError("C wrote what it does not read as", impossible);
    }
  }

  private static PythonThread thread(DataInputStream in) throws IOException {
    long ident = in.readLong();
    long nativeId = in.readLong();
    boolean attached = in.readBoolean();
    List<Frame> frames = new ArrayList<>();
    while (in.readBoolean()) {
      frames.add(new Frame(text(in), in.readInt(), text(in)));
    }
    boolean complete = in.readBoolean();
    Thread thread = CallingThreads.find(NativeDump.javaThread(ident));
    String name = thread == null ? systemName(nativeId) : thread.getName();
    return new PythonThread(ident, nativeId, name, thread, attached, frames, complete);
  }

  private static String text(DataInputStream in) throws IOException {
    char[] characters = new char[in.readInt()];
    for (int i = 0; i < characters.length; i++) {
      characters[i] = in.readChar();
    }
    return new String(characters);
  }

  /** Of a thread that may have ended. */
  private static String systemName(long nativeId) {
    try {
      return Files.readString(Path.of("/proc/self/task/" + nativeId + "/comm")).strip();
    } catch (IOException ended) {
      return "?";
    }
  }
}
