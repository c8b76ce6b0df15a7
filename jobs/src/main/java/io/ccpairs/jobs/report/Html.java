package io.ccpairs.jobs.report;

import java.util.Locale;

/** Builds a page of HTML; what is given as text is escaped. */
final class Html {
  private final StringBuilder page = new StringBuilder(1 << 16);

  /** Adds markup as it stands. */
  Html raw(String markup) {
    page.append(markup);
    return this;
  }

  /** Adds text. */
  Html text(String text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '&' -> page.append("&amp;");
        case '<' -> page.append("&lt;");
        case '>' -> page.append("&gt;");
        case '"' -> page.append("&quot;");
        case '\'' -> page.append("&#39;");
        default -> page.append(c < ' ' && c != '\n' && c != '\t' ? ' ' : c);
      }
    }
    return this;
  }

  /** Adds an element that holds text. */
  Html element(String name, String text) {
    int space = name.indexOf(' ');
    return raw("<" + name + ">")
        .text(text)
        .raw("</" + (space < 0 ? name : name.substring(0, space)) + ">\n");
  }

  /** A number with its thousands set apart by thin spaces. */
  static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number).replace(',', '\u202f');
  }

  /** A share in per cent: finer where it would read as none or as all and is not. */
  static String percent(double share) {
    boolean fine = (share > 0 && share < 0.001) || (share > 0.999 && share < 1);
    return String.format(Locale.ROOT, fine ? "%.3f" : "%.1f", 100 * share) + "\u202f%";
  }

  @Override
  public String toString() {
    return page.toString();
  }
}
