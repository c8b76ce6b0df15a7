package io.ccpairs.core.train.collective;

import java.util.ArrayList;
import java.util.List;

/**
 * The order in which one rank of a ring sends and receives the pieces of a buffer. All exchanges
 * are such orders: a piece can be passed on as soon as it has come, so pieces flow round the ring
 * without waiting for whole parts. Letters: W ranks, r this rank.
 *
 * @param sends pieces in the order of sending
 * @param after how many pieces must have come before each is sent
 * @param receives pieces in the order of receiving
 * @param added how many of the first of these are added to what is there; the others replace it
 */
record RingPlan(List<Piece> sends, List<Integer> after, List<Piece> receives, int added) {

  /**
   * Bytes of the buffer.
   *
   * @param index names the piece in its exchange
   * @param ranks how many ranks' numbers the piece holds when it is received
   */
  record Piece(int index, int begin, int end, int ranks) {}

  /**
   * Sums: part r − k is sent in turn k, so each rank has one finished part after W − 1 turns
   * (Patarasuk and Yuan 2009); these go round in the W − 1 turns after.
   */
  static RingPlan allReduce(int world, int rank, int bytes, int pieceBytes) {
    int[] offsets = new int[world + 1];
    for (int i = 0; i <= world; i++) {
      offsets[i] = Float.BYTES * (int) ((long) (bytes / Float.BYTES) * i / world);
    }
    return turns(world, rank, offsets, pieceBytes, 2 * (world - 1), world - 1);
  }

  /** Parts go round in W − 1 turns. */
  static RingPlan allGather(int world, int rank, int[] offsets, int pieceBytes) {
    return turns(world, rank, offsets, pieceBytes, world - 1, 0);
  }

  private static RingPlan turns(
      int world, int rank, int[] offsets, int pieceBytes, int turns, int adding) {
    List<List<Piece>> parts = new ArrayList<>();
    int index = 0;
    for (int part = 0; part < world; part++) {
      List<Piece> pieces = cut(index, offsets[part], offsets[part + 1], pieceBytes);
      index += pieces.size();
      parts.add(pieces);
    }
    List<Piece> sends = new ArrayList<>();
    List<Integer> after = new ArrayList<>();
    List<Piece> receives = new ArrayList<>();
    int added = 0;
    for (int turn = 0; turn < turns; turn++) {
      List<Piece> leaving = parts.get(Math.floorMod(rank - turn, world));
      int before = receives.size() - (turn == 0 ? 0 : leaving.size());
      for (int i = 0; i < leaving.size(); i++) {
        sends.add(leaving.get(i));
        after.add(turn == 0 ? 0 : before + i + 1);
      }
      int ranks = adding == 0 ? 1 : Math.min(turn + 1, world);
      for (Piece piece : parts.get(Math.floorMod(rank - turn - 1, world))) {
        receives.add(new Piece(piece.index, piece.begin, piece.end, ranks));
      }
      if (turn < adding) {
        added = receives.size();
      }
    }
    return new RingPlan(sends, after, receives, added);
  }

  /** Pieces go from the root along the ring until the rank before it. */
  static RingPlan broadcast(int world, int rank, int root, int bytes, int pieceBytes) {
    List<Piece> pieces = cut(0, 0, bytes, pieceBytes);
    boolean last = (rank + 1) % world == root;
    List<Integer> after = new ArrayList<>();
    for (int i = 0; i < pieces.size(); i++) {
      after.add(rank == root ? 0 : i + 1);
    }
    return new RingPlan(
        last ? List.of() : pieces, last ? List.of() : after, rank == root ? List.of() : pieces, 0);
  }

  private static List<Piece> cut(int firstIndex, int begin, int end, int pieceBytes) {
    List<Piece> pieces = new ArrayList<>();
    for (int at = begin; at < end; at += pieceBytes) {
      pieces.add(
          new Piece(
              firstIndex + pieces.size(), at, (int) Math.min(end, (long) at + pieceBytes), 1));
    }
    return pieces;
  }

  /** How many pieces there are. */
  int pieces() {
    int most = 0;
    for (Piece piece : sends) {
      most = Math.max(most, piece.index + 1);
    }
    for (Piece piece : receives) {
      most = Math.max(most, piece.index + 1);
    }
    return most;
  }
}
