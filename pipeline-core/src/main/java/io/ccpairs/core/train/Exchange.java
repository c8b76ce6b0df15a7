package io.ccpairs.core.train;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.ccpairs.core.train.collective.Collective;
import io.ccpairs.core.train.collective.CollectiveException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Arrays through a collective: copies them into one direct buffer that is kept from step to step,
 * and back. With one rank nothing is copied.
 */
final class Exchange {
  /** Large enough that starting an exchange costs nothing, small enough to be no second model. */
  private static final int BUCKET_FLOATS = 1 << 24;

  private final Collective collective;
  private final TrainKernels kernels;
  private ByteBuffer buffer = direct(0);
  private long nanos;

  Exchange(Collective collective, TrainKernels kernels) {
    this.collective = collective;
    this.kernels = kernels;
  }

  int rank() {
    return collective.rank();
  }

  int world() {
    return collective.world();
  }

  /** Seconds in exchanges since the last call. */
  double takeSeconds() {
    double seconds = nanos * 1e-9;
    nanos = 0;
    return seconds;
  }

  /** The same number of longs of each rank, (world, length). */
  long[][] gather(long[] mine) throws IOException {
    int[] counts = new int[world()];
    Arrays.fill(counts, mine.length);
    long[] all = gatherLongs(mine, counts);
    long[][] parts = new long[world()][];
    for (int rank = 0; rank < parts.length; rank++) {
      parts[rank] = Arrays.copyOfRange(all, rank * mine.length, (rank + 1) * mine.length);
    }
    return parts;
  }

  /** The longs of all ranks one after another, {@code counts[r]} of rank r. */
  long[] gatherLongs(long[] mine, int[] counts) throws IOException {
    if (world() == 1) {
      return mine;
    }
    int[] offsets = offsets(counts, Long.BYTES);
    ByteBuffer bytes = buffer(offsets[world()]);
    bytes.asLongBuffer().put(offsets[rank()] / Long.BYTES, mine);
    gather(bytes, offsets);
    long[] all = new long[offsets[world()] / Long.BYTES];
    bytes.asLongBuffer().get(all);
    return all;
  }

  /**
   * The rows of all ranks one after another.
   *
   * @param rows (B, D) float32 of this rank; the result is on its manager and device
   * @param counts rows of each rank
   * @return (P, D)
   */
  NDArray gatherRows(NDArray rows, int[] counts) throws IOException {
    if (world() == 1) {
      return rows;
    }
    int width = (int) rows.getShape().get(1);
    int[] offsets = offsets(counts, width * Float.BYTES);
    ByteBuffer bytes = buffer(offsets[world()]);
    int total = offsets[world()] / (width * Float.BYTES);
    try (NDManager host = rows.getManager().newSubManager(Device.cpu())) {
      NDArray all = host.create(bytes, new Shape(total, width), DataType.FLOAT32);
      if (counts[rank()] > 0) {
        long first = offsets[rank()] / (width * Float.BYTES);
        NDArray part = all.get("{}:{}", first, first + counts[rank()]);
        kernels.pack(part.reshape(part.size()), List.of(rows));
      }
      gather(bytes, offsets);
      // A copy of the engine's own: its alignment decides how products are computed.
      NDArray own =
          rows.getDevice().isGpu() ? all.toDevice(rows.getDevice(), true) : all.duplicate();
      own.attach(rows.getManager());
      return own;
    }
  }

  private void gather(ByteBuffer bytes, int[] offsets) throws IOException {
    long begin = System.nanoTime();
    collective.allGather(bytes, offsets);
    nanos += System.nanoTime() - begin;
  }

  /** Adds arrays over all ranks, in place, some at a time. */
  void allReduce(List<NDArray> arrays) throws IOException {
    if (world() == 1) {
      return;
    }
    List<NDArray> bucket = new ArrayList<>();
    long floats = 0;
    for (NDArray array : arrays) {
      if (!bucket.isEmpty() && floats + array.size() > BUCKET_FLOATS) {
        reduceBucket(bucket, floats);
        bucket.clear();
        floats = 0;
      }
      bucket.add(array);
      floats += array.size();
    }
    if (!bucket.isEmpty()) {
      reduceBucket(bucket, floats);
    }
  }

  private void reduceBucket(List<NDArray> arrays, long floats) throws IOException {
    ByteBuffer bytes = buffer(Math.multiplyExact(Math.toIntExact(floats), Float.BYTES));
    try (NDManager host = arrays.get(0).getManager().newSubManager(Device.cpu())) {
      NDArray flat = host.create(bytes, new Shape(floats), DataType.FLOAT32);
      kernels.pack(flat, arrays);
      long begin = System.nanoTime();
      collective.allReduce(bytes);
      nanos += System.nanoTime() - begin;
      kernels.unpack(flat, arrays);
    }
  }

  /**
   * Compares numbers that must be the same on all ranks.
   *
   * @param what names them in the error
   * @throws CollectiveException naming the rank whose numbers differ from rank 0's
   */
  void mustAgree(String what, long[] mine) throws IOException {
    if (world() == 1) {
      return;
    }
    ByteBuffer bytes = buffer(mine.length * Long.BYTES);
    bytes.asLongBuffer().put(mine);
    long begin = System.nanoTime();
    collective.broadcast(bytes, 0);
    nanos += System.nanoTime() - begin;
    long[] first = new long[mine.length];
    bytes.asLongBuffer().get(first);
    if (!Arrays.equals(first, mine)) {
      throw new CollectiveException(
          "Cannot go on: rank " + rank() + " has other " + what + " than rank 0");
    }
  }

  private static int[] offsets(int[] counts, int width) {
    int[] offsets = new int[counts.length + 1];
    for (int i = 0; i < counts.length; i++) {
      offsets[i + 1] = Math.addExact(offsets[i], Math.multiplyExact(counts[i], width));
    }
    return offsets;
  }

  private ByteBuffer buffer(int bytes) {
    if (buffer.capacity() < bytes) {
      buffer = direct(bytes);
    }
    return buffer.duplicate().order(ByteOrder.nativeOrder()).clear().limit(bytes);
  }

  private static ByteBuffer direct(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
  }
}
