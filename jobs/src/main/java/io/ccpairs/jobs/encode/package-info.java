/** Models on executors: fetched once to each host, opened once in each process. */
@NullMarked
package io.ccpairs.jobs.encode;

import org.jspecify.annotations.NullMarked;
