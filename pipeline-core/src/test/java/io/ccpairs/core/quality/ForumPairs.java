package io.ccpairs.core.quality;

import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.TextPair;
import java.util.List;

/** Pairs of a forum of which only the texts matter. */
final class ForumPairs {
  private ForumPairs() {}

  /** A post on Reddit and a comment, in a language that the dump does not name. */
  static TextPair of(String query, String passage) {
    return new TextPair(
        "0".repeat(32),
        Origin.REDDIT,
        "bread",
        null,
        query,
        passage,
        "q",
        "p",
        null,
        null,
        "p",
        null,
        List.of(),
        null,
        null,
        null,
        null,
        null);
  }
}
