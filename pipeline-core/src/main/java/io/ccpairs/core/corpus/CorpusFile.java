package io.ccpairs.core.corpus;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.IOException;
import java.io.OutputStream;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;

/**
 * One step of writing a corpus: a dump file, with its part of the truth. Steps are independent of
 * each other.
 *
 * @param part what to write
 * @param number of the file among those of its part, from 0
 * @param from first thread or page
 * @param to the thread or page behind the last
 */
public record CorpusFile(Part part, int number, long from, long to) implements Serializable {

  /** The parts of a corpus. */
  public enum Part {
    WIKIPEDIA,
    STACKEXCHANGE,
    REDDIT,
    HELD_OUT
  }

  /** Where files go; each name is relative to the corpus, with slashes. */
  public interface Folder {
    OutputStream create(String name) throws IOException;
  }

  /** A window of 128 MiB: long, as in the archives, but no burden for a laptop. */
  private static final int WINDOW_LOG = 27;

  // Pairs that the miner finds for a thread or page on average, as measured on a corpus of 20,000
  // pairs.
  private static final double PAIRS_OF_PAGE = 2.6;
  private static final double PAIRS_OF_THREAD = 1.9;

  /**
   * The files of a corpus: a quarter of the pairs from Wikipedia, a third from Stack Exchange, the
   * rest from Reddit.
   */
  public static List<CorpusFile> plan(CorpusConfig config) {
    List<CorpusFile> files = new ArrayList<>();
    add(files, Part.WIKIPEDIA, config.pairs() * 0.25 / PAIRS_OF_PAGE, config.threadsPerFile());
    add(
        files,
        Part.STACKEXCHANGE,
        config.pairs() * 0.33 / PAIRS_OF_THREAD,
        config.threadsPerFile());
    add(files, Part.REDDIT, config.pairs() * 0.42 / PAIRS_OF_THREAD, config.threadsPerFile());
    if (config.heldOutQueries() > 0) {
      files.add(new CorpusFile(Part.HELD_OUT, 0, 0, config.heldOutQueries()));
    }
    return files;
  }

  private static void add(List<CorpusFile> files, Part part, double threads, int perFile) {
    long total = Math.max(1, Math.round(threads));
    int number = 0;
    for (long from = 0; from < total; from += perFile) {
      files.add(new CorpusFile(part, number++, from, Math.min(total, from + perFile)));
    }
  }

  /** Writes the file, and its part of the truth where it has one. */
  public void write(CorpusConfig config, Folder folder) throws IOException {
    if (part == Part.HELD_OUT) {
      heldOut(config, folder);
      return;
    }
    String truthName =
        "truth/" + part.name().toLowerCase(java.util.Locale.ROOT) + "-" + number + ".ndjson";
    try (Truth truth = new Truth(folder.create(truthName))) {
      switch (part) {
        case WIKIPEDIA -> {
          try (OutputStream out = folder.create("wikipedia/" + WikiDump.fileName(from, to))) {
            new WikiDump(config).write(from, to, out, truth);
          }
        }
        case STACKEXCHANGE -> {
          String site = StackExchangeDump.site(number);
          try (OutputStream out =
              new BZip2CompressorOutputStream(
                  folder.create("stackexchange/" + site + "/Posts.xml.bz2"))) {
            new StackExchangeDump(config).write(site, from, to, out, truth);
          }
        }
        case REDDIT -> {
          String month =
              String.format(java.util.Locale.ROOT, "%d-%02d", 2024 + number / 12, 1 + number % 12);
          try (OutputStream posts = zstd(folder.create("reddit/RS_" + month + ".zst"));
              OutputStream comments = zstd(folder.create("reddit/RC_" + month + ".zst"))) {
            new RedditDump(config).write(from, to, posts, comments, truth);
          }
        }
        case HELD_OUT -> {}
      }
    }
  }

  private static OutputStream zstd(OutputStream out) throws IOException {
    return new ZstdOutputStreamNoFinalizer(out).setChecksum(true).setLong(WINDOW_LOG);
  }

  private static void heldOut(CorpusConfig config, Folder folder) throws IOException {
    HeldOut task = new HeldOut(config);
    try (OutputStream out = folder.create("held-out/corpus.jsonl")) {
      task.writeCorpus(out);
    }
    try (OutputStream out = folder.create("held-out/queries.jsonl")) {
      task.writeQueries(out);
    }
    try (OutputStream out = folder.create("held-out/qrels/test.tsv")) {
      task.writeQrels(out);
    }
  }
}
