/** The {@code clutch} command: one class per subcommand, and what {@code map} is made of. */
@NullMarked
package dev.clutch.cli;

import org.jspecify.annotations.NullMarked;
