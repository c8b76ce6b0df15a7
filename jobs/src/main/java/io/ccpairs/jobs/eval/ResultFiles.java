package io.ccpairs.jobs.eval;

import com.fasterxml.jackson.databind.JsonNode;
import io.ccpairs.jobs.workspace.Json;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.jspecify.annotations.Nullable;

/**
 * Results as MTEB keeps them: {@code results/<organisation>__<model>/<revision>/<Task>.json} with
 * {@code model_meta.json} beside. What a score depends on stands in each entry under {@code
 * conventions}.
 */
final class ResultFiles {
  private final Configuration hadoop;
  private final Path root;

  ResultFiles(Configuration hadoop, String root) {
    this.hadoop = hadoop;
    this.root = new Path(root, "results");
  }

  /** The folder of a system's results. */
  Path folder(Entrant system) {
    return new Path(new Path(root, system.name().replace("/", "__")), system.revision());
  }

  /**
   * What is evaluated.
   *
   * @param name organisation/name
   * @param revision of its files or formula
   * @param maxTokens null where it reads no tokens
   * @param dimensions null where it makes no vectors
   */
  record Entrant(
      String name, String revision, @Nullable Integer maxTokens, @Nullable Integer dimensions) {
    /** The name without its organisation. */
    String shortName() {
      return name.substring(name.indexOf('/') + 1);
    }
  }

  /**
   * A result on file, if it holds these subsets of this data under these conventions.
   *
   * @param conventions of each subset
   */
  Optional<Map<String, Scored>> read(
      Entrant system,
      TaskSpec task,
      String dataRevision,
      Map<String, Map<String, String>> conventions)
      throws IOException {
    Path file = new Path(folder(system), task.name() + ".json");
    FileSystem files = file.getFileSystem(hadoop);
    if (!files.exists(file)) {
      return Optional.empty();
    }
    JsonNode json = Json.read(files, file, JsonNode.class);
    if (!json.path("dataset_revision").asText().equals(dataRevision)) {
      return Optional.empty();
    }
    Map<String, Scored> found = new LinkedHashMap<>();
    for (JsonNode entry : json.path("scores").path(task.split())) {
      Map<String, String> stated = new LinkedHashMap<>();
      entry
          .path("conventions")
          .properties()
          .forEach(field -> stated.put(field.getKey(), field.getValue().asText()));
      Map<String, Double> values = new LinkedHashMap<>();
      entry
          .properties()
          .forEach(
              field -> {
                if (field.getValue().isNumber() && !field.getKey().equals("main_score")) {
                  values.put(field.getKey(), field.getValue().doubleValue());
                }
              });
      found.put(entry.path("hf_subset").asText(), new Scored(values, stated));
    }
    if (found.size() != conventions.size()) {
      return Optional.empty();
    }
    for (Map.Entry<String, Map<String, String>> wanted : conventions.entrySet()) {
      Scored scored = found.get(wanted.getKey());
      if (scored == null
          || !scored.conventions().entrySet().containsAll(wanted.getValue().entrySet())) {
        return Optional.empty();
      }
    }
    return Optional.of(found);
  }

  /** Writes a result, and the system's description. */
  void write(
      Entrant system,
      TaskSpec task,
      String dataRevision,
      Map<String, Scored> scores,
      double seconds)
      throws IOException {
    List<Map<String, Object>> entries = new java.util.ArrayList<>();
    scores.forEach(
        (subset, scored) -> {
          TaskSpec.Subset spec = Objects.requireNonNull(task.subsets().get(subset));
          Map<String, Object> entry = new LinkedHashMap<>(scored.values());
          entry.put("main_score", scored.values().get(spec.source().mainScore()));
          entry.put("hf_subset", subset);
          entry.put("languages", spec.languages());
          entry.put("conventions", scored.conventions());
          entries.add(entry);
        });
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("dataset_revision", dataRevision);
    result.put("task_name", task.name());
    result.put("mteb_version", null); // the key tells MTEB which form the file has
    result.put("scores", Map.of(task.split(), entries));
    result.put("evaluation_time", seconds);
    result.put("kg_co2_emissions", null);
    Path folder = folder(system);
    FileSystem files = folder.getFileSystem(hadoop);
    files.mkdirs(folder);
    Json.write(files, new Path(folder, "model_meta.json"), meta(system));
    Json.write(files, new Path(folder, task.name() + ".json"), result);
  }

  /** The keys that MTEB's model description has, and no other: it refuses more. */
  private static Map<String, Object> meta(Entrant system) {
    Map<String, Object> meta = new LinkedHashMap<>();
    meta.put("name", system.name());
    meta.put("revision", system.revision());
    meta.put("release_date", null);
    meta.put("languages", null);
    meta.put("n_parameters", null);
    meta.put("memory_usage_mb", null);
    meta.put("max_tokens", system.maxTokens());
    meta.put("embed_dim", system.dimensions());
    meta.put("license", null);
    meta.put("open_weights", null);
    meta.put("public_training_code", null);
    meta.put("public_training_data", null);
    meta.put(
        "framework", system.dimensions() == null ? List.of() : List.of("Sentence Transformers"));
    meta.put("reference", null);
    meta.put("similarity_fn_name", system.dimensions() == null ? null : "cosine");
    meta.put("use_instructions", system.dimensions() != null);
    meta.put("training_datasets", null);
    meta.put("loader", null);
    return meta;
  }
}
