package io.ccpairs.core.pair;

import java.util.Locale;

/** What became of a record or of a pair: {@link #KEEP}, or why it was dropped. */
public enum Verdict {
  KEEP("kept"),

  // Records that cannot be read.
  BAD_RECORD("could not be read; listed with file, offset and reason"),
  DUPLICATE_RECORD("a record with the same native id came before it"),

  // Wikipedia.
  NOT_AN_ARTICLE("a page outside the article namespace"),
  REDIRECT("a page that only points to another"),
  DISAMBIGUATION("a page that only lists the meanings of a word"),
  NOT_PROSE("a section of lists, references or links, such as See also"),

  // Stack Exchange.
  NOT_A_POST("a row that is neither question nor answer"),

  // Forums.
  UNANSWERED("a post or question with which no pair was made"),
  ORPHAN("an answer or comment whose question or post is not in the input"),
  NOT_TOP_LEVEL("a reply to a comment, while only comments on posts are mined"),
  REMOVED("removed or deleted before the dump was made"),
  BOT("written by an account known as a bot"),
  PROMOTED("an advertisement"),
  STICKY("pinned by a moderator, or signed as one"),
  OVER_18("marked as not for minors"),
  LOW_SCORE("fewer votes than the least that is asked for"),
  OPTED_OUT("its author or source asked to be left out"),

  // Lengths.
  EMPTY("no text is left after clean-up"),
  TOO_SHORT("fewer characters or words than the least that is asked for"),
  TOO_LONG("more characters or words than allowed"),

  // Quality.
  ECHO("the passage mostly repeats its query"),
  BOILERPLATE("the passage is a stock phrase, a notice or placeholder text"),
  LINK_ONLY("the passage is little more than web addresses"),
  CODE_ONLY("the passage is little more than code or output of programs"),
  REPETITIVE("the passage says the same over and over"),
  SYMBOLS("the passage has few letters, or many signs"),
  DIGITS("the passage is mostly numbers"),
  LANGUAGE_MISMATCH("query and passage are in different languages"),
  UNWANTED_LANGUAGE("not in one of the languages asked for"),

  // Duplicates.
  DUPLICATE("a pair with the same query and passage, but for case and signs, stays"),
  DUPLICATE_PASSAGE("a pair with the same passage under another query stays"),
  NEAR_DUPLICATE("a pair of almost the same words stays"),

  // Evaluation sets.
  LEAK("its query or passage stands in an evaluation set"),

  // The consistency filter.
  INCONSISTENT("too many passages of the pool are closer to its query than its own"),
  NO_VECTOR("the model gives its query or passage no finite vector"),

  // Shards.
  NOT_DRAWN("the training takes fewer pairs, and others were drawn"),
  OVER_SHARE("its source gives only a share of its pairs to an epoch; others have their turn");

  private final String meaning;

  Verdict(String meaning) {
    this.meaning = meaning;
  }

  /** One line for people: what this verdict says of the row. */
  public String meaning() {
    return meaning;
  }

  /** The word for this verdict in tables and options, for example {@code low_score}. */
  public String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whether the row goes on to the next stage. */
  public boolean kept() {
    return this == KEEP;
  }
}
