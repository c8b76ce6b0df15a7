/**
 * From the bytes of a dump to its records: splits, decompression and framing, with every byte
 * checked and every record that cannot be had reported as data. Knows no dump format's meaning.
 */
@NullMarked
package io.ccpairs.core.input;

import org.jspecify.annotations.NullMarked;
