package io.ccpairs.jobs.train;

import ai.djl.Device;
import io.ccpairs.core.encoder.kernel.Precision;
import io.ccpairs.core.train.LossWatch;
import io.ccpairs.core.train.SliceReader;
import io.ccpairs.core.train.StepReport;
import io.ccpairs.core.train.TrainConfig;
import io.ccpairs.core.train.Trainer;
import io.ccpairs.core.train.collective.Collective;
import io.ccpairs.jobs.encode.LocalFiles;
import io.ccpairs.jobs.encode.TaskDevice;
import io.ccpairs.jobs.shard.HadoopShards;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.BarrierTaskContext;
import org.apache.spark.SparkEnv;
import org.apache.spark.util.TaskCompletionListener;

/**
 * One rank of a training, as a task of a barrier stage: joins the ring, goes on from the newest
 * checkpoint, and steps to the end. Rank 0 writes checkpoints and figures.
 */
final class Rank {
  private final Order order;
  private final Configuration hadoop;
  private final TrainingFolder folder;

  /**
   * What all ranks are told.
   *
   * @param model folder of the weights to begin with
   * @param shards path of a published run of shards
   * @param folder path of the training's own folder
   * @param secret by which ranks know each other; never logged
   */
  record Order(
      String model, String shards, String folder, TrainConfig train, RunConfig run, byte[] secret)
      implements Serializable {}

  /**
   * How a rank ended.
   *
   * @param step optimiser steps done
   * @param advice why it stopped before the end; empty when it did not
   */
  record Ended(int rank, long step, String advice) implements Serializable {}

  private Rank(Order order, Configuration hadoop) throws IOException {
    this.order = order;
    this.hadoop = hadoop;
    this.folder = new TrainingFolder(new org.apache.hadoop.fs.Path(order.folder()), hadoop);
  }

  /** The task. */
  static Iterator<Ended> run(Order order, Configuration hadoop) throws IOException {
    Path scratch = Files.createTempDirectory("ccpairs-train");
    try {
      return List.of(new Rank(order, hadoop).train(scratch)).iterator();
    } finally {
      delete(scratch);
    }
  }

  private Ended train(Path scratch) throws IOException {
    BarrierTaskContext task = BarrierTaskContext.get();
    int rank = task.partitionId();
    // Rank 0 says which checkpoint is whole, and all go on from that one.
    Optional<TrainingFolder.Fetched> newest = rank == 0 ? folder.newest(scratch) : Optional.empty();
    Rendezvous meeting =
        Rendezvous.hold(
            task,
            order.secret(),
            order.run().silentSeconds(),
            newest.map(TrainingFolder.Fetched::step).orElse(0L));
    try (Collective collective = meeting.collective()) {
      TaskCompletionListener leave = ended -> meeting.leave();
      task.addTaskCompletionListener(leave);
      TrainConfig config =
          order.train().threads() > 0
              ? order.train()
              : order.train().with(c -> c.threads = threads(meeting.ranksOfThisProcess()));
      String gpu = TaskDevice.gpu();
      Device device = gpu.isEmpty() ? Device.cpu() : Device.gpu(Integer.parseInt(gpu));
      Precision precision =
          gpu.isEmpty() || order.run().precision() == RunConfig.GpuPrecision.FLOAT32
              ? Precision.FLOAT32
              : Precision.BFLOAT16;
      try (Trainer trainer =
          Trainer.open(
              LocalFiles.of(order.model(), hadoop), config, device, precision, collective)) {
        if (meeting.step() > 0) {
          trainer.restore(folder.fetch(meeting.step(), scratch));
        }
        if (rank == 0) {
          folder.forget(meeting.step());
        }
        return steps(trainer, config, collective, scratch);
      }
    }
  }

  /** All cores of the executor, shared by the ranks in it. */
  private static int threads(int ranksOfThisProcess) {
    String master = SparkEnv.get().conf().get("spark.master", "local");
    int cores = Runtime.getRuntime().availableProcessors();
    if (!master.startsWith("local[") && !master.equals("local")) {
      cores = SparkEnv.get().conf().getInt("spark.executor.cores", cores);
    }
    return Math.max(1, cores / ranksOfThisProcess);
  }

  private Ended steps(Trainer trainer, TrainConfig config, Collective collective, Path scratch)
      throws IOException {
    int rank = collective.rank();
    long steps = config.steps();
    LossWatch watch = LossWatch.of(config);
    Meter meter = new Meter(steps);
    try (SliceReader slices =
        new SliceReader(HadoopShards.open(order.shards(), hadoop), trainer, collective)) {
      while (trainer.step() < steps) {
        StepReport report = trainer.step(slices.next());
        meter.add(report);
        long step = report.step();
        Optional<String> advice = watch.advice(report);
        boolean checkpoint =
            advice.isEmpty() && (step % order.run().checkpointSteps() == 0 || step == steps);
        if (rank == 0 && (checkpoint || advice.isPresent() || step % order.run().logSteps() == 0)) {
          folder.note(step, meter.take(report));
        }
        if (rank == 0 && checkpoint) {
          Path local = scratch.resolve("checkpoint");
          trainer.save(local);
          folder.publish(local, step, order.run().checkpointsKept());
          folder.showEvents();
          delete(local);
        }
        if (advice.isPresent()) {
          // All ranks see the same figures, so all stop here.
          return new Ended(rank, step, advice.get());
        }
      }
    }
    collective.barrier();
    return new Ended(rank, trainer.step(), "");
  }

  static void delete(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (var all = Files.walk(folder)) {
        all.sorted(java.util.Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
      }
    }
  }
}
