package io.ccpairs.jobs.cli;

import java.util.List;
import java.util.stream.Collectors;

/** Arguments as a shell wants them. */
final class ShellWords {
  private ShellWords() {}

  /** One line that a POSIX shell splits into these words again. */
  static String line(List<String> words) {
    return words.stream().map(ShellWords::quoted).collect(Collectors.joining(" "));
  }

  private static String quoted(String word) {
    return !word.isEmpty() && word.matches("[A-Za-z0-9_./:=@%+,-]*")
        ? word
        : "'" + word.replace("'", "'\\''") + "'";
  }
}
