package io.ccpairs.core.source.reddit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.ccpairs.core.source.MalformedRecordException;
import io.ccpairs.core.text.MarkdownText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.Blackhole;

/**
 * Bytes of a Reddit dump, or of its Markdown, that one core reads in a microsecond: the counter
 * {@code bytes} is megabytes a second. Jackson's streaming parser, which takes the same fields as
 * strings and judges nothing, stands beside.
 *
 * <p>The files are the fixtures; for a dump of one's own, unpacked, add {@code -p file=/path}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
public class RedditBenchmark {
  private static final Set<String> FIELDS =
      Set.of(
          "author",
          "subreddit",
          "title",
          "selftext",
          "body",
          "id",
          "link_id",
          "parent_id",
          "score",
          "created_utc",
          "over_18",
          "stickied",
          "distinguished",
          "removed_by_category",
          "link_flair_text");

  @Param({"RC_2006-02.ndjson", "RC_2018-10.ndjson", "RC_2023-11.ndjson", "RS_2023-11.ndjson"})
  public String file = "";

  private final RedditParser parser = new RedditParser();
  private final RedditRecords records = new RedditRecords(RedditConfig.defaults());
  private final JsonFactory jackson = new JsonFactory();
  private final List<byte[]> lines = new ArrayList<>();
  private final List<String> texts = new ArrayList<>();
  private long lineBytes;
  private long textBytes;

  @AuxCounters
  @State(Scope.Thread)
  public static class Read {
    public long bytes;

    @Setup(Level.Iteration)
    public void reset() {
      bytes = 0;
    }
  }

  @Setup
  public void read() throws IOException, MalformedRecordException {
    Path fixtures = Path.of(System.getProperty("ccpairs.root"), "test-resources", "reddit");
    for (String line : Files.readAllLines(fixtures.resolve(file), UTF_8)) {
      byte[] bytes = line.getBytes(UTF_8);
      String text = parser.parse(bytes, 0, bytes.length).text();
      lines.add(bytes);
      texts.add(text);
      lineBytes += bytes.length + 1;
      textBytes += text.getBytes(UTF_8).length;
    }
  }

  @Benchmark
  public void parse(Read read, Blackhole sink) throws MalformedRecordException {
    for (byte[] line : lines) {
      sink.consume(parser.parse(line, 0, line.length));
    }
    read.bytes += lineBytes;
  }

  @Benchmark
  public void judge(Read read, Blackhole sink) throws MalformedRecordException {
    for (byte[] line : lines) {
      sink.consume(records.judge(line, 0, line.length));
    }
    read.bytes += lineBytes;
  }

  @Benchmark
  public void markdown(Read read, Blackhole sink) {
    for (String text : texts) {
      sink.consume(MarkdownText.of(text));
    }
    read.bytes += textBytes;
  }

  @Benchmark
  public void jacksonStreaming(Read read, Blackhole sink) throws IOException {
    for (byte[] line : lines) {
      try (JsonParser json = jackson.createParser(line)) {
        json.nextToken();
        while (json.nextToken() == JsonToken.FIELD_NAME) {
          boolean taken = FIELDS.contains(json.currentName());
          if (json.nextToken().isScalarValue() && taken) {
            sink.consume(json.getText());
          } else {
            json.skipChildren();
          }
        }
      }
    }
    read.bytes += lineBytes;
  }
}
