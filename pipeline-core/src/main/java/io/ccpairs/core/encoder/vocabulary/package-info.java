/**
 * WordPiece vocabularies: words of texts as BERT splits them, and pieces trained on their counts.
 */
@NullMarked
package io.ccpairs.core.encoder.vocabulary;

import org.jspecify.annotations.NullMarked;
