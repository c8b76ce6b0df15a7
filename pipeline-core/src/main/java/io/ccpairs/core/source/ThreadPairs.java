package io.ccpairs.core.source;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.ccpairs.core.pair.Judged;
import io.ccpairs.core.pair.Kind;
import io.ccpairs.core.pair.PairId;
import io.ccpairs.core.pair.TextPair;
import io.ccpairs.core.pair.Verdict;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * Joins the items of threads that come one after the other: each answer with the question or post
 * that opens its thread. Holds one opener and one item, however long a thread is.
 *
 * <p>The items must be sorted by thread; within a thread openers first; then by id; the rest of the
 * order decides which of two items with one id counts, so it should be total. Every item gets
 * exactly one verdict: an answer KEEP with its pair, or ORPHAN, or DUPLICATE_RECORD; an opener at
 * the end of its thread KEEP or UNANSWERED.
 */
public final class ThreadPairs implements Iterator<Judged> {
  private final Iterator<ThreadItem> items;
  private final Deque<Judged> ready = new ArrayDeque<>();
  private @Nullable ThreadItem opener;
  private @Nullable String thread;
  private @Nullable String lastId;
  private byte[] openerText = {};
  private boolean answered;

  /** Over sorted items. */
  public ThreadPairs(Iterator<ThreadItem> sorted) {
    this.items = sorted;
  }

  @Override
  public boolean hasNext() {
    while (ready.isEmpty() && items.hasNext()) {
      accept(items.next());
      if (!items.hasNext()) {
        endThread();
      }
    }
    return !ready.isEmpty();
  }

  @Override
  public Judged next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return ready.remove();
  }

  private void accept(ThreadItem item) {
    if (!item.thread().equals(thread)) {
      endThread();
      thread = item.thread();
      lastId = null;
    }
    ThreadItem question = opener;
    if (item.opens()) {
      if (question == null) {
        opener = item;
        answered = false;
      } else if (isCounted(item)) {
        ready.add(dropped(item, Verdict.DUPLICATE_RECORD));
      }
    } else if (item.id().equals(lastId)) {
      ready.add(dropped(item, Verdict.DUPLICATE_RECORD));
    } else {
      lastId = item.id();
      ready.add(question == null ? dropped(item, Verdict.ORPHAN) : pair(question, item));
    }
  }

  private Judged pair(ThreadItem question, ThreadItem answer) {
    if (!answered) {
      answered = true;
      openerText = question.text().getBytes(UTF_8);
    }
    return Judged.pair(
        answer.kind(),
        Verdict.KEEP,
        new TextPair(
            PairId.of(answer.origin(), question.id(), answer.id(), openerText, answer.text()),
            answer.origin(),
            answer.subset(),
            answer.lang(),
            question.text(),
            answer.text(),
            question.thread(),
            answer.id(),
            answer.votes(),
            answer.createdAt(),
            answer.id(),
            answer.acceptanceKnown()
                ? Boolean.valueOf(answer.id().equals(question.accepted()))
                : null,
            question.tags(),
            answer.licence(),
            question.author(),
            answer.author(),
            null,
            null));
  }

  private void endThread() {
    ThreadItem question = opener;
    opener = null;
    if (question != null && isCounted(question)) {
      ready.add(
          answered
              ? Judged.record(question.kind(), Verdict.KEEP, question.id(), "")
              : dropped(question, Verdict.UNANSWERED));
    }
  }

  /**
   * A comment that opens a thread of replies is an item of its post's thread too, and gets its
   * verdict there.
   */
  private static boolean isCounted(ThreadItem opener) {
    return opener.kind() != Kind.COMMENT;
  }

  private static Judged dropped(ThreadItem item, Verdict verdict) {
    return Judged.record(item.kind(), verdict, item.id(), item.text());
  }
}
