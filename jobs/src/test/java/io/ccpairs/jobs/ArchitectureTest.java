package io.ccpairs.jobs;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of packages of jobs in docs/architecture.md, row by row. */
class ArchitectureTest {
  private static final List<String> PACKAGES =
      List.of(
          "config",
          "spark",
          "workspace",
          "inspect",
          "report",
          "corpus",
          "mine",
          "clean",
          "dedup",
          "leak",
          "purge",
          "encode",
          "filter",
          "eval",
          "search",
          "ml",
          "shard",
          "train",
          "recipe",
          "cli");

  private static final JavaClasses JOBS =
      new ClassFileImporter()
          .withImportOption(new DoNotIncludeTests())
          .importPackages("io.ccpairs.jobs");

  @ParameterizedTest(name = "{0} may import {1}")
  @CsvSource({
    "config,    ''",
    "spark,     ''",
    "workspace, spark",
    "inspect,   workspace spark",
    "report,    inspect workspace spark",
    "corpus,    workspace",
    "mine,      workspace spark",
    "clean,     workspace spark",
    "dedup,     workspace spark",
    "leak,      workspace spark",
    "purge,     workspace spark",
    "encode,    workspace spark",
    "filter,    encode workspace spark",
    "eval,      encode workspace spark config",
    "search,    encode workspace spark",
    "ml,        filter encode",
    "shard,     workspace spark",
    "train,     shard encode workspace spark",
    "recipe,    ''",
  })
  void aPackageImportsOnlyWhatStandsBeforeIt(String name, String mayImport) {
    List<String> forbidden = new ArrayList<>(PACKAGES);
    forbidden.remove(name);
    forbidden.removeAll(List.of(mayImport.split(" ")));
    noClasses()
        .that()
        .resideInAPackage("io.ccpairs.jobs." + name + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            forbidden.stream()
                .map(other -> "io.ccpairs.jobs." + other + "..")
                .toArray(String[]::new))
        .allowEmptyShould(false)
        .check(JOBS);
  }

  @Test
  void dataPathsGoThroughHadoop() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "..jobs.spark..",
            "..jobs.workspace..",
            "..jobs.mine..",
            "..jobs.inspect..",
            "..jobs.clean..",
            "..jobs.dedup..",
            "..jobs.leak..",
            "..jobs.report..")
        .should()
        .dependOnClassesThat()
        .haveFullyQualifiedName("java.io.File")
        .check(JOBS);
  }
}
