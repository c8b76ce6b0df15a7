package io.ccpairs.core.source.reddit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.source.MalformedRecordException;
import io.ccpairs.core.source.reddit.RedditRecord.Mark;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RedditParserTest {
  private static final Path FIXTURES =
      Path.of(System.getProperty("ccpairs.root"), "test-resources", "reddit");
  private static final String COMMENT =
      "{\"id\":\"c1\",\"link_id\":\"t3_a\",\"parent_id\":\"t3_a\",\"body\":\"B\",\"score\":2,\"x\":1}";

  private final RedditParser parser = new RedditParser();

  @Test
  void aCommentOf2006IsRead() throws Exception {
    RedditRecord comment = line("RC_2006-02.ndjson", 1);
    assertThat(comment)
        .isEqualTo(
            new RedditRecord(
                Kind.COMMENT,
                "t1_c2",
                "ben",
                "reddit.com",
                "",
                "I don\u00e2\u0080\u0099t agree: look for [aphids](http://example.org/aphids) under the leaves.",
                "t3_1a2b",
                "t3_1a2b",
                2,
                1139000600L,
                null,
                Set.of()));
    assertThat(comment.topLevel()).isTrue();
    assertThat(line("RC_2006-02.ndjson", 2).topLevel()).isFalse();
  }

  @Test
  void aPostOf2006HasItsTimeAsAString() throws Exception {
    RedditRecord post = line("RS_2006-02.ndjson", 0);
    assertThat(post.kind()).isEqualTo(Kind.POST);
    assertThat(post.name()).isEqualTo("t3_1a2b");
    assertThat(post.title()).isEqualTo("Why do tomato leaves curl &amp; turn yellow?");
    assertThat(post.createdAt()).isEqualTo(1139000000L);
    assertThat(line("RS_2006-02.ndjson", 3).marks()).containsExactly(Mark.OVER_18);
  }

  @Test
  void aRewrittenDumpOf2018HasIntegersAsFloatsAndEscapedSlashes() throws Exception {
    RedditRecord comment = line("RC_2018-10.ndjson", 0);
    assertThat(comment.score()).isEqualTo(217);
    assertThat(comment.text()).contains("30 km/h");
    RedditRecord sticky = line("RS_2018-10.ndjson", 1);
    assertThat(sticky.marks()).containsExactlyInAnyOrder(Mark.STICKIED, Mark.DISTINGUISHED);
    assertThat(line("RS_2018-10.ndjson", 0).flair()).isEqualTo("Maintenance");
  }

  @Test
  void aDumpOf2023KeepsWhatWasDeletedLaterAndSaysSo() throws Exception {
    assertThat(line("RC_2023-11.ndjson", 1).marks()).containsExactly(Mark.REMOVED);
    assertThat(line("RC_2023-11.ndjson", 2).marks()).isEmpty(); // deleted at first, then restored
    RedditRecord post = line("RS_2023-11.ndjson", 0);
    assertThat(post.createdAt()).isEqualTo(1700000000L);
    assertThat(post.title()).isEqualTo("Why is my sourdough flat? 🥲");
    assertThat(post.flair()).isEqualTo("Help 🍞");
    assertThat(line("RS_2023-11.ndjson", 1).marks()).containsExactly(Mark.PROMOTED);
    assertThat(line("RS_2023-11.ndjson", 2).marks()).containsExactly(Mark.REMOVED);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1.0 | 1",
        "\"7\" | 7",
        "\"000\" | 000",
        "\"t1_c7\" | c7",
        "12345678901 | 12345678901"
      })
  void idsMayBeNumbers(String json, String id) throws Exception {
    assertThat(parse(COMMENT.replace("\"c1\"", json)).name()).isEqualTo("t1_" + id);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "1538889971 | 1538889971",
        "1538889971.9 | 1538889971",
        "1.538889971E9 | 1538889971",
        "\"1138751932\" | 1138751932",
        "\"1138751932.0\" | 1138751932",
        "null |",
        "\"\" |"
      })
  void timesComeInManyForms(String json, @Nullable Long seconds) throws Exception {
    assertThat(parse(with("created_utc", json)).createdAt()).isEqualTo(seconds);
  }

  @Test
  void votesAreTheScoreOrTheUps() throws Exception {
    assertThat(parse(with("score", "-3")).score()).isEqualTo(-3);
    assertThat(parse(with("score", "5.0")).score()).isEqualTo(5);
    assertThat(parse(with("score", "null")).score()).isNull();
    assertThat(parse(with("score", "\"7\"")).score()).isEqualTo(7);
    assertThat(parse(with("score", "\"-3\"")).score()).isEqualTo(-3);
    assertThat(parse(with("score", "\"\"")).score()).isNull();
    assertThat(parse(COMMENT.replace("score", "ups")).score()).isEqualTo(2);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "over_18 | true | OVER_18",
        "over_18 | 1.0 | OVER_18",
        "over_18 | false |",
        "over_18 | 0 |",
        "over_18 | null |",
        "stickied | true | STICKIED",
        "distinguished | \"admin\" | DISTINGUISHED",
        "distinguished | \"special\" |",
        "distinguished | null |",
        "banned_by | \"a_moderator\" | REMOVED",
        "banned_by | true | REMOVED",
        "banned_by | null |",
        "removed_by_category | \"automod_filtered\" | REMOVED",
        "removal_reason | \"legal\" | REMOVED",
        "removed | true | REMOVED",
        "spam | false |",
        "_meta | {\"a\":[{}],\"was_deleted_later\":true} | REMOVED",
        "_meta | {\"was_deleted_later\":false} |",
        "_meta | {} |",
        "_meta | null |",
        "is_created_from_ads_ui | true | PROMOTED"
      })
  void marksHoldUnlessNullFalseZeroOrEmpty(String key, String json, @Nullable Mark mark)
      throws Exception {
    assertThat(parse(with(key, json)).marks()).isEqualTo(mark == null ? Set.of() : Set.of(mark));
  }

  @Test
  void missingFieldsAreUnknown() throws Exception {
    RedditRecord bare =
        parse("{\"name\":\"t1_c1\",\"link_id\":\"a\",\"parent_id\":\"t1_b\",\"body\":\"\"}");
    assertThat(bare)
        .isEqualTo(
            new RedditRecord(
                Kind.COMMENT,
                "t1_c1",
                null,
                "",
                "",
                "",
                "t3_a",
                "t1_b",
                null,
                null,
                null,
                Set.of()));
    assertThat(parse("{\"id\":\"a\",\"title\":\"T\",\"selftext\":null}").text()).isEmpty();
    assertThat(parse(with("author", "\"[deleted]\"")).author()).isNull();
  }

  @ParameterizedTest
  @CsvSource({"a, a, t3_a", "t3_a, a, t3_a", "a, t3_a, t3_a", "a, ba, t1_ba", "ba, a, t1_a"})
  void aBareParentIsAPostOnlyWhereItIsThatOfTheLink(String link, String parent, String name)
      throws Exception {
    assertThat(
            parse(
                    COMMENT
                        .replace("\"link_id\":\"t3_a\"", "\"link_id\":\"" + link + '"')
                        .replace("\"parent_id\":\"t3_a\"", "\"parent_id\":\"" + parent + '"'))
                .parent())
        .isEqualTo(name);
  }

  @Test
  void ofTwoFieldsWithOneNameTheLastCounts() throws Exception {
    assertThat(parse(with("body", "\"C\"")).text()).isEqualTo("C");
    assertThat(parse("{\"over_18\":true,\"over_18\":false," + COMMENT.substring(1)).marks())
        .isEmpty();
  }

  @Test
  void escapesAreDecodedInKeysAndTexts() throws Exception {
    assertThat(
            parse(
                    COMMENT.replace(
                        "\"body\":\"B\"",
                        "\"bo\\u0064y\":\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u00e9\\u6f22\\uD83D\\uDE00\\u0000é漢😀\""))
                .text())
        .isEqualTo("\"\\/\b\f\n\r\té漢😀\0é漢😀");
  }

  @Test
  void aLoneSurrogateIsAReplacementCharacter() throws Exception {
    assertThat(parse(with("body", "\"a\\ud800b\\udc00c\\ud83d\\ud83d\\ude00\\ud83d\"")).text())
        .isEqualTo("a\uFFFDb\uFFFDc\uFFFD😀\uFFFD");
  }

  @Test
  void whiteSpaceAndAByteOrderMarkAroundTheObjectAreNoFault() throws Exception {
    assertThat(parse("\uFEFF \t" + COMMENT.replace(":", " : ").replace(",", " , ") + " \r").text())
        .isEqualTo("B");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`` | A blank line",
        "`  ` | A blank line",
        "[1] | Not a JSON object",
        "hello | Not a JSON object",
        "{} | Neither a submission nor a comment",
        "{\"a\":1} | Neither a submission nor a comment",
        "{\"a\":1}{\"a\":1} | more follows",
        "{\"a\":1} x | more follows",
        "{\"a\":NaN} | Not JSON",
        "{\"a\":Infinity} | Not JSON",
        "{\"a\":nul} | Not JSON",
        "{\"a\":01} | Not JSON",
        "{\"a\":1.} | Not JSON",
        "{\"a\":.5} | Not JSON",
        "{\"a\":+1} | Not JSON",
        "{\"a\":1e} | Not JSON",
        "{\"a\":'x'} | Not JSON",
        "{\"a\":\"\\x\"} | Not JSON",
        "{\"a\":\"\\u12G4\"} | Not JSON",
        "{\"a\":[1,]} | Not JSON",
        "{\"a\":[1}} | Not JSON",
        "{\"a\":{\"b\"}} | Not JSON",
        "{\"a\":{1:2}} | Not JSON",
        "{\"a\":1,} | Not JSON",
        "{a:1} | Not JSON",
        "{\"a\" 1} | Not JSON",
        "{\"a\":1 \"b\":2} | Not JSON",
        "{\"a\":/*c*/1} | Not JSON",
        "{ | Half a JSON object",
        "{\"a\":1 | Half a JSON object",
        "{\"a\":\"x | Half a JSON object",
        "{\"a\":\"x\\ | Half a JSON object",
        "{\"a\":\"x\\u00 | Half a JSON object",
        "{\"a\":[[1] | Half a JSON object",
        "{\"a\":tr | Half a JSON object",
        "{\"a\":- | Half a JSON object"
      })
  void whatIsNoJsonIsRefusedWithTheReason(@Nullable String line, String reason) {
    refuses(line == null ? "" : line, reason);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "body | 5 | Field body is not a string",
        "body | {\"a\":1} | Field body is not a string",
        "body | null | A comment without body",
        "author | [] | Field author is not a string",
        "id | null | Neither id nor name",
        "id | true | Field id is not a string",
        "id | 1.5 | Field id is not a whole number",
        "id | \"\" | Field id is no id",
        "id | \"a/b\" | Field id is no id",
        "id | \"t3_c1\" | Field id is no id",
        "id | -5 | Field id is no id",
        "link_id | null | A comment without link_id",
        "parent_id | null | A comment without parent_id",
        "parent_id | \"t5_6\" | Field parent_id is no id",
        "score | 1e999 | Field score is not a whole number, or out of range",
        "score | 3000000000 | Field score is not a whole number, or out of range",
        "score | 1.5 | Field score is not a whole number",
        "score | \"many\" | Field score is not a number",
        "created_utc | 1e999 | Field created_utc is no time in seconds",
        "created_utc | -1 | Field created_utc is no time in seconds",
        "created_utc | 1538889971000 | Field created_utc is no time in seconds",
        "created_utc | \"soon\" | Field created_utc is not a number",
        "created_utc | false | Field created_utc is not a number"
      })
  void aValueThatDoesNotFitIsRefusedByName(String key, String json, String reason) {
    refuses(with(key, json), reason);
  }

  @Test
  void rawControlCharactersAndBrokenUtf8AreRefused() {
    refuses(with("body", "\"a\0b\""), "A control character in a string");
    refuses(with("other", "\"a\nb\""), "A control character in a string");
    refuses("\0".repeat(5000), "NUL bytes");
    byte[] broken = with("body", "\"caf\u00E9 au lait\"").getBytes(ISO_8859_1);
    assertThatThrownBy(() -> parser.parse(broken, 0, broken.length))
        .hasMessage("Field body is not UTF-8");
    byte[] escaped = with("body", "\"caf\u00E9\\n\"").getBytes(ISO_8859_1);
    assertThatThrownBy(() -> parser.parse(escaped, 0, escaped.length))
        .hasMessage("Field body is not UTF-8");
  }

  @Test
  void aReplacementCharacterInTheSourceIsNoFault() throws Exception {
    assertThat(parse(with("body", "\"a\uFFFDb\"")).text()).isEqualTo("a\uFFFDb");
  }

  @Test
  void nestingIsLimitedWithoutRecursion() throws Exception {
    String deep = "[".repeat(900) + "{\"a\":1}" + "]".repeat(900);
    assertThat(parse(with("other", deep)).text()).isEqualTo("B");
    refuses(with("other", "[".repeat(100_000) + "]".repeat(100_000)), "Nested deeper than 1000");
    refuses(with("other", "{\"a\":".repeat(100_000)), "Nested deeper than 1000");
    refuses(with("_meta", "{\"a\":".repeat(100_000)), "Nested deeper than 1000");
  }

  @Test
  void aTextOfAHundredMegabytesIsReadAndItsBufferLetGo() throws Exception {
    byte[] head = COMMENT.substring(0, COMMENT.length() - 1).getBytes(UTF_8);
    int chars = 100_000_000;
    byte[] line = new byte[head.length + 12 + chars + 3];
    System.arraycopy(head, 0, line, 0, head.length);
    System.arraycopy(",\"selftext\":\"\\n".getBytes(UTF_8), 0, line, head.length, 15);
    Arrays.fill(line, head.length + 15, line.length - 2, (byte) 'a');
    line[line.length - 2] = '"';
    line[line.length - 1] = '}';
    assertThat(parser.parse(line, 0, line.length).text()).isEqualTo("B");
    assertThat(parse(COMMENT).text()).isEqualTo("B");
  }

  @Test
  void onlyTheBytesOfTheLineAreRead() throws Exception {
    byte[] padded = ("}}}" + COMMENT + "\"}]").getBytes(UTF_8);
    assertThat(parser.parse(padded, 3, COMMENT.length()).text()).isEqualTo("B");
    for (int length = 0; length < COMMENT.length(); length++) {
      int cut = length;
      assertThatThrownBy(() -> parser.parse(padded, 3, cut))
          .isInstanceOf(MalformedRecordException.class);
    }
  }

  @Test
  void messagesStayFreeOfTheRecordsText() {
    for (String line : List.of(with("author", "[\"secret\"]"), with("id", "\"secret text\""))) {
      assertThatThrownBy(() -> parse(line)).message().doesNotContain("secret");
    }
  }

  /** Lines with bytes changed: the same are refused as by Jackson, the others read alike. */
  @Test
  void jacksonAgreesOnBrokenLines() throws Exception {
    List<byte[]> lines = fixtures();
    byte[] alphabet = "{}[]:,\"\\/ \t\0abftnrue0123456789.-+E".getBytes(UTF_8);
    SplittableRandom random = new SplittableRandom(7);
    int read = 0;
    int refused = 0;
    for (int round = 0; round < 20_000; round++) {
      byte[] line = lines.get(random.nextInt(lines.size())).clone();
      int changes = 1 + random.nextInt(3);
      for (int k = 0; k < changes && line.length > 1; k++) {
        int at = random.nextInt(line.length);
        if (line[at] < 0) {
          continue; // broken UTF-8 in a field that is not used is no reason to refuse a line
        }
        byte[] by = {alphabet[random.nextInt(alphabet.length)]};
        line =
            switch (random.nextInt(4)) {
              case 0 -> spliced(line, at, at, by);
              case 1 -> spliced(line, at, at + 1, new byte[0]);
              case 2 -> spliced(line, at, at + 1, by);
              default -> random.nextInt(20) == 0 ? Arrays.copyOf(line, at + 1) : line;
            };
      }
      Map<String, String> expected = readByJackson(line);
      String text = new String(line, UTF_8);
      try {
        RedditRecord record = parser.parse(line, 0, line.length);
        assertThat(expected).as(text).isNotNull();
        boolean comment = record.kind() == Kind.COMMENT;
        assertThat(record.text())
            .as(text)
            .isEqualTo(expected.getOrDefault(comment ? "body" : "selftext", ""));
        assertThat(record.title()).isEqualTo(comment ? "" : expected.get("title"));
        assertThat(record.subreddit()).isEqualTo(expected.getOrDefault("subreddit", ""));
        read++;
      } catch (MalformedRecordException e) {
        String reason = String.valueOf(e.getMessage());
        boolean json =
            reason.matches("(Not JSON|Half a|A control|Not a JSON|A blank|NUL|The JSON).*");
        // A line may have two faults, of which a field that does not fit is met first.
        assertThat(json || (expected == null && reason.startsWith("Field")))
            .as(text + "\n" + reason)
            .isEqualTo(expected == null);
        refused++;
      }
    }
    assertThat(read).isGreaterThan(5_000);
    assertThat(refused).isGreaterThan(5_000);
  }

  /** A parser that has read other lines says the same of a line as one that has read none. */
  @Test
  void whatALineSaysDoesNotDependOnTheLinesBefore() throws Exception {
    List<byte[]> lines = fixtures();
    for (String line :
        List.of(
            COMMENT,
            with("_meta", "{\"was_deleted_later\":true}"),
            with("was_deleted_later", "true"),
            with("over_18", "true"),
            with("author", "\"ann\""),
            with("author", "\"ann\",\"\\u0061uthor\":\"ben\""),
            COMMENT.replace(":", " : ").replace(",", " , "))) {
      lines.add(line.getBytes(UTF_8));
    }
    SplittableRandom random = new SplittableRandom(11);
    Set<String> seen = new HashSet<>();
    for (int round = 0; round < 40_000; round++) {
      // For a while lines are alike, so that an earlier one is learnt, and laid beside its like.
      byte[] line = lines.get((round / 50 * 7 + random.nextInt(2)) % lines.size()).clone();
      for (int k = random.nextInt(3); k > 0; k--) {
        line = recombined(line, lines.get(random.nextInt(lines.size())), random);
      }
      String says = says(parser, line);
      assertThat(says).as(new String(line, UTF_8)).isEqualTo(says(new RedditParser(), line));
      seen.add(says);
    }
    assertThat(seen).hasSizeGreaterThan(500);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'_meta':{'was_deleted_later':true}   | '_meta':{'was_deleted_later':true}   | true",
        "'_meta':{'was_deleted_later':true}   | '_meta':{'was_deleted_later':false}  | false",
        "'_meta':{'was_deleted_later':true}   | '_meta':{'was_deleted_later':truE}   |",
        "'_meta':{'was_deleted_later':true},'was_deleted_later':true "
            + "| '_meta':{'was_deleted_later':false},'was_deleted_later':true | false",
        "'over_18':true,'over_18':false       | 'over_18':true,'over_18':false       | false",
        "'over_18':true,'x':0,'stickied':true | 'over_18':true,'stickied':true       | true",
        "'over_18':true,'stickied':true       | 'over_18':true,'x':0,'stickied':true | true",
        "'over_18':false                      | 'over_18':false,'over_18':true       | true",
        "'over_18':true,'x':0                 | 'x':0                                | false",
      })
  void marksAreThoseOfTheLineWhateverStoodInTheLineBefore(
      String before, String now, @Nullable Boolean marked) throws Exception {
    parse(withFirst(before));
    if (marked == null) {
      refuses(withFirst(now), "Not JSON");
    } else {
      assertThat(parse(withFirst(now)).marks().isEmpty()).isEqualTo(!marked);
    }
  }

  /** A sound comment with more fields at its beginning; quotes are single. */
  private static String withFirst(String members) {
    return "{" + members.replace('\'', '"') + "," + COMMENT.substring(1);
  }

  /** A line in which a member was left out, doubled, or taken from another line, or a byte lost. */
  private static byte[] recombined(byte[] line, byte[] other, SplittableRandom random) {
    int from = comma(line, random);
    int to = comma(line, random);
    return switch (random.nextInt(4)) {
      case 0 -> spliced(line, Math.min(from, to), Math.max(from, to), new byte[0]);
      case 1 -> spliced(line, from, from, Arrays.copyOfRange(line, from, Math.max(from, to)));
      case 2 -> {
        int begin = comma(other, random);
        int end = Math.max(begin, comma(other, random));
        yield spliced(line, from, from, Arrays.copyOfRange(other, begin, end));
      }
      default -> spliced(line, from, Math.min(line.length, from + 1), new byte[0]);
    };
  }

  /** The place of some comma; of the closing brace where there is none. */
  private static int comma(byte[] line, SplittableRandom random) {
    int[] commas = IntStream.range(0, line.length).filter(at -> line[at] == ',').toArray();
    return commas.length == 0
        ? Math.max(0, line.length - 1)
        : commas[random.nextInt(commas.length)];
  }

  private static String says(RedditParser parser, byte[] line) {
    try {
      return parser.parse(line, 0, line.length).toString();
    } catch (MalformedRecordException e) {
      return String.valueOf(e.getMessage());
    }
  }

  /** The lines of all fixtures. */
  private static List<byte[]> fixtures() throws IOException {
    List<byte[]> lines = new ArrayList<>();
    try (Stream<Path> files = Files.list(FIXTURES)) {
      for (Path file : files.sorted().toList()) {
        Files.readAllLines(file, UTF_8).forEach(line -> lines.add(line.getBytes(UTF_8)));
      }
    }
    return lines;
  }

  /** Strings of the object by name, or null when it is no JSON object or more follows. */
  private static @Nullable Map<String, String> readByJackson(byte[] line) throws IOException {
    Map<String, String> strings = new HashMap<>();
    try (JsonParser json = new JsonFactory().createParser(line)) {
      if (json.nextToken() != JsonToken.START_OBJECT) {
        return null;
      }
      while (json.nextToken() != JsonToken.END_OBJECT) {
        String name = json.currentName();
        JsonToken value = json.nextToken();
        if (value == JsonToken.VALUE_STRING) {
          strings.put(name, json.getText());
        } else {
          strings.remove(name);
          json.skipChildren();
        }
      }
      return json.nextToken() == null ? strings : null;
    } catch (IOException e) {
      return null;
    }
  }

  private static byte[] spliced(byte[] bytes, int from, int to, byte[] by) {
    byte[] spliced = new byte[bytes.length - (to - from) + by.length];
    System.arraycopy(bytes, 0, spliced, 0, from);
    System.arraycopy(by, 0, spliced, from, by.length);
    System.arraycopy(bytes, to, spliced, from + by.length, bytes.length - to);
    return spliced;
  }

  private RedditRecord line(String file, int number) throws Exception {
    return parse(Files.readAllLines(FIXTURES.resolve(file), UTF_8).get(number));
  }

  private RedditRecord parse(String line) throws MalformedRecordException {
    byte[] bytes = line.getBytes(UTF_8);
    return parser.parse(bytes, 0, bytes.length);
  }

  /** A sound comment with one more field at its end. */
  private static String with(String key, String json) {
    return COMMENT.substring(0, COMMENT.length() - 1) + ",\"" + key + "\":" + json + "}";
  }

  private void refuses(String line, String reason) {
    assertThatThrownBy(() -> parse(line))
        .isInstanceOf(MalformedRecordException.class)
        .hasMessageContaining(reason);
  }
}
