package io.ccpairs.core.corpus;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Says in English what WordNet knows of a concept, in one of many ways. */
final class Phrases {
  private static final Set<String> COUNTED =
      Set.of(
          "animal", "artifact", "body", "person", "plant", "object", "location", "shape", "group");

  private static final Set<String> DETERMINERS =
      Set.of(
          "a",
          "an",
          "the",
          "any",
          "one",
          "some",
          "either",
          "someone",
          "something",
          "that",
          "each",
          "large",
          "small",
          "common",
          "several",
          "many",
          "various");

  private final Topics topics;
  private final Dice dice;

  Phrases(Topics topics, Dice dice) {
    this.topics = topics;
    this.dice = dice;
  }

  /**
   * A question that a passage about the concept answers, the first letter large, with a question
   * mark.
   */
  String question(Concept concept) {
    String name = anyName(concept);
    List<String> ways = new ArrayList<>();
    if (concept.part() == 'n') {
      String with = withArticle(concept, name);
      ways.add("What is " + with + "?");
      ways.add("What exactly is meant by " + quoted(name) + "?");
      ways.add("Can someone explain what " + with + " is?");
      ways.add("Is there a word for " + concept.definition() + "?");
      ways.add("What do you call " + concept.definition() + "?");
      if (concept.kinds().length > 1) {
        ways.add("What kinds of " + name + " are there?");
      }
      if (concept.parts().length > 1) {
        ways.add("What are the parts of " + with + "?");
      }
      if (concept.broader().length > 0) {
        Concept broader = topics.concept(concept.broader()[0]);
        ways.add("How does " + with + " differ from any other " + broader.name() + "?");
      }
    } else if (concept.part() == 'v') {
      ways.add("What does it mean to " + name + "?");
      ways.add("When do people say " + quoted(name) + "?");
      ways.add("Which verb means to " + concept.definition() + "?");
    } else {
      ways.add("What does the word " + quoted(name) + " mean?");
      ways.add("Is there an adjective that means " + concept.definition() + "?");
      ways.add("When would you describe something as " + name + "?");
    }
    if (!concept.examples().isEmpty()) {
      ways.add("How is " + quoted(name) + " used in a sentence?");
    }
    return large(dice.pick(ways));
  }

  /** The question of somebody who says a little more. */
  String background(Concept concept) {
    String name = anyName(concept);
    return dice.pick(
        "I came across "
            + quoted(name)
            + " in a book and could not make sense of it from the context.",
        "My dictionary only gives one line, and I would like to understand it properly.",
        "I am learning English, so please use simple words if you can.",
        "We argued about this at dinner and nobody was sure.",
        "Somebody used it in the field of " + concept.field() + ", if that helps.",
        "I have looked at a few pages already, but they contradict each other.");
  }

  /** A passage of a few sentences about the concept. */
  String passage(Concept concept) {
    List<String> sentences = new ArrayList<>();
    String name = anyName(concept);
    sentences.add(definition(concept, name));
    List<String> more = new ArrayList<>();
    if (concept.names().size() > 1) {
      String other = otherName(concept, name);
      more.add(
          dice.pick(
              "Another word for it is " + quoted(other) + ".",
              "It is also called " + quoted(other) + ".",
              "Some people say " + quoted(other) + " instead."));
    }
    if (concept.broader().length > 0) {
      Concept broader = topics.concept(concept.broader()[0]);
      String meaning = shortened(broader.definition());
      more.add(
          concept.part() == 'v'
              ? dice.pick(
                  "It is one way to " + broader.name() + ".",
                  "More generally it means to " + broader.name() + ", that is, to " + meaning + ".")
              : dice.pick(
                  "It is a kind of " + broader.name() + ".",
                  "It belongs with " + broader.name() + ", which means " + meaning + ".",
                  "Think of it as " + withArticle(broader, broader.name()) + ": " + meaning + "."));
    }
    if (concept.kinds().length > 0) {
      more.add(
          dice.pick(
                  "Examples are ", "There are several sorts, such as ", "Under this heading come ")
              + list(topics.of(concept.kinds(), 3, dice))
              + ".");
      Concept kind = topics.of(concept.kinds(), 1, dice).get(0);
      if (concept.part() != 'v') {
        more.add("One of them is " + kind.name() + ", " + shortened(kind.definition()) + ".");
      }
    }
    if (concept.parts().length > 0) {
      more.add(
          dice.pick("It consists of ", "Among its parts are ")
              + list(topics.of(concept.parts(), 3, dice))
              + ".");
    }
    if (concept.wholes().length > 0) {
      more.add("It is found as a part of " + list(topics.of(concept.wholes(), 2, dice)) + ".");
    }
    if (concept.opposites().length > 0) {
      more.add("Its opposite is " + list(topics.of(concept.opposites(), 1, dice)) + ".");
    }
    if (!concept.examples().isEmpty()) {
      more.add(
          dice.pick("For instance: ", "You could say: ", "A sentence with it: ")
              + "“"
              + large(dice.pick(concept.examples()))
              + ".”");
    }
    int wanted = 1 + dice.roll(3);
    while (!more.isEmpty() && wanted-- > 0) {
      sentences.add(more.remove(dice.roll(more.size())));
    }
    return String.join(" ", sentences);
  }

  /** One sentence that says what the concept is. */
  String definition(Concept concept, String name) {
    String meaning = concept.definition();
    String in = concept.domain().isEmpty() ? "" : "In " + concept.domain() + ", ";
    if (concept.part() == 'v') {
      return large(
              in
                  + dice.pick(
                      "to " + name + " is to " + meaning,
                      "to " + name + " means to " + meaning,
                      "somebody who " + quoted(name) + "s does this: " + meaning))
          + ".";
    } else if (concept.part() == 'a') {
      return large(
              in
                  + dice.pick(
                      quoted(name) + " means " + meaning,
                      "something is " + name + " when it is " + meaning,
                      "the word " + quoted(name) + " describes what is " + meaning))
          + ".";
    }
    boolean noun = DETERMINERS.contains(meaning.split(" ", 2)[0].toLowerCase(Locale.ROOT));
    String with = withArticle(concept, name);
    return large(
            in
                + (noun
                    ? dice.pick(
                        with + " is " + meaning,
                        "by " + quoted(name) + " people mean " + meaning,
                        meaning + ": that is " + with)
                    : dice.pick(
                        quoted(name) + " means: " + meaning,
                        quoted(name) + " refers to this: " + meaning)))
        + ".";
  }

  String list(List<Concept> concepts) {
    StringBuilder list = new StringBuilder();
    for (int i = 0; i < concepts.size(); i++) {
      list.append(i == 0 ? "" : i == concepts.size() - 1 ? " and " : ", ")
          .append(concepts.get(i).name());
    }
    return list.toString();
  }

  String anyName(Concept concept) {
    return dice.pick(concept.names());
  }

  private String otherName(Concept concept, String name) {
    int start = dice.roll(concept.names().size());
    for (int i = 0; i < concept.names().size(); i++) {
      String other = concept.names().get((start + i) % concept.names().size());
      if (!other.equals(name)) {
        return other;
      }
    }
    return name;
  }

  static String withArticle(Concept concept, String name) {
    if (Character.isUpperCase(name.charAt(0))
        || !COUNTED.contains(concept.field())
        || concept.part() != 'n') {
      return name;
    }
    return ("aeiou".indexOf(Character.toLowerCase(name.charAt(0))) >= 0 ? "an " : "a ") + name;
  }

  private static String quoted(String name) {
    return "“" + name + "”";
  }

  private static String shortened(String definition) {
    int semicolon = definition.indexOf(';');
    return semicolon > 0 ? definition.substring(0, semicolon) : definition;
  }

  static String large(String text) {
    int first = !text.isEmpty() && text.charAt(0) == '“' && text.length() > 1 ? 1 : 0;
    return text.substring(0, first)
        + text.substring(first, first + 1).toUpperCase(Locale.ROOT)
        + text.substring(first + 1);
  }
}
