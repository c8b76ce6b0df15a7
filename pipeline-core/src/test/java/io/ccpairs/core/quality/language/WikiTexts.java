package io.ccpairs.core.quality.language;

import io.ccpairs.core.input.ByteSource;
import io.ccpairs.core.input.Bytes;
import io.ccpairs.core.input.InputLimits;
import io.ccpairs.core.input.RecordCursor;
import io.ccpairs.core.input.RecordCursors;
import io.ccpairs.core.input.Split;
import io.ccpairs.core.pair.Judged;
import io.ccpairs.core.pair.TextPair;
import io.ccpairs.core.source.MalformedRecordException;
import io.ccpairs.core.source.wikipedia.WikiNames;
import io.ccpairs.core.source.wikipedia.WikiPage;
import io.ccpairs.core.source.wikipedia.WikiPageParser;
import io.ccpairs.core.source.wikipedia.WikipediaConfig;
import io.ccpairs.core.source.wikipedia.WikipediaPairs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Passages of real wikis. */
public final class WikiTexts {
  private WikiTexts() {}

  /** The passages of all dumps in a folder, by the language code in the file's name. */
  public static Map<String, List<String>> byLanguage(Path dumps)
      throws IOException, MalformedRecordException {
    Map<String, List<String>> texts = new TreeMap<>();
    List<Path> files;
    try (Stream<Path> list = Files.list(dumps)) {
      files = list.sorted().toList();
    }
    for (Path file : files) {
      ByteSource source = Bytes.file(file);
      String language = WikiNames.of(file.toString()).language();
      WikipediaPairs pairs =
          new WikipediaPairs(WikipediaConfig.defaults(), WikiNames.of(file.toString()));
      WikiPageParser parser = new WikiPageParser();
      try (RecordCursor cursor =
          RecordCursors.open(
              new Split(source, 0, source.length()),
              "</page>".getBytes(StandardCharsets.UTF_8),
              InputLimits.defaults())) {
        while (cursor.next()) {
          WikiPage page = parser.parse(cursor.buffer(), cursor.start(), cursor.length());
          if (page == null || language == null) {
            continue;
          }
          for (Judged judged : pairs.judge(page)) {
            TextPair pair = judged.pair();
            if (pair != null) {
              texts.computeIfAbsent(language, absent -> new ArrayList<>()).add(pair.passage());
            }
          }
        }
      }
    }
    return texts;
  }
}
