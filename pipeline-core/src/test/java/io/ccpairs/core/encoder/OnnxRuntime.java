package io.ccpairs.core.encoder;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** ONNX files under ONNX Runtime, in padded batches of texts of about one length. */
public final class OnnxRuntime {
  private static final int BATCH = 16;

  private OnnxRuntime() {}

  /**
   * Vectors of a graph's texts.
   *
   * @param states (B, L, D) of the last layer, pooled here in double precision
   * @param own what the graph itself says; the same as {@code states} where it says nothing
   */
  public record Vectors(float[][] states, float[][] own) {}

  /** Runs texts of these ids through a graph with inputs and outputs of the usual names. */
  public static Vectors vectors(Path onnx, List<int[]> ids) throws OrtException {
    Vectors vectors = new Vectors(new float[ids.size()][], new float[ids.size()][]);
    List<Integer> order = new ArrayList<>();
    for (int i = 0; i < ids.size(); i++) {
      order.add(i);
    }
    order.sort(Comparator.comparingInt(i -> ids.get(i).length));
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions();
        OrtSession session = environment.createSession(onnx.toString(), options)) {
      for (int begin = 0; begin < order.size(); begin += BATCH) {
        List<Integer> batch = order.subList(begin, Math.min(order.size(), begin + BATCH));
        run(environment, session, ids, batch, vectors);
      }
    }
    return vectors;
  }

  private static void run(
      OrtEnvironment environment,
      OrtSession session,
      List<int[]> ids,
      List<Integer> batch,
      Vectors vectors)
      throws OrtException {
    int longest = ids.get(batch.get(batch.size() - 1)).length;
    long[][] tokens = new long[batch.size()][longest];
    long[][] mask = new long[batch.size()][longest];
    long pad = session.getInputNames().contains("token_type_ids") ? 0 : 1;
    for (int row = 0; row < tokens.length; row++) {
      int[] text = ids.get(batch.get(row));
      for (int i = 0; i < longest; i++) {
        tokens[row][i] = i < text.length ? text[i] : pad;
        mask[row][i] = i < text.length ? 1 : 0;
      }
    }
    try (OnnxTensor inputIds = OnnxTensor.createTensor(environment, tokens);
        OnnxTensor attention = OnnxTensor.createTensor(environment, mask);
        OnnxTensor types = OnnxTensor.createTensor(environment, new long[batch.size()][longest])) {
      Map<String, OnnxTensor> inputs = new HashMap<>();
      inputs.put("input_ids", inputIds);
      inputs.put("attention_mask", attention);
      if (pad == 0) {
        inputs.put("token_type_ids", types);
      }
      try (OrtSession.Result result = session.run(inputs)) {
        float[][][] states = (float[][][]) result.get(0).getValue();
        float[][] own = result.size() > 1 ? (float[][]) result.get(1).getValue() : null;
        for (int row = 0; row < tokens.length; row++) {
          float[] pooled = pooled(states[row], ids.get(batch.get(row)).length);
          vectors.states[batch.get(row)] = pooled;
          vectors.own[batch.get(row)] = own == null ? pooled : own[row];
        }
      }
    }
  }

  /** The mean over the first tokens, at unit length, in double precision. */
  private static float[] pooled(float[][] states, int tokens) {
    double[] mean = new double[states[0].length];
    for (int token = 0; token < tokens; token++) {
      for (int i = 0; i < mean.length; i++) {
        mean[i] += states[token][i];
      }
    }
    double length = 0;
    for (double x : mean) {
      length += x * x;
    }
    float[] unit = new float[mean.length];
    for (int i = 0; i < unit.length; i++) {
      unit[i] = (float) (mean[i] / Math.sqrt(length));
    }
    return unit;
  }
}
