package io.ccpairs.core.encoder.onnx;

import ai.djl.ndarray.NDArray;
import io.ccpairs.core.encoder.weights.FloatChannel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/**
 * A graph of ONNX operators (opset 17) in the making, and its file. Nodes are named by the module
 * they compute, as PyTorch's exporter names them, and each has one result: its name and {@code
 * _output_0}. Field numbers are those of onnx.proto.
 */
final class OnnxGraph {
  private static final int IR_VERSION = 8;
  private static final int OPSET = 17; // the first with LayerNormalization
  private static final int FLOAT = 1;
  private static final int INT64 = 7;

  private static final int MODEL_IR_VERSION = 1;
  private static final int MODEL_PRODUCER = 2;
  private static final int MODEL_GRAPH = 7;
  private static final int MODEL_OPSET = 8;
  private static final int MODEL_METADATA = 14;
  private static final int OPSET_VERSION = 2;
  private static final int GRAPH_NODE = 1;
  private static final int GRAPH_NAME = 2;
  private static final int GRAPH_INITIALIZER = 5;
  private static final int GRAPH_INPUT = 11;
  private static final int GRAPH_OUTPUT = 12;
  private static final int NODE_INPUT = 1;
  private static final int NODE_OUTPUT = 2;
  private static final int NODE_NAME = 3;
  private static final int NODE_OP_TYPE = 4;
  private static final int NODE_ATTRIBUTE = 5;
  private static final int ATTRIBUTE_NAME = 1;
  private static final int ATTRIBUTE_FLOAT = 2;
  private static final int ATTRIBUTE_INT = 3;
  private static final int ATTRIBUTE_TENSOR = 5;
  private static final int ATTRIBUTE_INTS = 8;
  private static final int ATTRIBUTE_TYPE = 20;
  private static final int TENSOR_DIMS = 1;
  private static final int TENSOR_TYPE = 2;
  private static final int TENSOR_NAME = 8;
  private static final int TENSOR_RAW_DATA = 9;
  private static final int TENSOR_EXTERNAL_DATA = 13;
  private static final int TENSOR_DATA_LOCATION = 14;
  private static final int EXTERNAL = 1;
  private static final int KEY = 1;
  private static final int VALUE = 2;
  private static final int VALUE_NAME = 1;
  private static final int VALUE_TYPE = 2;
  private static final int TYPE_TENSOR = 1;
  private static final int TENSOR_TYPE_ELEMENT = 1;
  private static final int TENSOR_TYPE_SHAPE = 2;
  private static final int SHAPE_DIM = 1;
  private static final int DIM_VALUE = 1;
  private static final int DIM_NAME = 2;

  private final Message structure = new Message();
  private final Message about = new Message();
  private final List<Weight> weights = new ArrayList<>();

  private record Weight(String name, NDArray array, boolean transposed) {
    long bytes() {
      return 4 * array.size();
    }

    /** The array as it is stored; the caller closes it where it is a new one. */
    NDArray stored() {
      if (!transposed) {
        return array;
      }
      try (NDArray view = array.transpose()) {
        return view.duplicate();
      }
    }
  }

  OnnxGraph(String name) {
    structure.text(GRAPH_NAME, name);
  }

  /** An entry of the model's metadata, which runtimes show. */
  void about(String key, String value) {
    about.inner(MODEL_METADATA, entry(key, value));
  }

  private static Message entry(String key, String value) {
    return new Message().text(KEY, key).text(VALUE, value);
  }

  /** An input of whole numbers; dimensions are names of sizes that differ from call to call. */
  String input(String name, Object... dims) {
    structure.inner(GRAPH_INPUT, value(name, INT64, dims));
    return name;
  }

  /** Names the result of a node as an output of floats; dimensions are names or numbers. */
  void output(String name, String of, Object... dims) {
    add("Identity", name, name, List.of(of));
    structure.inner(GRAPH_OUTPUT, value(name, FLOAT, dims));
  }

  private static Message value(String name, int element, Object... dims) {
    Message shape = new Message();
    for (Object dim : dims) {
      shape.inner(
          SHAPE_DIM,
          dim instanceof Number number
              ? new Message().number(DIM_VALUE, number.longValue())
              : new Message().text(DIM_NAME, dim.toString()));
    }
    Message tensor =
        new Message().number(TENSOR_TYPE_ELEMENT, element).inner(TENSOR_TYPE_SHAPE, shape);
    return new Message()
        .text(VALUE_NAME, name)
        .inner(VALUE_TYPE, new Message().inner(TYPE_TENSOR, tensor));
  }

  /** A node; returns the name of its result. */
  String node(String type, String name, List<String> inputs, Message... attributes) {
    return add(type, name, name + "_output_0", inputs, attributes);
  }

  private String add(
      String type, String name, String result, List<String> inputs, Message... attributes) {
    Message node = new Message();
    inputs.forEach(input -> node.text(NODE_INPUT, input));
    node.text(NODE_OUTPUT, result).text(NODE_NAME, name).text(NODE_OP_TYPE, type);
    for (Message attribute : attributes) {
      node.inner(NODE_ATTRIBUTE, attribute);
    }
    structure.inner(GRAPH_NODE, node);
    return result;
  }

  /** A constant list of whole numbers; returns the name of its result. */
  String wholes(String name, long... values) {
    byte[] bytes = new byte[8 * values.length];
    littleEndian(bytes).asLongBuffer().put(values);
    return constant(name, new Message().number(TENSOR_DIMS, values.length), INT64, bytes);
  }

  /** A constant whole number without dimensions. */
  String whole(String name, long value) {
    byte[] bytes = new byte[8];
    littleEndian(bytes).putLong(value);
    return constant(name, new Message(), INT64, bytes);
  }

  /** A constant float without dimensions. */
  String real(String name, double value) {
    byte[] bytes = new byte[4];
    littleEndian(bytes).putFloat((float) value);
    return constant(name, new Message(), FLOAT, bytes);
  }

  private static ByteBuffer littleEndian(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  private String constant(String name, Message tensor, int type, byte[] numbers) {
    tensor.number(TENSOR_TYPE, type).bytes(TENSOR_RAW_DATA, numbers);
    Message value =
        new Message()
            .text(ATTRIBUTE_NAME, "value")
            .inner(ATTRIBUTE_TENSOR, tensor)
            .number(ATTRIBUTE_TYPE, 4);
    return node("Constant", name, List.of(), value);
  }

  /** A whole number that belongs to a node. */
  static Message attribute(String name, long value) {
    return new Message()
        .text(ATTRIBUTE_NAME, name)
        .number(ATTRIBUTE_INT, value)
        .number(ATTRIBUTE_TYPE, 2);
  }

  /** A float that belongs to a node. */
  static Message attribute(String name, float value) {
    return new Message()
        .text(ATTRIBUTE_NAME, name)
        .real(ATTRIBUTE_FLOAT, value)
        .number(ATTRIBUTE_TYPE, 1);
  }

  /** A list of whole numbers that belongs to a node. */
  static Message attribute(String name, long[] values) {
    Message attribute = new Message().text(ATTRIBUTE_NAME, name);
    for (long value : values) {
      attribute.number(ATTRIBUTE_INTS, value);
    }
    return attribute.number(ATTRIBUTE_TYPE, 7);
  }

  /** Weights under their own name and shape. */
  String weight(String name, NDArray array) {
    weights.add(new Weight(name, array, false));
    return name;
  }

  /** A matrix that is stored (in, out), as products of rows want it. */
  String transposed(String name, NDArray array) {
    weights.add(new Weight(name + "_transposed", array, true));
    return name + "_transposed";
  }

  /**
   * Writes the model, one tensor at a time. Weights go into the file itself, or, where they would
   * make it larger than {@code most} bytes, into a second one beside it, named after the first with
   * {@code _data} appended. Both appear whole, the model last.
   *
   * @param most at most 2 GiB, where protobuf ends
   * @throws FileAlreadyExistsException when there is a file of that name
   */
  void write(Path file, long most) throws IOException {
    Path full = file.toAbsolutePath().normalize();
    String name = String.valueOf(full.getFileName());
    long numbers = weights.stream().mapToLong(Weight::bytes).sum();
    boolean apart = numbers + structure.size() + 512L * weights.size() > most;
    Path data = full.resolveSibling(name + "_data");
    for (Path place : apart ? List.of(full, data) : List.of(full)) {
      if (Files.exists(place)) {
        throw new FileAlreadyExistsException(
            "Cannot write an ONNX file to "
                + place
                + ": it exists; remove it or choose another name");
      }
    }
    Path parent = Objects.requireNonNull(full.getParent());
    Files.createDirectories(parent);
    String draft = "." + name + "." + UUID.randomUUID();
    Path model = parent.resolve(draft);
    Path tensors = parent.resolve(draft + "_data");
    try {
      if (apart) {
        writeNumbers(tensors);
      }
      writeModel(model, apart, String.valueOf(data.getFileName()));
      if (apart) {
        Files.move(tensors, data, StandardCopyOption.ATOMIC_MOVE);
      }
      Files.move(model, full, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(tensors);
      Files.deleteIfExists(model);
    }
  }

  private void writeNumbers(Path file) throws IOException {
    try (FileChannel out = create(file)) {
      for (Weight weight : weights) {
        write(weight, out);
      }
      out.force(true);
    }
  }

  private void writeModel(Path file, boolean apart, String data) throws IOException {
    List<Message> heads = new ArrayList<>();
    long graph = structure.size();
    long offset = 0;
    for (Weight weight : weights) {
      Message tensor = new Message();
      for (long dim : dims(weight)) {
        tensor.number(TENSOR_DIMS, dim);
      }
      tensor.number(TENSOR_TYPE, FLOAT).text(TENSOR_NAME, weight.name);
      long behind = 0;
      if (apart) {
        tensor
            .inner(TENSOR_EXTERNAL_DATA, entry("location", data))
            .inner(TENSOR_EXTERNAL_DATA, entry("offset", String.valueOf(offset)))
            .inner(TENSOR_EXTERNAL_DATA, entry("length", String.valueOf(weight.bytes())))
            .number(TENSOR_DATA_LOCATION, EXTERNAL);
        offset += weight.bytes();
      } else {
        tensor.begin(TENSOR_RAW_DATA, weight.bytes());
        behind = weight.bytes();
      }
      Message head = new Message().begin(GRAPH_INITIALIZER, tensor.size() + behind);
      heads.add(head.append(tensor));
      graph += head.size() + behind;
    }
    Message model =
        new Message()
            .number(MODEL_IR_VERSION, IR_VERSION)
            .text(MODEL_PRODUCER, "ccpairs")
            .inner(MODEL_OPSET, new Message().number(OPSET_VERSION, OPSET))
            .append(about)
            .begin(MODEL_GRAPH, graph)
            .append(structure);
    try (FileChannel out = create(file)) {
      write(model, out);
      for (int i = 0; i < heads.size(); i++) {
        write(heads.get(i), out);
        if (!apart) {
          write(weights.get(i), out);
        }
      }
      out.force(true);
    }
  }

  private static long[] dims(Weight weight) {
    long[] dims = weight.array.getShape().getShape();
    return weight.transposed ? new long[] {dims[1], dims[0]} : dims;
  }

  private static FileChannel create(Path file) throws IOException {
    return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
  }

  private static void write(Weight weight, FileChannel out) throws IOException {
    NDArray stored = weight.stored();
    try {
      FloatChannel.write(stored, out);
    } finally {
      if (weight.transposed) {
        stored.close();
      }
    }
  }

  private static void write(Message message, FileChannel out) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(message.toByteArray());
    while (bytes.hasRemaining()) {
      out.write(bytes);
    }
  }
}
