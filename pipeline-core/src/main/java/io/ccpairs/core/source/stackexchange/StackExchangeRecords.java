package io.ccpairs.core.source.stackexchange;

import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.PairId;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.source.ForumRecord;
import io.ccpairs.core.source.MalformedRecordException;
import io.ccpairs.core.source.ThreadItem;
import io.ccpairs.core.source.stackexchange.StackExchangeConfig.Query;
import io.ccpairs.core.text.Cut;
import io.ccpairs.core.text.HtmlText;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Judges the rows of one site's dump by themselves, before questions and answers meet. Not
 * thread-safe.
 */
public final class StackExchangeRecords {
  private static final int QUESTION = 1;
  private static final int ANSWER = 2;
  private static final int SHOWN_CHARS = 500;

  /** Up to where the tags and blanks before a notice reach. */
  private static final int MAX_NOTICE_START = 40;

  /** 2011-04-08 and 2018-05-02, when the site's terms moved from CC BY-SA 2.5 to 3.0 and to 4.0. */
  private static final long LICENCE_3 = 1_302_220_800L;

  private static final long LICENCE_4 = 1_525_219_200L;

  private final StackExchangeConfig config;
  private final String site;
  private final @Nullable String language;
  private final PostParser parser = new PostParser();
  private final HtmlText html = new HtmlText();

  /** For one file; the site is told by the configuration, else by the path. */
  public StackExchangeRecords(StackExchangeConfig config, String path) {
    this.config = config;
    this.site = config.site().isEmpty() ? SiteNames.site(path) : config.site();
    this.language = SiteNames.language(site);
  }

  /**
   * What a line is.
   *
   * @return null for lines that hold no row
   */
  public @Nullable ForumRecord judge(byte[] buffer, int start, int length)
      throws MalformedRecordException {
    Post post = parser.parse(buffer, start, length);
    if (post == null) {
      return null;
    }
    return switch (post.type()) {
      case QUESTION -> question(post);
      case ANSWER -> answer(post);
      default ->
          new ForumRecord(
              Kind.OTHER,
              Verdict.NOT_A_POST,
              key(post.id()),
              shown(post.body()),
              author(post),
              List.of());
    };
  }

  private ForumRecord question(Post post) {
    String title = html.line(post.title());
    String body = config.query() == Query.TITLE ? "" : html.of(withoutNotice(post.body()));
    String query =
        Cut.atWord(
            title.isEmpty() ? body : body.isEmpty() ? title : title + "\n" + body,
            config.maxQueryChars());
    if (query.isBlank()) {
      return new ForumRecord(
          Kind.QUESTION, Verdict.EMPTY, key(post.id()), "", author(post), List.of());
    }
    String accepted = post.acceptedAnswerId() > 0 ? key(post.acceptedAnswerId()) : null;
    return kept(post, item(post, Kind.QUESTION, key(post.id()), query, accepted));
  }

  /**
   * Until 2013 the site wrote into a question that others took it for a repetition, and of which
   * one: a quotation at its head.
   */
  private static String withoutNotice(String body) {
    if (!body.startsWith("<blockquote>")) {
      return body;
    }
    int notice = body.indexOf("<strong>Possible Duplicate");
    int end = body.indexOf("</blockquote>");
    return notice >= 0 && notice < MAX_NOTICE_START && notice < end
        ? body.substring(end + "</blockquote>".length())
        : body;
  }

  private ForumRecord answer(Post post) throws MalformedRecordException {
    if (post.parentId() <= 0) {
      throw new MalformedRecordException("the answer names no question");
    }
    if (post.score() < config.minAnswerScore()) {
      return new ForumRecord(
          Kind.ANSWER,
          Verdict.LOW_SCORE,
          key(post.id()),
          shown(post.body()),
          author(post),
          List.of());
    }
    String text = html.of(post.body());
    Verdict verdict =
        text.isBlank()
            ? Verdict.EMPTY
            : text.length() < config.minPassageChars()
                ? Verdict.TOO_SHORT
                : text.length() > config.maxPassageChars() ? Verdict.TOO_LONG : Verdict.KEEP;
    if (!verdict.kept()) {
      return new ForumRecord(
          Kind.ANSWER,
          verdict,
          key(post.id()),
          Cut.atWord(text, SHOWN_CHARS),
          author(post),
          List.of());
    }
    return kept(post, item(post, Kind.ANSWER, key(post.parentId()), text, null));
  }

  private ForumRecord kept(Post post, ThreadItem item) {
    return new ForumRecord(item.kind(), Verdict.KEEP, item.id(), "", author(post), List.of(item));
  }

  private ThreadItem item(
      Post post, Kind kind, String thread, String text, @Nullable String accepted) {
    String author = author(post);
    return new ThreadItem(
        kind,
        Origin.STACKEXCHANGE,
        site,
        language,
        thread,
        kind == Kind.QUESTION,
        key(post.id()),
        text,
        post.score(),
        post.createdAt(),
        accepted,
        true,
        tags(post.tags()),
        licence(post),
        author == null ? null : PairId.authorKey(Origin.STACKEXCHANGE, author));
  }

  private @Nullable String author(Post post) {
    String owner = post.owner();
    return owner == null ? null : site + "/" + owner;
  }

  private String key(long id) {
    return site + "/" + id;
  }

  private String shown(String body) {
    // The start is enough to see what was dropped, without a tag that the cut would break.
    if (body.length() <= 2 * SHOWN_CHARS) {
      return html.of(body);
    }
    String start = body.substring(0, 2 * SHOWN_CHARS);
    int tag = start.lastIndexOf('<');
    return html.of(tag > start.lastIndexOf('>') ? start.substring(0, tag) : start);
  }

  private static @Nullable String licence(Post post) {
    if (post.licence() != null) {
      return post.licence();
    }
    Long created = post.createdAt();
    if (created == null) {
      return null;
    }
    return created < LICENCE_3
        ? "CC BY-SA 2.5"
        : created < LICENCE_4 ? "CC BY-SA 3.0" : "CC BY-SA 4.0";
  }

  private static List<String> tags(String written) {
    List<String> tags = new ArrayList<>();
    int start = -1;
    for (int i = 0; i <= written.length(); i++) {
      boolean mark = i == written.length() || "<>|".indexOf(written.charAt(i)) >= 0;
      if (mark && start >= 0) {
        tags.add(written.substring(start, i));
        start = -1;
      } else if (!mark && start < 0) {
        start = i;
      }
    }
    return tags;
  }
}
