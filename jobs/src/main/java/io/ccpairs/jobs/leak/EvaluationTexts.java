package io.ccpairs.jobs.leak;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.ccpairs.core.input.CorruptInputException;
import io.ccpairs.core.input.Lines;
import io.ccpairs.core.leak.LeakIndex;
import io.ccpairs.jobs.workspace.ContractException;
import io.ccpairs.jobs.workspace.Manifest;
import io.ccpairs.jobs.workspace.TableStage;
import java.io.EOFException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The texts of evaluation sets, out of files: {@code .jsonl} and {@code .json} give the values of
 * their text fields, {@code .tsv} and {@code .csv} every field, TREC's documents and topics the
 * text between their marks, all others a text for each line. What is packed as gzip or zstd is
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
    return index(config, LeakIndex.MAX_TEXTS);
  }

  /**
   * Reads every file into an index.
   *
   * @throws ContractException when they hold more texts than that
   */
  LeakIndex index(LeakConfig config, int maxTexts) throws IOException {
    LeakIndex.Builder index =
        new LeakIndex.Builder(config.minWords(), config.ngramWords(), config.minShare(), maxTexts);
    for (Found file : files.values()) {
      Path path = file.status().getPath();
      String name = path.getName();
      if (name.startsWith("corpus.") && !corpora) {
        continue;
      }
      try (InputStream stored = path.getFileSystem(configuration).open(path)) {
        String plain = name.replaceFirst("\\.(gz|zst)$", "");
        if (plain.endsWith(".jsonl") || plain.endsWith(".json")) {
          json(Lines.unpacked(named(path), stored), file.task(), index);
        } else {
          plainText(path, stored, plain, text -> index.add(file.task(), text));
        }
      } catch (LeakIndex.FullException e) {
        throw (ContractException)
            new ContractException(
                    "Cannot find leaks: "
                        + e.getMessage()
                        + (corpora ? "; leaks.corpora=false leaves documents aside" : ""))
                .initCause(e);
      } catch (CorruptInputException e) {
        throw e;
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
    CorruptInputException named = new CorruptInputException(named(path), place, reason);
    named.initCause(cause);
    return named;
  }

  private static String named(Path path) {
    return "evaluation set " + path;
  }

  private static void plainText(Path path, InputStream stored, String name, Consumer<String> texts)
      throws IOException {
    Lines lines = Lines.of(named(path), stored);
    try {
      if (name.endsWith(".csv")) {
        TextFiles.csv(lines, texts);
      } else if (name.endsWith(".tsv")) {
        TextFiles.tsv(lines, texts);
      } else {
        TextFiles.linesOrTrec(lines, texts);
      }
    } catch (CorruptInputException e) {
      throw e.getCause() instanceof CharacterCodingException
          ? unreadable(
              path,
              "line " + lines.number(),
              "no text in UTF-8; sets are .jsonl, .json, .tsv, .csv, TREC or a text a line, plain"
                  + " or as .gz or .zst",
              e)
          : e;
    }
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
