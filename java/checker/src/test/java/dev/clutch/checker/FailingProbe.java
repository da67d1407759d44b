package dev.clutch.checker;

import dev.clutch.checker.probe.Answer;
import dev.clutch.checker.probe.Probe;
import dev.clutch.checker.probe.ProbeException;
import dev.clutch.checker.probe.Question;

/** A probe that starts no process. */
record FailingProbe(Probe like) implements Probe {
  @Override
  public String version() {
    return like.version();
  }

  @Override
  public Answer ask(Question question) {
    throw new ProbeException("no process can be started");
  }

  @Override
  public void close() {}
}
