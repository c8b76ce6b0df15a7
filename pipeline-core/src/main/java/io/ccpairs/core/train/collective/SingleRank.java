package io.ccpairs.core.train.collective;

import java.nio.ByteBuffer;

/** A training of one rank, which has nobody to exchange with. */
public final class SingleRank implements Collective {
  @Override
  public int rank() {
    return 0;
  }

  @Override
  public int world() {
    return 1;
  }

  @Override
  public void allReduce(ByteBuffer floats) {}

  @Override
  public void allGather(ByteBuffer parts, int[] offsets) {}

  @Override
  public void broadcast(ByteBuffer bytes, int root) {}

  @Override
  public void barrier() {}

  @Override
  public void close() {}
}
