package dev.clutch.checker.stage;

import dev.clutch.checker.probe.Answer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Python modules that take the place of an extension that is refused. */
final class Substitutes {
  /** The others are what these need. */
  private static final int MOST = 3;

  private Substitutes() {}

  /** What is loaded only where the extension is refused, what needs the others first. */
  static List<String> of(Answer main, Answer own) {
    List<String> substitutes = new ArrayList<>(own.modules());
    substitutes.removeAll(main.modules());
    Collections.reverse(substitutes);
    return substitutes;
  }

  /** Those of the same project if there are any: others may differ for other reasons. */
  static String inWords(List<String> all, String importer) {
    List<String> near = all.stream().filter(name -> top(name).equals(top(importer))).toList();
    List<String> names = near.isEmpty() ? all : near;
    if (names.isEmpty()) {
      return "other code";
    }
    String shown = String.join(", ", names.subList(0, Math.min(MOST, names.size())));
    return names.size() > MOST ? shown + " and " + (names.size() - MOST) + " more" : shown;
  }

  private static String top(String module) {
    return module.split("\\.", 2)[0];
  }
}
