package io.ccpairs.core.train;

import ai.djl.Device;
import ai.djl.ndarray.BaseNDManager;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.ccpairs.core.encoder.Encoder;
import io.ccpairs.core.encoder.EncoderConfig;
import io.ccpairs.core.encoder.ModelFolder;
import io.ccpairs.core.encoder.TokenBatch;
import io.ccpairs.core.encoder.Tokenizer;
import io.ccpairs.core.encoder.kernel.EngineCalls;
import io.ccpairs.core.encoder.kernel.Precision;
import io.ccpairs.core.encoder.kernel.Torch;
import io.ccpairs.core.encoder.weights.ModelFileException;
import io.ccpairs.core.encoder.weights.Safetensors;
import io.ccpairs.core.encoder.weights.StateDict;
import io.ccpairs.core.encoder.weights.WeightFiles;
import io.ccpairs.core.pair.PairId;
import io.ccpairs.core.shard.ShardRow;
import io.ccpairs.core.train.TokenisedSlice.Chunk;
import io.ccpairs.core.train.collective.Collective;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Trains an encoder with the contrastive loss of E5 (section 4.1) over global batches of any size:
 * all texts are encoded in chunks without gradients, the loss gives the gradient of each embedding,
 * and each chunk is encoded again with that gradient fed in (gradient caching: Gao et al. 2021). So
 * memory depends on the chunk, not on the batch.
 *
 * <p>One object is one rank; all ranks make the same calls in the same order. On one number of
 * ranks, threads and one kind of processor the same calls give the same bits; on another number of
 * ranks, and without dropout, gradients agree to rounding. Computes on the calling thread; use one
 * thread for all steps.
 */
public final class Trainer implements AutoCloseable {
  /** Numbers of the logits that exist at a time. */
  private static final long CPU_LOGITS = 1 << 21; // 8 MB: they pass through the caches

  private static final long GPU_LOGITS = 1 << 28;

  /** How often ranks compare their weights: a pass over them, small beside a step. */
  private static final int AGREE_EVERY = 100;

  /** One seed serves the whole process, so ranks in threads of one process take turns. */
  private static final Object SEEDED = new Object();

  private final ModelFolder model;
  private final TrainConfig config;
  private final Device device;
  private final NDManager manager;
  private final StateDict weights;
  private final StateDict firstMoments;
  private final StateDict secondMoments;
  private final Encoder encoder;
  private final Tokenizer tokenizer;
  private final TrainKernels kernels;
  private final Exchange exchange;
  private long step;
  private long lastAgreed = -1;

  private Trainer(
      ModelFolder model,
      TrainConfig config,
      Device device,
      Precision precision,
      Collective collective,
      NDManager manager)
      throws IOException {
    int maxTokens = maxTokens(model, config);
    this.model = model;
    this.config = config;
    this.device = device;
    this.manager = manager;
    this.weights = model.weights(manager);
    this.firstMoments = zeros(weights);
    this.secondMoments = zeros(weights);
    weights.arrays().forEach(weight -> weight.setRequiresGradient(true));
    EncoderConfig shape = model.config();
    if (config.dropout() == TrainConfig.Dropout.NONE) {
      shape = shape.withDropout(0, 0);
    }
    this.encoder = new Encoder(shape, weights, precision);
    this.tokenizer =
        Tokenizer.open(model.tokenizerFile(), shape.vocabulary(), maxTokens, model.prefixes());
    this.kernels = TrainKernels.load(manager);
    this.exchange = new Exchange(collective, kernels);
  }

  /**
   * Begins a training from a model's weights.
   *
   * @param modelFolder the model to begin with; the same on all ranks
   * @param device where this rank computes
   * @param precision bfloat16 on GPUs only
   * @param collective of which this is one rank; stays the caller's
   * @throws io.ccpairs.core.encoder.weights.ModelFileException when a file is missing or does not
   *     fit the others, naming it
   */
  public static Trainer open(
      Path modelFolder,
      TrainConfig config,
      Device device,
      Precision precision,
      Collective collective)
      throws IOException {
    if (precision != Precision.FLOAT32 && !device.isGpu()) {
      throw new IllegalArgumentException(
          "Cannot train in " + precision + " on " + device + ": only GPUs compute it fast");
    }
    ModelFolder model = ModelFolder.open(modelFolder);
    Torch.inferOnThisThread();
    NDManager manager = Torch.manager(device);
    try {
      return new Trainer(model, config, device, precision, collective, manager);
    } catch (IOException | RuntimeException e) {
      manager.close();
      throw e;
    }
  }

  /**
   * Looks whether a training can begin from a model, without reading its weights.
   *
   * @throws io.ccpairs.core.encoder.weights.ModelFileException as {@link #open} throws it
   * @throws IllegalArgumentException when the model has fewer positions than texts may have tokens
   */
  public static void check(Path modelFolder, TrainConfig config) throws IOException {
    ModelFolder model = ModelFolder.open(modelFolder);
    int maxTokens = maxTokens(model, config);
    WeightFiles.check(modelFolder, model.config().parameters());
    Tokenizer.open(model.tokenizerFile(), model.config().vocabulary(), maxTokens, model.prefixes())
        .close();
  }

  private static int maxTokens(ModelFolder model, TrainConfig config) {
    int maxTokens = config.maxTokens() == 0 ? model.maxTokens() : config.maxTokens();
    if (maxTokens > model.config().maxTokens()) {
      throw new IllegalArgumentException(
          "Cannot train on texts of "
              + maxTokens
              + " tokens: the model in "
              + model.folder()
              + " has positions for "
              + model.config().maxTokens());
    }
    return maxTokens;
  }

  private static StateDict zeros(StateDict weights) {
    StateDict zeros = new StateDict(weights.manager());
    weights
        .asMap()
        .forEach((name, array) -> zeros.put(name, zeros.manager().zeros(array.getShape())));
    return zeros;
  }

  /** Optimiser steps done. */
  public long step() {
    return step;
  }

  /** Optimiser steps of the whole training. */
  long steps() {
    return config.steps();
  }

  /** The encoder that is trained, for looking at it between steps; see {@link Encoder#encode}. */
  public Encoder encoder() {
    return encoder;
  }

  /** The tokenizer, with the training's limit of tokens. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /**
   * Makes a slice ready for {@link #step(TokenisedSlice)}. May run on another thread, while a step
   * computes.
   */
  public TokenisedSlice tokenise(List<ShardRow> slice) {
    return TokenisedSlice.of(slice, tokenizer);
  }

  /** {@link #step(TokenisedSlice)} of rows that are tokenised first. */
  public StepReport step(List<ShardRow> slice) throws IOException {
    return step(tokenise(slice));
  }

  /**
   * One optimiser step over a global batch.
   *
   * <p>Where the gradients' norm is not a finite number the weights stay as they are; the report
   * says so, and {@link LossWatch} what to do.
   *
   * @param slice this rank's slice of the batch; slices may differ in size
   * @throws io.ccpairs.core.train.collective.CollectiveException when a rank is lost
   */
  public StepReport step(TokenisedSlice slice) throws IOException {
    long begin = System.nanoTime();
    Torch.inferOnThisThread();
    if (config.threads() > 0) {
      Torch.threads(config.threads());
    }
    exchange.takeSeconds();
    if (lastAgreed < 0 || step - lastAgreed >= AGREE_EVERY) {
      exchange.mustAgree("weights", fingerprint());
      lastAgreed = step;
    }
    long[][] shares = exchange.gather(new long[] {slice.pairs(), slice.tokens()});
    int[] counts = Arrays.stream(shares).mapToInt(share -> (int) share[0]).toArray();
    int pairs = Arrays.stream(counts).sum();
    if (pairs == 0) {
      throw new IllegalArgumentException("Cannot train on a batch without pairs");
    }
    double[] sums;
    double norm;
    double rate = config.learningRate(step + 1);
    try (NDManager scope = manager.newSubManager()) {
      sums = backward(slice, counts, scope);
      List<NDArray> gradients = sharedGradients(scope);
      norm = kernels.norm(gradients);
      if (Double.isFinite(norm)) {
        update(gradients, norm, rate);
      }
      kernels.zero(gradients);
    }
    step++;
    return new StepReport(
        step,
        sums[0] / pairs,
        sums[1] / pairs,
        norm,
        rate,
        pairs,
        Arrays.stream(shares).mapToLong(share -> share[1]).sum(),
        (System.nanoTime() - begin) * 1e-9,
        exchange.takeSeconds());
  }

  /**
   * Leaves in the weights' gradients this rank's part of the gradient of the mean loss.
   *
   * @return over all ranks: the sum of the losses, and how many queries were right
   */
  double[] backward(TokenisedSlice slice, int[] counts, NDManager scope) throws IOException {
    List<Chunk> chunks = slice.chunks(config.chunkTokens(), device.isGpu());
    int kept = chunks.size();
    long keptTokens = 0;
    while (kept > 0) {
      keptTokens += chunks.get(kept - 1).tokens();
      if (kept < chunks.size() && keptTokens > config.keptTokens()) {
        break;
      }
      kept--;
    }
    List<@Nullable NDArray> graphs = new ArrayList<>();
    NDArray texts = scope.zeros(new Shape(slice.ids().length, encoder.dimensions()));
    try (NDManager rows = scope.newSubManager()) {
      List<NDArray> parts = new ArrayList<>();
      for (int i = 0; i < chunks.size(); i++) {
        NDArray vectors = encode(slice, chunks.get(i), i >= kept, i >= kept ? scope : rows);
        graphs.add(i >= kept ? vectors : null);
        parts.add(vectors);
      }
      if (!parts.isEmpty()) {
        kernels.pack(flat(texts, rows), parts);
      }
    }
    double[] sums = loss(slice, texts, counts, scope);
    for (int i = chunks.size() - 1; i >= 0; i--) {
      Chunk chunk = chunks.get(i);
      try (NDManager rows = scope.newSubManager()) {
        NDArray gradient = texts.get("{}:{}", chunk.begin(), chunk.end());
        gradient.attach(rows);
        NDArray graph = graphs.get(i);
        NDArray vectors = graph == null ? encode(slice, chunk, true, rows) : graph;
        EngineCalls.run(
            () -> JniUtils.backward((PtNDArray) vectors, (PtNDArray) gradient, false, false));
        vectors.close();
      }
    }
    return sums;
  }

  private static NDArray flat(NDArray array, NDManager owner) {
    NDArray flat = array.reshape(array.size());
    flat.attach(owner);
    return flat;
  }

  /** Replaces the embeddings of the texts (N, D) by the gradients of the mean loss. */
  private double[] loss(TokenisedSlice slice, NDArray texts, int[] counts, NDManager scope)
      throws IOException {
    int rank = exchange.rank();
    int first = Arrays.stream(counts, 0, rank).sum();
    int pairs = Arrays.stream(counts).sum();
    int[] keyCounts = Arrays.stream(counts).map(count -> 2 * count).toArray();
    try (NDManager rows = scope.newSubManager()) {
      NDArray queryRows = rows.create(slice.queryRows());
      NDArray passageRows = rows.create(slice.passageRows());
      NDArray queries = kernels.pick(texts, queryRows);
      queries.attach(rows);
      NDArray own = kernels.pick(texts, passageRows);
      own.attach(rows);
      NDArray passages = exchange.gatherRows(own, counts);
      long[] keys = exchange.gatherLongs(slice.keys(), keyCounts);
      long logits = device.isGpu() ? GPU_LOGITS : CPU_LOGITS;
      TrainKernels.Loss loss =
          kernels.infoNce(
              queries,
              passages,
              rows.create(slice.keys(), new Shape(slice.pairs(), 2)),
              rows.create(keys, new Shape(pairs, 2)),
              config.temperature(),
              (int) Math.max(16, logits / pairs),
              first,
              pairs);
      exchange.allReduce(List.of(loss.dPassages()));
      NDArray dOwn = loss.dPassages().get("{}:{}", first, first + slice.pairs());
      NDArray gradients = kernels.unpick(texts, queryRows, loss.dQueries(), passageRows, dOwn);
      gradients.attach(rows);
      kernels.copy(List.of(texts), List.of(gradients));
      long[][] sums =
          exchange.gather(
              new long[] {
                Double.doubleToLongBits(loss.lossSum()), Double.doubleToLongBits(loss.right())
              });
      double[] total = new double[2];
      for (long[] part : sums) {
        total[0] += Double.longBitsToDouble(part[0]);
        total[1] += Double.longBitsToDouble(part[1]);
      }
      return total;
    }
  }

  /** Embeddings (texts of the chunk, D) in the training's form, with dropout as seeded. */
  private NDArray encode(TokenisedSlice slice, Chunk chunk, boolean gradients, NDManager owner) {
    List<int[]> ids = Arrays.asList(slice.ids()).subList(chunk.begin(), chunk.end());
    TokenBatch batch =
        device.isGpu() ? TokenBatch.padded(ids, encoder.config().padId()) : TokenBatch.packed(ids);
    JniUtils.setGradMode(gradients);
    try {
      if (encoder.config().dropout() == 0 && encoder.config().attentionDropout() == 0) {
        return encoder.encodeForTraining(owner, batch);
      }
      synchronized (SEEDED) {
        JniUtils.setSeed(PairId.mix(chunk.key() + PairId.mix(config.seed() + step)));
        return encoder.encodeForTraining(owner, batch);
      }
    } finally {
      JniUtils.setGradMode(false);
    }
  }

  /** The gradients of all weights, added up over all ranks, in the weights' order. */
  List<NDArray> sharedGradients(NDManager scope) throws IOException {
    List<NDArray> gradients = new ArrayList<>();
    for (NDArray weight : weights.arrays()) {
      NDArray gradient = weight.getGradient();
      gradient.attach(scope);
      gradients.add(gradient);
    }
    exchange.allReduce(gradients);
    return gradients;
  }

  private void update(List<NDArray> gradients, double norm, double rate) {
    double divisor = config.clipNorm() > 0 ? Math.max(1, norm / config.clipNorm()) : 1;
    for (boolean decays : new boolean[] {true, false}) {
      List<NDArray> chosen = new ArrayList<>();
      List<NDArray> slopes = new ArrayList<>();
      List<NDArray> first = new ArrayList<>();
      List<NDArray> second = new ArrayList<>();
      for (int i = 0; i < gradients.size(); i++) {
        String name = weights.names().get(i);
        if (decays(name) == decays) {
          chosen.add(weights.get(name));
          slopes.add(gradients.get(i));
          first.add(firstMoments.get(name));
          second.add(secondMoments.get(name));
        }
      }
      double decay = decays ? config.weightDecay() : 0;
      kernels.adamW(config, rate, decay, step + 1, divisor, chosen, slopes, first, second);
    }
    encoder.weightsChanged();
  }

  /** Biases and norms do not decay, as in BERT's own training. */
  private static boolean decays(String name) {
    return !name.endsWith(".bias") && !name.contains("LayerNorm");
  }

  /** Norms of weights and moments, to the bit. */
  private long[] fingerprint() {
    return new long[] {
      step,
      Double.doubleToLongBits(kernels.norm(weights.arrays())),
      Double.doubleToLongBits(kernels.norm(firstMoments.arrays())),
      Double.doubleToLongBits(kernels.norm(secondMoments.arrays()))
    };
  }

  /**
   * Goes on from a checkpoint: weights, moments and step become those of the folder.
   *
   * @return what the checkpoint says of itself
   * @throws ModelFileException when a file is missing or damaged, or of another model, naming it;
   *     the trainer is then as it was, or of no more use
   */
  public TrainerState restore(Path checkpoint) throws IOException {
    TrainerState state = TrainerState.verified(checkpoint);
    Torch.inferOnThisThread();
    ModelFolder stored = ModelFolder.open(checkpoint);
    if (!stored.config().parameters().equals(model.config().parameters())) {
      throw new ModelFileException(
          "Cannot go on from " + checkpoint + ": it is of another model than " + model.folder());
    }
    try (StateDict read = stored.weights(manager)) {
      kernels.copy(weights.arrays(), read.arrays());
    }
    try (Safetensors moments = Safetensors.open(checkpoint.resolve(CheckpointFolder.OPTIMISER))) {
      for (String name : weights.names()) {
        copy(moments, CheckpointFolder.FIRST + name, firstMoments.get(name));
        copy(moments, CheckpointFolder.SECOND + name, secondMoments.get(name));
      }
    }
    encoder.weightsChanged();
    step = state.step();
    lastAgreed = -1;
    return state;
  }

  private void copy(Safetensors file, String name, NDArray to) throws IOException {
    try (NDArray read = file.read(name, manager)) {
      if (!read.getShape().equals(to.getShape())) {
        throw new ModelFileException(
            "Cannot go on from a checkpoint: tensor " + name + " has shape " + read.getShape());
      }
      kernels.copy(List.of(to), List.of(read));
    }
  }

  /**
   * Writes a checkpoint: a model's folder, complete for other tools, with the optimiser's state. It
   * appears whole or not at all. Call it on one rank.
   *
   * @param folder must not exist
   */
  public void save(Path folder) throws IOException {
    Torch.inferOnThisThread();
    Map<String, NDArray> moments = new LinkedHashMap<>();
    firstMoments.asMap().forEach((name, m) -> moments.put(CheckpointFolder.FIRST + name, m));
    secondMoments.asMap().forEach((name, v) -> moments.put(CheckpointFolder.SECOND + name, v));
    CheckpointFolder.write(
        folder,
        draft -> {
          ModelFolder.write(
              draft,
              model.config(),
              weights,
              model.tokenizerFile(),
              model.maxTokens(),
              model.prefixes(),
              about());
          Safetensors.write(draft.resolve(CheckpointFolder.OPTIMISER), moments);
          TrainerState.of(draft, step, exchange.world(), config).write(draft);
        });
  }

  private String about() {
    return "Trained for "
        + step
        + " of "
        + config.steps()
        + " steps with in-batch negatives at temperature "
        + config.temperature()
        + ".";
  }

  /** How many native arrays this trainer holds; constant between steps. */
  long arrays() {
    return ((BaseNDManager) manager).getManagedArrays().size();
  }

  @Override
  public void close() {
    kernels.close();
    encoder.close();
    tokenizer.close();
    secondMoments.close();
    firstMoments.close();
    weights.close();
    manager.close();
  }
}
