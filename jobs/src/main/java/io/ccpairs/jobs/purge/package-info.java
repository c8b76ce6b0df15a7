/** Takes those who asked to be left out from a published table. */
@NullMarked
package io.ccpairs.jobs.purge;

import org.jspecify.annotations.NullMarked;
