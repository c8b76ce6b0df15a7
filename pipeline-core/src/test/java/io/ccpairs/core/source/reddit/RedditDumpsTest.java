package io.ccpairs.core.source.reddit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.github.luben.zstd.ZstdInputStream;
import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.Verdict;
import io.ccpairs.core.source.ForumRecord;
import io.ccpairs.core.source.ThreadItem;
import io.ccpairs.core.text.MarkdownText;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Real dumps, which stand beside the project where they are to be had. */
class RedditDumpsTest {
  private static final Path DUMPS =
      Path.of(System.getProperty("ccpairs.root")).resolveSibling("shared").resolve("data/reddit");
  private static final List<String> FILES =
      List.of(
          "RC_2005-12.zst",
          "RC_2006-01.bz2",
          "RC_2006-02.bz2",
          "RS_2006-01.bz2",
          "RS_2006-02.bz2",
          "ufc_comments.zst",
          "ufc_submissions.zst");

  @BeforeEach
  void dumpsArePresent() {
    assumeTrue(Files.isDirectory(DUMPS), "There is no folder of real Reddit dumps at " + DUMPS);
  }

  @ParameterizedTest
  @CsvSource({
    "RC_2005-12.zst, COMMENT, 1075",
    "RC_2006-01.bz2, COMMENT, 3664",
    "RC_2006-02.bz2, COMMENT, 9037",
    "RS_2006-01.bz2, POST, 140",
    "RS_2006-02.bz2, POST, 416",
    "ufc_comments.zst, COMMENT, 895",
    "ufc_submissions.zst, POST, 14"
  })
  void everyRecordIsReadAsWhatItIs(String file, Kind kind, int count) throws Exception {
    assertThat(read(file)).hasSize(count).allMatch(record -> record.kind() == kind);
  }

  @Test
  void commentsMeetTheirPosts() throws Exception {
    Set<String> posts = names("RS_2006-01.bz2");
    posts.addAll(names("RS_2006-02.bz2"));
    List<RedditRecord> joined =
        read("RC_2006-02.bz2").stream().filter(c -> posts.contains(c.link())).toList();
    assertThat(joined.size()).isEqualTo(275);
    assertThat(joined.stream().filter(RedditRecord::topLevel).count()).isEqualTo(130);
    assertThat(joined.stream().map(RedditRecord::link).distinct().count()).isEqualTo(83);

    Set<String> ufc = names("ufc_submissions.zst");
    assertThat(read("ufc_comments.zst")).allMatch(comment -> ufc.contains(comment.link()));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "RC_2005-12.zst | {KEEP=482, NOT_TOP_LEVEL=301, REMOVED=120, LOW_SCORE=167, TOO_SHORT=5}",
        "RS_2006-02.bz2 | {KEEP=401, REMOVED=15}",
        "ufc_comments.zst | {KEEP=179, NOT_TOP_LEVEL=662, BOT=13, LOW_SCORE=40, TOO_SHORT=1}",
        "ufc_submissions.zst | {KEEP=14}"
      })
  void everyRecordIsKeptOrDroppedForAReason(String file, String expected) throws Exception {
    RedditRecords records = new RedditRecords(RedditConfig.defaults());
    TreeMap<Verdict, Integer> verdicts = new TreeMap<>();
    for (RedditRecord record : read(file)) {
      ForumRecord judged = records.judge(record);
      verdicts.merge(judged.verdict(), 1, Integer::sum);
      assertThat(judged.items()).hasSize(judged.verdict().kept() ? 1 : 0);
      for (ThreadItem item : judged.items()) {
        assertThat(item.text()).isNotBlank();
      }
    }
    assertThat(verdicts).hasToString(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "&amp;|&gt;|&lt;|&#",
        "\\]\\(",
        "\\*\\*",
        "(?m)^>",
        "(?i)</?(i|b|em|strong|a|p|br|blockquote|div|span)\\b[^<>]*>",
        "\u200B|\u00A0|\r",
        "[\u0000-\u0008\u0080-\u009F]"
      })
  void residueOfMarkupIsBelowOneInAThousand(String residue) throws Exception {
    Pattern pattern = Pattern.compile(residue);
    int texts = 0;
    int found = 0;
    for (String file : FILES) {
      for (RedditRecord record : read(file)) {
        String text =
            MarkdownText.title(record.title()) + '\n' + MarkdownText.of(record.text()).strip();
        texts++;
        found += pattern.matcher(text).find() ? 1 : 0;
      }
    }
    assertThat(found).as("of %d texts", texts).isLessThan(texts / 1_000);
  }

  private static Set<String> names(String file) throws Exception {
    Set<String> names = new HashSet<>();
    read(file).forEach(record -> names.add(record.name()));
    return names;
  }

  private static List<RedditRecord> read(String file) throws Exception {
    RedditParser parser = new RedditParser();
    List<RedditRecord> records = new ArrayList<>();
    byte[] all;
    try (InputStream in = open(file)) {
      all = in.readAllBytes();
    }
    int start = 0;
    for (int i = 0; i < all.length; i++) {
      if (all[i] == '\n') {
        records.add(parser.parse(all, start, i - start));
        start = i + 1;
      }
    }
    assertThat(start).isEqualTo(all.length);
    return records;
  }

  private static InputStream open(String file) throws IOException {
    InputStream raw = new BufferedInputStream(Files.newInputStream(DUMPS.resolve(file)));
    return file.endsWith(".zst")
        ? new ZstdInputStream(raw).setLongMax(31)
        : new BZip2CompressorInputStream(raw, true);
  }
}
