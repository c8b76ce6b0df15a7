package io.ccpairs.jobs.train;

import io.ccpairs.core.encoder.weights.ModelFileException;
import io.ccpairs.core.train.TrainerState;
import io.ccpairs.core.train.log.MetricsLog;
import io.ccpairs.core.train.log.TensorBoardEvents;
import io.ccpairs.jobs.encode.LocalFiles;
import io.ccpairs.jobs.workspace.Lease;
import java.io.ByteArrayOutputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/**
 * What a training keeps beside its model while it runs, on any file system: {@code
 * NAME.training/{order.json, lease.json, start/, checkpoints/step-…/, metrics/…json}}. A checkpoint
 * counts when its {@code trainer_state.json} stands, which is written last; a file of figures
 * appears whole.
 */
final class TrainingFolder {
  private static final String STEP = "step-";
  private static final String CONFIG = "config.json";

  /** TensorBoard looks for the word in the middle. */
  static final String EVENTS = "events.out.tfevents.ccpairs";

  private final FileSystem files;
  private final Path folder;

  TrainingFolder(Path folder, Configuration configuration) throws IOException {
    this.files = folder.getFileSystem(configuration);
    this.folder = files.makeQualified(folder);
  }

  FileSystem files() {
    return files;
  }

  Path path() {
    return folder;
  }

  Path order() {
    return new Path(folder, "order.json");
  }

  /** The model that a training from nothing begins with. */
  Path start() {
    return new Path(folder, "start");
  }

  Path checkpoint(long step) {
    return new Path(
        new Path(folder, "checkpoints"), String.format(Locale.ROOT, "%s%09d", STEP, step));
  }

  /** The steps at which there are checkpoints, ascending. */
  List<Long> checkpoints() throws IOException {
    List<Long> steps = new ArrayList<>();
    for (FileStatus status : list(new Path(folder, "checkpoints"))) {
      String name = status.getPath().getName();
      if (name.startsWith(STEP) && files.exists(new Path(status.getPath(), TrainerState.FILE))) {
        steps.add(Long.parseLong(name.substring(STEP.length())));
      }
    }
    Collections.sort(steps);
    return steps;
  }

  /**
   * Brings a checkpoint from a local disk here.
   *
   * @param kept how many of the newest stay
   */
  void publish(java.nio.file.Path local, long step, int kept) throws IOException {
    Path target = checkpoint(step);
    files.delete(target, true);
    LocalFiles.upload(local, files, target, TrainerState.FILE);
    List<Long> steps = checkpoints();
    for (long old : steps.subList(0, Math.max(0, steps.size() - kept))) {
      // Without its state the folder is no checkpoint any more; then its files can go.
      files.delete(new Path(checkpoint(old), TrainerState.FILE), false);
      files.delete(checkpoint(old), true);
    }
  }

  private void put(byte[] bytes, Path to) throws IOException {
    Path part = new Path(to.getParent(), "_" + to.getName() + ".part");
    try (var out = files.create(part, true)) {
      out.write(bytes);
    }
    LocalFiles.name(files, part, to);
  }

  /** A checkpoint on a local disk, with the step at which it was made. */
  record Fetched(long step, java.nio.file.Path folder) {}

  /**
   * The newest checkpoint that is whole, on this host's disk; damaged ones are passed over and
   * named in the log.
   *
   * @param scratch a folder for copies
   */
  Optional<Fetched> newest(java.nio.file.Path scratch) throws IOException {
    List<Long> steps = checkpoints();
    Collections.reverse(steps);
    for (long step : steps) {
      try {
        java.nio.file.Path local = fetch(step, scratch);
        TrainerState.verified(local);
        return Optional.of(new Fetched(step, local));
      } catch (ModelFileException e) {
        System.getLogger(TrainingFolder.class.getName())
            .log(
                System.Logger.Level.WARNING,
                "Passed over the checkpoint of step " + step + ": " + e.getMessage());
      }
    }
    return Optional.empty();
  }

  /** A checkpoint on this host's disk: where it lies, if that is one, else a copy. */
  java.nio.file.Path fetch(long step, java.nio.file.Path scratch) throws IOException {
    Path from = checkpoint(step);
    if (files.getUri().getScheme().equals("file")) {
      return java.nio.file.Path.of(from.toUri().getPath());
    }
    java.nio.file.Path to = scratch.resolve(from.getName());
    download(from, to);
    return to;
  }

  private void download(Path from, java.nio.file.Path to) throws IOException {
    Files.createDirectories(to);
    for (FileStatus status : files.listStatus(from)) {
      java.nio.file.Path target = to.resolve(status.getPath().getName());
      if (status.isDirectory()) {
        download(status.getPath(), target);
      } else {
        files.copyToLocalFile(false, status.getPath(), new Path(target.toUri()), true);
      }
    }
  }

  // ---- Figures

  private Path metrics() {
    return new Path(folder, "metrics");
  }

  /** Keeps the figures of the steps up to one. */
  void note(long step, Map<String, Double> figures) throws IOException {
    put(
        MetricsLog.line(step, figures).getBytes(StandardCharsets.UTF_8),
        new Path(metrics(), String.format(Locale.ROOT, "%09d.json", step)));
  }

  /** Forgets figures behind a step: they will come again. */
  void forget(long step) throws IOException {
    for (FileStatus status : list(metrics())) {
      String name = status.getPath().getName();
      if (name.matches("\\d{9}\\.json") && Long.parseLong(name.substring(0, 9)) > step) {
        files.delete(status.getPath(), false);
      }
    }
  }

  /** All figures kept of steps behind this one, in order. */
  List<Map<String, Double>> figures(long behind) throws IOException {
    List<Map<String, Double>> figures = new ArrayList<>();
    for (String line : lines(behind)) {
      figures.add(MetricsLog.parse(line));
    }
    return figures;
  }

  /** The lines of {@code metrics.jsonl} for steps behind this one, in order. */
  List<String> lines(long behind) throws IOException {
    List<String> names = new ArrayList<>();
    for (FileStatus status : list(metrics())) {
      String name = status.getPath().getName();
      if (name.matches("\\d{9}\\.json") && Long.parseLong(name.substring(0, 9)) > behind) {
        names.add(name);
      }
    }
    Collections.sort(names);
    List<String> lines = new ArrayList<>();
    for (String name : names) {
      try (InputStream in = files.open(new Path(metrics(), name))) {
        lines.add(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      } catch (FileNotFoundException e) {
        // It is being replaced by the same figures of a restarted training.
        break;
      }
    }
    return lines;
  }

  /** The figures as TensorBoard reads them. */
  byte[] events() throws IOException {
    List<Map<String, Double>> figures = figures(-1);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    double begin = figures.isEmpty() ? 0 : Meter.figure(figures.get(0), "time");
    try (TensorBoardEvents events = new TensorBoardEvents(out, begin, 0)) {
      for (Map<String, Double> line : figures) {
        Map<String, Double> scalars = new LinkedHashMap<>(line);
        scalars.keySet().removeAll(List.of("step", "time", "eta_seconds"));
        events.scalars(Meter.figure(line, "time"), Math.round(Meter.figure(line, "step")), scalars);
      }
    }
    return out.toByteArray();
  }

  /** Writes the figures so far for TensorBoard, beside the checkpoints. */
  void showEvents() throws IOException {
    put(events(), new Path(folder, EVENTS));
  }

  // ---- The finished model

  /**
   * Makes the model of a checkpoint in place of what is there: all but the optimiser's state,
   * {@code config.json} last, since a folder without it is no model.
   *
   * @param more further files by name relative to the model, for example {@code
   *     training/metrics.jsonl}
   */
  void finish(long step, Path model, Map<String, byte[]> more) throws IOException {
    files.create(finishing(), true).close();
    files.delete(new Path(model, CONFIG), false);
    files.delete(model, true);
    copy(checkpoint(step), model, CONFIG);
    for (Map.Entry<String, byte[]> file : more.entrySet()) {
      try (var out = files.create(new Path(model, file.getKey()), true)) {
        out.write(file.getValue());
      }
    }
    one(new Path(checkpoint(step), CONFIG), new Path(model, CONFIG));
    files.delete(finishing(), false);
  }

  /** Says, while it stands, that a model's folder without {@code config.json} is our own. */
  private Path finishing() {
    return new Path(folder, "_finishing");
  }

  /** Whether the model's folder may hold half of what {@link #finish} makes. */
  boolean isFinishing() throws IOException {
    return files.exists(finishing());
  }

  /** Removes the half of a model whose driver died. */
  void forgetHalf(Path model) throws IOException {
    if (isFinishing()) {
      if (!files.exists(new Path(model, CONFIG))) {
        files.delete(model, true);
      }
      files.delete(finishing(), false);
    }
  }

  private void copy(Path from, Path to, String except) throws IOException {
    for (FileStatus status : files.listStatus(from)) {
      String name = status.getPath().getName();
      if (status.isDirectory()) {
        copy(status.getPath(), new Path(to, name), "");
      } else if (!name.equals(except)
          && !name.equals(TrainerState.FILE)
          && !name.startsWith("optimiser.")
          && !name.startsWith(".")) {
        one(status.getPath(), new Path(to, name));
      }
    }
  }

  private void one(Path from, Path to) throws IOException {
    org.apache.hadoop.fs.FileUtil.copy(files, from, files, to, false, true, files.getConf());
  }

  /** Takes the folder for one driver. */
  Lease lease(String purpose) throws IOException {
    return Lease.take(files, folder, purpose);
  }

  /** Deletes all but the lease; without its order nobody goes on with the rest. */
  void clear() throws IOException {
    files.delete(order(), false);
    for (FileStatus child : list(folder)) {
      if (!Lease.isOfALease(child.getPath().getName())) {
        files.delete(child.getPath(), true);
      }
    }
  }

  /** Deletes the empty folder, unless another driver has come into it. */
  void leave() throws IOException {
    if (list(folder).length == 0) {
      files.delete(folder, false);
    }
  }

  private FileStatus[] list(Path place) throws IOException {
    try {
      return files.listStatus(place);
    } catch (FileNotFoundException e) {
      return new FileStatus[0];
    }
  }
}
