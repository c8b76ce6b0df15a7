package io.ccpairs.core.train;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.jni.JniUtils;
import io.ccpairs.core.encoder.kernel.Torch;
import io.ccpairs.core.pair.PairId;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Loss and optimiser against plain sums in double precision. */
class TrainKernelsTest {
  private static final int D = 8;
  private static final double TEMPERATURE = 0.05;

  private NDManager manager;
  private TrainKernels kernels;

  @BeforeEach
  void load() throws IOException {
    Torch.inferOnThisThread();
    manager = Torch.manager(Device.cpu());
    kernels = TrainKernels.load(manager);
  }

  @AfterEach
  void close() {
    kernels.close();
    manager.close();
  }

  private static double draw(long place) {
    return (PairId.mix(place * 0x9E3779B97F4A7C15L) >> 11) * 0x1p-52;
  }

  /** Rows of unit length. */
  private static double[][] rows(int count, long seed) {
    double[][] rows = new double[count][D];
    for (int i = 0; i < count; i++) {
      double square = 0;
      for (int j = 0; j < D; j++) {
        rows[i][j] = draw(1000 * seed + (long) i * D + j + 1);
        square += rows[i][j] * rows[i][j];
      }
      for (int j = 0; j < D; j++) {
        rows[i][j] /= Math.sqrt(square);
      }
    }
    return rows;
  }

  private NDArray array(double[][] rows) {
    float[] flat = new float[rows.length * D];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = (float) rows[i / D][i % D];
    }
    return manager.create(flat, new Shape(rows.length, D));
  }

  private NDArray array(long[][] keys) {
    return manager.create(
        Arrays.stream(keys).flatMapToLong(Arrays::stream).toArray(), new Shape(keys.length, 2));
  }

  private static long[][] distinct(int count) {
    long[][] keys = new long[count][];
    Arrays.setAll(keys, i -> new long[] {i, -1});
    return keys;
  }

  /** The loss of query i, all in double precision. */
  private static double loss(
      double[][] queries, double[][] passages, long[][] keys, int first, int i) {
    double sum = 0;
    double own = dot(queries[i], passages[first + i]) / TEMPERATURE;
    for (int j = 0; j < passages.length; j++) {
      boolean sibling = false;
      for (int k = 0; k < 2; k++) {
        sibling |= keys[first + i][k] != -1 && keys[first + i][k] == keys[j][k];
      }
      if (j == first + i || !sibling) {
        sum += Math.exp(dot(queries[i], passages[j]) / TEMPERATURE - own);
      }
    }
    return Math.log(sum);
  }

  private static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < D; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static double mean(double[][] queries, double[][] passages, long[][] keys, int first) {
    double sum = 0;
    for (int i = 0; i < queries.length; i++) {
      sum += loss(queries, passages, keys, first, i);
    }
    return sum / queries.length;
  }

  @ParameterizedTest(name = "{0} queries from passage {1} of {2}, {3} rows at once")
  @CsvSource({"6, 0, 6, 100", "6, 0, 6, 4", "5, 3, 12, 2", "4, 8, 12, 1"})
  void lossAndGradientAreThoseOfTheDefinition(int b, int first, int p, int rowsAtOnce) {
    double[][] queries = rows(b, 1);
    double[][] passages = rows(p, 2);
    long[][] keys = distinct(p);
    keys[first + 1] = new long[] {first, 7}; // a query in common with first
    keys[0] = keys[0].clone();
    keys[0][1] = 7; // a passage in common with first + 1
    TrainKernels.Loss loss =
        kernels.infoNce(
            array(queries),
            array(passages),
            array(Arrays.copyOfRange(keys, first, first + b)),
            array(keys),
            TEMPERATURE,
            rowsAtOnce,
            first,
            b);
    assertThat(loss.lossSum() / b)
        .isCloseTo(mean(queries, passages, keys, first), Offset.offset(1e-5));
    float[] dQueries = loss.dQueries().toFloatArray();
    float[] dPassages = loss.dPassages().toFloatArray();
    for (int i = 0; i < b * D; i++) {
      assertThat((double) dQueries[i])
          .isCloseTo(slope(queries, i, queries, passages, keys, first), Offset.offset(2e-5));
    }
    for (int i = 0; i < p * D; i++) {
      assertThat((double) dPassages[i])
          .isCloseTo(slope(passages, i, queries, passages, keys, first), Offset.offset(2e-5));
    }
  }

  /** The central difference of the mean loss by number i of an array. */
  private static double slope(
      double[][] of, int i, double[][] queries, double[][] passages, long[][] keys, int first) {
    double h = 1e-5;
    double value = of[i / D][i % D];
    of[i / D][i % D] = value + h;
    double above = mean(queries, passages, keys, first);
    of[i / D][i % D] = value - h;
    double below = mean(queries, passages, keys, first);
    of[i / D][i % D] = value;
    return (above - below) / (2 * h);
  }

  @Test
  void theClosedFormIsWhatAutogradFinds() {
    NDArray queries = array(rows(9, 3));
    NDArray passages = array(rows(9, 4));
    TrainKernels.Loss closed =
        kernels.infoNce(
            queries, passages, array(distinct(9)), array(distinct(9)), TEMPERATURE, 4, 0, 9);
    Torch.inferOnThisThread();
    JniUtils.setGradMode(true);
    queries.setRequiresGradient(true);
    passages.setRequiresGradient(true);
    // The engine's own copies: the graph does not hold numbers that lie in Java memory.
    NDArray temperature = manager.create((float) TEMPERATURE).duplicate();
    NDArray pairs = manager.create(9f).duplicate();
    NDArray logits = queries.matMul(passages.transpose()).div(temperature).logSoftmax(1);
    NDArray loss = logits.mul(manager.eye(9)).sum().neg().div(pairs);
    JniUtils.backward((PtNDArray) loss, (PtNDArray) manager.ones(new Shape()), false, false);
    Torch.inferOnThisThread();
    assertThat(closed.lossSum() / 9).isCloseTo(loss.getFloat(), Offset.offset(1e-5));
    assertThat(furthest(closed.dQueries(), queries.getGradient())).isLessThan(1e-5);
    assertThat(furthest(closed.dPassages(), passages.getGradient())).isLessThan(1e-5);
  }

  private static double furthest(NDArray a, NDArray b) {
    return a.sub(b).abs().max().getFloat();
  }

  private double lossOf(double[][] queries, double[][] passages, long[][] keys) {
    int b = queries.length;
    return kernels
            .infoNce(
                array(queries), array(passages), array(keys), array(keys), TEMPERATURE, 3, 0, b)
            .lossSum()
        / b;
  }

  @Test
  void equalEmbeddingsCostTheLogarithmOfTheBatch() {
    double[][] equal = new double[11][];
    Arrays.fill(equal, rows(1, 5)[0]);
    assertThat(lossOf(equal, equal, distinct(11))).isCloseTo(Math.log(11), Offset.offset(1e-5));
    // The partners that must fail: unequal embeddings, and siblings among the equal ones.
    assertThat(lossOf(rows(11, 6), rows(11, 7), distinct(11)))
        .isNotCloseTo(Math.log(11), Offset.offset(1e-2));
    long[][] siblings = distinct(11);
    siblings[3] = siblings[4];
    assertThat(lossOf(equal, equal, siblings)).isLessThan(Math.log(11) - 1e-3);
  }

  @Test
  void siblingsAreNoNegativesAndUnknownKeysAreNoSiblings() {
    double[][] queries = rows(4, 8);
    double[][] passages = rows(4, 9);
    long[][] one = new long[4][];
    Arrays.fill(one, new long[] {5, -1});
    assertThat(lossOf(queries, passages, one)).isCloseTo(0, Offset.offset(1e-6));
    long[][] none = new long[4][];
    Arrays.fill(none, new long[] {-1, -1});
    assertThat(lossOf(queries, passages, none))
        .isEqualTo(lossOf(queries, passages, distinct(4)))
        .isGreaterThan(0.1);
  }

  @Test
  void aQueryIsRightOnlyWhereItsOwnPassageIsAboveAllOthers() {
    double[][] same = new double[6][];
    Arrays.fill(same, rows(1, 5)[0]);
    double[][] rows = rows(6, 10);
    NDArray keys = array(distinct(6));
    assertThat(kernels.infoNce(array(rows), array(rows), keys, keys, 1, 4, 0, 6).right())
        .isEqualTo(6);
    assertThat(kernels.infoNce(array(same), array(same), keys, keys, 1, 4, 0, 6).right()).isZero();
  }

  @Test
  void adamWStepsAsItIsDefinedInDoublePrecision() {
    TrainConfig config = TrainConfig.defaults();
    int n = 40;
    double[] weight = new double[n];
    double[] m = new double[n];
    double[] v = new double[n];
    Arrays.setAll(weight, i -> draw(i + 1));
    float[] start = new float[n];
    for (int i = 0; i < n; i++) {
      start[i] = (float) weight[i];
    }
    NDArray w = manager.create(start);
    NDArray first = manager.zeros(new Shape(n));
    NDArray second = manager.zeros(new Shape(n));
    double withoutCorrection = 0;
    for (int step = 1; step <= 50; step++) {
      float[] g = new float[n];
      // Some gradients are of the size of epsilon, where its place in the formula shows.
      for (int i = 0; i < n; i++) {
        g[i] = (float) (draw(1000L * step + i + 1) * (i % 4 == 0 ? 1e-7 : 0.1));
      }
      double divisor = 1.5;
      double rate = 1e-2;
      kernels.adamW(
          config,
          rate,
          0.1,
          step,
          divisor,
          List.of(w),
          List.of(manager.create(g)),
          List.of(first),
          List.of(second));
      for (int i = 0; i < n; i++) {
        double slope = (float) (g[i] / divisor);
        m[i] = 0.9 * m[i] + 0.1 * slope;
        v[i] = 0.999 * v[i] + 0.001 * slope * slope;
        double hat = m[i] / (1 - Math.pow(0.9, step));
        double root = Math.sqrt(v[i] / (1 - Math.pow(0.999, step)));
        weight[i] -= rate * 0.1 * weight[i] + rate * hat / (root + 1e-8);
        withoutCorrection += Math.abs(rate * m[i] / (Math.sqrt(v[i]) + 1e-8) - rate * hat / root);
      }
    }
    float[] found = w.toFloatArray();
    for (int i = 0; i < n; i++) {
      assertThat((double) found[i]).isCloseTo(weight[i], Offset.offset(2e-5));
    }
    assertThat(withoutCorrection / n).isGreaterThan(1e-2);
  }

  @Test
  void packedArraysComeBackAndTheirNormIsThatOfAllNumbers() {
    NDArray a = manager.create(new float[] {3, 0, 0, 0}, new Shape(2, 2));
    NDArray b = manager.create(new float[] {4});
    assertThat(kernels.norm(List.of(a, b))).isEqualTo(5);
    NDArray flat = manager.zeros(new Shape(5));
    kernels.pack(flat, List.of(a, b));
    assertThat(flat.toFloatArray()).containsExactly(3, 0, 0, 0, 4);
    flat.addi(1);
    kernels.unpack(flat, List.of(a, b));
    assertThat(a.toFloatArray()).containsExactly(4, 1, 1, 1);
    kernels.zero(List.of(a, b));
    assertThat(NDArrays.concat(new NDList(a.flatten(), b)).toFloatArray()).containsOnly(0);
  }
}
