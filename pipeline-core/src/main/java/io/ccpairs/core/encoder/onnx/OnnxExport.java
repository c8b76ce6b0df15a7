package io.ccpairs.core.encoder.onnx;

import static io.ccpairs.core.encoder.onnx.OnnxGraph.attribute;

import ai.djl.Device;
import ai.djl.ndarray.NDManager;
import io.ccpairs.core.encoder.EncoderConfig;
import io.ccpairs.core.encoder.ModelFolder;
import io.ccpairs.core.encoder.kernel.Torch;
import io.ccpairs.core.encoder.weights.StateDict;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * An encoder with its pooling as one ONNX graph. Letters: B texts, L tokens of the longest, D
 * dimensions.
 *
 * <p>Inputs are those of Hugging Face's exporters, int64 (B, L): {@code input_ids}, {@code
 * attention_mask} (1 at tokens, 0 at padding) and, for BERT, {@code token_type_ids} (all 0).
 * Outputs are float32: {@code last_hidden_state} (B, L, D), and {@code sentence_embedding} (B, D),
 * rows of unit length, the mean over a text's tokens. Prefixes and the limit of tokens stand in the
 * model's metadata. The tokenizer is not part of it.
 */
public final class OnnxExport {
  /** Where protobuf ends. */
  private static final long MOST_BYTES = Integer.MAX_VALUE;

  private static final String EMBEDDINGS = "embeddings";
  private static final float LOWEST = -Float.MAX_VALUE;

  private final EncoderConfig config;
  private final StateDict weights;
  private final OnnxGraph graph;

  private OnnxExport(EncoderConfig config, StateDict weights) {
    this.config = config;
    this.weights = weights;
    this.graph = new OnnxGraph(config.type().word());
  }

  /**
   * Writes a model's encoder and pooling.
   *
   * @param file must not exist; weights of more than 2 GiB go into a second file, {@code
   *     <file>_data}, which must stay beside it
   * @throws java.nio.file.FileAlreadyExistsException when the file exists
   */
  public static void write(ModelFolder model, Path file) throws IOException {
    write(model, file, MOST_BYTES);
  }

  static void write(ModelFolder model, Path file, long mostBytes) throws IOException {
    try (NDManager manager = Torch.manager(Device.cpu());
        StateDict weights = model.weights(manager)) {
      OnnxExport export = new OnnxExport(model.config(), weights);
      export.graph.about("query_prefix", model.prefixes().query());
      export.graph.about("passage_prefix", model.prefixes().passage());
      export.graph.about("max_tokens", String.valueOf(model.maxTokens()));
      export.build();
      export.graph.write(file, mostBytes);
    }
  }

  private void build() {
    String ids = graph.input("input_ids", "batch", "tokens");
    String mask = graph.input("attention_mask", "batch", "tokens");
    String there = graph.node("Cast", "/mask/Cast", List.of(mask), attribute("to", 1));
    String state = embed(ids);
    String bias = bias(there);
    for (int layer = 0; layer < config.layers(); layer++) {
      state = layer("encoder.layer." + layer, state, bias);
    }
    graph.output("last_hidden_state", state, "batch", "tokens", config.hidden());
    graph.output("sentence_embedding", pool(state, there), "batch", config.hidden());
  }

  /** (B, L) token ids to (B, L, D): the sum of word, position and type, normed. */
  private String embed(String ids) {
    String words = table("word_embeddings", ids);
    String types;
    String positions;
    if (config.type() == EncoderConfig.Type.BERT) {
      types = table("token_type_embeddings", graph.input("token_type_ids", "batch", "tokens"));
      positions = table("position_embeddings", places(ids));
    } else {
      types = table("token_type_embeddings", graph.whole("/embeddings/type", 0));
      positions = table("position_embeddings", placesFromPadding(ids));
    }
    String sum = graph.node("Add", "/embeddings/Add", List.of(words, types));
    String all = graph.node("Add", "/embeddings/Add_1", List.of(sum, positions));
    return norm(EMBEDDINGS + ".LayerNorm", all);
  }

  private String table(String name, String rows) {
    String weight = EMBEDDINGS + "." + name + ".weight";
    return graph.node(
        "Gather",
        "/embeddings/" + name + "/Gather",
        List.of(graph.weight(weight, weights.get(weight)), rows));
  }

  /** (L): 0, 1, 2 and so on. */
  private String places(String ids) {
    String shape = graph.node("Shape", "/embeddings/Shape", List.of(ids));
    String one = graph.whole("/embeddings/one", 1);
    String length = graph.node("Gather", "/embeddings/length", List.of(shape, one));
    return graph.node(
        "Range", "/embeddings/Range", List.of(graph.whole("/embeddings/zero", 0), length, one));
  }

  /** (B, L): tokens counted from the padding id on, as RoBERTa does; padding keeps its id. */
  private String placesFromPadding(String ids) {
    String pad = graph.whole("/embeddings/pad", config.padId());
    String padded = graph.node("Equal", "/embeddings/Equal", List.of(ids, pad));
    String token = graph.node("Not", "/embeddings/Not", List.of(padded));
    String ones = graph.node("Cast", "/embeddings/Cast", List.of(token), attribute("to", 7));
    String axis = graph.whole("/embeddings/axis", 1);
    String count = graph.node("CumSum", "/embeddings/CumSum", List.of(ones, axis));
    String counted = graph.node("Mul", "/embeddings/Mul", List.of(count, ones));
    return graph.node("Add", "/embeddings/Add_2", List.of(counted, pad));
  }

  /** (B, L) of 1 and 0 to (B, 1, 1, L): what is added to attention's logits. */
  private String bias(String there) {
    String axes = graph.wholes("/mask/axes", 1, 2);
    String wide = graph.node("Unsqueeze", "/mask/Unsqueeze", List.of(there, axes));
    String away = graph.node("Sub", "/mask/Sub", List.of(graph.real("/mask/one", 1), wide));
    return graph.node("Mul", "/mask/Mul", List.of(away, graph.real("/mask/lowest", LOWEST)));
  }

  private String layer(String at, String state, String bias) {
    String attended = attend(at + ".attention.self", state, bias);
    String mixed = dense(at + ".attention.output.dense", attended);
    String first = residual(at + ".attention.output", mixed, state);
    String wide = gelu(at + ".intermediate", dense(at + ".intermediate.dense", first));
    return residual(at + ".output", dense(at + ".output.dense", wide), first);
  }

  private String attend(String at, String state, String bias) {
    String place = place(at);
    int perHead = config.hidden() / config.heads();
    String split = graph.wholes(place + "/split", 0, 0, config.heads(), perHead);
    String queries = heads(at + ".query", state, split, 0, 2, 1, 3);
    String keys = heads(at + ".key", state, split, 0, 2, 3, 1);
    String values = heads(at + ".value", state, split, 0, 2, 1, 3);
    String products = graph.node("MatMul", place + "/MatMul", List.of(queries, keys));
    String scale = graph.real(place + "/scale", 1 / Math.sqrt(perHead));
    String logits = graph.node("Mul", place + "/Mul", List.of(products, scale));
    String masked = graph.node("Add", place + "/Add", List.of(logits, bias));
    String shares =
        graph.node("Softmax", place + "/Softmax", List.of(masked), attribute("axis", -1));
    String mixed = graph.node("MatMul", place + "/MatMul_1", List.of(shares, values));
    String back =
        graph.node(
            "Transpose",
            place + "/Transpose",
            List.of(mixed),
            attribute("perm", new long[] {0, 2, 1, 3}));
    String joined = graph.wholes(place + "/joined", 0, 0, config.hidden());
    return graph.node("Reshape", place + "/Reshape", List.of(back, joined));
  }

  /** (B, L, D) to a projection of it, by head. */
  private String heads(String at, String state, String split, long... order) {
    String apart = graph.node("Reshape", place(at) + "/Reshape", List.of(dense(at, state), split));
    return graph.node(
        "Transpose", place(at) + "/Transpose", List.of(apart), attribute("perm", order));
  }

  private String dense(String at, String state) {
    String matrix = graph.transposed(at + ".weight", weights.get(at + ".weight"));
    String bias = graph.weight(at + ".bias", weights.get(at + ".bias"));
    String product = graph.node("MatMul", place(at) + "/MatMul", List.of(state, matrix));
    return graph.node("Add", place(at) + "/Add", List.of(product, bias));
  }

  private String residual(String at, String change, String state) {
    String sum = graph.node("Add", place(at) + "/Add", List.of(change, state));
    return norm(at + ".LayerNorm", sum);
  }

  private String norm(String at, String state) {
    return graph.node(
        "LayerNormalization",
        place(at) + "/LayerNormalization",
        List.of(
            state,
            graph.weight(at + ".weight", weights.get(at + ".weight")),
            graph.weight(at + ".bias", weights.get(at + ".bias"))),
        attribute("axis", -1),
        attribute("epsilon", (float) config.normEpsilon()));
  }

  /** x (1 + erf(x / √2)) / 2. */
  private String gelu(String at, String state) {
    String place = place(at);
    String root = graph.real(place + "/root", Math.sqrt(2));
    String small = graph.node("Div", place + "/Div", List.of(state, root));
    String erf = graph.node("Erf", place + "/Erf", List.of(small));
    String one = graph.real(place + "/one", 1);
    String raised = graph.node("Add", place + "/Add", List.of(erf, one));
    String product = graph.node("Mul", place + "/Mul", List.of(state, raised));
    return graph.node("Mul", place + "/Mul_1", List.of(product, graph.real(place + "/half", 0.5)));
  }

  /** (B, L, D) to (B, D): the mean over tokens, at unit length. */
  private String pool(String state, String there) {
    String last = graph.wholes("/pooling/last", -1);
    String mask = graph.node("Unsqueeze", "/pooling/Unsqueeze", List.of(there, last));
    String tokens = graph.node("Mul", "/pooling/Mul", List.of(state, mask));
    String middle = graph.wholes("/pooling/middle", 1);
    String sum = sum("/pooling/ReduceSum", tokens, middle);
    String count = sum("/pooling/ReduceSum_1", mask, middle);
    String some =
        graph.node("Max", "/pooling/Max", List.of(count, graph.real("/pooling/least", 1e-9)));
    String mean = graph.node("Div", "/pooling/Div", List.of(sum, some));
    String length =
        graph.node(
            "ReduceL2", "/normalize/ReduceL2", List.of(mean), attribute("axes", new long[] {-1}));
    String least = graph.real("/normalize/least", 1e-12);
    String safe = graph.node("Max", "/normalize/Max", List.of(length, least));
    return graph.node("Div", "/normalize/Div", List.of(mean, safe));
  }

  private String sum(String name, String of, String axes) {
    return graph.node("ReduceSum", name, List.of(of, axes), attribute("keepdims", 0));
  }

  /** The nodes of a module begin with this. */
  private static String place(String module) {
    return "/" + module.replace('.', '/').replace("/layer/", "/layer.");
  }
}
