/** A training's numbers for people and tools: lines of JSON, TensorBoard's event files. */
@NullMarked
package io.ccpairs.core.train.log;

import org.jspecify.annotations.NullMarked;
