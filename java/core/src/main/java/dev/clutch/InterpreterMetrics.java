package dev.clutch;

import java.lang.management.ManagementFactory;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import javax.management.InstanceAlreadyExistsException;
import javax.management.JMException;
import javax.management.ObjectName;

/** The interpreters and their memory as metrics, for JMX and for what reads that. */
public final class InterpreterMetrics {
  private static final String NAME = "dev.clutch:type=Interpreters";

  private InterpreterMetrics() {}

  /**
   * Registers an {@link InterpretersMXBean} with the platform's MBean server; once is enough. A
   * program that does not call this does not start JMX either.
   *
   * @return its name, {@code dev.clutch:type=Interpreters}
   * @throws IllegalStateException if the MBean server refuses it
   */
  public static ObjectName register() {
    try {
      ObjectName name = new ObjectName(NAME);
      try {
        ManagementFactory.getPlatformMBeanServer().registerMBean(new Bean(), name);
      } catch (InstanceAlreadyExistsException registered) {
        // and that is the same
      }
      return name;
    } catch (JMException refused) {
      throw new IllegalStateException(NAME + " cannot be registered", refused);
    }
  }

  private static final class Bean implements InterpretersMXBean {
    @Override
    public int getCount() {
      return memory(InterpreterMemory::bytes).size();
    }

    @Override
    public Map<Long, Long> getBytes() {
      return memory(InterpreterMemory::bytes);
    }

    @Override
    public Map<Long, Long> getPeakBytes() {
      return memory(InterpreterMemory::peakBytes);
    }

    @Override
    public Map<Long, Long> getLimitBytes() {
      Map<Long, Long> limits = memory(InterpreterMemory::limitBytes);
      limits.values().removeIf(limit -> limit == 0);
      return limits;
    }

    @Override
    public long getKeptBytes() {
      return InterpreterMemory.kept();
    }
  }

  private static Map<Long, Long> memory(ToLongFunction<InterpreterMemory> field) {
    Map<Long, Long> byId = new TreeMap<>();
    for (Interpreter each : InterpreterRegistry.ours()) {
      try {
        byId.put(each.id(), field.applyAsLong(each.memory()));
      } catch (InterpreterClosedException meanwhile) {
        // it has none any more
      }
    }
    return byId;
  }
}
