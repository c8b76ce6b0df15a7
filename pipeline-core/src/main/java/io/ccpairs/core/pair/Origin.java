package io.ccpairs.core.pair;

import java.util.Locale;

/** Where a pair was mined. The order is the one in which tables and reports list them. */
public enum Origin {
  REDDIT,
  STACKEXCHANGE,
  WIKIPEDIA;

  /** The word for this origin in paths, tables and options, for example {@code stackexchange}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The origin with this {@link #word()}.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static Origin of(String word) {
    for (Origin origin : values()) {
      if (origin.word().equals(word)) {
        return origin;
      }
    }
    throw new IllegalArgumentException(
        "Unknown origin " + word + "; there are reddit, stackexchange and wikipedia");
  }
}
