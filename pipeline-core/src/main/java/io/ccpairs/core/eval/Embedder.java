package io.ccpairs.core.eval;

import io.ccpairs.core.encoder.Embeddings;
import io.ccpairs.core.pair.Role;
import java.util.List;

/** What an evaluation asks of a model: {@code TextEncoder::encode}. */
@FunctionalInterface
public interface Embedder {
  /** One row of unit length for each text, in their order. */
  Embeddings encode(Role role, List<String> texts);
}
