package io.ccpairs.core.encoder.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import com.fasterxml.jackson.core.JsonEncoding;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.ccpairs.core.encoder.weights.FloatChannel.Format;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.LongStream;

/**
 * A safetensors file: eight bytes with the header's length, a JSON header, the numbers. Opening
 * checks the whole header against the file's length; numbers are mapped when they are read.
 */
public final class Safetensors implements Closeable {
  /** The format's own limit. */
  private static final long MAX_HEADER_BYTES = 100_000_000;

  private static final int MAX_DIMENSIONS = 8;
  private static final Set<String> NOT_FLOATS =
      Set.of("BOOL", "U8", "I8", "U16", "I16", "U32", "I32", "U64", "I64", "F64");
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private final Path path;
  private final FileChannel file;
  private final Map<String, Tensor> tensors;

  /**
   * One tensor of a file.
   *
   * @param type the type as the file spells it, for example {@code F32}
   * @param shape its dimensions
   * @param begin first byte, counted from the end of the header
   * @param end byte after the last
   */
  public record Tensor(String type, Shape shape, long begin, long end) {}

  private final long dataAt;

  private Safetensors(Path path, FileChannel file, Map<String, Tensor> tensors, long dataAt) {
    this.path = path;
    this.file = file;
    this.tensors = tensors;
    this.dataAt = dataAt;
  }

  /**
   * Opens a file and checks its header.
   *
   * @throws ModelFileException naming the file, and the tensor where there is one: a header that is
   *     too long or no JSON, a name twice, an unknown type, offsets outside the file, overlapping
   *     or with gaps, or that do not fit the shape
   */
  public static Safetensors open(Path path) throws IOException {
    FileChannel file;
    try {
      file = FileChannel.open(path, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw new ModelFileException("Cannot read " + path + ": no such file", e);
    }
    try {
      long size = file.size();
      ByteBuffer start = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
      while (start.hasRemaining() && file.read(start) >= 0) {}
      if (start.hasRemaining()) {
        throw new ModelFileException(
            "Cannot read " + path + ": " + size + " bytes, a safetensors file has at least 8");
      }
      long header = start.getLong(0);
      if (header < 2 || header > MAX_HEADER_BYTES || header > size - 8) {
        throw new ModelFileException(
            "Cannot read "
                + path
                + ": its header claims "
                + Long.toUnsignedString(header)
                + " bytes; the file has "
                + size
                + " and the limit is "
                + MAX_HEADER_BYTES);
      }
      long data = size - 8 - header;
      Map<String, Tensor> tensors;
      try (JsonParser json = JSON.createParser(new Header(file, 8 + header))) {
        tensors = parse(path, json, data);
      } catch (JsonProcessingException e) {
        throw new ModelFileException(
            "Cannot read " + path + ": damaged header: " + e.getOriginalMessage(), e);
      }
      checkLayout(path, tensors, data);
      return new Safetensors(path, file, tensors, 8 + header);
    } catch (IOException | RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /** The header's bytes and nothing after them; closing leaves the file open. */
  private static final class Header extends InputStream {
    private final InputStream in;
    private final FileChannel file;
    private final long end;

    Header(FileChannel file, long end) {
      this.in = Channels.newInputStream(file);
      this.file = file;
      this.end = end;
    }

    @Override
    public int read() throws IOException {
      return file.position() < end ? in.read() : -1;
    }

    @Override
    public int read(byte[] bytes, int at, int length) throws IOException {
      long left = end - file.position();
      return left <= 0 ? -1 : in.read(bytes, at, (int) Math.min(left, length));
    }
  }

  private static Map<String, Tensor> parse(Path path, JsonParser json, long data)
      throws IOException {
    Map<String, Tensor> tensors = new TreeMap<>();
    if (json.nextToken() != JsonToken.START_OBJECT) {
      throw new ModelFileException("Cannot read " + path + ": its header is no JSON object");
    }
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String name = json.currentName();
      JsonToken token = json.nextToken();
      if (name.equals("__metadata__")) {
        json.skipChildren();
      } else if (token == JsonToken.START_OBJECT) {
        tensors.put(name, tensor(path, name, json, data));
      } else {
        throw new ModelFileException(
            "Cannot read " + path + ": header entry " + name + " describes no tensor");
      }
    }
    for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
      throw new ModelFileException("Cannot read " + path + ": text after the header's object");
    }
    return tensors;
  }

  private static Tensor tensor(Path path, String name, JsonParser json, long data)
      throws IOException {
    String type = "";
    long[] shape = {-1};
    long[] offsets = {};
    while (json.nextToken() == JsonToken.FIELD_NAME) {
      String key = json.currentName();
      JsonToken token = json.nextToken();
      if (key.equals("dtype") && token == JsonToken.VALUE_STRING) {
        type = json.getText();
      } else if (key.equals("shape") && token == JsonToken.START_ARRAY) {
        shape = numbers(path, name, json);
      } else if (key.equals("data_offsets") && token == JsonToken.START_ARRAY) {
        offsets = numbers(path, name, json);
      } else {
        throw new ModelFileException(
            "Cannot read " + path + ": tensor " + name + " has an unexpected key " + key);
      }
    }
    if (offsets.length != 2 || offsets[1] < offsets[0] || offsets[1] > data) {
      throw new ModelFileException(
          "Cannot read "
              + path
              + ": tensor "
              + name
              + " lies at "
              + Arrays.toString(offsets)
              + ", the file has "
              + data
              + " bytes of numbers");
    }
    long width = width(path, name, type);
    long bytes;
    try {
      bytes = Math.multiplyExact(width, LongStream.of(shape).reduce(1, Math::multiplyExact));
    } catch (ArithmeticException e) {
      bytes = -1;
    }
    if (bytes != offsets[1] - offsets[0]) {
      throw new ModelFileException(
          "Cannot read "
              + path
              + ": tensor "
              + name
              + " of type "
              + type
              + " and shape "
              + Arrays.toString(shape)
              + " cannot fill "
              + (offsets[1] - offsets[0])
              + " bytes");
    }
    return new Tensor(type, new Shape(shape), offsets[0], offsets[1]);
  }

  private static long[] numbers(Path path, String name, JsonParser json) throws IOException {
    long[] numbers = new long[MAX_DIMENSIONS];
    int count = 0;
    for (JsonToken token = json.nextToken();
        token != JsonToken.END_ARRAY;
        token = json.nextToken()) {
      boolean whole =
          token == JsonToken.VALUE_NUMBER_INT
              && json.getNumberType() != JsonParser.NumberType.BIG_INTEGER;
      if (!whole || json.getLongValue() < 0 || count == MAX_DIMENSIONS) {
        throw new ModelFileException(
            "Cannot read "
                + path
                + ": tensor "
                + name
                + " has "
                + json.getText()
                + " in its shape or offsets, or more than "
                + MAX_DIMENSIONS
                + " numbers");
      }
      numbers[count++] = json.getLongValue();
    }
    return Arrays.copyOf(numbers, count);
  }

  private static long width(Path path, String name, String type) throws ModelFileException {
    for (Format format : Format.values()) {
      if (format.name().equals(type)) {
        return format.width();
      }
    }
    if (NOT_FLOATS.contains(type)) {
      return switch (type.charAt(type.length() - 1)) {
        case '6' -> 2;
        case '2' -> 4;
        case '4' -> 8;
        default -> 1;
      };
    }
    throw new ModelFileException(
        "Cannot read " + path + ": tensor " + name + " has the unknown type " + type);
  }

  private static void checkLayout(Path path, Map<String, Tensor> tensors, long data)
      throws ModelFileException {
    List<Map.Entry<String, Tensor>> byPlace = new ArrayList<>(tensors.entrySet());
    byPlace.sort(
        Comparator.comparingLong((Map.Entry<String, Tensor> e) -> e.getValue().begin())
            .thenComparingLong(e -> e.getValue().end()));
    long end = 0;
    for (Map.Entry<String, Tensor> entry : byPlace) {
      if (entry.getValue().begin() != end) {
        throw new ModelFileException(
            "Cannot read "
                + path
                + ": tensor "
                + entry.getKey()
                + " starts at byte "
                + entry.getValue().begin()
                + " of the numbers, the one before it ends at "
                + end);
      }
      end = entry.getValue().end();
    }
    if (end != data) {
      throw new ModelFileException(
          "Cannot read " + path + ": its tensors end at byte " + end + " of " + data);
    }
  }

  /** The tensors by name. */
  public Map<String, Tensor> tensors() {
    return tensors;
  }

  /**
   * Reads a tensor into a new float32 array; F16 and BF16 are widened, exactly.
   *
   * @throws ModelFileException when there is no such tensor, or when it holds no floats
   */
  public NDArray read(String name, NDManager manager) throws IOException {
    Tensor tensor = tensors.get(name);
    if (tensor == null) {
      throw new ModelFileException("Cannot read " + path + ": no tensor " + name);
    }
    if (NOT_FLOATS.contains(tensor.type())) {
      throw new ModelFileException(
          "Cannot read "
              + path
              + ": tensor "
              + name
              + " has type "
              + tensor.type()
              + "; weights are F32, F16 or BF16");
    }
    return FloatChannel.read(
        file, dataAt + tensor.begin(), Format.valueOf(tensor.type()), tensor.shape(), manager);
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  /**
   * Writes arrays as float32: names sorted, header padded to a multiple of eight. The file appears
   * whole or not at all.
   */
  public static void write(Path path, Map<String, NDArray> arrays) throws IOException {
    TreeMap<String, NDArray> sorted = new TreeMap<>(arrays);
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    try (JsonGenerator json = new JsonFactory().createGenerator(header, JsonEncoding.UTF8)) {
      json.writeStartObject();
      json.writeObjectFieldStart("__metadata__");
      json.writeStringField("format", "pt");
      json.writeEndObject();
      long at = 0;
      for (Map.Entry<String, NDArray> entry : sorted.entrySet()) {
        json.writeObjectFieldStart(entry.getKey());
        json.writeStringField("dtype", "F32");
        json.writeFieldName("shape");
        long[] shape = entry.getValue().getShape().getShape();
        json.writeArray(shape, 0, shape.length);
        long end = at + 4 * entry.getValue().size();
        json.writeFieldName("data_offsets");
        json.writeArray(new long[] {at, end}, 0, 2);
        json.writeEndObject();
        at = end;
      }
      json.writeEndObject();
    }
    while (header.size() % 8 != 0) {
      header.write(' ');
    }
    Path draft = path.resolveSibling("." + path.getFileName() + "." + UUID.randomUUID());
    try {
      try (FileChannel out =
          FileChannel.open(draft, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
        ByteBuffer start =
            ByteBuffer.allocate(8 + header.size())
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(header.size())
                .put(header.toByteArray())
                .flip();
        while (start.hasRemaining()) {
          out.write(start);
        }
        for (NDArray array : sorted.values()) {
          FloatChannel.write(array, out);
        }
        out.force(true);
      }
      Files.move(draft, path, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(draft);
    }
  }
}
