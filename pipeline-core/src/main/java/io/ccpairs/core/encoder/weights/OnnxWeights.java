package io.ccpairs.core.encoder.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Reads the weights of a BERT or XLM-RoBERTa from an ONNX file as exporters of PyTorch write them.
 * Embeddings, norms and biases carry their Hugging Face names. Matrices of products are nameless
 * and transposed; the product's node is named for its module: {@code
 * /encoder/layer.0/attention/self/query/MatMul} multiplies by {@code
 * encoder.layer.0.attention.self.query.weight}, stored (in, out).
 */
public final class OnnxWeights {
  // Field numbers of onnx.proto.
  private static final int MODEL_GRAPH = 7;
  private static final int GRAPH_NODE = 1;
  private static final int GRAPH_INITIALIZER = 5;
  private static final int NODE_INPUT = 1;
  private static final int NODE_NAME = 3;
  private static final int NODE_OP_TYPE = 4;
  private static final int TENSOR_DIMS = 1;
  private static final int TENSOR_TYPE = 2;
  private static final int TENSOR_NAME = 8;
  private static final int TENSOR_RAW_DATA = 9;
  private static final int NODE_ATTRIBUTE = 5;
  private static final int ATTRIBUTE_FLOAT = 2;
  private static final int ATTRIBUTE_TENSOR = 5;
  private static final int TENSOR_FLOATS = 4;
  private static final int TENSOR_LONGS = 7;
  private static final int TENSOR_DATA_LOCATION = 14;
  private static final int FLOAT = 1;
  private static final int INT64 = 7;
  private static final String ATTENTION = "/encoder/layer.0/attention/self/";
  private static final String FIRST_NORM = "/embeddings/LayerNorm/";

  private final Path path;
  private final ByteBuffer file;
  private final Map<String, Tensor> initializers = new HashMap<>();

  /** Names of matrices by the Hugging Face names of the modules that multiply by them. */
  private final Map<String, String> matrices = new HashMap<>();

  /** Whole numbers among the nodes of the first layer's attention, in their order. */
  private final List<Long> attentionSizes = new ArrayList<>();

  private double normEpsilon = -1;
  private boolean countsPositions;

  private record Tensor(List<Long> dims, int at, int bytes) {}

  /**
   * What the graph says of its encoder.
   *
   * @param shapes Hugging Face names and shapes of all float tensors that have such names
   * @param attentionSizes what the first layer's attention reshapes to: heads and the width of a
   *     head are among them, one after the other
   * @param normEpsilon added to the variance in layer norms; negative where none was found
   * @param countsPositions whether positions are counted from the padding id, as RoBERTa does
   */
  public record Architecture(
      Map<String, Shape> shapes,
      List<Long> attentionSizes,
      double normEpsilon,
      boolean countsPositions) {}

  private OnnxWeights(Path path, ByteBuffer file) {
    this.path = path;
    this.file = file;
  }

  private static OnnxWeights scan(Path path, FileChannel channel) throws IOException {
    if (channel.size() > Integer.MAX_VALUE) {
      throw new ModelFileException(
          "Cannot read " + path + ": " + channel.size() + " bytes, ONNX files end at 2 GiB");
    }
    OnnxWeights onnx = new OnnxWeights(path, channel.map(MapMode.READ_ONLY, 0, channel.size()));
    onnx.scan();
    return onnx;
  }

  private static FileChannel channel(Path path) throws IOException {
    try {
      return FileChannel.open(path, StandardOpenOption.READ);
    } catch (NoSuchFileException e) {
      throw new ModelFileException("Cannot read " + path + ": no such file", e);
    }
  }

  /**
   * Reads what the graph says of its encoder.
   *
   * @throws ModelFileException when the file is no ONNX file, or damaged
   */
  public static Architecture architecture(Path path) throws IOException {
    try (FileChannel channel = channel(path)) {
      OnnxWeights onnx = scan(path, channel);
      Map<String, Shape> shapes = new TreeMap<>();
      onnx.initializers.forEach((name, tensor) -> shapes.put(name, shape(tensor.dims)));
      onnx.matrices.forEach(
          (name, stored) -> {
            Shape shape = shapes.get(stored);
            if (shape != null && shape.dimension() == 2) {
              shapes.putIfAbsent(name, new Shape(shape.get(1), shape.get(0)));
            }
          });
      return new Architecture(
          shapes, List.copyOf(onnx.attentionSizes), onnx.normEpsilon, onnx.countsPositions);
    }
  }

  private static Shape shape(List<Long> dims) {
    return new Shape(dims.stream().mapToLong(Long::longValue).toArray());
  }

  /**
   * Reads the weights of these names and shapes.
   *
   * @param expected names and shapes by the model's configuration
   * @throws ModelFileException naming the file and the tensor that is missing or has another shape
   */
  public static StateDict read(Path path, Map<String, Shape> expected, NDManager manager)
      throws IOException {
    try (FileChannel channel = channel(path)) {
      OnnxWeights onnx = scan(path, channel);
      StateDict weights = new StateDict(manager);
      try {
        for (Map.Entry<String, Shape> entry : expected.entrySet()) {
          weights.put(
              entry.getKey(),
              onnx.array(channel, entry.getKey(), entry.getValue(), weights.manager()));
        }
      } catch (IOException | RuntimeException e) {
        weights.close();
        throw e;
      }
      return weights;
    }
  }

  private NDArray array(FileChannel channel, String name, Shape shape, NDManager manager)
      throws IOException {
    String stored = initializers.containsKey(name) ? name : matrices.getOrDefault(name, name);
    Tensor tensor = initializers.get(stored);
    if (tensor == null) {
      throw new ModelFileException("Cannot read " + path + ": no tensor " + name);
    }
    boolean transposed = !stored.equals(name) && shape.dimension() == 2;
    Shape wanted = transposed ? new Shape(shape.get(1), shape.get(0)) : shape;
    Shape found = shape(tensor.dims);
    if (!found.equals(wanted) || tensor.bytes != wanted.size() * 4) {
      throw new ModelFileException(
          "Cannot read "
              + path
              + ": tensor "
              + name
              + " has shape "
              + found
              + " and "
              + tensor.bytes
              + " bytes of float32, expected shape "
              + wanted);
    }
    NDArray array = FloatChannel.read(channel, tensor.at, FloatChannel.Format.F32, found, manager);
    if (!transposed) {
      return array;
    }
    try (array;
        NDArray view = array.transpose()) {
      return view.duplicate();
    }
  }

  private void scan() throws ModelFileException {
    Message model = new Message(0, file.limit());
    while (model.next()) {
      if (model.field == MODEL_GRAPH && model.wire == 2) {
        Message graph = model.inner();
        while (graph.next()) {
          if (graph.field == GRAPH_NODE && graph.wire == 2) {
            node(graph.inner());
          } else if (graph.field == GRAPH_INITIALIZER && graph.wire == 2) {
            initializer(graph.inner());
          }
        }
      }
    }
  }

  private void node(Message node) throws ModelFileException {
    String name = "";
    String type = "";
    List<String> inputs = new ArrayList<>();
    List<Message> attributes = new ArrayList<>();
    while (node.next()) {
      if (node.wire == 2) {
        switch (node.field) {
          case NODE_INPUT -> inputs.add(node.text());
          case NODE_NAME -> name = node.text();
          case NODE_OP_TYPE -> type = node.text();
          case NODE_ATTRIBUTE -> attributes.add(node.inner());
          default -> {}
        }
      }
    }
    countsPositions |= type.equals("CumSum") && name.startsWith("/embeddings/");
    for (Message attribute : attributes) {
      if (name.startsWith(FIRST_NORM) && normEpsilon < 0) {
        normEpsilon = epsilon(attribute, type);
      } else if (name.startsWith(ATTENTION) && type.equals("Constant")) {
        attribute(attribute);
      }
    }
    if (type.equals("MatMul") && inputs.size() == 2 && name.endsWith("/MatMul")) {
      String module = name.substring(1, name.length() - "/MatMul".length()).replace('/', '.');
      matrices.put(module + ".weight", inputs.get(1));
    }
  }

  /** The epsilon of a fused norm, or the small constant of one in single steps; else negative. */
  private double epsilon(Message attribute, String type) throws ModelFileException {
    double found = -1;
    while (attribute.next()) {
      if (attribute.field == ATTRIBUTE_FLOAT && attribute.wire == 5) {
        found = Float.intBitsToFloat(fixed32(attribute.valueAt));
      } else if (attribute.field == ATTRIBUTE_TENSOR
          && attribute.wire == 2
          && type.equals("Constant")) {
        found = real(attribute.inner());
      }
    }
    return found > 0 && found < 1e-3 ? Double.parseDouble(Float.toString((float) found)) : -1;
  }

  private void attribute(Message attribute) throws ModelFileException {
    while (attribute.next()) {
      if (attribute.field == ATTRIBUTE_TENSOR && attribute.wire == 2) {
        attentionSizes.addAll(wholes(attribute.inner()));
      }
    }
  }

  /** The numbers of a small tensor of whole ones; none where it is something else. */
  private List<Long> wholes(Message tensor) throws ModelFileException {
    List<Long> numbers = new ArrayList<>();
    long type = 0;
    while (tensor.next()) {
      boolean small = tensor.wire == 2 && tensor.valueBytes <= 64;
      if (tensor.field == TENSOR_TYPE && tensor.wire == 0) {
        type = tensor.number;
      } else if (small && tensor.field == TENSOR_RAW_DATA) {
        for (int at = 0; at + 8 <= tensor.valueBytes; at += 8) {
          numbers.add(fixed64(tensor.valueAt + at));
        }
      } else if (small && tensor.field == TENSOR_LONGS) {
        Message packed = tensor.inner();
        while (packed.at < packed.end) {
          numbers.add(packed.varint());
        }
      }
    }
    return type == INT64 ? numbers : List.of();
  }

  /** The float of a tensor that holds one; negative where it is something else. */
  private float real(Message tensor) throws ModelFileException {
    long type = 0;
    float real = -1;
    while (tensor.next()) {
      if (tensor.field == TENSOR_TYPE && tensor.wire == 0) {
        type = tensor.number;
      } else if ((tensor.field == TENSOR_RAW_DATA || tensor.field == TENSOR_FLOATS)
          && tensor.wire == 2
          && tensor.valueBytes == 4) {
        real = Float.intBitsToFloat(fixed32(tensor.valueAt));
      }
    }
    return type == FLOAT ? real : -1;
  }

  private int fixed32(int at) {
    return Integer.reverseBytes(file.getInt(at));
  }

  private long fixed64(int at) {
    return Long.reverseBytes(file.getLong(at));
  }

  private void initializer(Message tensor) throws ModelFileException {
    String name = "";
    List<Long> dims = new ArrayList<>();
    long type = 0;
    int at = -1;
    int bytes = 0;
    while (tensor.next()) {
      if (tensor.field == TENSOR_DIMS && tensor.wire == 0) {
        dims.add(tensor.number);
      } else if (tensor.field == TENSOR_DIMS && tensor.wire == 2) {
        Message packed = tensor.inner();
        while (packed.at < packed.end) {
          dims.add(packed.varint());
        }
      } else if (tensor.field == TENSOR_TYPE && tensor.wire == 0) {
        type = tensor.number;
      } else if (tensor.field == TENSOR_NAME && tensor.wire == 2) {
        name = tensor.text();
      } else if (tensor.field == TENSOR_RAW_DATA && tensor.wire == 2) {
        at = tensor.valueAt;
        bytes = tensor.valueBytes;
      } else if (tensor.field == TENSOR_DATA_LOCATION && tensor.wire == 0 && tensor.number != 0) {
        throw new ModelFileException(
            "Cannot read "
                + path
                + ": the numbers of tensor "
                + name
                + " lie in another file; import the model's Hugging Face folder instead");
      }
      if (dims.size() > 8) {
        throw new ModelFileException(
            "Cannot read " + path + ": tensor " + name + " has more than 8 dimensions");
      }
    }
    if (type == FLOAT && at >= 0 && dims.stream().allMatch(dim -> dim >= 0 && dim < 1L << 31)) {
      initializers.put(name, new Tensor(dims, at, bytes));
    }
  }

  /** A protobuf message in the file, walked field by field. Every length is checked. */
  private final class Message {
    private int at;
    private final int end;
    private int field;
    private int wire;
    private long number;
    private int valueAt;
    private int valueBytes;

    Message(int at, int end) {
      this.at = at;
      this.end = end;
    }

    boolean next() throws ModelFileException {
      if (at >= end) {
        return false;
      }
      long tag = varint();
      field = (int) (tag >>> 3);
      wire = (int) (tag & 7);
      switch (wire) {
        case 0 -> number = varint();
        case 1 -> skip(8);
        case 2 -> skip(varint());
        case 5 -> skip(4);
        default -> throw broken();
      }
      return true;
    }

    Message inner() {
      return new Message(valueAt, valueAt + valueBytes);
    }

    String text() throws ModelFileException {
      if (valueBytes > 4096) {
        throw broken();
      }
      byte[] bytes = new byte[valueBytes];
      file.get(valueAt, bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }

    private void skip(long bytes) throws ModelFileException {
      if (bytes < 0 || bytes > end - at) {
        throw broken();
      }
      valueAt = at;
      valueBytes = (int) bytes;
      at += valueBytes;
    }

    private long varint() throws ModelFileException {
      long value = 0;
      for (int shift = 0; shift < 64; shift += 7) {
        if (at >= end) {
          throw broken();
        }
        byte b = file.get(at++);
        value |= (b & 0x7FL) << shift;
        if (b >= 0) {
          return value;
        }
      }
      throw broken();
    }

    private ModelFileException broken() {
      return new ModelFileException(
          "Cannot read " + path + ": not an ONNX file, or a damaged one, at byte " + at);
    }
  }
}
