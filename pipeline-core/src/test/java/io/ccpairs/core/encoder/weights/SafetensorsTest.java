package io.ccpairs.core.encoder.weights;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import io.ccpairs.core.encoder.kernel.Torch;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafetensorsTest {
  @TempDir private Path folder;
  private NDManager manager;

  @BeforeEach
  void begin() {
    manager = Torch.manager(Device.cpu());
  }

  @AfterEach
  void end() {
    manager.close();
  }

  private Path file(String header, int dataBytes) throws IOException {
    return file(header.getBytes(UTF_8).length, header, new byte[dataBytes]);
  }

  private Path file(long claimed, String header, byte[] data) throws IOException {
    Path file = folder.resolve("model.safetensors");
    byte[] text = header.getBytes(UTF_8);
    ByteBuffer bytes =
        ByteBuffer.allocate(8 + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(claimed).put(text).put(data);
    Files.write(file, bytes.array());
    return file;
  }

  private static String tensor(String name, String type, String shape, String offsets) {
    return "\"%s\":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":%s}"
        .formatted(name, type, shape, offsets);
  }

  @Test
  void whatIsWrittenIsReadBitForBitByUsAndByDjl() throws IOException {
    Map<String, NDArray> arrays = new LinkedHashMap<>();
    arrays.put("z", manager.create(new float[] {1, -0f, Float.MIN_VALUE, 3e38f}, new Shape(2, 2)));
    arrays.put("a", manager.arange(5_000_000f)); // more than one window
    arrays.put("none", manager.create(new Shape(0, 3)));
    arrays.put("one", manager.create(7.5f));
    Path file = folder.resolve("w.safetensors");
    Safetensors.write(file, arrays);

    try (Safetensors ours = Safetensors.open(file)) {
      assertThat(ours.tensors().keySet()).containsExactly("a", "none", "one", "z");
      for (Map.Entry<String, NDArray> entry : arrays.entrySet()) {
        NDArray read = ours.read(entry.getKey(), manager);
        assertThat(read.getShape()).isEqualTo(entry.getValue().getShape());
        assertThat(read.toFloatArray()).isEqualTo(entry.getValue().toFloatArray());
      }
    }
    arrays.remove("none"); // DJL cannot make an array without elements of bytes
    Safetensors.write(file, arrays);
    NDList djl = NDList.decode(manager, Files.newInputStream(file));
    assertThat(djl).hasSize(3);
    for (NDArray read : djl) {
      NDArray array = arrays.get(read.getName());
      assertThat(array).isNotNull();
      assertThat(read.toFloatArray()).isEqualTo(array.toFloatArray());
    }
  }

  @Test
  void whatDjlWritesIsReadAndHalvesAreWidenedExactly() throws IOException {
    NDArray full = manager.create(new float[] {1.5f, -2, 65504, 6e-8f, 0, 1e-4f}, new Shape(3, 2));
    NDArray half = full.toType(DataType.FLOAT16, true);
    full.setName("full");
    half.setName("half");
    Path file = folder.resolve("djl.safetensors");
    try (OutputStream out = Files.newOutputStream(file)) {
      out.write(new NDList(full, half).encode(NDList.Encoding.SAFETENSORS));
    }
    try (Safetensors ours = Safetensors.open(file)) {
      assertThat(ours.read("full", manager).toFloatArray()).isEqualTo(full.toFloatArray());
      assertThat(ours.read("half", manager).toFloatArray())
          .isEqualTo(half.toType(DataType.FLOAT32, true).toFloatArray());
    }

    byte[] brain = {(byte) 0x80, 0x3F, 0x00, (byte) 0xC0, (byte) 0xC0, 0x7F};
    String header = "{" + tensor("b", "BF16", "[3]", "[0,6]") + "}";
    try (Safetensors ours = Safetensors.open(file(header.length(), header, brain))) {
      assertThat(ours.read("b", manager).toFloatArray()).containsExactly(1f, -2f, Float.NaN);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "F32; [2]; [0,8]; F32; [2]; [4,12]; 12; tensor b starts at byte 4",
        "F32; [2]; [0,8]; F32; [1]; [12,16]; 16; tensor b starts at byte 12",
        "F32; [2]; [0,8]; F32; [1]; [8,12]; 16; its tensors end at byte 12 of 16",
        "F32; [2]; [0,8]; F32; [9]; [8,44]; 16; tensor b lies at [8, 44], the file has 16",
        "F32; [2]; [0,8]; F32; [1]; [9223372036854775807,9223372036854775807]; 8; tensor b lies at",
        "F32; [2]; [0,8]; F32; [1]; [12,8]; 16; tensor b lies at [12, 8]",
        "F32; [2]; [0,8]; F32; [1]; [-4,8]; 16; tensor b has -4 in its shape or offsets",
        "F32; [2]; [0,8]; F32; [1]; [8]; 16; tensor b lies at [8]",
        "F32; [2]; [0,8]; F32; [4611686018427387905]; [8,12]; 12; tensor b of type F32 and shape [4611686018427387905] cannot fill 4 bytes",
        "F32; [2]; [0,8]; F32; [3037000500,3037000500]; [8,12]; 12; cannot fill 4 bytes",
        "F32; [2]; [0,8]; F32; [99999999999999999999]; [8,12]; 12; tensor b has 99999999999999999999",
        "F32; [2]; [0,8]; F32; [1.5]; [8,12]; 12; tensor b has 1.5",
        "F32; [2]; [0,8]; F32; [1,1,1,1,1,1,1,1,1]; [8,12]; 12; more than 8 numbers",
        "F32; [2]; [0,8]; F33; [1]; [8,12]; 12; tensor b has the unknown type F33",
        "F32; [2]; [0,8]; I64; [1]; [8,12]; 12; tensor b of type I64 and shape [1] cannot fill 4 bytes",
        "F32; [2]; [0,8]; F16; [1]; [8,12]; 12; tensor b of type F16 and shape [1] cannot fill 4 bytes",
      })
  void aHeaderThatLiesIsRefusedByFileAndTensor(
      String type,
      String shape,
      String offsets,
      String otherType,
      String otherShape,
      String otherOffsets,
      int bytes,
      String complaint)
      throws IOException {
    Path file =
        file(
            "{"
                + tensor("a", type, shape, offsets)
                + ","
                + tensor("b", otherType, otherShape, otherOffsets)
                + "}",
            bytes);
    assertThatThrownBy(() -> Safetensors.open(file))
        .isInstanceOf(ModelFileException.class)
        .hasMessageStartingWith("Cannot read " + file)
        .hasMessageContaining(complaint);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "-1; {}; claims 18446744073709551615 bytes",
        "9223372036854775807; {}; claims 9223372036854775807 bytes",
        "100000001; {}; the limit is 100000000",
        "3; {}; claims 3 bytes",
        "0; {}; claims 0 bytes",
        "2; []; its header is no JSON object",
        "4; {\"a\"; damaged header",
        "8; {\"a\":12}; header entry a describes no tensor",
        "4; {} 1; text after",
        "2; {}zz; its tensors end at byte 0 of 2",
      })
  void aHeaderOfTheWrongLengthOrFormIsRefused(long claimed, String header, String complaint)
      throws IOException {
    Path file = file(claimed, header, new byte[0]);
    assertThatThrownBy(() -> Safetensors.open(file))
        .isInstanceOf(ModelFileException.class)
        .hasMessageStartingWith("Cannot read " + file)
        .hasMessageContaining(complaint);
  }

  @Test
  void aNameTwiceAnUnknownKeyAndDeepNestingAreRefused() throws IOException {
    String twice =
        "{" + tensor("a", "F32", "[1]", "[0,4]") + "," + tensor("a", "F32", "[1]", "[0,4]") + "}";
    Path first = file(twice, 4);
    assertThatThrownBy(() -> Safetensors.open(first)).hasMessageContaining("Duplicate field 'a'");
    Path second = file("{\"a\":{\"dtype\":\"F32\",\"code\":[0]}}", 0);
    assertThatThrownBy(() -> Safetensors.open(second))
        .hasMessageContaining("tensor a has an unexpected key code");
    Path third = file("{\"__metadata__\":" + "[".repeat(50_000) + "]".repeat(50_000) + "}", 0);
    assertThatThrownBy(() -> Safetensors.open(third)).hasMessageContaining("damaged header");
    Files.write(folder.resolve("short"), new byte[] {1, 2});
    assertThatThrownBy(() -> Safetensors.open(folder.resolve("short")))
        .hasMessageContaining("2 bytes, a safetensors file has at least 8");
    assertThatThrownBy(() -> Safetensors.open(folder.resolve("gone")))
        .hasMessageContaining("gone: no such file");
  }

  @Test
  void integersAreNoWeights() throws IOException {
    Path file = file("{" + tensor("a", "I64", "[1]", "[0,8]") + "}", 8);
    try (Safetensors open = Safetensors.open(file)) {
      assertThatThrownBy(() -> open.read("a", manager))
          .hasMessageContaining("tensor a has type I64; weights are F32, F16 or BF16");
      assertThatThrownBy(() -> open.read("b", manager)).hasMessageContaining("no tensor b");
    }
  }

  @Test
  void shardsAreFoundByTheirIndexAndStayInTheFolder() throws IOException {
    Safetensors.write(
        folder.resolve("model-00001-of-00002.safetensors"),
        Map.of("bert.a.LayerNorm.gamma", manager.ones(new Shape(2))));
    Safetensors.write(
        folder.resolve("model-00002-of-00002.safetensors"),
        Map.of("bert.b", manager.ones(new Shape(3)), "bert.pooler", manager.ones(new Shape(1))));
    index("model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors");

    Map<String, Shape> expected = new LinkedHashMap<>();
    expected.put("a.LayerNorm.weight", new Shape(2));
    expected.put("b", new Shape(3));
    try (StateDict weights = WeightFiles.read(folder, expected, manager)) {
      assertThat(weights.names()).containsExactly("a.LayerNorm.weight", "b");
      assertThat(weights.get("b").toFloatArray()).containsExactly(1, 1, 1);
    }

    assertThatThrownBy(() -> WeightFiles.read(folder, Map.of("c", new Shape(1)), manager))
        .hasMessageContaining("no tensor c");
    assertThatThrownBy(() -> WeightFiles.read(folder, Map.of("b", new Shape(4)), manager))
        .hasMessageContaining("model-00002-of-00002.safetensors: tensor bert.b has shape (3)");
    index("model-00001-of-00002.safetensors", "model-00001-of-00002.safetensors");
    assertThatThrownBy(() -> WeightFiles.read(folder, expected, manager))
        .hasMessageContaining("no tensor bert.b, which the index promises");
    for (String outside :
        new String[] {"../x.safetensors", "/etc/x.safetensors", "a/b.safetensors", "x.bin", ".."}) {
      index("model-00001-of-00002.safetensors", outside);
      assertThatThrownBy(() -> WeightFiles.read(folder, expected, manager))
          .isInstanceOf(ModelFileException.class)
          .hasMessageContaining("model.safetensors.index.json: tensor bert.b lies in " + outside);
    }
  }

  private void index(String first, String second) throws IOException {
    Files.writeString(
        folder.resolve("model.safetensors.index.json"),
        "{\"weight_map\":{\"bert.a.LayerNorm.gamma\":\"%s\",\"bert.b\":\"%s\"}}"
            .formatted(first, second));
  }

  @Test
  void aPickleIsNamedAndNotOpened() throws IOException {
    Files.writeString(folder.resolve("pytorch_model.bin"), "anything");
    assertThatThrownBy(() -> WeightFiles.read(folder, Map.of("a", new Shape(1)), manager))
        .isInstanceOf(ModelFileException.class)
        .hasMessageContaining("pytorch_model.bin is a pickle file, which can run code")
        .hasMessageContaining("save the model as model.safetensors");
    Files.delete(folder.resolve("pytorch_model.bin"));
    assertThatThrownBy(() -> WeightFiles.read(folder, Map.of("a", new Shape(1)), manager))
        .hasMessageContaining("neither model.safetensors nor model.safetensors.index.json");
  }

  @Test
  void aFailedWriteLeavesTheOldFile() throws IOException {
    Path file = folder.resolve("w.safetensors");
    Safetensors.write(file, Map.of("a", manager.ones(new Shape(2))));
    byte[] before = Files.readAllBytes(file);
    NDArray closed = manager.ones(new Shape(2));
    closed.close();
    assertThatThrownBy(() -> Safetensors.write(file, Map.of("a", closed)))
        .isInstanceOf(RuntimeException.class);
    assertThat(file).hasBinaryContent(before);
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(file);
    }
  }
}
