package io.ccpairs.core.source.stackexchange;

import io.ccpairs.core.source.MalformedRecordException;

/** Times as the dump writes them: {@code 2016-08-02T15:39:14.947}, UTC. */
final class DumpTime {
  private DumpTime() {}

  static long epochSeconds(String text) throws MalformedRecordException {
    if (text.length() < 19 || text.charAt(10) != 'T') {
      throw new MalformedRecordException("CreationDate is no time");
    }
    long days = daysSinceEpoch(digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10));
    return ((days * 24 + digits(text, 11, 13)) * 60 + digits(text, 14, 16)) * 60
        + digits(text, 17, 19);
  }

  /**
   * Gregorian calendar, counted in eras of 400 years from March on, so that leap days come last.
   */
  private static long daysSinceEpoch(int year, int month, int day) {
    int shifted = month <= 2 ? year - 1 : year;
    int era = shifted / 400;
    int yearOfEra = shifted - era * 400;
    int dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;
    return era * 146_097L
        + yearOfEra * 365L
        + yearOfEra / 4
        - yearOfEra / 100
        + dayOfYear
        - 719_468;
  }

  private static int digits(String text, int start, int end) throws MalformedRecordException {
    int value = 0;
    for (int i = start; i < end; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        throw new MalformedRecordException("CreationDate is no time");
      }
      value = value * 10 + digit;
    }
    return value;
  }
}
