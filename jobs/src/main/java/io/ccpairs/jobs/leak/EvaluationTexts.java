package io.ccpairs.jobs.leak;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.github.luben.zstd.ZstdInputStream;
import io.ccpairs.core.leak.LeakIndex;
import io.ccpairs.jobs.workspace.Manifest;
import io.ccpairs.jobs.workspace.TableStage;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The texts of evaluation sets, out of files: {@code .jsonl} and {@code .json} give the values of
 * their text fields, {@code .tsv} and {@code .csv} every field of letters, all others a text for
 * each line. {@code .gz} and {@code .zst} are unpacked. Judgements (qrels) hold no text and are
 * passed over.
 *
 * <p>A file is a task by its name; a folder that holds {@code corpus.jsonl} or {@code
 * queries.jsonl} is one by its own.
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

  private static final int MAX_LINE_CHARS = 16 << 20;

  private final Configuration configuration;
  private final boolean corpora;
  private final TreeMap<String, FileStatus> files = new TreeMap<>();

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
        collect(system, match);
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

  private void collect(FileSystem system, FileStatus status) throws IOException {
    String name = status.getPath().getName();
    if (status.isDirectory()) {
      if (!name.startsWith(".") && !name.startsWith("_") && !name.equals("qrels")) {
        for (FileStatus child : system.listStatus(status.getPath())) {
          collect(system, child);
        }
      }
    } else if (!name.startsWith(".") && !name.startsWith("_") && !isJudgements(name)) {
      files.put(status.getPath().toString(), status);
    }
  }

  private static boolean isJudgements(String name) {
    return name.toLowerCase(Locale.ROOT).contains("qrel");
  }

  /** The files, as the manifest names them. */
  List<Manifest.InputFile> listed() throws IOException {
    List<Manifest.InputFile> listed = new ArrayList<>();
    for (FileStatus file : files.values()) {
      listed.add(TableStage.file(file.getPath().getFileSystem(configuration), file.getPath()));
    }
    return listed;
  }

  /** Reads every file into an index. */
  LeakIndex index(LeakConfig config) throws IOException {
    LeakIndex.Builder index =
        new LeakIndex.Builder(config.minWords(), config.ngramWords(), config.minShare());
    for (FileStatus file : files.values()) {
      String name = file.getPath().getName();
      String plain = name.replaceFirst("\\.(gz|zst)$", "");
      String stem = plain.replaceFirst("\\.[a-z]+$", "");
      boolean part = stem.equals("corpus") || stem.equals("queries");
      if (stem.equals("corpus") && !corpora) {
        continue;
      }
      String task = part ? file.getPath().getParent().getName() : stem;
      try (InputStream bytes = open(file.getPath(), name)) {
        if (plain.endsWith(".jsonl") || plain.endsWith(".json")) {
          json(bytes, task, index);
        } else {
          lines(bytes, task, plain.endsWith(".tsv"), plain.endsWith(".csv"), index);
        }
      } catch (IOException e) {
        throw (FileNotFoundException)
            new FileNotFoundException(
                    "Cannot read evaluation set " + file.getPath() + ": " + e.getMessage())
                .initCause(e);
      }
    }
    return index.build();
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

  private static void lines(
      InputStream bytes, String task, boolean tabs, boolean commas, LeakIndex.Builder index)
      throws IOException {
    BufferedReader reader = new BufferedReader(new InputStreamReader(bytes, UTF_8));
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      if (line.length() > MAX_LINE_CHARS) {
        throw new IOException("a line of " + line.length() + " characters");
      }
      if (tabs) {
        for (String field : line.split("\t")) {
          index.add(task, field);
        }
      } else if (commas) {
        fields(line).forEach(field -> index.add(task, field));
      } else {
        index.add(task, line);
      }
    }
  }

  private static List<String> fields(String line) {
    List<String> fields = new ArrayList<>();
    StringBuilder field = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        fields.add(field.toString());
        field.setLength(0);
      } else {
        field.append(c);
      }
    }
    fields.add(field.toString());
    return fields;
  }
}
