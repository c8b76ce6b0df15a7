package io.ccpairs.core.privacy;

/**
 * Telephone numbers by their written form: groups of digits, each set apart by one space, dot, dash
 * or slash, nine to fifteen digits in all, and
 *
 * <ul>
 *   <li>a plus and a country code before them, as in {@code +49 30 1234567};
 *   <li>an area code in brackets, as in {@code (030) 123-4567} and {@code (555) 123-4567};
 *   <li>an area code that begins with a zero, as in {@code 030 1234567} and {@code 01 23 45 67 89};
 *   <li>or three, three and four digits with a dash or dot, as in {@code 555-123-4567}.
 * </ul>
 *
 * <p>Dates, decimals, numbers of books and preprints, dumps of bytes and plain counts have none of
 * these forms.
 */
final class PhoneNumbers {
  private static final int MIN_DIGITS = 9;
  private static final int MAX_DIGITS = 15;
  private static final int MAX_GROUPS = 7;
  private static final int MAX_AREA_DIGITS = 5;

  private final String text;
  private final int start;
  private final int[] groups = new int[MAX_GROUPS];
  private final char[] separators = new char[MAX_GROUPS];
  private int count;
  private int digits;
  private int end = -1;
  private boolean bracketed;

  private PhoneNumbers(String text, int start) {
    this.text = text;
    this.start = start;
  }

  /** Where the number ends that begins here; -1 where none does. */
  static int end(String text, int start) {
    PhoneNumbers number = new PhoneNumbers(text, start);
    number.read();
    return number.isOne() ? number.end : -1;
  }

  private void read() {
    int i = text.charAt(start) == '+' ? start + 1 : start;
    while (count < MAX_GROUPS && i < text.length()) {
      boolean open = text.charAt(i) == '(' && count < 2;
      int from = open ? i + 1 : i;
      int to = from;
      while (to < text.length() && isDigit(text.charAt(to)) && to - from <= MAX_DIGITS) {
        to++;
      }
      boolean closed = to < text.length() && text.charAt(to) == ')';
      if (to == from || (open && (!closed || to - from > MAX_AREA_DIGITS))) {
        return;
      }
      groups[count++] = to - from;
      digits += to - from;
      bracketed |= open;
      end = open ? to + 1 : to;
      i = end;
      if (i < text.length() && " \u00a0.-/".indexOf(text.charAt(i)) >= 0) {
        separators[count - 1] = text.charAt(i);
        i++;
      } else if (!open && (i == text.length() || text.charAt(i) != '(')) {
        return;
      }
    }
  }

  private boolean isOne() {
    if (count == 0 || digits < MIN_DIGITS || digits > MAX_DIGITS || goesOn()) {
      return false;
    }
    char first = text.charAt(start);
    if (first == '+') {
      return isInternational();
    }
    if (first == '(') {
      boolean american = isShape(3, 3, 4);
      return american || (text.charAt(start + 1) == '0' && count > 1 && restAtLeast(2));
    }
    if (bracketed) {
      return first == '1' && isShape(1, 3, 3, 4);
    }
    return first == '0' ? isNational() : isAmerican();
  }

  /** A longer number than any telephone's. */
  private boolean goesOn() {
    if (end >= text.length()) {
      return false;
    }
    char next = text.charAt(end);
    boolean joined =
        ".,-/".indexOf(next) >= 0 && end + 1 < text.length() && isDigit(text.charAt(end + 1));
    return joined || Character.isLetterOrDigit(next);
  }

  private boolean isInternational() {
    boolean code = text.charAt(start + 1) > '0';
    boolean decimal = count == 2 && separators[0] == '.';
    boolean one = count == 1 && digits > MIN_DIGITS;
    int from = bracketed ? 2 : 1;
    boolean whole = count > from;
    for (int i = from; i < count; i++) {
      whole &= groups[i] >= 2;
    }
    return code && (one || (groups[0] <= 4 && !decimal && whole));
  }

  private boolean isNational() {
    boolean area = groups[0] >= 2 && groups[0] <= MAX_AREA_DIGITS && text.charAt(start + 1) > '0';
    if (!area || count < 2 || count > 5 || isBinary()) {
      return false;
    }
    for (int i = 1; i + 1 < count; i++) {
      if (separators[i] == '/') {
        return false;
      }
    }
    boolean pairs = isShape(2, 2, 2, 2, 2);
    boolean dotted = separators[0] == '.';
    return pairs || (!dotted && (groups[0] == 2 ? restAtLeast(3) : restAtLeast(2)));
  }

  private boolean isAmerican() {
    boolean shape = isShape(3, 3, 4) || (isShape(1, 3, 3, 4) && text.charAt(start) == '1');
    char last = count > 1 ? separators[count - 2] : ' ';
    return shape && (last == '-' || last == '.') && text.charAt(start) != '0';
  }

  private boolean isShape(int... lengths) {
    boolean same = count == lengths.length;
    for (int i = 0; same && i < count; i++) {
      same = groups[i] == lengths[i];
    }
    return same;
  }

  private boolean restAtLeast(int length) {
    for (int i = 1; i < count; i++) {
      if (groups[i] < length) {
        return false;
      }
    }
    return true;
  }

  private boolean isBinary() {
    for (int i = start; i < end; i++) {
      if (text.charAt(i) > '1' && text.charAt(i) <= '9') {
        return false;
      }
    }
    return true;
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }
}
