package io.ccpairs.core.encoder.onnx;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;

/** A protobuf message in the making: fields in the order of the calls. */
public final class Message {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  /** A whole number. */
  public Message number(int field, long value) {
    varint(((long) field << 3) | VARINT);
    varint(value);
    return this;
  }

  /** A float. */
  public Message real(int field, float value) {
    varint(((long) field << 3) | FIXED32);
    int bits = Float.floatToIntBits(value);
    for (int shift = 0; shift < 32; shift += 8) {
      bytes.write(bits >>> shift);
    }
    return this;
  }

  /** A double. */
  public Message real64(int field, double value) {
    varint(((long) field << 3) | FIXED64);
    long bits = Double.doubleToLongBits(value);
    for (int shift = 0; shift < 64; shift += 8) {
      bytes.write((int) (bits >>> shift));
    }
    return this;
  }

  /** A text. */
  public Message text(int field, String value) {
    return bytes(field, value.getBytes(UTF_8));
  }

  /** Bytes. */
  Message bytes(int field, byte[] value) {
    begin(field, value.length);
    bytes.writeBytes(value);
    return this;
  }

  /** A message within this one. */
  public Message inner(int field, Message value) {
    return bytes(field, value.toByteArray());
  }

  /** The begin of a field whose bytes the caller writes behind this message. */
  Message begin(int field, long length) {
    varint(((long) field << 3) | BYTES);
    varint(length);
    return this;
  }

  /** The fields of another message behind those of this one. */
  Message append(Message other) {
    bytes.writeBytes(other.bytes.toByteArray());
    return this;
  }

  private void varint(long value) {
    long left = value;
    while ((left & ~0x7FL) != 0) {
      bytes.write((int) ((left & 0x7F) | 0x80));
      left >>>= 7;
    }
    bytes.write((int) left);
  }

  int size() {
    return bytes.size();
  }

  /** The message so far. */
  public byte[] toByteArray() {
    return bytes.toByteArray();
  }
}
