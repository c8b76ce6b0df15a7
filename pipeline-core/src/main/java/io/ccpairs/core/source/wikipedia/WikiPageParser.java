package io.ccpairs.core.source.wikipedia;

import static io.ccpairs.core.source.XmlText.startsWith;

import io.ccpairs.core.source.DumpTime;
import io.ccpairs.core.source.MalformedRecordException;
import io.ccpairs.core.source.XmlText;
import java.util.Arrays;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads what stands between two {@code </page>} of a dump: a page, behind the file's header in the
 * first record. Works on bytes and decodes only what is wanted. Pages need no root element around
 * them. Not thread-safe: a task has its own.
 *
 * <p>No document type is read and no entity but XML's own is known, so nothing expands. Of several
 * revisions the last counts; of its slots the main one, which stands outside {@code <content>}.
 */
public final class WikiPageParser {
  private static final byte[] PAGE = {'<', 'p', 'a', 'g', 'e', '>'};

  /** English prefixes, for dumps from before 2012, which do not give the namespace's number. */
  private static final Set<String> PREFIXES =
      Set.of(
          "Talk",
          "User",
          "User talk",
          "Wikipedia",
          "Wikipedia talk",
          "File",
          "File talk",
          "Image",
          "MediaWiki",
          "MediaWiki talk",
          "Template",
          "Template talk",
          "Help",
          "Help talk",
          "Category",
          "Category talk",
          "Portal",
          "Portal talk",
          "Module");

  private final XmlText xml = new XmlText();
  private byte[] bytes = new byte[0];
  private int end;

  /**
   * The page in a record.
   *
   * @return null for the end of a file, {@code </mediawiki>} or white space
   */
  public @Nullable WikiPage parse(byte[] buffer, int start, int length)
      throws MalformedRecordException {
    bytes = buffer;
    end = start + length;
    int page = find(PAGE, start);
    int header = page < 0 ? end : page;
    if (declares(start, header)) {
      throw new MalformedRecordException("a document type or entity is declared; none is read");
    }
    if (page < 0) {
      if (isFrame(start)) {
        return null;
      }
      throw new MalformedRecordException("no page begins in the record");
    }
    return page(page + PAGE.length);
  }

  private WikiPage page(int from) throws MalformedRecordException {
    long id = -1;
    int namespace = -1;
    String title = null;
    String redirect = null;
    Long modified = null;
    int textStart = -1;
    int textEnd = -1;
    boolean revision = false;
    boolean slot = false;
    int i = nextTag(from);
    while (i < end) {
      int close = closingBracket(i);
      int value = close + 1;
      if (!slot && startsWith(bytes, i, end, "<text")) {
        boolean empty = bytes[close - 1] == '/';
        textStart = value;
        textEnd = empty ? value : nextTag(value);
        if (!empty && !startsWith(bytes, textEnd, end, "</text>")) {
          throw new MalformedRecordException(
              textEnd >= end ? "the text does not end" : "a tag stands in the text");
        }
        i = textEnd;
      } else if (!revision && startsWith(bytes, i, end, "<title>")) {
        title = xml.decode(bytes, value, nextTag(value));
      } else if (!revision && startsWith(bytes, i, end, "<ns>")) {
        namespace = namespace(number(value));
      } else if (!revision && id < 0 && startsWith(bytes, i, end, "<id>")) {
        id = number(value);
      } else if (!revision && startsWith(bytes, i, end, "<redirect")) {
        redirect = attribute(i, close);
      } else if (startsWith(bytes, i, end, "<content>")) {
        slot = true;
      } else if (startsWith(bytes, i, end, "</content>")) {
        slot = false;
      } else if (startsWith(bytes, i, end, "<revision>")) {
        revision = true;
      } else if (startsWith(bytes, i, end, "</revision>")) {
        revision = false;
      } else if (revision && startsWith(bytes, i, end, "<timestamp>")) {
        modified = DumpTime.epochSeconds(xml.decode(bytes, value, nextTag(value)));
      }
      i = nextTag(Math.max(value, i));
    }
    if (title == null || id < 0) {
      throw new MalformedRecordException(
          title == null ? "the page has no title" : "the page has no id");
    }
    String text = textStart < 0 ? "" : xml.decode(bytes, textStart, textEnd);
    return new WikiPage(
        id, title, namespace >= 0 ? namespace : namespaceOf(title), redirect, modified, text);
  }

  private static int namespaceOf(String title) {
    int colon = title.indexOf(':');
    return colon > 0 && PREFIXES.contains(title.substring(0, colon)) ? 1 : 0;
  }

  private String attribute(int start, int close) throws MalformedRecordException {
    int quote = start;
    while (quote < close && bytes[quote] != '"') {
      quote++;
    }
    int last = quote + 1;
    while (last < close && bytes[last] != '"') {
      last++;
    }
    return quote < close && last < close ? xml.decode(bytes, quote + 1, last) : "";
  }

  private static int namespace(long number) throws MalformedRecordException {
    if (number != (int) number) {
      throw new MalformedRecordException("a namespace is out of range");
    }
    return (int) number;
  }

  private long number(int from) throws MalformedRecordException {
    long value = 0;
    int i = from;
    boolean negative = i < end && bytes[i] == '-';
    i += negative ? 1 : 0;
    int first = i;
    while (i < end && bytes[i] >= '0' && bytes[i] <= '9' && i - first < 18) {
      value = value * 10 + bytes[i++] - '0';
    }
    if (i == first || i >= end || bytes[i] != '<') {
      throw new MalformedRecordException("an id or namespace is no number");
    }
    return negative ? -value : value;
  }

  private int nextTag(int from) {
    return XmlText.tag(bytes, from, end);
  }

  private int closingBracket(int from) throws MalformedRecordException {
    int i = from;
    while (i < end && bytes[i] != '>') {
      i++;
    }
    if (i == end) {
      throw new MalformedRecordException("a tag does not end");
    }
    return i;
  }

  private boolean declares(int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == '<'
          && (startsWith(bytes, i, to, "<!DOCTYPE") || startsWith(bytes, i, to, "<!ENTITY"))) {
        return true;
      }
    }
    return false;
  }

  /** Whether nothing but the end of a file, or a header without pages, stands in the record. */
  private boolean isFrame(int start) {
    int i = start;
    while (i < end && bytes[i] <= ' ' && bytes[i] >= 0) {
      i++;
    }
    if (startsWith(bytes, i, end, "<?xml")) {
      i = nextTag(i + 1);
    }
    return i == end
        || startsWith(bytes, i, end, "</mediawiki>")
        || startsWith(bytes, i, end, "<mediawiki");
  }

  private int find(byte[] word, int from) {
    for (int i = nextTag(from); i + word.length <= end; i = nextTag(i + 1)) {
      if (Arrays.equals(bytes, i, i + word.length, word, 0, word.length)) {
        return i;
      }
    }
    return -1;
  }
}
