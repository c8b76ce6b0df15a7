package io.ccpairs.core.text.wiki;

import java.util.Arrays;

/** Characters that are written one run after another, open to the passes that read them. */
final class Chars {
  private char[] chars;
  private int length;

  /** Room for so many at first; it grows. */
  Chars(int room) {
    chars = new char[room];
  }

  /** What was written, up to {@link #length()}. */
  char[] array() {
    return chars;
  }

  int length() {
    return length;
  }

  /** The last character, or a space where there is none. */
  char last() {
    return length == 0 ? ' ' : chars[length - 1];
  }

  /** The character before the last, or a space where there is none. */
  char beforeLast() {
    return length < 2 ? ' ' : chars[length - 2];
  }

  void clear() {
    length = 0;
  }

  void add(char c) {
    if (length == chars.length) {
      reserve(1);
    }
    chars[length++] = c;
  }

  void add(String text) {
    reserve(text.length());
    text.getChars(0, text.length(), chars, length);
    length += text.length();
  }

  void add(char[] from, int start, int count) {
    reserve(count);
    System.arraycopy(from, start, chars, length, count);
    length += count;
  }

  private void reserve(int more) {
    if (chars.length - length < more) {
      chars = Arrays.copyOf(chars, Math.max(length + more, 2 * chars.length));
    }
  }
}
