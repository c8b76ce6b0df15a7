package io.ccpairs.core.dedup;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The groups that pairs of ids connect, each known by its smallest id (union by smallest, with path
 * halving). For as many edges as fit in memory, about 300 bytes for each id.
 */
public final class Groups {
  private final Map<String, String> parents = new HashMap<>();

  /** Puts two ids in one group. */
  public void connect(String one, String other) {
    String a = smallest(one);
    String b = smallest(other);
    int order = a.compareTo(b);
    if (order < 0) {
      parents.put(b, a);
    } else if (order > 0) {
      parents.put(a, b);
    }
  }

  /** The smallest id of the group that an id is in; itself when nothing was connected to it. */
  public String smallest(String id) {
    String at = id;
    @Nullable String parent = parents.putIfAbsent(at, at);
    while (parent != null && !parent.equals(at)) {
      String above = parents.getOrDefault(parent, parent);
      parents.put(at, above);
      at = parent;
      parent = above;
    }
    return at;
  }

  /** Every id that was connected, with the smallest id of its group. */
  public Map<String, String> all() {
    Map<String, String> all = new HashMap<>();
    for (String id : List.copyOf(parents.keySet())) {
      all.put(id, smallest(id));
    }
    return all;
  }
}
