package io.ccpairs.core.encoder.kernel;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes a TorchScript archive as libtorch's loader expects it: a zip of stored entries under one
 * folder, with the source of one class and a pickle that makes one object of it. The same bytes
 * open in Python's {@code torch.jit.load}.
 */
public final class ScriptArchive {
  /**
   * Archive format 3, the oldest one that holds all we use; libtorch reads old formats for good.
   */
  private static final String VERSION = "3\n";

  private static final byte[] EMPTY_TUPLE = {(byte) 0x80, 2, ')', '.'};

  private ScriptArchive() {}

  /**
   * An archive with one object.
   *
   * @param source TorchScript source that defines {@code className}
   * @param attributes the object's attributes in the order of their declaration: values are {@code
   *     Boolean}, {@code Integer} or {@code Double}
   */
  public static byte[] of(String source, String className, Map<String, Object> attributes) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.setMethod(ZipOutputStream.STORED);
      store(zip, "data.pkl", pickle(className, attributes));
      store(zip, "code/__torch__.py", source.getBytes(UTF_8));
      store(zip, "constants.pkl", EMPTY_TUPLE);
      store(zip, "version", VERSION.getBytes(US_ASCII));
      store(zip, "byteorder", "little".getBytes(US_ASCII));
    } catch (IOException e) {
      throw new UncheckedIOException("Cannot write a kernel archive in memory", e);
    }
    return bytes.toByteArray();
  }

  private static void store(ZipOutputStream zip, String name, byte[] content) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry("kernels/" + name);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    entry.setTime(0);
    zip.putNextEntry(entry);
    zip.write(content);
    zip.closeEntry();
  }

  /** Pickle protocol 2: class, empty arguments, new object, dictionary of attributes, build. */
  private static byte[] pickle(String className, Map<String, Object> attributes)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(bytes)) {
      out.write(new byte[] {(byte) 0x80, 2});
      out.write(("c__torch__\n" + className + "\n").getBytes(US_ASCII));
      out.write(")\u0081}(".getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
      for (Map.Entry<String, Object> attribute : attributes.entrySet()) {
        byte[] name = attribute.getKey().getBytes(UTF_8);
        out.write('X');
        out.writeInt(Integer.reverseBytes(name.length));
        out.write(name);
        write(out, attribute.getValue());
      }
      out.write("ub.".getBytes(US_ASCII));
    }
    return bytes.toByteArray();
  }

  private static void write(DataOutputStream out, Object value) throws IOException {
    if (value instanceof Boolean flag) {
      out.write(flag ? 0x88 : 0x89);
    } else if (value instanceof Integer number) {
      out.write('J');
      out.writeInt(Integer.reverseBytes(number));
    } else if (value instanceof Double number) {
      out.write('G');
      out.writeDouble(number);
    } else {
      throw new IllegalArgumentException("Cannot pickle " + value + ": not a flag or a number");
    }
  }
}
