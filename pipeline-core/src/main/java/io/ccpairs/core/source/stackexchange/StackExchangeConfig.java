package io.ccpairs.core.source.stackexchange;

import java.io.Serializable;

/**
 * Which questions and answers become pairs.
 *
 * @param minAnswerScore votes that an answer must have
 * @param minPassageChars a shorter answer is dropped
 * @param maxPassageChars a longer answer is dropped
 * @param maxQueryChars a longer question is cut at a word
 * @param query what of the question is the query
 * @param site the site of all files; empty to take it from their names
 */
public record StackExchangeConfig(
    int minAnswerScore,
    int minPassageChars,
    int maxPassageChars,
    int maxQueryChars,
    Query query,
    String site)
    implements Serializable {

  /** What of a question is the query. */
  public enum Query {
    TITLE,
    TITLE_AND_BODY
  }

  /** What holds when nobody says otherwise. */
  public static StackExchangeConfig defaults() {
    return new StackExchangeConfig(
        1, // E5 takes upvoted answers and gives no threshold
        20, // below: "Yes.", "See above."
        10_000, // an encoder reads the first 128 to 512 tokens; what is longer is mostly code or
        // logs
        2_000, // about 500 tokens, all that an encoder reads
        Query.TITLE_AND_BODY,
        "");
  }
}
