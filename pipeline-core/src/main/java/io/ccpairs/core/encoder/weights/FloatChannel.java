package io.ccpairs.core.encoder.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.index.NDIndex;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;

/**
 * Floats between a file and arrays, a window of a few MB at a time: no limit on the size of a
 * tensor but the engine's, and no large buffer outside the engine's own memory.
 */
public final class FloatChannel {
  private static final int WINDOW = 1 << 22; // elements: 16 MB of float32

  private FloatChannel() {}

  /** Number formats of stored floats, little-endian. */
  enum Format {
    F32(4) {
      @Override
      void widen(ByteBuffer from, FloatBuffer to) {
        to.put(from.asFloatBuffer());
      }
    },
    F16(2) {
      @Override
      void widen(ByteBuffer from, FloatBuffer to) {
        while (to.hasRemaining()) {
          to.put(half(from.getShort()));
        }
      }
    },
    BF16(2) {
      @Override
      void widen(ByteBuffer from, FloatBuffer to) {
        while (to.hasRemaining()) {
          to.put(Float.intBitsToFloat(from.getShort() << 16));
        }
      }
    };

    private final int width;

    Format(int width) {
      this.width = width;
    }

    int width() {
      return width;
    }

    abstract void widen(ByteBuffer from, FloatBuffer to);
  }

  /** An IEEE 754 half as a float, exactly; subnormals, infinities and NaN included. */
  static float half(short bits) {
    int sign = (bits & 0x8000) << 16;
    int exponent = (bits >>> 10) & 0x1F;
    int fraction = bits & 0x3FF;
    if (exponent == 0) {
      float magnitude = fraction * 0x1p-24f;
      return sign == 0 ? magnitude : -magnitude;
    }
    int widened = exponent == 31 ? 0xFF : exponent + (127 - 15);
    return Float.intBitsToFloat(sign | (widened << 23) | (fraction << 13));
  }

  /** Reads {@code shape.size()} numbers that start at byte {@code position} into a new array. */
  static NDArray read(
      FileChannel file, long position, Format format, Shape shape, NDManager manager)
      throws IOException {
    NDArray array = manager.zeros(shape, DataType.FLOAT32);
    long size = shape.size();
    if (size == 0) {
      return array;
    }
    ByteBuffer window =
        ByteBuffer.allocateDirect((int) Math.min(size, WINDOW) * 4).order(ByteOrder.nativeOrder());
    try (NDManager scope = manager.newSubManager()) {
      NDArray flat = array.reshape(size);
      flat.attach(scope);
      for (long done = 0; done < size; done += WINDOW) {
        int count = (int) Math.min(WINDOW, size - done);
        ByteBuffer stored =
            file.map(
                    MapMode.READ_ONLY,
                    position + done * format.width(),
                    (long) count * format.width())
                .order(ByteOrder.LITTLE_ENDIAN);
        window.clear().limit(count * 4);
        format.widen(stored, window.asFloatBuffer());
        try (NDArray part = scope.create(window, new Shape(count), DataType.FLOAT32)) {
          flat.set(new NDIndex("{}:{}", done, done + count), part);
        }
      }
    }
    return array;
  }

  /** Appends an array's numbers to a file as little-endian float32. */
  public static void write(NDArray array, FileChannel file) throws IOException {
    long size = array.size();
    if (size == 0) {
      return;
    }
    try (NDManager scope = array.getManager().newSubManager()) {
      NDArray flat = array.reshape(size);
      flat.attach(scope);
      for (long done = 0; done < size; done += WINDOW) {
        try (NDArray part = flat.get("{}:{}", done, Math.min(size, done + WINDOW))) {
          float[] numbers = part.toFloatArray();
          ByteBuffer bytes = ByteBuffer.allocate(numbers.length * 4).order(ByteOrder.LITTLE_ENDIAN);
          bytes.asFloatBuffer().put(numbers);
          while (bytes.hasRemaining()) {
            file.write(bytes);
          }
        }
      }
    }
  }
}
