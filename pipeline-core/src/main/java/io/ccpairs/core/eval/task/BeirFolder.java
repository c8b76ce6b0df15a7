package io.ccpairs.core.eval.task;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A retrieval task as BEIR keeps it, on this machine's disk: {@code corpus.jsonl}, {@code
 * queries.jsonl} and {@code qrels/test.tsv}, each plain, {@code .gz} or {@code .zst}.
 */
public final class BeirFolder {
  private static final List<String> PACKED = List.of("", ".gz", ".zst");

  private BeirFolder() {}

  /**
   * Opens a folder.
   *
   * @param split the judgements' file name without its ending, as {@code test}
   * @throws FileNotFoundException when a file is missing, naming it
   */
  public static RetrievalTask open(Path folder, String split) throws IOException {
    Map<String, String> queries = QueryFile.read(file(folder, "queries.jsonl"), QueryFile.Ids.OWN);
    Qrels qrels = new Qrels();
    QrelsFile.read(file(folder, "qrels/" + split + ".tsv"), Set.of(), qrels);
    return new RetrievalTask(
        queries, qrels, new CorpusFiles(List.of(file(folder, "corpus.jsonl"))));
  }

  private static LocalFile file(Path folder, String name) throws FileNotFoundException {
    @Nullable Path found = null;
    for (String packed : PACKED) {
      Path file = folder.resolve(name + packed);
      if (found == null && Files.exists(file)) {
        found = file;
      }
    }
    if (found == null) {
      throw new FileNotFoundException("Cannot open task " + folder + ": there is no " + name);
    }
    return new LocalFile(found);
  }
}
