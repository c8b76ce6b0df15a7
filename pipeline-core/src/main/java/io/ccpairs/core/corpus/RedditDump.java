package io.ccpairs.core.corpus;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.io.SerializedString;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;

/** Submissions and comments as archived month by month: one JSON object a line. */
final class RedditDump {
  private static final int IDS_IN_THREAD = 16;
  private static final long FIRST_POST = 30_000_000L;
  private static final long FIRST_COMMENT = 900_000_000L;
  private static final long JANUARY_2024 = 1_704_067_200L;

  private final CorpusConfig config;

  RedditDump(CorpusConfig config) {
    this.config = config;
  }

  void write(long from, long to, OutputStream submissions, OutputStream comments, Truth truth)
      throws IOException {
    JsonFactory factory = new JsonFactory();
    try (JsonGenerator posts = factory.createGenerator(submissions);
        JsonGenerator replies = factory.createGenerator(comments)) {
      posts.setRootValueSeparator(new SerializedString("\n"));
      replies.setRootValueSeparator(new SerializedString("\n"));
      for (long number = from; number < to; number++) {
        thread(from, number, posts, replies, truth);
      }
    }
  }

  private void thread(
      long from, long number, JsonGenerator posts, JsonGenerator comments, Truth truth)
      throws IOException {
    ForumThread thread = ForumThread.of(config, "post", number);
    Dice dice = Dice.of(config.seed(), "post form", number);
    String post = Long.toString(FIRST_POST + number, 36);
    String subreddit = "ask" + thread.topic().field();
    boolean removed = dice.chance(0.03);
    long time = JANUARY_2024 + dice.roll(2_600_000);
    posts.writeStartObject();
    posts.writeStringField("id", post);
    posts.writeStringField("name", "t3_" + post);
    posts.writeStringField("subreddit", subreddit);
    posts.writeStringField("author", author(dice));
    posts.writeStringField(
        "title", dice.chance(0.3) ? thread.title().toLowerCase(Locale.ROOT) : thread.title());
    posts.writeStringField(
        "selftext", removed ? "[removed]" : escaped(markdown(thread.body(), dice)));
    posts.writeNumberField("score", dice.roll(200));
    posts.writeNumberField("created_utc", time);
    posts.writeBooleanField("is_self", true);
    posts.writeBooleanField("over_18", dice.chance(0.01));
    posts.writeBooleanField("stickied", dice.chance(0.01));
    posts.writeStringField("permalink", "/r/" + subreddit + "/comments/" + post + "/");
    posts.writeNumberField("num_comments", thread.answers().size());
    posts.writeEndObject();
    for (int i = 0; i < thread.answers().size(); i++) {
      ForumThread.Answer answer = thread.answers().get(i);
      String id = comment(number, i);
      int score = dice.chance(0.08) && i > 0 ? -dice.roll(5) : 1 + dice.roll(100);
      write(
          comments,
          id,
          post,
          "t3_" + post,
          subreddit,
          author(dice),
          escaped(markdown(answer.text(), dice)),
          score,
          time + 600);
      if (answer.wrong()) {
        truth.wrong("t1_" + id);
      }
      if (thread.repeats() >= from) {
        truth.repeats("t1_" + id, "t1_" + comment(thread.repeats(), i), thread.changed());
      }
      if (dice.chance(0.2)) {
        write(
            comments,
            comment(number, 8 + i),
            post,
            "t1_" + id,
            subreddit,
            author(dice),
            "Thanks, " + dice.pick("that is clear now.", "I had no idea!", "TIL."),
            2,
            time + 900);
      }
    }
    if (dice.chance(0.1)) {
      String body =
          dice.pick(
              "[deleted]",
              "[removed]",
              "this",
              "I am a bot, and this action was performed automatically.");
      String author =
          body.startsWith("[")
              ? "[deleted]"
              : body.startsWith("I am") ? "AutoModerator" : author(dice);
      write(
          comments,
          comment(number, 15),
          post,
          "t3_" + post,
          subreddit,
          author,
          body,
          1,
          time + 1_200);
    }
  }

  private static void write(
      JsonGenerator json,
      String id,
      String post,
      String parent,
      String subreddit,
      String author,
      String body,
      int score,
      long time)
      throws IOException {
    json.writeStartObject();
    json.writeStringField("id", id);
    json.writeStringField("name", "t1_" + id);
    json.writeStringField("link_id", "t3_" + post);
    json.writeStringField("parent_id", parent);
    json.writeStringField("subreddit", subreddit);
    json.writeStringField("author", author);
    json.writeStringField("body", body);
    json.writeNumberField("score", score);
    json.writeNumberField("created_utc", time);
    json.writeBooleanField("edited", false);
    json.writeBooleanField("stickied", false);
    json.writeEndObject();
  }

  private static String comment(long number, int place) {
    return Long.toString(FIRST_COMMENT + number * IDS_IN_THREAD + place, 36);
  }

  private static String author(Dice dice) {
    return "reader_" + dice.roll(50_000);
  }

  private static String markdown(String text, Dice dice) {
    return switch (dice.roll(6)) {
      case 0 ->
          "**"
              + text.split(" ", 2)[0]
              + "** "
              + (text.indexOf(' ') > 0 ? text.split(" ", 2)[1] : "");
      case 1 -> text.replaceFirst("\\. ", ".\n\n");
      case 2 -> text + " See [this page](https://example.org/words) for more.";
      default -> text;
    };
  }

  /** The API's own escaping of three signs. */
  private static String escaped(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
