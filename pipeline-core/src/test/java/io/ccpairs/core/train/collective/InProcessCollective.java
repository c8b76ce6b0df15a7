package io.ccpairs.core.train.collective;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Ranks that are threads of one process, each with its own object of this class. */
public final class InProcessCollective implements Collective {
  private final Shared shared;
  private final int rank;

  /** What all ranks see; a slot is written by its rank between two meetings. */
  private static final class Shared {
    private final Duration deadline;
    private final @Nullable FloatBuffer[] sums;
    private final @Nullable ByteBuffer[] bytes;
    private int arrived;
    private long meetings;
    private @Nullable String failure;

    Shared(int world, Duration deadline) {
      this.deadline = deadline;
      this.sums = new FloatBuffer[world];
      this.bytes = new ByteBuffer[world];
    }

    synchronized void meet(int rank) throws CollectiveException {
      long meeting = meetings;
      long end = System.nanoTime() + deadline.toNanos();
      if (failure == null && ++arrived == sums.length) {
        arrived = 0;
        meetings++;
        notifyAll();
      }
      while (meetings == meeting && failure == null) {
        long left = end - System.nanoTime();
        if (left <= 0) {
          fail("Rank " + rank + " waited " + deadline.toMillis() + " ms for the other ranks");
          break;
        }
        try {
          TimeUnit.NANOSECONDS.timedWait(this, left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          fail("Rank " + rank + " was interrupted");
        }
      }
      if (meetings == meeting) {
        throw new CollectiveException(String.valueOf(failure));
      }
    }

    synchronized CollectiveException fail(String message) {
      if (failure == null) {
        failure = message;
        notifyAll();
      }
      return new CollectiveException(failure);
    }
  }

  private InProcessCollective(Shared shared, int rank) {
    this.shared = shared;
    this.rank = rank;
  }

  /**
   * Makes the ranks of one training.
   *
   * @param deadline how long a rank waits for the others
   */
  public static List<Collective> of(int world, Duration deadline) {
    Shared shared = new Shared(world, deadline);
    List<Collective> ranks = new ArrayList<>();
    for (int rank = 0; rank < world; rank++) {
      ranks.add(new InProcessCollective(shared, rank));
    }
    return ranks;
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int world() {
    return shared.sums.length;
  }

  /** Each rank adds its share of the places over all ranks, in the order of ranks. */
  @Override
  public void allReduce(ByteBuffer floats) throws CollectiveException {
    FloatBuffer sum = floats.slice().order(ByteOrder.nativeOrder()).asFloatBuffer();
    shared.sums[rank] = sum;
    meet();
    int length = sum.remaining();
    int begin = part(length, rank);
    int end = part(length, rank + 1);
    float[] total = new float[end - begin];
    for (FloatBuffer each : shared.sums) {
      FloatBuffer addend = present(each);
      if (addend.remaining() != length) {
        throw shared.fail(
            "Cannot add buffers of " + length + " and " + addend.remaining() + " numbers");
      }
      for (int i = 0; i < total.length; i++) {
        total[i] += addend.get(addend.position() + begin + i);
      }
    }
    meet();
    for (FloatBuffer each : shared.sums) {
      FloatBuffer to = present(each).duplicate();
      to.position(to.position() + begin);
      to.put(total);
    }
    meet();
  }

  private int part(int length, int index) {
    return (int) ((long) length * index / world());
  }

  @Override
  public void allGather(ByteBuffer parts, int[] offsets) throws CollectiveException {
    ByteBuffer mine = parts.duplicate();
    mine.limit(offsets[rank + 1]).position(offsets[rank]);
    shared.bytes[rank] = mine;
    meet();
    for (int from = 0; from < world(); from++) {
      if (from != rank) {
        ByteBuffer part = present(shared.bytes[from]).duplicate();
        if (part.remaining() != offsets[from + 1] - offsets[from]) {
          throw shared.fail(
              "Cannot gather: rank " + from + " brings " + part.remaining() + " bytes");
        }
        ByteBuffer to = parts.duplicate();
        to.clear().position(offsets[from]);
        to.put(part);
      }
    }
    meet();
  }

  @Override
  public void broadcast(ByteBuffer bytes, int root) throws CollectiveException {
    shared.bytes[rank] = bytes.duplicate();
    meet();
    if (rank != root) {
      bytes.duplicate().put(present(shared.bytes[root]).duplicate());
    }
    meet();
  }

  @Override
  public void barrier() throws CollectiveException {
    meet();
  }

  private void meet() throws CollectiveException {
    shared.meet(rank);
  }

  private static <T> T present(@Nullable T value) {
    if (value == null) {
      throw new IllegalStateException("A rank met the others without its buffer");
    }
    return value;
  }

  @Override
  public void close() {
    shared.fail("Rank " + rank + " has left");
  }
}
