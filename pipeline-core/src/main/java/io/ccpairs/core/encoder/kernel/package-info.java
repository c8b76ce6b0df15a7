/**
 * The system's kernels: TorchScript source packed into an archive without Python and run by DJL's
 * PyTorch engine. Weights stay arrays of the caller, and gradients flow into them.
 */
@NullMarked
package io.ccpairs.core.encoder.kernel;

import org.jspecify.annotations.NullMarked;
