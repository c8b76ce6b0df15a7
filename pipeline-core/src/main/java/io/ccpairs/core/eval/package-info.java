/**
 * How good embeddings are: retrieval, similarity and bitext mining, with the metrics and the
 * conventions of BEIR and MTEB (E5, section 5).
 */
@NullMarked
package io.ccpairs.core.eval;

import org.jspecify.annotations.NullMarked;
