package io.ccpairs.core.source.wikipedia;

import java.io.Serializable;

/**
 * Which pages and sections become pairs.
 *
 * @param minLeadChars a shorter lead is dropped
 * @param minSectionChars a shorter section is dropped
 * @param maxPassageChars a longer section is cut at a word
 * @param wiki the wiki of all files, for example {@code enwiki}; empty to take it from their names
 * @param lang the language of all files; empty to take it from their names
 */
public record WikipediaConfig(
    int minLeadChars, int minSectionChars, int maxPassageChars, String wiki, String lang)
    implements Serializable {

  /** What holds when nobody says otherwise. */
  public static WikipediaConfig defaults() {
    return new WikipediaConfig(
        40, // "Foo is a village in Bar." says what Foo is; less is a broken stub
        60, // one sentence; below stand captions and lone links
        10_000, // an encoder reads the first 128 to 512 tokens; nothing of a long section is lost
        // for that
        "",
        "");
  }
}
