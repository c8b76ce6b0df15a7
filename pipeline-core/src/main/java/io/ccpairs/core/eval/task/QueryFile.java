package io.ccpairs.core.eval.task;

import io.ccpairs.core.input.ByteSource;
import io.ccpairs.core.input.Lines;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A file of queries: JSON lines as BEIR's, TREC topics ({@code <num>} and {@code <title>}), SMART
 * as Cranfield's, or id, tab, text as MIRACL's and MS MARCO's.
 */
public final class QueryFile {
  /** Which ids queries have. */
  public enum Ids {
    /** Those that stand in the file. */
    OWN,
    /** 1, 2, 3 … by their order, as Cranfield's judgements number them. */
    ORDER
  }

  private QueryFile() {}

  /**
   * Reads the queries in file order.
   *
   * @throws io.ccpairs.core.input.CorruptInputException when a query has no id or an id is there
   *     twice, naming the line
   */
  public static Map<String, String> read(ByteSource file, Ids ids) throws IOException {
    Map<String, String> queries = new LinkedHashMap<>();
    try (Lines lines = Lines.open(file)) {
      String line = lines.next();
      while (line != null) {
        String id;
        String text;
        if (line.isBlank()) {
          line = lines.next();
          continue;
        } else if (line.startsWith("{")) {
          Map<String, String> values = JsonLine.parse(line, lines);
          id = JsonLine.first(values, "_id", "query_id", "qid", "id");
          text = JsonLine.first(values, "text", "query");
          line = lines.next();
        } else if (line.startsWith(".I ") || line.startsWith("<top>")) {
          boolean smart = line.startsWith(".I ");
          StringBuilder topic = new StringBuilder();
          String begin = line;
          line = lines.next();
          while (line != null
              && !(smart ? line.startsWith(".I ") : line.strip().equals("</top>"))) {
            if (!line.strip().equals(".W")) {
              topic.append(line).append('\n');
            }
            line = lines.next();
          }
          id = smart ? begin.substring(3).strip() : part(topic.toString(), "<num>", "Number:");
          text =
              smart
                  ? CorpusFiles.oneLine(topic.toString())
                  : part(topic.toString(), "<title>", "Topic:");
          line = smart ? line : lines.next();
        } else {
          String[] columns = line.split("\t", 2);
          if (columns.length < 2) {
            throw lines.error("neither JSON, nor a topic, nor id, tab and text");
          }
          id = columns[0].strip();
          text = columns[1].strip();
          line = lines.next();
        }
        String key = ids == Ids.ORDER ? Integer.toString(queries.size() + 1) : id;
        if (key.isEmpty()) {
          throw lines.error("the query before has no id");
        }
        if (queries.put(key, text) != null) {
          throw lines.error("the query before has the id " + key + ", which an earlier one has");
        }
      }
    }
    return queries;
  }

  /** What stands behind a tag of an old SGML topic, up to the next tag. */
  private static String part(String topic, String tag, String label) {
    int begin = topic.indexOf(tag);
    if (begin < 0) {
      return "";
    }
    int end = topic.indexOf('<', begin + tag.length());
    String text =
        CorpusFiles.oneLine(topic.substring(begin + tag.length(), end < 0 ? topic.length() : end));
    return text.startsWith(label) ? text.substring(label.length()).strip() : text;
  }
}
