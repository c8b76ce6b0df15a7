/**
 * Text to unit vectors: tokenizer, BERT and XLM-RoBERTa encoders with mean pooling, and the folders
 * that Hugging Face's libraries read and write (E5, section 4).
 */
@NullMarked
package io.ccpairs.core.encoder;

import org.jspecify.annotations.NullMarked;
