package io.ccpairs.core.input;

import java.io.IOException;

/**
 * The blocks of a bzip2 file, from the first whose magic number begins in the split. Blocks are
 * chained: behind each one must stand the next or the end of its stream, and behind that nothing or
 * another stream. A file that is cut, or a magic number that is damaged, so breaks the chain of
 * some split, where a search for the next magic number would pass over the loss.
 */
final class Bzip2Chunks implements Chunks {
  private static final long BLOCK_MAGIC = 0x314159265359L;
  private static final long END_MAGIC = 0x177245385090L;
  private static final long MASK_48 = (1L << 48) - 1;

  private final Split split;
  private final InputLimits limits;
  private BitInput in;
  private final Bzip2Block block = new Bzip2Block();
  private final long endBit;
  private long blockBit;
  private long unpacked;
  private int combined;
  private boolean fromStreamStart;
  private boolean searching;
  private boolean ended;

  Bzip2Chunks(Split split, InputLimits limits) throws IOException {
    this.split = split;
    this.limits = limits;
    this.in = new BitInput(split.source().open(split.start()), split.start());
    this.endBit = split.end() * 8;
    this.searching = split.start() > 0;
  }

  @Override
  public boolean next() throws IOException {
    try {
      boolean found = !ended && (searching ? search() : chained());
      ended = !found;
      if (found) {
        unpacked += block.length();
        checkExpansion();
      }
      return found;
    } catch (CorruptInputException e) {
      throw e;
    } catch (IOException e) {
      throw corrupt(blockBit, String.valueOf(e.getMessage()));
    }
  }

  private boolean chained() throws IOException {
    if (!readBlock()) {
      return false;
    }
    block.unsort();
    block.verify();
    return true;
  }

  private boolean readBlock() throws IOException {
    if (in.position() == 0) {
      readStreamHeader();
    }
    while (true) {
      blockBit = in.position();
      long magic = in.read(48);
      if (magic == BLOCK_MAGIC) {
        block.read(in);
        combined = (combined << 1 | combined >>> 31) ^ block.checksum();
        return true;
      } else if (magic != END_MAGIC) {
        throw corrupt(blockBit, "neither a block nor the end of the stream follows");
      }
      int stored = (int) in.read(32);
      if (fromStreamStart && stored != combined) {
        throw corrupt(blockBit, "the stream's checksum does not match");
      }
      in.align();
      if (in.atEnd()) {
        return false;
      }
      readStreamHeader();
    }
  }

  /**
   * Finds the first block that begins in the split. A magic number that is followed by no sound
   * block is passed over: it may be chance. If it was the true first block, the split before this
   * one, which reads on into it, fails.
   */
  private boolean search() throws IOException {
    try (BitInput scanner = new BitInput(split.source().open(split.start()), split.start())) {
      long window = 0;
      for (long seen = 1; !scanner.atEnd(); seen++) {
        window = (window << 1 | scanner.read(1)) & MASK_48;
        long candidate = scanner.position() - 48;
        if (candidate >= endBit) {
          return false;
        }
        if (seen >= 48 && window == BLOCK_MAGIC && soundBlock(candidate)) {
          blockBit = candidate;
          searching = false;
          return true;
        }
      }
    }
    return false;
  }

  private boolean soundBlock(long candidate) throws IOException {
    in.close();
    in = new BitInput(split.source().open(candidate / 8), candidate / 8);
    in.read((int) (candidate % 8));
    in.read(48);
    try {
      block.read(in);
      block.unsort();
      block.verify();
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  private void readStreamHeader() throws IOException {
    blockBit = in.position();
    if (in.read(24) != 0x425A68) {
      throw corrupt(blockBit, "bytes follow the stream that are no bzip2 stream");
    }
    long level = in.read(8);
    if (level < '1' || level > '9') {
      throw corrupt(blockBit, "the stream has an unknown block size");
    }
    combined = 0;
    fromStreamStart = true;
  }

  private void checkExpansion() throws IOException {
    StreamChunks.checkExpansion(
        split, limits, unpacked, in.position() / 8 - split.start(), "byte " + blockBit / 8);
  }

  private CorruptInputException corrupt(long bit, String reason) {
    return new CorruptInputException(split.source().name(), "byte " + bit / 8, reason);
  }

  @Override
  public byte[] bytes() {
    return block.bytes();
  }

  @Override
  public int length() {
    return block.length();
  }

  @Override
  public boolean beyond() {
    return blockBit >= endBit;
  }

  @Override
  public long base() {
    return blockBit;
  }

  @Override
  public String place(long from, long offset) {
    return "block at byte " + from / 8 + ", unpacked byte " + offset;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
