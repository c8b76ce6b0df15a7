package io.ccpairs.core.pair;

import java.io.Serializable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A question-like text and a passage that answers it: one row of the tables {@code pairs}, {@code
 * clean}, {@code unique} and {@code consistent}.
 *
 * @param id stable across runs: 32 hexadecimal digits, see {@link PairId}
 * @param origin which dump format it was mined from
 * @param subset the subreddit, the site (for example {@code ai.stackexchange.com}) or the wiki (for
 *     example {@code enwiki})
 * @param lang language code of the dump, as the dump or its file name gives it; null where neither
 *     does
 * @param query plain text, never blank
 * @param passage plain text, paragraphs and code lines separated by newlines, never blank
 * @param queryKey equal for pairs that are siblings through their query: comments of one post,
 *     answers to one question, sections of one page. Training never uses one as the negative of
 *     another
 * @param passageKey names the passage's record within its origin
 * @param votes votes on the passage at dump time; null where the origin has none
 * @param createdAt when the passage was written, in seconds since 1970-01-01 UTC; null where the
 *     dump does not say
 * @param sourceId the passage's native id, as its site writes it
 * @param accepted whether the asker accepted the answer; null where the origin knows no acceptance
 * @param tags the question's tags, or a link flair; empty where there are none
 * @param licence the licence of the passage where the dump gives one, for example {@code CC BY-SA
 *     4.0}
 * @param queryAuthor {@link PairId#authorKey} of the query's author; null where unknown
 * @param passageAuthor the same for the passage
 * @param rank the passage's place among a pool's, for its query: 1 when none outranks it; null
 *     before the consistency filter
 * @param cosine of query and passage under the filter's model; null before the filter
 */
public record TextPair(
    String id,
    Origin origin,
    String subset,
    @Nullable String lang,
    String query,
    String passage,
    String queryKey,
    String passageKey,
    @Nullable Integer votes,
    @Nullable Long createdAt,
    String sourceId,
    @Nullable Boolean accepted,
    List<String> tags,
    @Nullable String licence,
    @Nullable Long queryAuthor,
    @Nullable Long passageAuthor,
    @Nullable Integer rank,
    @Nullable Float cosine)
    implements Serializable {

  public TextPair {
    if (query.isBlank() || passage.isBlank()) {
      throw new IllegalArgumentException(
          "Cannot make pair " + id + " from " + sourceId + ": a side is blank");
    }
    tags = List.copyOf(tags);
  }

  /** The same pair with other texts, for example masked ones; id and keys stay. */
  public TextPair withTexts(String otherQuery, String otherPassage) {
    return new TextPair(
        id,
        origin,
        subset,
        lang,
        otherQuery,
        otherPassage,
        queryKey,
        passageKey,
        votes,
        createdAt,
        sourceId,
        accepted,
        tags,
        licence,
        queryAuthor,
        passageAuthor,
        rank,
        cosine);
  }

  /** The same pair in a language. */
  public TextPair withLang(@Nullable String other) {
    return new TextPair(
        id,
        origin,
        subset,
        other,
        query,
        passage,
        queryKey,
        passageKey,
        votes,
        createdAt,
        sourceId,
        accepted,
        tags,
        licence,
        queryAuthor,
        passageAuthor,
        rank,
        cosine);
  }

  /** The same pair with its place in a pool. */
  public TextPair withRank(@Nullable Integer otherRank, @Nullable Float otherCosine) {
    return new TextPair(
        id,
        origin,
        subset,
        lang,
        query,
        passage,
        queryKey,
        passageKey,
        votes,
        createdAt,
        sourceId,
        accepted,
        tags,
        licence,
        queryAuthor,
        passageAuthor,
        otherRank,
        otherCosine);
  }
}
