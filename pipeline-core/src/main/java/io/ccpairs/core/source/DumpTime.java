package io.ccpairs.core.source;

/**
 * Times as dumps write them: {@code 2016-08-02T15:39:14.947} or {@code 2016-08-02T15:39:14Z}, both
 * UTC.
 */
public final class DumpTime {
  private static final String UNREADABLE = "a time cannot be read";
  private static final int[] DAYS = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};

  private DumpTime() {}

  /** Seconds since 1970-01-01 UTC; fractions are cut. */
  public static long epochSeconds(String text) throws MalformedRecordException {
    if (text.length() < 19 || text.charAt(10) != 'T') {
      throw new MalformedRecordException(UNREADABLE);
    }
    int year = digits(text, 0, 4);
    int month = digits(text, 5, 7);
    int day = digits(text, 8, 10);
    int hour = digits(text, 11, 13);
    int minute = digits(text, 14, 16);
    int second = digits(text, 17, 19);
    if (month < 1 || month > 12 || day < 1 || day > days(year, month)) {
      throw new MalformedRecordException("a date is none of the calendar");
    }
    if (hour > 23 || minute > 59 || second > 59) {
      throw new MalformedRecordException("a time is none of the day");
    }
    return ((daysSinceEpoch(year, month, day) * 24 + hour) * 60 + minute) * 60 + second;
  }

  private static int days(int year, int month) {
    boolean leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return month == 2 && leap ? 29 : DAYS[month - 1];
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
        throw new MalformedRecordException(UNREADABLE);
      }
      value = value * 10 + digit;
    }
    return value;
  }
}
