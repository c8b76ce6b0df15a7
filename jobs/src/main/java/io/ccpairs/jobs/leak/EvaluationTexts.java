package io.ccpairs.jobs.leak;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.github.luben.zstd.ZstdInputStream;
import io.ccpairs.core.input.CorruptInputException;
import io.ccpairs.core.leak.LeakIndex;
import io.ccpairs.jobs.workspace.Manifest;
import io.ccpairs.jobs.workspace.TableStage;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.LineNumberReader;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.zip.GZIPInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The texts of evaluation sets, out of files: {@code .jsonl} and {@code .json} give the values of
 * their text fields, {@code .tsv} and {@code .csv} every field, TREC's documents and topics the
 * text between their marks, all others a text for each line. {@code .gz} and {@code .zst} are
 * unpacked. Judgements (qrels) hold no text and are passed over.
 *
 * <p>A file is a task, named by its path below the place that was given; a folder that holds {@code
 * corpus.jsonl} or {@code queries.jsonl} (BEIR) is one task.
 */
final class EvaluationTexts {
  private static final JsonFactory JSON = new JsonFactory();

  /** Fields that name and number; every other text of a JSON object counts. */
  private static final Set<String> NOT_TEXT =
      Set.of(
          "_id",
          "id",
          "docid",
          "doc_id",
          "qid",
          "query_id",
          "put",
          "url",
          "lang",
          "language",
          "label",
          "labels",
          "split",
          "source",
          "metadata",
          "guid",
          "version",
          "genre",
          "annotator",
          "file",
          "date",
          "license");

  private final Configuration configuration;
  private final boolean corpora;
  private final TreeMap<String, Found> files = new TreeMap<>();

  /** A file and the task it belongs to. */
  private record Found(FileStatus status, String task) {}

  EvaluationTexts(Configuration configuration, boolean corpora) {
    this.configuration = configuration;
    this.corpora = corpora;
  }

  /**
   * Finds the files of a place: a file, a folder with all below it, or a glob.
   *
   * @throws FileNotFoundException when there is nothing, naming the place
   */
  void add(String place) throws FileNotFoundException {
    int before = files.size();
    try {
      Path path = new Path(place);
      FileSystem system = path.getFileSystem(configuration);
      FileStatus[] matches = system.globStatus(path);
      for (FileStatus match : matches == null ? new FileStatus[0] : matches) {
        collect(system, match, match.isDirectory() ? "" : stem(match.getPath().getName()));
      }
    } catch (IOException e) {
      throw (FileNotFoundException)
          new FileNotFoundException("Cannot read evaluation set " + place + ": " + e.getMessage())
              .initCause(e);
    }
    if (files.size() == before) {
      throw new FileNotFoundException(
          "Cannot read evaluation set " + place + ": there is no file with texts");
    }
  }

  /**
   * Collects a file, or all below a folder.
   *
   * @param task the task's name so far: the path below the given place
   */
  private void collect(FileSystem system, FileStatus status, String task) throws IOException {
    String name = status.getPath().getName();
    if (name.startsWith(".") || name.startsWith("_") || isJudgements(name)) {
      return;
    }
    if (!status.isDirectory()) {
      files.put(status.getPath().toString(), new Found(status, task));
      return;
    }
    FileStatus[] children = system.listStatus(status.getPath());
    boolean beir = Arrays.stream(children).anyMatch(child -> isPart(child.getPath().getName()));
    for (FileStatus child : children) {
      String own =
          child.isDirectory() ? child.getPath().getName() : stem(child.getPath().getName());
      String below = task.isEmpty() ? own : task + "/" + own;
      collect(system, child, beir ? (task.isEmpty() ? name : task) : below);
    }
  }

  /** Whether a file is the documents or the queries of a BEIR task. */
  private static boolean isPart(String name) {
    return name.matches("(corpus|queries)\\.jsonl(\\.gz|\\.zst)?");
  }

  private static String stem(String name) {
    return name.replaceFirst("\\.(gz|zst)$", "").replaceFirst("\\.(jsonl?|[tc]sv|txt|trec)$", "");
  }

  private static boolean isJudgements(String name) {
    return name.toLowerCase(Locale.ROOT).contains("qrel");
  }

  /** The files, as the manifest names them. */
  List<Manifest.InputFile> listed() throws IOException {
    List<Manifest.InputFile> listed = new ArrayList<>();
    for (Found file : files.values()) {
      Path path = file.status().getPath();
      listed.add(TableStage.file(path.getFileSystem(configuration), path));
    }
    return listed;
  }

  /** Reads every file into an index. */
  LeakIndex index(LeakConfig config) throws IOException {
    LeakIndex.Builder index =
        new LeakIndex.Builder(config.minWords(), config.ngramWords(), config.minShare());
    for (Found file : files.values()) {
      Path path = file.status().getPath();
      String name = path.getName();
      if (name.startsWith("corpus.") && !corpora) {
        continue;
      }
      try (InputStream bytes = open(path, name)) {
        String plain = name.replaceFirst("\\.(gz|zst)$", "");
        if (plain.endsWith(".jsonl") || plain.endsWith(".json")) {
          json(bytes, file.task(), index);
        } else {
          plainText(bytes, plain, text -> index.add(file.task(), text));
        }
      } catch (JsonProcessingException e) {
        String line = e.getLocation() == null ? "its end" : "line " + e.getLocation().getLineNr();
        throw unreadable(path, line, String.valueOf(e.getOriginalMessage()), e);
      } catch (IOException e) {
        String place = e instanceof EOFException ? "its end" : "one of its texts";
        throw unreadable(path, place, String.valueOf(e.getMessage()), e);
      }
    }
    LeakIndex built = index.build();
    if (built.texts() == 0 && !files.isEmpty()) {
      // A gate that holds nothing would let everything pass, and say that nothing leaks.
      throw new FileNotFoundException(
          "Cannot find leaks: none of the evaluation sets ("
              + files.firstKey()
              + (files.size() == 1 ? "" : " and " + (files.size() - 1) + " more")
              + ") holds a text of at least "
              + config.minWords()
              + " words (leaks.min-words)"
              + (corpora ? "" : ", documents left aside (leaks.corpora)"));
    }
    return built;
  }

  private static CorruptInputException unreadable(
      Path path, String place, String reason, IOException cause) {
    CorruptInputException named =
        new CorruptInputException("evaluation set " + path, place, reason);
    named.initCause(cause);
    return named;
  }

  private static void plainText(InputStream bytes, String name, Consumer<String> texts)
      throws IOException {
    // A decoder of its own reports what is no UTF-8, where a reader would put signs for it.
    LineNumberReader reader =
        new LineNumberReader(new InputStreamReader(bytes, UTF_8.newDecoder()));
    try {
      plainText(reader, name, texts);
    } catch (CharacterCodingException e) {
      throw (IOException)
          new IOException(
                  "no text in UTF-8 at or behind line "
                      + (reader.getLineNumber() + 1)
                      + "; sets are .jsonl, .json, .tsv, .csv, TREC or a text a line, plain or as .gz"
                      + " or .zst")
              .initCause(e);
    }
  }

  private static void plainText(BufferedReader reader, String name, Consumer<String> texts)
      throws IOException {
    if (name.endsWith(".csv")) {
      TextFiles.csv(reader, texts);
    } else if (name.endsWith(".tsv")) {
      TextFiles.tsv(reader, texts);
    } else {
      TextFiles.linesOrTrec(reader, texts);
    }
  }

  private InputStream open(Path path, String name) throws IOException {
    InputStream stored =
        new BufferedInputStream(path.getFileSystem(configuration).open(path), 1 << 16);
    return name.endsWith(".gz")
        ? new GZIPInputStream(stored, 1 << 16)
        : name.endsWith(".zst") ? new ZstdInputStream(stored) : stored;
  }

  private static void json(InputStream bytes, String task, LeakIndex.Builder index)
      throws IOException {
    try (JsonParser parser = JSON.createParser(bytes)) {
      String field = "";
      JsonToken token = parser.nextToken();
      while (token != null) {
        if (token == JsonToken.FIELD_NAME) {
          field = parser.currentName();
        } else if (token == JsonToken.VALUE_STRING && !NOT_TEXT.contains(field)) {
          index.add(task, parser.getText());
        }
        token = parser.nextToken();
      }
    }
  }
}
