package io.ccpairs.core.source.reddit;

import io.ccpairs.core.text.MarkdownText.Quotes;
import java.io.Serializable;
import java.util.List;

/**
 * What of Reddit is mined.
 *
 * @param comments which comments become passages
 * @param minCommentScore least votes of a comment
 * @param maxCommentChars most characters of a comment as the dump holds it
 * @param minCommentChars least characters of a comment's plain text
 * @param minQueryChars least characters of a query
 * @param maxQueryChars a longer query is cut between two words
 * @param quotes what becomes of the quotations in a comment
 * @param bots accounts that are bots; upper and lower case are the same
 * @param botNames whether accounts that are named as bots are taken for such: {@code GIF_bot},
 *     {@code RemindMeBot}, {@code sneakpeek-bot}; not {@code abbot}, {@code MrRobot} or {@code
 *     not_a_bot}
 * @param dropOver18 whether posts marked as not for minors are dropped, and with them their
 *     comments
 * @param dropSticky whether what is pinned, or signed as a moderator, is dropped
 */
public record RedditConfig(
    Comments comments,
    int minCommentScore,
    int maxCommentChars,
    int minCommentChars,
    int minQueryChars,
    int maxQueryChars,
    Quotes quotes,
    List<String> bots,
    boolean botNames,
    boolean dropOver18,
    boolean dropSticky)
    implements Serializable {

  /** Which comments become passages. */
  public enum Comments {
    /** Comments on posts. */
    TOP_LEVEL,
    /** Replies to comments too: the comment is their query. */
    REPLIES
  }

  public RedditConfig {
    bots = List.copyOf(bots);
    require(maxCommentChars >= 1, "max-comment-chars", maxCommentChars);
    require(maxQueryChars >= 1, "max-query-chars", maxQueryChars);
    require(
        minCommentChars >= 0 && minCommentChars <= maxCommentChars,
        "min-comment-chars",
        minCommentChars);
    require(minQueryChars >= 0 && minQueryChars <= maxQueryChars, "min-query-chars", minQueryChars);
  }

  /** The recipe's figures where it has any. */
  public static RedditConfig defaults() {
    return new RedditConfig(
        Comments.TOP_LEVEL, // E5 pairs posts with comments; a reply leans on more than its parent
        1, // E5: a comment with a score below 1 is dropped, that is one voted down
        4_096, // E5: a longer one is dropped
        10, // "this", "lol" and "thanks!" answer every post alike
        5, // a title such as "Help?" still says something; less does not
        2_000, // about 500 tokens, all that an encoder reads; it is written once per comment
        Quotes.DROP, // a quotation repeats the post, and teaches a model to look for copies
        List.of( // those whose names do not say so, or not plainly
            "AutoModerator",
            "autotldr",
            "TotesMessenger",
            "sneakpeekbot",
            "imguralbumbot",
            "haikubot-1092",
            "Mentioned_Videos",
            "BooCMB",
            "BooBCMB",
            "misspellbot",
            "HelperBot_",
            "VredditDownloader",
            "SaveVideo",
            "tweetposter",
            "ConvertsToMetric",
            "stabbot",
            "transcribot",
            "youtubefactsbot",
            "userleansbot",
            "profanitycounter",
            "uwutranslator",
            "qkme_transcriber",
            "bitcointip",
            "changetip",
            "dogetipbot",
            "nice-scores",
            "ObamaRobot",
            "QualityVote",
            "B0tRank",
            "haiku_robot",
            "autowikibot"),
        true, // new bots come faster than lists are kept
        true, // not safe to hand on, and little of it reads as question and answer
        true); // rules and reminders, the same under every post
  }

  private static void require(boolean holds, String key, int value) {
    if (!holds) {
      throw new IllegalArgumentException("Cannot use " + key + " = " + value + ": out of range");
    }
  }
}
