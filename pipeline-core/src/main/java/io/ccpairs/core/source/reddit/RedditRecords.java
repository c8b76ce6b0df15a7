package io.ccpairs.core.source.reddit;

import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.PairId;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.source.ForumRecord;
import io.ccpairs.core.source.MalformedRecordException;
import io.ccpairs.core.source.ThreadItem;
import io.ccpairs.core.source.reddit.RedditConfig.Comments;
import io.ccpairs.core.source.reddit.RedditRecord.Mark;
import io.ccpairs.core.text.Cut;
import io.ccpairs.core.text.MarkdownText;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Judges the records of a Reddit dump one by one, before any of them is shuffled, and makes of
 * those that are kept the items of their threads.
 *
 * <p>A post opens the thread that has its full name ({@code t3_…}); a comment on it is an answer in
 * that thread. With {@link Comments#REPLIES} a reply is an answer in the thread of the comment it
 * replies to ({@code t1_…}), and every kept comment, besides being an answer, opens the thread of
 * its own name.
 *
 * <p>Accounting: every record is judged once, as the one {@link Kind} it is. An opener made of a
 * comment has {@link Kind#COMMENT}: the same comment is counted as an answer, in the thread of its
 * parent, so the join must give openers of that kind no verdict of their own.
 *
 * <p>Where several reasons hold, the first of this order is given: removed, bot, promoted, over 18,
 * sticky, not top-level, low score, too long, empty, too short. Not thread-safe; one for each task.
 */
public final class RedditRecords {
  /** How much of a dropped text goes to the sample of dropped rows. */
  private static final int SAMPLE_CHARS = 300;

  /** Reddit takes no longer post; more of a text than this is not looked at. */
  private static final int MAX_POST_CHARS = 40_000;

  private final RedditConfig config;
  private final Set<String> bots;
  private final RedditParser parser = new RedditParser();

  public RedditRecords(RedditConfig config) {
    this.config = config;
    this.bots = new HashSet<>();
    config.bots().forEach(bot -> bots.add(bot.toLowerCase(Locale.ROOT)));
  }

  /**
   * Reads and judges one line.
   *
   * @return null for a blank line
   * @throws MalformedRecordException for a line that is no submission and no comment
   */
  public @Nullable ForumRecord judge(byte[] buffer, int offset, int length)
      throws MalformedRecordException {
    return isBlank(buffer, offset, length) ? null : judge(parser.parse(buffer, offset, length));
  }

  private static boolean isBlank(byte[] buffer, int offset, int length) {
    int i = offset;
    while (i < offset + length && (buffer[i] == ' ' || buffer[i] == '\t' || buffer[i] == '\r')) {
      i++;
    }
    return i == offset + length;
  }

  /** Judges one record. */
  public ForumRecord judge(RedditRecord read) {
    Verdict early = beforeText(read);
    if (early != Verdict.KEEP) {
      return dropped(read, early);
    }
    return read.kind() == Kind.POST ? post(read) : comment(read);
  }

  /** What can be said without reading the Markdown. */
  private Verdict beforeText(RedditRecord read) {
    Set<Mark> marks = read.marks();
    if (marks.contains(Mark.REMOVED) || isRemoved(read)) {
      return Verdict.REMOVED;
    }
    if (isBot(read.author())) {
      return Verdict.BOT;
    }
    if (marks.contains(Mark.PROMOTED)) {
      return Verdict.PROMOTED;
    }
    if (config.dropOver18() && marks.contains(Mark.OVER_18)) {
      return Verdict.OVER_18;
    }
    boolean sticky = marks.contains(Mark.STICKIED) || marks.contains(Mark.DISTINGUISHED);
    if (config.dropSticky() && sticky) {
      return Verdict.STICKY;
    }
    if (read.kind() == Kind.POST) {
      return Verdict.KEEP;
    }
    if (config.comments() == Comments.TOP_LEVEL && !read.topLevel()) {
      return Verdict.NOT_TOP_LEVEL;
    }
    if (read.score() != null && read.score() < config.minCommentScore()) {
      return Verdict.LOW_SCORE;
    }
    return read.text().length() > config.maxCommentChars() ? Verdict.TOO_LONG : Verdict.KEEP;
  }

  private ForumRecord post(RedditRecord read) {
    int most = Math.max(MAX_POST_CHARS, config.maxQueryChars());
    String title = MarkdownText.title(Cut.atWord(read.title(), most));
    String body = MarkdownText.of(Cut.atWord(read.text(), most));
    String text = body.isEmpty() ? title : title.isEmpty() ? body : title + '\n' + body;
    Verdict verdict = length(text, config.minQueryChars());
    return verdict == Verdict.KEEP
        ? kept(read, List.of(opener(read, text)))
        : dropped(read, verdict);
  }

  private ForumRecord comment(RedditRecord read) {
    String text = MarkdownText.of(read.text(), config.quotes());
    Verdict verdict = length(text, config.minCommentChars());
    if (verdict != Verdict.KEEP) {
      return dropped(read, verdict);
    }
    String thread = read.topLevel() ? read.link() : read.parent();
    ThreadItem answer = item(read, thread, Place.ANSWERS, text);
    boolean opens =
        config.comments() == Comments.REPLIES && text.length() >= config.minQueryChars();
    return kept(read, opens ? List.of(answer, opener(read, text)) : List.of(answer));
  }

  private static Verdict length(String text, int minChars) {
    if (text.isEmpty()) {
      return Verdict.EMPTY;
    }
    return text.length() < minChars ? Verdict.TOO_SHORT : Verdict.KEEP;
  }

  private enum Place {
    OPENS,
    ANSWERS
  }

  private ThreadItem opener(RedditRecord read, String text) {
    return item(read, read.name(), Place.OPENS, Cut.atWord(text, config.maxQueryChars()));
  }

  private static ThreadItem item(RedditRecord read, String thread, Place place, String text) {
    String author = read.author();
    return new ThreadItem(
        read.kind(),
        Origin.REDDIT,
        read.subreddit(),
        null,
        thread,
        place == Place.OPENS,
        read.name(),
        text,
        read.score(),
        read.createdAt(),
        null,
        false,
        tags(read),
        null,
        author == null ? null : PairId.authorKey(Origin.REDDIT, author));
  }

  private static List<String> tags(RedditRecord read) {
    String flair = read.flair() == null ? "" : MarkdownText.title(read.flair());
    return flair.isEmpty() ? List.of() : List.of(flair);
  }

  private static ForumRecord kept(RedditRecord read, List<ThreadItem> items) {
    return new ForumRecord(read.kind(), Verdict.KEEP, read.name(), "", read.author(), items);
  }

  private static ForumRecord dropped(RedditRecord read, Verdict verdict) {
    String text = read.kind() == Kind.COMMENT ? read.text() : read.title();
    return new ForumRecord(
        read.kind(),
        verdict,
        read.name(),
        Cut.atWord(text, SAMPLE_CHARS),
        read.author(),
        List.of());
  }

  // ---- Removal ---------------------------------------------------------------------------------

  /** Whether what stands for a text that is gone is all there is. */
  private static boolean isRemoved(RedditRecord read) {
    boolean blank = read.text().isBlank();
    if (read.kind() == Kind.COMMENT) {
      return blank ? read.author() == null : isNotice(read.text());
    }
    return isNotice(read.text()) || isNotice(read.title());
  }

  /** Whether a text is such as {@code [deleted]} or {@code [ Removed by Reddit ]}. */
  private static boolean isNotice(String text) {
    if (text.length() > 120) {
      return false;
    }
    String stripped = withoutPoll(text.strip());
    if (!stripped.startsWith("[") || !stripped.endsWith("]") || stripped.length() < 9) {
      return false;
    }
    String notice = stripped.substring(1, stripped.length() - 1).strip().toLowerCase(Locale.ROOT);
    return notice.equals("deleted")
        || notice.equals("removed")
        || notice.equals("unavailable")
        || notice.startsWith("deleted by ")
        || notice.startsWith("removed by ");
  }

  /** Of a poll that is gone the line that links to it is still there. */
  private static String withoutPoll(String text) {
    int poll = text.indexOf("\n[View Poll](");
    return poll < 0 ? text : text.substring(0, poll).strip();
  }

  // ---- Bots ------------------------------------------------------------------------------------

  private boolean isBot(@Nullable String author) {
    if (author == null) {
      return false;
    }
    return bots.contains(author.toLowerCase(Locale.ROOT))
        || (config.botNames() && isNamedAsBot(author));
  }

  /**
   * Whether a name ends in the word bot, set apart by a sign ({@code GIF_bot}, {@code x-BOT}) or by
   * its capital ({@code RemindMeBot}), and is not a joke such as {@code definitely_not_a_bot}.
   */
  static boolean isNamedAsBot(String author) {
    int at = author.length() - 3;
    if (at < 1 || !author.regionMatches(true, at, "bot", 0, 3)) {
      return false;
    }
    char before = author.charAt(at - 1);
    boolean setApart = before == '_' || before == '-';
    boolean capital =
        author.startsWith("Bot", at)
            && (Character.isLowerCase(before) || Character.isDigit(before));
    if (!setApart && !capital) {
      return false;
    }
    String letters =
        author.substring(0, at).replace("_", "").replace("-", "").toLowerCase(Locale.ROOT);
    return !letters.endsWith("nota") && !letters.endsWith("not");
  }
}
