package io.ccpairs.jobs.report;

import java.util.List;

/** Columns for the terminal: numbers to the right, words to the left, two spaces between. */
public final class TextTable {
  private TextTable() {}

  /**
   * The lines as one text.
   *
   * @param lines the heading first; all of the same length
   */
  public static String render(List<String[]> lines) {
    int columns = lines.get(0).length;
    int[] widths = new int[columns];
    boolean[] numeric = new boolean[columns];
    for (int column = 0; column < columns; column++) {
      boolean anyNumber = false;
      boolean anyWord = false;
      for (int line = 0; line < lines.size(); line++) {
        String cell = lines.get(line)[column];
        widths[column] = Math.max(widths[column], cell.codePointCount(0, cell.length()));
        if (line > 0 && !cell.isEmpty()) {
          boolean number =
              cell.chars().allMatch(c -> Character.isDigit(c) || ".,-%".indexOf(c) >= 0);
          anyNumber |= number;
          anyWord |= !number;
        }
      }
      numeric[column] = anyNumber && !anyWord;
    }
    StringBuilder table = new StringBuilder();
    for (String[] line : lines) {
      StringBuilder row = new StringBuilder();
      for (int column = 0; column < columns; column++) {
        String cell = line[column];
        String space = " ".repeat(widths[column] - cell.codePointCount(0, cell.length()));
        row.append(column == 0 ? "" : "  ").append(numeric[column] ? space + cell : cell + space);
      }
      table.append(row.toString().stripTrailing()).append('\n');
    }
    return table.toString();
  }
}
