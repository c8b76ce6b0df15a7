package io.ccpairs.core.shard;

import com.github.luben.zstd.Zstd;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.apache.parquet.bytes.BytesInput;
import org.apache.parquet.compression.CompressionCodecFactory;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** Unpacks pages; shards are compressed with zstd only. */
final class ZstdPages implements CompressionCodecFactory {
  @Override
  public BytesInputCompressor getCompressor(CompressionCodecName codec) {
    throw new UnsupportedOperationException("Shards are only read here");
  }

  @Override
  public BytesInputDecompressor getDecompressor(CompressionCodecName codec) {
    if (codec != CompressionCodecName.ZSTD) {
      throw new IllegalArgumentException("Cannot read a shard compressed with " + codec);
    }
    return new Pages();
  }

  @Override
  public void release() {}

  private static final class Pages implements BytesInputDecompressor {
    @Override
    public BytesInput decompress(BytesInput packed, int size) throws IOException {
      byte[] bytes = packed.toInputStream().readAllBytes();
      byte[] page = new byte[size];
      check(Zstd.decompressByteArray(page, 0, size, bytes, 0, bytes.length), size);
      return BytesInput.from(page);
    }

    @Override
    public void decompress(ByteBuffer packed, int packedSize, ByteBuffer page, int size)
        throws IOException {
      byte[] bytes = new byte[packedSize];
      packed.get(bytes);
      byte[] unpacked = new byte[size];
      check(Zstd.decompressByteArray(unpacked, 0, size, bytes, 0, packedSize), size);
      page.put(unpacked);
    }

    private static void check(long unpacked, int size) throws IOException {
      if (Zstd.isError(unpacked) || unpacked != size) {
        throw new IOException("Cannot unpack a page of " + size + " bytes");
      }
    }

    @Override
    public void release() {}
  }
}
