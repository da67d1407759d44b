package dev.clutch.checker;

import java.time.Duration;

/**
 * What one stage of the check found.
 *
 * @param stage {@code static}, or the lower-case name of a {@link dev.clutch.checker.probe.Stage}
 * @param summary one line
 * @param detail what else is known, such as a traceback or stacks; lines, or empty
 * @param elapsed how long the stage took
 */
public record Evidence(String stage, String summary, String detail, Duration elapsed) {}
