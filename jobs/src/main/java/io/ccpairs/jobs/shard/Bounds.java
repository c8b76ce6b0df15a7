package io.ccpairs.jobs.shard;

import java.io.Serializable;

/**
 * Where the files of an epoch begin: a file holds the pairs of one stream from one place on, up to
 * where the next begins.
 *
 * @param streams by name
 */
record Bounds(String[] streams, double[][] places, String[][] ids, int[] firstFile)
    implements Serializable {

  /** The number of the file, over all streams, that a pair belongs to. */
  int file(String stream, double place, String id) {
    int at = 0;
    while (!streams[at].equals(stream)) {
      at++;
    }
    int low = 0;
    int high = places[at].length - 1;
    // The last file whose beginning is not behind the pair.
    while (low < high) {
      int middle = (low + high + 1) >>> 1;
      int compared = Double.compare(places[at][middle], place);
      if (compared < 0 || (compared == 0 && ids[at][middle].compareTo(id) <= 0)) {
        low = middle;
      } else {
        high = middle - 1;
      }
    }
    return firstFile[at] + low;
  }
}
