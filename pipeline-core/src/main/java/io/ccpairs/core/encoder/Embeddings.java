package io.ccpairs.core.encoder;

import java.io.Serializable;
import java.util.Arrays;

/**
 * Vectors of unit length, row after row.
 *
 * @param dimensions numbers of a row
 * @param values rows × dimensions numbers
 */
public record Embeddings(int dimensions, float[] values) implements Serializable {
  /** How many rows there are. */
  public int rows() {
    return values.length / dimensions;
  }

  /** A copy of one row. */
  public float[] row(int row) {
    return Arrays.copyOfRange(values, row * dimensions, (row + 1) * dimensions);
  }

  /** The product of two rows, which is their cosine. */
  public float cosine(int row, int otherRow) {
    return cosine(row, this, otherRow);
  }

  /** The product of a row with a row of other embeddings. */
  public float cosine(int row, Embeddings other, int otherRow) {
    float sum = 0;
    for (int i = 0; i < dimensions; i++) {
      sum += values[row * dimensions + i] * other.values[otherRow * dimensions + i];
    }
    return sum;
  }
}
