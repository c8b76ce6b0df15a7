/**
 * Weights by their Hugging Face names, and the files they come from and go to: safetensors and
 * ONNX. Files are hostile until read.
 */
@NullMarked
package io.ccpairs.core.encoder.weights;

import org.jspecify.annotations.NullMarked;
