/** Writes generated corpora to any file system, file by file in parallel. */
@NullMarked
package io.ccpairs.jobs.corpus;

import org.jspecify.annotations.NullMarked;
