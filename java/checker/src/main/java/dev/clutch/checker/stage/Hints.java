package dev.clutch.checker.stage;

import dev.clutch.checker.Note;
import dev.clutch.checker.Rule;
import dev.clutch.checker.extension.StaticFacts;
import dev.clutch.checker.extension.Toolkit;
import java.util.ArrayList;
import java.util.List;

/** What a file hints at. */
final class Hints {
  /** Method tables and the definition itself are variables, too, and harmless. */
  private static final long MUCH_DATA = 16 << 10;

  private Hints() {}

  static List<Note> sharedState(StaticFacts facts) {
    List<Note> notes = new ArrayList<>();
    if (facts.usesGilState()) {
      notes.add(
          new Note(
              Rule.GIL_STATE,
              "Calls PyGILState_Ensure, which attaches a new thread to the main interpreter,"
                  + " whichever interpreter the object belongs to."));
    }
    if (facts.hasStaticTypes()) {
      notes.add(
          new Note(
              Rule.STATIC_TYPES,
              "Seems to have static types, which all interpreters would share."));
    }
    if (facts.writableData() > MUCH_DATA) {
      notes.add(
          new Note(
              Rule.GLOBAL_DATA,
              Texts.bytes(facts.writableData()) + " of variables are shared by all interpreters."));
    }
    return notes;
  }

  static List<Note> toolkits(StaticFacts facts) {
    return facts.toolkits().stream()
        .map(
            toolkit ->
                new Note(Rule.TOOLKIT, "Made with " + toolkit + ". " + toolkit.kind().stand()))
        .toList();
  }

  static boolean madeWith(StaticFacts facts, Toolkit.Kind kind) {
    return facts.toolkits().stream().anyMatch(toolkit -> toolkit.kind() == kind);
  }
}
