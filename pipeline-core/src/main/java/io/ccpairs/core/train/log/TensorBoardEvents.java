package io.ccpairs.core.train.log;

import io.ccpairs.core.encoder.onnx.Message;
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
    record(event(wallSeconds, 0).text(3, "brain.Event:2"));
    Message start = new Message().number(1, 1);
    record(event(wallSeconds, firstStep).inner(7, start));
    out.flush();
  }

  /** Writes the numbers of one step by their names, which may hold slashes for groups. */
  public void scalars(double wallSeconds, long step, Map<String, Double> values)
      throws IOException {
    Message summary = new Message();
    for (Map.Entry<String, Double> entry : values.entrySet()) {
      float value = entry.getValue().floatValue();
      summary.inner(1, new Message().text(1, entry.getKey()).real(2, value));
    }
    record(event(wallSeconds, step).inner(5, summary));
    out.flush();
  }

  private static Message event(double wallSeconds, long step) {
    return new Message().real64(1, wallSeconds).number(2, step);
  }

  private void record(Message event) throws IOException {
    byte[] message = event.toByteArray();
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
}
