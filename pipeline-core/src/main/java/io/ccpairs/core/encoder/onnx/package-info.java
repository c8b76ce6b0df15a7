/**
 * Encoders as ONNX graphs, for runtimes without PyTorch: the graph, and the protobuf file it is
 * written to.
 */
@NullMarked
package io.ccpairs.core.encoder.onnx;

import org.jspecify.annotations.NullMarked;
