package io.ccpairs.core.input;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;

class RecordsTest {
  @Test
  void everySizeOfSplitGivesTheSameRecordsOfAPlainFile() throws IOException {
    List<String> lines = Bytes.lines(30, 1);
    Bytes file = new Bytes("a.ndjson", Bytes.join(lines, "\n"));
    for (int target = 1; target <= file.length() + 1; target++) {
      List<String> places = new ArrayList<>();
      assertThat(Bytes.records(file, target, Bytes.LINES, Bytes.LIMITS, places))
          .as("splits of %d", target)
          .isEqualTo(lines);
      assertThat(new HashSet<>(places)).hasSameSizeAs(lines);
    }
  }

  @Test
  void aDelimiterOfSeveralBytesMayStraddleAnyCut() throws IOException {
    List<String> pages =
        Bytes.lines(25, 2).stream().map(line -> "<page>" + line + "<</pag></page").toList();
    Bytes file = new Bytes("a.xml", Bytes.join(pages, "</page>"));
    for (int target = 1; target <= file.length() + 1; target++) {
      assertThat(Bytes.records(file, target, Bytes.PAGES))
          .as("splits of %d", target)
          .isEqualTo(pages);
    }
  }

  @Test
  void everySizeOfSplitGivesTheSameRecordsOfBzip2Streams() throws IOException {
    List<String> lines = Bytes.lines(60, 3);
    Bytes file = new Bytes("a.bz2", Bytes.bzip2(Bytes.join(lines, "\n"), 250));
    for (int target = 1; target <= file.length() + 1; target += target < 300 ? 1 : 37) {
      List<String> places = new ArrayList<>();
      assertThat(Bytes.records(file, target, Bytes.LINES, Bytes.LIMITS, places))
          .as("splits of %d", target)
          .isEqualTo(lines);
      assertThat(new HashSet<>(places)).hasSameSizeAs(lines);
    }
  }

  @Test
  void blocksOfOneBzip2StreamAreSharedOutAsWell() throws IOException {
    List<String> pages = Bytes.lines(12_000, 4);
    byte[] packed = Bytes.bzip2(Bytes.join(pages, "</page>"));
    Bytes file = new Bytes("a.bz2", packed);
    for (int target : new int[] {1_000, 20_011, 60_000, packed.length / 2, packed.length}) {
      assertThat(Bytes.records(file, target, Bytes.PAGES))
          .as("splits of %d", target)
          .isEqualTo(pages);
    }
  }

  @Test
  void longRunsAreOpened() throws IOException {
    String run =
        "a".repeat(700_000)
            + "b".repeat(3)
            + "c".repeat(4)
            + "d".repeat(5)
            + "e".repeat(258)
            + "f".repeat(260);
    Bytes file = new Bytes("a.bz2", Bytes.bzip2((run + "\nshort\n").getBytes(UTF_8)));
    assertThat(Bytes.records(file, 10, Bytes.LINES)).isEqualTo(List.of(run, "short"));
  }

  @Test
  void runsOfEveryLengthAreOpenedInEveryPairOfBlocks() throws IOException {
    List<String> lines = new ArrayList<>();
    for (int length = 1; length < 1_300; length++) {
      // Runs side by side, runs cut by the count of another, and counts that equal their byte.
      lines.add(
          "a".repeat(length % 300) + "b".repeat(length) + "\u0000".repeat(length % 9) + length);
    }
    byte[] content = Bytes.join(lines, "\n");
    assertThat(content.length).isGreaterThan(900_000);
    for (int piece : new int[] {content.length, 250_007}) {
      Bytes file = new Bytes("a.bz2", Bytes.bzip2(content, piece));
      assertThat(Bytes.records(file, file.length(), Bytes.LINES)).isEqualTo(lines);
    }
  }

  @Test
  void gzipZstdAndSevenZipAreReadThroughAllTheirParts() throws IOException {
    List<String> lines = Bytes.lines(5_000, 5);
    byte[] content = Bytes.join(lines, "\n");
    byte[] head = Arrays.copyOf(content, 1_000);
    byte[] tail = Arrays.copyOfRange(content, 1_000, content.length);
    assertThat(
            Bytes.records(
                new Bytes("a.gz", concat(Bytes.gzip(head), Bytes.gzip(tail))), 100, Bytes.LINES))
        .isEqualTo(lines);
    assertThat(
            Bytes.records(
                new Bytes("a.zst", concat(Bytes.zstd(head), Bytes.zstd(tail))), 100, Bytes.LINES))
        .isEqualTo(lines);
    assertThat(
            Bytes.records(
                new Bytes("a.7z", Bytes.sevenZip("site/Posts.xml", content)), 100, Bytes.LINES))
        .isEqualTo(lines);
  }

  @Test
  void aStreamThatIsLeftEarlyKeepsNoThread() throws IOException {
    Bytes file = new Bytes("left.zst", Bytes.zstd(Bytes.join(Bytes.lines(200_000, 6), "\n")));
    try (RecordCursor cursor =
        RecordCursors.open(new Split(file, 0, file.length()), Bytes.LINES, Bytes.LIMITS)) {
      assertThat(cursor.next()).isTrue();
      assertThat(threadsNamed("unpack left.zst")).isEqualTo(1);
    }
    assertThat(threadsNamed("unpack left.zst")).isZero();
  }

  private static long threadsNamed(String name) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().equals(name))
        .count();
  }

  @Test
  void aDamagedStreamIsAnErrorHoweverOftenItIsAsked() throws IOException {
    byte[] packed = Bytes.zstd(Bytes.join(Bytes.lines(200_000, 6), "\n"));
    Bytes file = new Bytes("cut.zst", Arrays.copyOf(packed, packed.length - 9));
    try (RecordCursor cursor =
        RecordCursors.open(new Split(file, 0, file.length()), Bytes.LINES, Bytes.LIMITS)) {
      assertThatThrownBy(
              () -> {
                while (cursor.next()) {}
              })
          .isInstanceOf(CorruptInputException.class)
          .hasMessageContaining("cut.zst");
      assertThatThrownBy(cursor::next).isInstanceOf(CorruptInputException.class);
    }
  }

  @Test
  void whatAFileIsPackedInIsToldByItsBytes() throws IOException {
    byte[] content = "one\ntwo\n".getBytes(UTF_8);
    assertThat(Bytes.records(new Bytes("dump", Bytes.bzip2(content)), 100, Bytes.LINES))
        .containsExactly("one", "two");
    assertThatThrownBy(() -> Splits.plan(new Bytes("a.zst", content), 100))
        .isInstanceOf(CorruptInputException.class)
        .hasMessage("Cannot read a.zst at byte 0: its name says .zst, its bytes do not");
    byte[] xz = {(byte) 0xFD, '7', 'z', 'X', 'Z', 0, 0, 4};
    assertThatThrownBy(() -> Splits.plan(new Bytes("RS_2017-11.xz", xz), 100))
        .isInstanceOf(CorruptInputException.class)
        .hasMessage(
            "Cannot read RS_2017-11.xz at byte 0: it is packed as xz, which is not read; unpack it, or pack it as .zst or .bz2");
  }

  @Test
  void anEmptyPlainFileHasNoRecordsAndAnEmptyArchiveIsDamaged() throws IOException {
    assertThat(Bytes.records(new Bytes("a.xml", new byte[0]), 100, Bytes.LINES)).isEmpty();
    assertThatThrownBy(() -> Splits.plan(new Bytes("a.bz2", new byte[0]), 100))
        .hasMessage("Cannot read a.bz2 at byte 0: the file is empty, not even a header");
    assertThat(Bytes.records(new Bytes("a.bz2", Bytes.bzip2(new byte[0])), 100, Bytes.LINES))
        .isEmpty();
  }

  @Test
  void theEndOfAFileIsARecordIfItIsMoreThanWhiteSpace() throws IOException {
    assertThat(records("<page>a</page>\n</mediawiki>\n", Bytes.PAGES))
        .containsExactly("<page>a", "\n</mediawiki>\n");
    assertThat(records("a\nb", Bytes.LINES)).containsExactly("a", "b");
    assertThat(records("a\nb\n \n", Bytes.LINES)).containsExactly("a", "b", " ");
    assertThat(records("<page>a</page> \n", Bytes.PAGES)).containsExactly("<page>a");
  }

  @Test
  void aByteOrderMarkAndCarriageReturnsAreNoPartOfARecord() throws IOException {
    assertThat(records("\uFEFFa\r\nb\rc\r\n", Bytes.LINES)).containsExactly("a", "b\rc");
  }

  @Test
  void aFileInUtf16IsReadAsOneSplit() throws IOException {
    List<String> lines = Bytes.lines(40, 8).stream().map(line -> line + " Дубай 東京 😀").toList();
    byte[] little =
        ("\uFEFF" + String.join("\n", lines)).getBytes(java.nio.charset.StandardCharsets.UTF_16LE);
    byte[] big =
        ("\uFEFF" + String.join("\n", lines)).getBytes(java.nio.charset.StandardCharsets.UTF_16BE);
    for (byte[] content : List.of(little, big)) {
      assertThat(Bytes.records(new Bytes("a.xml", content), 100, Bytes.LINES)).isEqualTo(lines);
      assertThat(Bytes.records(new Bytes("a.bz2", Bytes.bzip2(content)), 100, Bytes.LINES))
          .isEqualTo(lines);
      assertThat(Bytes.records(new Bytes("a.gz", Bytes.gzip(content)), 100, Bytes.LINES))
          .isEqualTo(lines);
    }
  }

  @Test
  void placesTellWhereARecordIsFoundAgain() throws IOException {
    List<String> places = new ArrayList<>();
    Bytes.records(
        new Bytes("a", "one\ntwo\nthree".getBytes(UTF_8)), 5, Bytes.LINES, Bytes.LIMITS, places);
    assertThat(places).containsExactly("byte 0", "byte 4", "byte 8");
  }

  @Test
  void aRecordOverTheLimitIsReportedAndTheNextIsReadWell() throws IOException {
    InputLimits limits = Bytes.LIMITS.withMaxRecordBytes(1_000);
    String text = "a</page>" + "x".repeat(2_000_000) + "</pa</page>b</page>" + "y".repeat(1_001);
    for (int target : new int[] {100_000, 3_000_000}) {
      assertThat(
              Bytes.records(
                  new Bytes("a.xml", text.getBytes(UTF_8)),
                  target,
                  Bytes.PAGES,
                  limits,
                  new ArrayList<>()))
          .containsExactly(
              "a",
              "!a record of 2000004 bytes is longer than max-record-bytes = 1000",
              "b",
              "!a record of 1001 bytes is longer than max-record-bytes = 1000");
    }
  }

  /**
   * A page of 200 MB and an attribute of 500 MB, made as they are read: they pass in the memory of
   * the limit.
   */
  @Test
  void recordsOfHundredsOfMegabytesPassInTheMemoryOfTheLimit() throws IOException {
    for (long size : new long[] {200_000_000L, 500_000_000L}) {
      ByteSource source = new Endless("<page>", size, "</page><page>next</page>");
      List<String> records = new ArrayList<>();
      long before = usedBytes();
      Bytes.read(
          new Split(source, 0, source.length()),
          Bytes.PAGES,
          Bytes.LIMITS.withMaxRecordBytes(1 << 20),
          records,
          new ArrayList<>());
      assertThat(records)
          .containsExactly(
              "!a record of " + (size + 6) + " bytes is longer than max-record-bytes = 1048576",
              "<page>next");
      assertThat(usedBytes() - before).isLessThan(100_000_000L);
    }
  }

  private static long usedBytes() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  /** A head, many letters, a tail. */
  private record Endless(String head, long letters, String tail) implements ByteSource {
    @Override
    public String name() {
      return "endless.xml";
    }

    @Override
    public long length() {
      return head.length() + letters + tail.length();
    }

    @Override
    public InputStream open(long from) throws IOException {
      InputStream many =
          new InputStream() {
            private long left = letters;

            @Override
            public int read() {
              return left-- > 0 ? 'x' : -1;
            }

            @Override
            public int read(byte[] into, int offset, int wanted) {
              int got = (int) Math.min(wanted, left);
              if (got <= 0) {
                return -1;
              }
              Arrays.fill(into, offset, offset + got, (byte) 'x');
              left -= got;
              return got;
            }
          };
      InputStream all =
          new java.io.SequenceInputStream(
              new java.io.SequenceInputStream(new ByteArrayInputStream(head.getBytes(UTF_8)), many),
              new ByteArrayInputStream(tail.getBytes(UTF_8)));
      all.skipNBytes(from);
      return all;
    }
  }

  @Test
  void tenGigabytesOfZerosInAFewKilobytesAreRefusedInLittleMemory() {
    byte[] bomb =
        Bytes.pack(
            new byte[0],
            out -> {
              var packer = new com.github.luben.zstd.ZstdOutputStreamNoFinalizer(out);
              byte[] zeros = new byte[1 << 20];
              for (int i = 0; i < 3_000; i++) {
                packer.write(zeros);
              }
              return packer;
            });
    assertThat(bomb.length).isLessThan(1_000_000);
    assertThatThrownBy(() -> Bytes.records(new Bytes("bomb.zst", bomb), 100, Bytes.LINES))
        .isInstanceOf(CorruptInputException.class)
        .hasMessageContaining("bomb.zst")
        .hasMessageContaining("over 2000 times their size");
  }

  @Test
  void aWindowLargerThanAllowedIsAnErrorThatNamesTheFile() {
    byte[] packed =
        Bytes.pack(
            "x\n".repeat(100_000).getBytes(UTF_8),
            out -> new com.github.luben.zstd.ZstdOutputStreamNoFinalizer(out).setLong(27));
    InputLimits narrow = new InputLimits(1_000, 20, 2_000);
    assertThatThrownBy(
            () ->
                Bytes.records(
                    new Bytes("a.zst", packed), 100, Bytes.LINES, narrow, new ArrayList<>()))
        .isInstanceOf(CorruptInputException.class)
        .hasMessageContaining("a.zst");
  }

  @Test
  void anArchiveWithoutPostsIsNamed() {
    assertThatThrownBy(
            () ->
                Bytes.records(
                    new Bytes("a.7z", Bytes.sevenZip("Users.xml", new byte[10])), 100, Bytes.LINES))
        .hasMessage("Cannot read a.7z at its directory: the archive holds no Posts.xml");
  }

  @Test
  void anArchiveInPpmdIsNamedWithWhatToDo() {
    byte[] archive = Bytes.sevenZip("Posts.xml", "<posts>\n</posts>\n".getBytes(UTF_8));
    Bytes.packedWith(archive, new byte[] {3, 4, 1});
    assertThatThrownBy(() -> Bytes.records(new Bytes("a.7z", archive), 100, Bytes.LINES))
        .isInstanceOf(CorruptInputException.class)
        .hasMessage(
            "Cannot read a.7z at Posts.xml: it is packed with PPMd, which is not read; pack it anew with bzip2 or LZMA2");
  }

  private static List<String> records(String text, byte[] delimiter) throws IOException {
    return Bytes.records(new Bytes("a.xml", text.getBytes(UTF_8)), 1_000, delimiter);
  }

  private static byte[] concat(byte[] head, byte[] tail) throws IOException {
    try (InputStream both =
        new java.io.SequenceInputStream(
            new ByteArrayInputStream(head), new ByteArrayInputStream(tail))) {
      return both.readAllBytes();
    }
  }
}
