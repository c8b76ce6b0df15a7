package io.ccpairs.core.encoder.kernel;

/**
 * The number format of matrix products and attention. Norms, residual sums, pooling and the unit
 * length are float32 in each.
 */
public enum Precision {
  /** For CPUs, and wherever vectors must agree with other implementations to 1e-5. */
  FLOAT32(6),
  /** For GPUs with bfloat16 units; CPUs without them run it an order of magnitude slower. */
  BFLOAT16(15);

  private final int scalarType;

  Precision(int scalarType) {
    this.scalarType = scalarType;
  }

  /** The number by which TorchScript names this type. */
  int scalarType() {
    return scalarType;
  }
}
