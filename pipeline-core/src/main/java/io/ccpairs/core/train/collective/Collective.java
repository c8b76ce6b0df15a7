package io.ccpairs.core.train.collective;

import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Exchanges between the ranks of one training. All ranks make the same calls in the same order, one
 * at a time; each call returns on a rank when that rank's part is whole. After an exception the
 * collective is of no more use: close it and start all ranks again.
 *
 * <p>Buffers are direct, their byte order is the machine's. Every call throws {@link
 * CollectiveException} when a rank is lost, silent for longer than the deadline, or sends something
 * damaged.
 */
public interface Collective extends Closeable {
  /** This rank, from 0. */
  int rank();

  /** How many ranks there are. */
  int world();

  /**
   * Adds the buffers of all ranks; each then holds the same sum, to the bit. The order of addition
   * depends on the number of ranks alone.
   *
   * @param floats float32 between position and limit, as many on all ranks; changed in place
   */
  void allReduce(ByteBuffer floats) throws IOException;

  /**
   * Gives each rank the parts of all: rank r brings the bytes from {@code offsets[r]} to {@code
   * offsets[r + 1]} of the buffer and receives the others.
   *
   * @param parts changed in place; its position and limit do not count
   * @param offsets world + 1 ascending numbers, the same on all ranks
   */
  void allGather(ByteBuffer parts, int[] offsets) throws IOException;

  /**
   * Gives each rank the bytes of one.
   *
   * @param bytes between position and limit, of the same length on all ranks; changed in place on
   *     all but the root
   */
  void broadcast(ByteBuffer bytes, int root) throws IOException;

  /** Returns when all ranks have called it. */
  void barrier() throws IOException;

  /** Leaves; ranks that still wait for this one get an exception. */
  @Override
  void close();
}
