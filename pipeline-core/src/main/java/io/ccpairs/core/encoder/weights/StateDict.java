package io.ccpairs.core.encoder.weights;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Weights by their Hugging Face names, float32, on one manager that closes with this object. The
 * order is that of insertion, which for an encoder is the order its kernels expect.
 */
public final class StateDict implements AutoCloseable {
  private final NDManager manager;
  private final Map<String, NDArray> arrays = new LinkedHashMap<>();

  /** An empty one, on a new manager under {@code parent}. */
  public StateDict(NDManager parent) {
    this.manager = parent.newSubManager();
  }

  /** Takes over an array. */
  public void put(String name, NDArray array) {
    array.attach(manager);
    NDArray old = arrays.put(name, array);
    if (old != null) {
      old.close();
    }
  }

  /**
   * The array of this name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public NDArray get(String name) {
    NDArray array = arrays.get(name);
    if (array == null) {
      throw new IllegalArgumentException(
          "Cannot find weight " + name + " among " + arrays.size() + " weights");
    }
    return array;
  }

  /** Whether there is an array of this name. */
  public boolean contains(String name) {
    return arrays.containsKey(name);
  }

  /** All names in order. */
  public List<String> names() {
    return List.copyOf(arrays.keySet());
  }

  /** All arrays in order; they stay this object's. */
  public List<NDArray> arrays() {
    return new ArrayList<>(arrays.values());
  }

  /** All arrays by name, in order. */
  public Map<String, NDArray> asMap() {
    return Collections.unmodifiableMap(arrays);
  }

  /** How many numbers all arrays hold together. */
  public long size() {
    return arrays.values().stream().mapToLong(NDArray::size).sum();
  }

  /** The manager that holds the arrays; use it as a parent only. */
  public NDManager manager() {
    return manager;
  }

  /**
   * Refuses a dict that does not hold exactly these names and shapes.
   *
   * @param place names the weights in the error
   */
  public void check(Map<String, Shape> expected, String place) throws ModelFileException {
    for (Map.Entry<String, Shape> entry : expected.entrySet()) {
      NDArray array = arrays.get(entry.getKey());
      if (array == null) {
        throw new ModelFileException("Cannot use " + place + ": no tensor " + entry.getKey());
      }
      if (!array.getShape().equals(entry.getValue())) {
        throw new ModelFileException(
            "Cannot use "
                + place
                + ": tensor "
                + entry.getKey()
                + " has shape "
                + array.getShape()
                + ", the configuration says "
                + entry.getValue());
      }
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}
