package io.ccpairs.core.privacy;

import io.ccpairs.core.pair.Origin;
import io.ccpairs.core.pair.PairId;
import io.ccpairs.core.pair.TextPair;
import java.io.IOException;
import java.io.Serializable;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who and what asked to be left out: authors, and records by their native ids. Written one a line:
 *
 * <pre>
 * # origin       what      value
 * reddit         author    some_body
 * stackexchange  author    ai.stackexchange.com/17
 * reddit         source    t3_8xk2p
 * stackexchange  source    ai.stackexchange.com/1847
 * wikipedia      source    enwiki:42
 * </pre>
 *
 * <p>A post or question that is left out takes its whole thread with it, a page all its sections.
 * Authors are held as hashes only.
 */
public final class OptOut implements Serializable {
  private static final long serialVersionUID = 1L;

  /** Nobody asked. */
  public static final OptOut NONE = new OptOut(new HashMap<>(), new EnumMap<>(Origin.class));

  private final Map<Long, Origin> authors;
  private final Map<Origin, Set<String>> sources;

  private OptOut(Map<Long, Origin> authors, Map<Origin, Set<String>> sources) {
    this.authors = authors;
    this.sources = sources;
  }

  /** Lines one after another. */
  public interface NextLine {
    /** The next line without its end; null behind the last. */
    @Nullable String next() throws IOException;
  }

  /**
   * Reads a list.
   *
   * @param file named in errors
   * @throws IOException for a line that is neither blank, comment nor entry, naming file and line
   */
  public static OptOut read(NextLine lines, String file) throws IOException {
    Map<Long, Origin> authors = new HashMap<>();
    Map<Origin, Set<String>> sources = new EnumMap<>(Origin.class);
    int number = 0;
    for (String line = lines.next(); line != null; line = lines.next()) {
      number++;
      String entry = line.strip();
      if (entry.isEmpty() || entry.startsWith("#")) {
        continue;
      }
      String[] words = entry.split("\\s+", 3);
      if (words.length < 3 || !(words[1].equals("author") || words[1].equals("source"))) {
        throw new IOException(
            "Cannot read opt-out list "
                + file
                + ", line "
                + number
                + ": expected an origin, author or source, and a name or id, as in \"reddit author"
                + " some_body\"");
      }
      Origin origin = origin(words[0], file, number);
      if (words[1].equals("author")) {
        authors.put(PairId.authorKey(origin, words[2]), origin);
      } else {
        sources.computeIfAbsent(origin, absent -> new HashSet<>()).add(words[2]);
      }
    }
    return new OptOut(authors, sources);
  }

  private static Origin origin(String word, String file, int line) throws IOException {
    try {
      return Origin.of(word.toLowerCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new IOException(
          "Cannot read opt-out list " + file + ", line " + line + ": " + e.getMessage(), e);
    }
  }

  /** Whether nobody asked. */
  public boolean isEmpty() {
    return authors.isEmpty() && sources.isEmpty();
  }

  /** How many entries there are. */
  public int size() {
    return authors.size() + sources.values().stream().mapToInt(Set::size).sum();
  }

  /**
   * Whether a record is left out.
   *
   * @param author {@link PairId#authorKey}; null where unknown
   * @param id the native id
   */
  public boolean covers(Origin origin, @Nullable Long author, String id) {
    return (author != null && authors.containsKey(author)) || coversSource(origin, id);
  }

  /**
   * Whether a record is left out.
   *
   * @param author the author's name; null where unknown
   * @param id the native id
   */
  public boolean coversNamed(Origin origin, @Nullable String author, String id) {
    Long key = author == null || authors.isEmpty() ? null : PairId.authorKey(origin, author);
    return covers(origin, key, id);
  }

  /** Whether a pair is left out: by either author, its passage, or its post, question or page. */
  public boolean covers(TextPair pair) {
    Origin origin = pair.origin();
    return covers(origin, pair.passageAuthor(), pair.sourceId())
        || covers(origin, pair.queryAuthor(), pair.queryKey());
  }

  private boolean coversSource(Origin origin, String id) {
    Set<String> ids = sources.get(origin);
    if (ids == null) {
      return false;
    }
    int section = origin == Origin.WIKIPEDIA ? id.indexOf('#') : -1;
    return ids.contains(id) || (section > 0 && ids.contains(id.substring(0, section)));
  }
}
