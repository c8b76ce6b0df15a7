package io.ccpairs.core.text;

import java.util.Set;

/**
 * Reddit's Markdown as plain text: what a reader of the page would have read, without the marks.
 *
 * <ul>
 *   <li>Emphasis, strong, strike, superscript, spoilers and inline code: the words alone. What only
 *       looks like a mark stays ({@code 2 * 3 * 4}, {@code snake_case}, {@code f*ck}, {@code x^2}).
 *   <li>Links and images: their text. Bare addresses stay, for they are part of the sentence; a
 *       line that is only the address of a picture on Reddit's servers, or the link to a poll, is
 *       where the page shows them, and goes.
 *   <li>Paragraphs, headings, list items, rows of tables: a line each, no blank lines between.
 *       Lines of one paragraph are joined by a space, unless the author forced the line end.
 *   <li>Items start with {@code - }, {@code + } or their number; cells are set apart by commas.
 *   <li>Code blocks, indented or fenced: as they stand, blank lines inside included.
 *   <li>Quotations: their text, or nothing ({@link Quotes}). A line of a quotation starts with
 *       {@code >}; one that lacks the sign is the author's own, though Markdown would count it in:
 *       people who forget the blank line are as many as those who wrap a quotation.
 *   <li>Rules and definitions of link targets are left out; entities are decoded; pairs of HTML
 *       tags that only format are taken off.
 * </ul>
 *
 * <p>Any input is a Markdown text, so nothing throws. The time is linear in the length; the memory
 * a small multiple of it.
 */
public final class MarkdownText {
  private MarkdownText() {}

  /** What becomes of quoted lines. */
  public enum Quotes {
    KEEP,
    DROP
  }

  /** The plain text of a Markdown text, quotations included. */
  public static String of(String markdown) {
    return of(markdown, Quotes.KEEP);
  }

  /**
   * The plain text of a Markdown text.
   *
   * @param markdown as a dump holds it, escaped for HTML or not
   * @return paragraphs separated by one newline, no white space around; empty when nothing is left
   */
  public static String of(String markdown, Quotes quotes) {
    return markdown.isEmpty() ? "" : new MarkdownBlocks(markdown, quotes).text();
  }

  /**
   * The plain text of a title, in which Reddit reads no Markdown: one line, entities decoded, white
   * space collapsed.
   */
  public static String title(String title) {
    if (isClean(title)) {
      return title;
    }
    RawChars chars = RawChars.of(title);
    MarkdownInline line = new MarkdownInline(chars.chars(), chars.length(), Set.of());
    line.unmarked(0, chars.length());
    return line.text();
  }

  /** Whether a title is plain text already, as most are. */
  private static boolean isClean(String title) {
    char previous = ' ';
    for (int k = 0; k < title.length(); k++) {
      char c = title.charAt(k);
      boolean plain = c >= 0x7F ? c > 0xAD && c < 0x1680 : c >= ' ' && c != '&';
      if (!plain || (c == ' ' && previous == ' ')) {
        return false;
      }
      previous = c;
    }
    return previous != ' ';
  }
}
