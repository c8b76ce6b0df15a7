package io.ccpairs.core.pair;

import java.util.Locale;

/**
 * What is counted: a record of a dump, or the candidate pair made of it. In every stage, and for
 * every kind, rows in = kept + dropped by reason.
 */
public enum Kind {
  /** A Reddit submission; kept when at least one candidate pair was made with it. */
  POST,
  /** A Reddit comment: with its post, or with the comment it replies to, a candidate pair. */
  COMMENT,
  /** A Stack Exchange question; kept when at least one candidate pair was made with it. */
  QUESTION,
  /** A Stack Exchange answer: with its question, a candidate pair. */
  ANSWER,
  /** A row of {@code Posts.xml} that is neither question nor answer, such as a tag wiki. */
  OTHER,
  /** A page of a MediaWiki dump; kept when its text was cut into sections. */
  PAGE,
  /** A section of a page, the lead included: with its title, a candidate pair. */
  SECTION,
  /** A pair of a published table. */
  PAIR;

  /** The word for this kind in tables, for example {@code comment}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }
}
