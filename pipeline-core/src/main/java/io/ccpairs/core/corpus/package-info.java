/**
 * A corpus made of WordNet's concepts, in the three true dump formats: for demonstrations, tests
 * and benchmarks of any size. Every record is a function of the seed and its number, so files can
 * be written in parallel and in any cut.
 */
@NullMarked
package io.ccpairs.core.corpus;

import org.jspecify.annotations.NullMarked;
