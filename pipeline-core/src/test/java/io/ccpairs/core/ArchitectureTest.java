package io.ccpairs.core;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of packages in docs/architecture.md, row by row. */
class ArchitectureTest {
  private static final JavaClasses CORE =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("io.ccpairs.core");

  @ParameterizedTest(name = "{0} may import {1}")
  @CsvSource({
    "pair,   ''",
    "text,   pair org.jsoup",
    "input,  com.github.luben org.apache.commons.compress",
    "source, text pair input com.fasterxml.jackson.core",
    "privacy, pair",
    "quality, pair privacy",
    "dedup,  pair",
    "leak,   text dedup",
    "encoder, pair ai.djl com.fasterxml.jackson.core",
    "encoder.weights, pair ai.djl com.fasterxml.jackson.core",
    "encoder.kernel, ai.djl",
    "encoder.vocabulary, com.fasterxml.jackson.core",
    "encoder.onnx, encoder ai.djl",
    "rank,   pair text encoder ai.djl",
    "shard,  pair com.github.luben org.apache.parquet",
    "eval,   pair text input encoder rank com.fasterxml.jackson.core com.github.luben",
    "train,  pair encoder shard ai.djl com.fasterxml.jackson.core javax.crypto",
    "corpus, pair com.fasterxml.jackson.core com.github.luben org.apache.commons.compress",
  })
  void aPackageImportsOnlyWhatStandsBeforeIt(String name, String mayImport) {
    List<String> allowed =
        new ArrayList<>(
            List.of(
                "java..",
                "javax.crypto..",
                "org.jspecify.annotations",
                "io.ccpairs.core." + name + ".."));
    Arrays.stream(mayImport.split(" "))
        .filter(word -> !word.isEmpty())
        .map(word -> (word.contains(".") ? word : "io.ccpairs.core." + word) + "..")
        .forEach(allowed::add);
    classes()
        .that()
        .resideInAPackage("io.ccpairs.core." + name + "..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(allowed.toArray(String[]::new))
        .check(CORE);
  }

  @Test
  void coreHasNeverHeardOfSpark() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "org.apache.spark..", "org.apache.hadoop..", "scala..", "io.ccpairs.jobs..")
        .check(CORE);
  }

  @Test
  void noRandomChoiceDependsOnAnythingButAHash() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .haveNameMatching(
            "java\\.util\\.(Random|SplittableRandom)|java\\.util\\.concurrent\\.ThreadLocalRandom|java\\.security\\.SecureRandom")
        .because("a draw is a hash of an id and the seed: PairId.draw")
        .check(CORE);
  }
}
