/**
 * Tables on disk: run directories that are published all or nothing, never changed afterwards, and
 * found again by what made them. Uses Hadoop's {@code FileSystem} alone, so local disks, HDFS and
 * S3 behave alike.
 *
 * <pre>
 * &lt;root&gt;/&lt;table&gt;/run=&lt;id&gt;/data/origin=&lt;o&gt;/part-*.parquet   the rows
 *                        /__dropped__/origin=&lt;o&gt;/…          dropped rows with their verdict, a sample or all
 *                        /__bad__/origin=&lt;o&gt;/…              records that could not be read: file, place, reason
 *                        /__meta__/manifest.json            written last; without it the run does not exist
 *                        /__meta__/{schema,stats,config,funnel}.json
 * </pre>
 */
@NullMarked
package io.ccpairs.jobs.workspace;

import org.jspecify.annotations.NullMarked;
