package io.ccpairs.core.corpus;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.OutputStream;

/**
 * {@code Posts.xml} of a site: questions, answers, tag wikis, an answer without a question now and
 * then.
 */
final class StackExchangeDump {
  private static final int IDS_IN_THREAD = 10;

  private final CorpusConfig config;

  StackExchangeDump(CorpusConfig config) {
    this.config = config;
  }

  /** Each file is a site of its own: ids and threads of one do not meet those of another. */
  static String site(int file) {
    return "words" + (file == 0 ? "" : Integer.toString(file + 1)) + ".stackexchange.com";
  }

  void write(String site, long from, long to, OutputStream out, Truth truth) throws IOException {
    out.write("\uFEFF<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n<posts>\r\n".getBytes(UTF_8));
    StringBuilder rows = new StringBuilder();
    for (long number = from; number < to; number++) {
      thread(site, from, number, rows, truth);
      if (rows.length() > 1 << 20 || number == to - 1) {
        out.write(rows.toString().getBytes(UTF_8));
        rows.setLength(0);
      }
    }
    out.write("</posts>".getBytes(UTF_8));
  }

  private void thread(String site, long first, long number, StringBuilder out, Truth truth)
      throws IOException {
    ForumThread thread = ForumThread.of(config, "question", number);
    Dice dice = Dice.of(config.seed(), "question form", number);
    long id = (number - first) * IDS_IN_THREAD + 1;
    boolean repeats = thread.repeats() >= first;
    int accepted = dice.chance(0.5) ? dice.roll(thread.answers().size()) : -1;
    String day = date(dice);
    out.append("  <row Id=\"").append(id).append("\" PostTypeId=\"1\"");
    if (accepted >= 0) {
      out.append(" AcceptedAnswerId=\"").append(id + 1 + accepted).append('"');
    }
    out.append(" CreationDate=\"")
        .append(day)
        .append("\" Score=\"")
        .append(dice.roll(30))
        .append("\" ViewCount=\"")
        .append(dice.roll(9_000));
    out.append("\" Body=\"")
        .append(
            Xml.escape(
                "<p>"
                    + html(thread.body())
                    + "</p>\n"
                    + (dice.chance(0.2)
                        ? "<pre><code>word = '" + html(thread.topic().name()) + "'\n</code></pre>\n"
                        : "")));
    out.append("\" OwnerUserId=\"")
        .append(1 + dice.roll(5_000))
        .append("\" Title=\"")
        .append(Xml.escape(thread.title()));
    out.append("\" Tags=\"&lt;")
        .append(thread.topic().field())
        .append("&gt;&lt;meaning&gt;\" AnswerCount=\"")
        .append(thread.answers().size());
    out.append("\" ContentLicense=\"CC BY-SA 4.0\" />\r\n");
    for (int i = 0; i < thread.answers().size(); i++) {
      ForumThread.Answer answer = thread.answers().get(i);
      long answerId = id + 1 + i;
      int score = dice.chance(0.08) && i > 0 ? -dice.roll(3) : 1 + dice.roll(40);
      answer(out, answerId, id, score, body(answer.text(), dice), dice);
      String source = site + "/" + answerId;
      if (answer.wrong()) {
        truth.wrong(source);
      }
      if (repeats) {
        truth.repeats(
            source,
            site + "/" + ((thread.repeats() - first) * IDS_IN_THREAD + 2 + i),
            thread.changed());
      }
    }
    if (dice.chance(0.01)) {
      answer(
          out,
          id + 8,
          id + 5,
          3,
          "<p>This question was removed, and the answer stayed behind.</p>",
          dice);
    }
    if (dice.chance(0.03)) {
      out.append("  <row Id=\"")
          .append(id + 9)
          .append("\" PostTypeId=\"")
          .append(dice.chance(0.5) ? 4 : 5);
      out.append("\" CreationDate=\"")
          .append(day)
          .append("\" Score=\"0\" Body=\"")
          .append(Xml.escape(html(thread.topic().field())));
      out.append("\" OwnerUserId=\"-1\" />\r\n");
    }
  }

  private static void answer(
      StringBuilder out, long id, long parent, int score, String html, Dice dice) {
    out.append("  <row Id=\"")
        .append(id)
        .append("\" PostTypeId=\"2\" ParentId=\"")
        .append(parent)
        .append("\" CreationDate=\"")
        .append(date(dice));
    out.append("\" Score=\"")
        .append(score)
        .append("\" Body=\"")
        .append(Xml.escape(html))
        .append("\" OwnerUserId=\"")
        .append(1 + dice.roll(5_000));
    out.append("\" ContentLicense=\"CC BY-SA 4.0\" />\r\n");
  }

  private static String body(String text, Dice dice) {
    int stop = text.indexOf(". ");
    if (stop > 0 && dice.chance(0.4)) {
      return "<p>"
          + html(text.substring(0, stop + 1))
          + "</p>\n\n<p>"
          + html(text.substring(stop + 2))
          + "</p>\n";
    } else if (stop > 0 && dice.chance(0.2)) {
      return "<ul>\n<li>"
          + html(text.substring(0, stop + 1))
          + "</li>\n<li>"
          + html(text.substring(stop + 2))
          + "</li>\n</ul>\n";
    }
    return "<p>" + html(text) + "</p>\n";
  }

  private static String html(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }

  private static String date(Dice dice) {
    return "20"
        + (12 + dice.roll(12))
        + "-0"
        + (1 + dice.roll(9))
        + "-1"
        + dice.roll(10)
        + "T1"
        + dice.roll(10)
        + ":0"
        + dice.roll(10)
        + ":00.000";
  }
}
