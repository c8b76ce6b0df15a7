package io.ccpairs.core.eval.task;

import io.ccpairs.core.input.ByteSource;
import io.ccpairs.core.input.CorruptInputException;
import io.ccpairs.core.input.Lines;
import java.io.IOException;
import java.io.Serializable;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Files of passages, each in one of these forms, which its first line tells:
 *
 * <ul>
 *   <li>JSON lines, as BEIR, MIRACL, Anserini and Vespa's feeds write them: id in {@code _id,
 *       docid, doc_id} or {@code id}, title in {@code title}, text in {@code text} or {@code
 *       contents};
 *   <li>TREC: {@code <DOC>} with {@code <DOCNO>}, an optional {@code <TITLE>}, and the rest text;
 *   <li>SMART, as Cranfield is: {@code .I} number, {@code .T} title, {@code .W} text, other parts
 *       left out;
 *   <li>id, tab, text, or id, tab, text, tab, title, as MS MARCO's collection and Dense Passage
 *       Retrieval's.
 * </ul>
 *
 * @param files plain or packed as gzip or zstd
 */
public record CorpusFiles(List<ByteSource> files) implements RetrievalTask.Corpus, Serializable {
  public CorpusFiles {
    files = List.copyOf(files);
  }

  /** All files one after another; remembers the ids, so that none may come twice. */
  @Override
  public Passages open() {
    Iterator<ByteSource> rest = files.iterator();
    Set<String> seen = new HashSet<>();
    return new Passages() {
      private @Nullable Passages current;
      private String name = "";

      @Override
      public @Nullable Passage next() throws IOException {
        while (true) {
          if (current == null) {
            if (!rest.hasNext()) {
              return null;
            }
            ByteSource file = rest.next();
            name = file.name();
            current = open(file);
          }
          Passage passage = current.next();
          if (passage != null) {
            if (!seen.add(passage.id())) {
              throw new CorruptInputException(
                  name, "passage " + passage.id(), "an earlier passage has the same id");
            }
            return passage;
          }
          current.close();
          current = null;
        }
      }

      @Override
      public void close() throws IOException {
        if (current != null) {
          current.close();
        }
      }
    };
  }

  /** The passages of one file; the caller closes them. */
  public static Passages open(ByteSource file) throws IOException {
    return new OneFile(Lines.open(file));
  }

  /** Reads line by line; a passage is given out when the next one begins. */
  private static final class OneFile implements Passages {
    private final Lines lines;
    private @Nullable String line;

    OneFile(Lines lines) throws IOException {
      this.lines = lines;
      this.line = lines.next();
    }

    @Override
    public @Nullable Passage next() throws IOException {
      while (line != null && line.isBlank()) {
        line = lines.next();
      }
      String first = line;
      if (first == null) {
        return null;
      }
      if (first.startsWith("{")) {
        line = lines.next();
        return ofJson(JsonLine.parse(first, lines));
      } else if (first.startsWith("<DOC>")) {
        return ofTrec();
      } else if (first.startsWith(".I ")) {
        return ofSmart(first.substring(3).strip());
      }
      line = lines.next();
      String[] columns = first.split("\t", -1);
      if (columns.length < 2 || columns.length > 3 || columns[0].isBlank()) {
        throw lines.error(
            "neither JSON, nor TREC, nor SMART, nor two or three columns with an id first");
      }
      return Passage.of(columns[0].strip(), columns.length == 3 ? columns[2] : "", columns[1]);
    }

    private Passage ofJson(Map<String, String> values) throws IOException {
      String id = JsonLine.first(values, "_id", "docid", "doc_id", "id");
      if (id.isEmpty()) {
        throw lines.error("the passage has no _id, docid, doc_id or id");
      }
      return Passage.of(
          id,
          JsonLine.first(values, "title"),
          JsonLine.first(values, "text", "contents", "passage"));
    }

    private Passage ofTrec() throws IOException {
      StringBuilder text = new StringBuilder();
      long begin = lines.number();
      String end = lines.next();
      while (end != null && !end.strip().equals("</DOC>")) {
        text.append(end).append('\n');
        end = lines.next();
      }
      if (end == null) {
        throw lines.error("the file ends in the document that began at line " + begin);
      }
      line = lines.next();
      String id = between(text, "<DOCNO>", "</DOCNO>").strip();
      if (id.isEmpty()) {
        throw lines.error("a document without <DOCNO>");
      }
      String title = between(text, "<TITLE>", "</TITLE>");
      return Passage.of(id, oneLine(title), oneLine(text.toString()));
    }

    private Passage ofSmart(String id) throws IOException {
      StringBuilder title = new StringBuilder();
      StringBuilder text = new StringBuilder();
      StringBuilder other = new StringBuilder();
      StringBuilder part = other;
      line = lines.next();
      while (line != null && !line.startsWith(".I ")) {
        String mark = line.strip();
        if (mark.length() == 2 && mark.charAt(0) == '.' && Character.isUpperCase(mark.charAt(1))) {
          part = mark.equals(".T") ? title : mark.equals(".W") ? text : other;
        } else {
          part.append(line).append('\n');
        }
        line = lines.next();
      }
      return Passage.of(id, oneLine(title.toString()), oneLine(text.toString()));
    }

    @Override
    public void close() throws IOException {
      lines.close();
    }
  }

  /** Takes an element out of a text and returns what it held. */
  private static String between(StringBuilder text, String open, String close) {
    int begin = text.indexOf(open);
    int end = begin < 0 ? -1 : text.indexOf(close, begin);
    if (end < 0) {
      return "";
    }
    String inside = text.substring(begin + open.length(), end);
    text.delete(begin, end + close.length());
    return inside;
  }

  /** Without tags and line breaks. */
  static String oneLine(String text) {
    return text.replaceAll("</?[A-Za-z]+>", " ").replaceAll("\\s+", " ").strip();
  }
}
