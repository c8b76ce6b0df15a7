package io.ccpairs.jobs.eval;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.ccpairs.core.eval.task.QueryFile;
import io.ccpairs.core.eval.task.SentencePairFile;
import io.ccpairs.core.eval.task.SquadFile;
import io.ccpairs.jobs.config.ConfigException;
import io.ccpairs.jobs.config.Nearest;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * Finds tasks: files that describe one ({@code *.conf}, see {@code conf/tasks}), folders in BEIR's
 * layout, folders with sentence pairs in {@code test.jsonl} as MTEB's data sets have them, and
 * folders of these.
 */
final class TaskFinder {
  private static final List<String> PACKED = List.of("", ".gz", ".zst");
  private static final List<String> SPLITS = List.of("test", "dev", "validation");

  private static final Set<String> TASK_KEYS =
      Set.of("name", "kind", "split", "languages", "subsets", "expected");
  private static final Map<String, Set<String>> KEYS =
      Map.of(
          "retrieval",
          Set.of("corpus", "queries", "query-ids", "qrels", "leave-out-grades"),
          "squad",
          Set.of("file", "unit"),
          "sts",
          Set.of("files", "format", "first", "second", "score"),
          "bitext",
          Set.of("source", "target"));

  private final Configuration hadoop;
  private final @Nullable String data;

  /**
   * A search.
   *
   * @param data where the paths in task files begin; null for the folder of each task file
   */
  TaskFinder(Configuration hadoop, @Nullable String data) {
    this.hadoop = hadoop;
    this.data = data;
  }

  /**
   * The tasks of these places, in their order, those of a folder by name.
   *
   * @throws FileNotFoundException when a place has no task, or a file of a task is missing
   * @throws ConfigException when a task file says something that cannot be used
   */
  List<TaskSpec> find(List<String> places) throws IOException {
    List<TaskSpec> tasks = new ArrayList<>();
    Set<String> names = new TreeSet<>();
    for (String place : places) {
      Path path = new Path(place);
      FileSystem files = path.getFileSystem(hadoop);
      if (!files.exists(path)) {
        throw new FileNotFoundException("Cannot find tasks in " + place + ": it does not exist");
      }
      List<TaskSpec> here = at(files, files.getFileStatus(path));
      if (here.isEmpty()) {
        throw new FileNotFoundException(
            "Cannot find tasks in "
                + place
                + ": neither a task file (*.conf), nor a folder with corpus.jsonl, queries.jsonl and"
                + " qrels/, nor one with test.jsonl, nor a folder of these");
      }
      for (TaskSpec task : here) {
        if (!names.add(task.name())) {
          throw new ConfigException(
              "Cannot evaluate two tasks of the name "
                  + task.name()
                  + "; the second is in "
                  + place);
        }
        tasks.add(task);
      }
    }
    return tasks;
  }

  private List<TaskSpec> at(FileSystem files, FileStatus place) throws IOException {
    if (place.isFile()) {
      return place.getPath().getName().endsWith(".conf")
          ? List.of(ofConf(files, place.getPath()))
          : List.of();
    }
    TaskSpec task = ofFolder(files, place.getPath());
    if (task != null) {
      return List.of(task);
    }
    List<TaskSpec> tasks = new ArrayList<>();
    FileStatus[] children = files.listStatus(place.getPath());
    Arrays.sort(children);
    for (FileStatus child : children) {
      tasks.addAll(at(files, child));
    }
    return tasks;
  }

  private static @Nullable TaskSpec ofFolder(FileSystem files, Path folder) throws IOException {
    FileStatus corpus = packed(files, folder, "corpus.jsonl");
    FileStatus queries = packed(files, folder, "queries.jsonl");
    if (corpus != null && queries != null) {
      for (String split : SPLITS) {
        FileStatus qrels = packed(files, folder, "qrels/" + split + ".tsv");
        if (qrels != null) {
          return single(
              folder,
              split,
              new TaskSpec.Retrieval(
                  List.of(corpus), queries, QueryFile.Ids.OWN, List.of(qrels), Set.of()));
        }
      }
      throw new FileNotFoundException(
          "Cannot open task "
              + folder
              + ": qrels/ holds none of test.tsv, dev.tsv, validation.tsv");
    }
    for (String split : SPLITS) {
      FileStatus pairs = packed(files, folder, split + ".jsonl");
      if (pairs != null) {
        return single(
            folder,
            split,
            new TaskSpec.Similarity(
                List.of(pairs),
                new SentencePairFile.Layout(
                    SentencePairFile.Format.JSONL, "sentence1", "sentence2", "score")));
      }
    }
    return null;
  }

  private static TaskSpec single(Path folder, String split, TaskSpec.Source source) {
    return new TaskSpec(
        folder.getName(),
        split,
        Map.of("default", new TaskSpec.Subset(List.of(), source)),
        List.of());
  }

  private static @Nullable FileStatus packed(FileSystem files, Path folder, String name)
      throws IOException {
    for (String suffix : PACKED) {
      Path file = new Path(folder, name + suffix);
      if (files.exists(file)) {
        return files.getFileStatus(file);
      }
    }
    return null;
  }

  private TaskSpec ofConf(FileSystem files, Path file) throws IOException {
    Config conf;
    try (InputStream in = files.open(file)) {
      conf = ConfigFactory.parseString(new String(in.readAllBytes(), UTF_8)).resolve();
      String kind = conf.getString("kind").toLowerCase(Locale.ROOT);
      if (!KEYS.containsKey(kind)) {
        throw new ConfigException(
            "Cannot use task file "
                + file
                + ": kind is "
                + kind
                + ", not one of "
                + new TreeSet<>(KEYS.keySet()));
      }
      Set<String> known = new LinkedHashSet<>(TASK_KEYS);
      known.addAll(KEYS.getOrDefault(kind, Set.of()));
      checkKeys(file, conf, known);
      String name = conf.getString("name");
      if (!name.matches("[A-Za-z0-9._-]+")) {
        throw new ConfigException(
            "Cannot use task file "
                + file
                + ": the name "
                + name
                + " has more than letters, digits and . _ -");
      }
      Map<String, TaskSpec.Subset> subsets = new LinkedHashMap<>();
      if (conf.hasPath("subsets")) {
        Config all = conf.getConfig("subsets");
        for (String subset : new TreeSet<>(all.root().keySet())) {
          Config own = all.getConfig(com.typesafe.config.ConfigUtil.joinPath(subset));
          checkKeys(file, own, known);
          subsets.put(subset, subset(file, kind, own.withFallback(conf)));
        }
      } else {
        subsets.put("default", subset(file, kind, conf));
      }
      return new TaskSpec(name, conf.getString("split"), subsets, expected(file, conf));
    } catch (com.typesafe.config.ConfigException e) {
      throw new ConfigException("Cannot use task file " + file + ": " + e.getMessage());
    }
  }

  private static void checkKeys(Path file, Config conf, Set<String> known) {
    for (String key : conf.root().keySet()) {
      if (!known.contains(key)) {
        throw new ConfigException(
            "Cannot use task file " + file + ": unknown key " + key + Nearest.hint(key, known));
      }
    }
  }

  private TaskSpec.Subset subset(Path conf, String kind, Config keys) throws IOException {
    TaskSpec.Source source =
        switch (kind) {
          case "retrieval" ->
              new TaskSpec.Retrieval(
                  files(conf, keys, "corpus"),
                  file(conf, keys.getString("queries")),
                  keys.hasPath("query-ids")
                      ? one(QueryFile.Ids.values(), conf, keys, "query-ids")
                      : QueryFile.Ids.OWN,
                  files(conf, keys, "qrels"),
                  keys.hasPath("leave-out-grades")
                      ? Set.copyOf(keys.getIntList("leave-out-grades"))
                      : Set.of());
          case "squad" ->
              new TaskSpec.Squad(
                  file(conf, keys.getString("file")),
                  one(SquadFile.Unit.values(), conf, keys, "unit"));
          case "sts" ->
              new TaskSpec.Similarity(
                  files(conf, keys, "files"),
                  new SentencePairFile.Layout(
                      one(SentencePairFile.Format.values(), conf, keys, "format"),
                      keys.getString("first"),
                      keys.getString("second"),
                      keys.getString("score")));
          default ->
              new TaskSpec.Translations(
                  file(conf, keys.getString("source")), file(conf, keys.getString("target")));
        };
    return new TaskSpec.Subset(
        keys.hasPath("languages") ? keys.getStringList("languages") : List.of(), source);
  }

  /** The constant that a key names. */
  private static <E extends Enum<E>> E one(E[] constants, Path conf, Config keys, String key) {
    String word = keys.getString(key);
    List<String> words = new ArrayList<>();
    for (E constant : constants) {
      if (constant.name().equalsIgnoreCase(word)) {
        return constant;
      }
      words.add(constant.name().toLowerCase(Locale.ROOT));
    }
    throw new ConfigException(
        "Cannot use task file "
            + conf
            + ": "
            + key
            + " is "
            + word
            + ", not one of "
            + words
            + Nearest.hint(word, words));
  }

  private static List<TaskSpec.Expectation> expected(Path file, Config conf) {
    List<TaskSpec.Expectation> expected = new ArrayList<>();
    if (conf.hasPath("expected")) {
      for (Config one : conf.getConfigList("expected")) {
        checkKeys(file, one, Set.of("system", "subset", "metric", "value", "source"));
        expected.add(
            new TaskSpec.Expectation(
                one.getString("system"),
                one.hasPath("subset") ? one.getString("subset") : "default",
                one.getString("metric"),
                one.getDouble("value"),
                one.getString("source")));
      }
    }
    return expected;
  }

  private List<FileStatus> files(Path conf, Config keys, String key) throws IOException {
    List<FileStatus> files = new ArrayList<>();
    for (String name : keys.getStringList(key)) {
      files.add(file(conf, name));
    }
    return files;
  }

  private FileStatus file(Path conf, String name) throws IOException {
    Path path = new Path(data == null ? conf.getParent() : new Path(data), name);
    FileSystem files = path.getFileSystem(hadoop);
    if (!files.exists(path)) {
      throw new FileNotFoundException(
          "Cannot open task "
              + conf
              + ": there is no file "
              + path
              + (data == null ? "; --data says where its files are" : ""));
    }
    return files.getFileStatus(path);
  }
}
