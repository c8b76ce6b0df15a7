package io.ccpairs.core.train.log;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * An event file as TensorBoard reads it: records of a length, its masked CRC-32C, an {@code Event}
 * message and its masked CRC-32C. Its name must contain {@link #NAME_PART}; one directory may hold
 * the files of several beginnings of one training.
 */
public final class TensorBoardEvents implements Closeable {
  /** What TensorBoard looks for in names of files. */
  public static final String NAME_PART = "tfevents";

  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;
  private static final int MASK = 0xa282ead8;

  private final OutputStream out;

  /**
   * Begins a file.
   *
   * @param out closed with this object
   * @param wallSeconds since 1970
   * @param firstStep TensorBoard hides what earlier files of the directory say of this step and
   *     later ones: a training that was restored repeats them
   */
  public TensorBoardEvents(OutputStream out, double wallSeconds, long firstStep)
      throws IOException {
    this.out = out;
    Message version = event(wallSeconds, 0);
    version.bytes(3, "brain.Event:2".getBytes(UTF_8));
    record(version.toByteArray());
    Message begun = event(wallSeconds, firstStep);
    Message session = new Message();
    session.varint(1, 1); // START
    begun.bytes(7, session.toByteArray());
    record(begun.toByteArray());
    out.flush();
  }

  /** Writes the numbers of one step by their names, which may hold slashes for groups. */
  public void scalars(double wallSeconds, long step, Map<String, Double> values)
      throws IOException {
    Message summary = new Message();
    for (Map.Entry<String, Double> entry : values.entrySet()) {
      Message value = new Message();
      value.bytes(1, entry.getKey().getBytes(UTF_8));
      value.fixed32(2, Float.floatToIntBits(entry.getValue().floatValue()));
      summary.bytes(1, value.toByteArray());
    }
    Message event = event(wallSeconds, step);
    event.bytes(5, summary.toByteArray());
    record(event.toByteArray());
    out.flush();
  }

  private static Message event(double wallSeconds, long step) {
    Message event = new Message();
    event.fixed64(1, Double.doubleToLongBits(wallSeconds));
    event.varint(2, step);
    return event;
  }

  private void record(byte[] message) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(message.length + 16).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(message.length);
    bytes.putInt(masked(bytes.array(), 0, 8));
    bytes.put(message);
    bytes.putInt(masked(message, 0, message.length));
    out.write(bytes.array());
  }

  /** Rotated and shifted, so that a record within a record does not have its own checksum. */
  private static int masked(byte[] bytes, int begin, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, begin, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }

  /** A protocol buffer's message, field after field. */
  private static final class Message {
    private final ByteArrayOutputStream fields = new ByteArrayOutputStream();

    void varint(int field, long value) {
      plain(field << 3 | VARINT);
      plain(value);
    }

    void fixed64(int field, long value) {
      plain(field << 3 | FIXED64);
      for (int i = 0; i < 64; i += 8) {
        fields.write((int) (value >>> i));
      }
    }

    void fixed32(int field, int value) {
      plain(field << 3 | FIXED32);
      for (int i = 0; i < 32; i += 8) {
        fields.write(value >>> i);
      }
    }

    void bytes(int field, byte[] value) {
      plain(field << 3 | BYTES);
      plain(value.length);
      fields.writeBytes(value);
    }

    private void plain(long value) {
      long left = value;
      while ((left & ~0x7FL) != 0) {
        fields.write((int) ((left & 0x7F) | 0x80));
        left >>>= 7;
      }
      fields.write((int) left);
    }

    byte[] toByteArray() {
      return fields.toByteArray();
    }
  }
}
