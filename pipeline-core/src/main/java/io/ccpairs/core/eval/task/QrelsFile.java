package io.ccpairs.core.eval.task;

import io.ccpairs.core.input.ByteSource;
import io.ccpairs.core.input.Lines;
import java.io.IOException;
import java.util.Set;

/**
 * A file of judgements: TREC's four columns (query, a word that means nothing, passage, grade), or
 * three with tabs and a heading, as BEIR's.
 */
public final class QrelsFile {
  private QrelsFile() {}

  /**
   * Adds a file's judgements.
   *
   * @param leaveOut grades that are no judgement in this file
   * @throws io.ccpairs.core.input.CorruptInputException when a line has another form, naming it
   */
  public static void read(ByteSource file, Set<Integer> leaveOut, Qrels into) throws IOException {
    try (Lines lines = Lines.open(file)) {
      for (String line = lines.next(); line != null; line = lines.next()) {
        if (line.isBlank()) {
          continue;
        }
        String[] columns = line.strip().split(line.contains("\t") ? "\t" : "\\s+");
        if (columns.length != 3 && columns.length != 4) {
          throw lines.error("a judgement has three or four columns, this line " + columns.length);
        }
        String grade = columns[columns.length - 1].strip();
        try {
          int value = Integer.parseInt(grade);
          if (!leaveOut.contains(value)) {
            into.add(columns[0].strip(), columns[columns.length - 2].strip(), value);
          }
        } catch (NumberFormatException e) {
          if (lines.number() > 1) {
            throw lines.error("the grade " + grade + " is no whole number");
          }
        }
      }
    }
  }
}
