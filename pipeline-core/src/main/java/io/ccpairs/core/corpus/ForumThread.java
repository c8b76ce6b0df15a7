package io.ccpairs.core.corpus;

import java.util.ArrayList;
import java.util.List;

/**
 * A question and its answers, before they take the form of a site.
 *
 * @param repeats number of the thread that this one repeats; -1 for one of its own
 * @param changed whether a repeated thread has small changes
 */
record ForumThread(
    Concept topic, String title, String body, List<Answer> answers, long repeats, boolean changed) {

  /**
   * An answer.
   *
   * @param wrong whether it belongs to a question about something else
   */
  record Answer(String text, boolean wrong) {}

  private static final int REACH = 1_000;

  /** The thread with a number; the same for the same seed, kind and number. */
  static ForumThread of(CorpusConfig config, String kind, long number) {
    Dice dice = Dice.of(config.seed(), kind + " repeats", number);
    if (number > 0 && dice.chance(config.duplicateShare())) {
      long earlier = number - 1 - dice.roll((int) Math.min(number, REACH));
      if (!Dice.of(config.seed(), kind + " repeats", earlier).chance(config.duplicateShare())
          || earlier == 0) {
        ForumThread first = original(config, kind, earlier);
        boolean changed = dice.chance(0.5);
        return changed
            ? new ForumThread(
                first.topic,
                first.title,
                first.body,
                first.answers.stream()
                    .map(answer -> new Answer(answer.text + " " + closing(dice), answer.wrong))
                    .toList(),
                earlier,
                true)
            : new ForumThread(first.topic, first.title, first.body, first.answers, earlier, false);
      }
    }
    return original(config, kind, number);
  }

  private static ForumThread original(CorpusConfig config, String kind, long number) {
    Dice dice = Dice.of(config.seed(), kind, number);
    Topics topics = Topics.all();
    Concept topic = topics.subject(dice);
    Phrases phrases = new Phrases(topics, dice);
    String title = phrases.question(topic);
    String body = phrases.background(topic);
    List<Answer> answers = new ArrayList<>();
    int count = 1 + dice.roll(3);
    for (int i = 0; i < count; i++) {
      boolean wrong = dice.chance(config.wrongShare());
      answers.add(new Answer(phrases.passage(wrong ? topics.subject(dice) : topic), wrong));
    }
    return new ForumThread(topic, title, body, List.copyOf(answers), -1, false);
  }

  private static String closing(Dice dice) {
    return dice.pick(
        "Hope that helps!",
        "I hope this is clear.",
        "At least that is how I learned it.",
        "Ask again if it is not clear.");
  }
}
