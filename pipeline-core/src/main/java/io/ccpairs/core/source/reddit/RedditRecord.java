package io.ccpairs.core.source.reddit;

import io.ccpairs.core.pair.Kind;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A submission or a comment, with the fields of all schema generations under one name each. Texts
 * are as the dump holds them: Markdown, escaped for HTML.
 *
 * @param kind {@link Kind#POST} or {@link Kind#COMMENT}
 * @param name the full name, for example {@code t3_8xk2p} or {@code t1_e7abc}
 * @param author null where the dump does not say or the account is deleted
 * @param subreddit without {@code r/}; empty where the dump does not say
 * @param title empty for a comment
 * @param text self text or body; empty for a link
 * @param link the full name of the post that a comment belongs to; empty for a post
 * @param parent the full name of what a comment replies to; empty for a post
 * @param score votes up less votes down; null where the dump does not say
 * @param createdAt seconds since 1970-01-01 UTC; null where the dump does not say
 * @param flair the label on a post; null where there is none
 * @param marks what the site says of it
 */
public record RedditRecord(
    Kind kind,
    String name,
    @Nullable String author,
    String subreddit,
    String title,
    String text,
    String link,
    String parent,
    @Nullable Integer score,
    @Nullable Long createdAt,
    @Nullable String flair,
    Set<Mark> marks) {

  /** What the site says of a post or comment. */
  public enum Mark {
    /**
     * Taken down by its author, a moderator or the site, whether or not the text is still there.
     */
    REMOVED,
    /** Paid for. */
    PROMOTED,
    OVER_18,
    /** Pinned to the top. */
    STICKIED,
    /** Signed as a moderator or as staff. */
    DISTINGUISHED
  }

  /** Whether this is a comment on a post, not on another comment. */
  public boolean topLevel() {
    return parent.startsWith("t3_");
  }
}
