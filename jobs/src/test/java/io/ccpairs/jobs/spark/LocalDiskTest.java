package io.ccpairs.jobs.spark;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsPermission;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LocalDiskTest {
  private static final int SET_GROUP = 02000;

  @TempDir java.nio.file.Path folder;

  private static FileSystem open(Class<? extends FileSystem> type, String mask) throws IOException {
    Configuration settings = new Configuration();
    settings.set("fs.file.impl", type.getName());
    settings.set("fs.permissions.umask-mode", mask);
    return FileSystem.newInstance(URI.create("file:///"), settings);
  }

  private Set<String> made(Class<? extends FileSystem> type, String mask) throws IOException {
    java.nio.file.Path place = folder.resolve(type.getSimpleName());
    try (FileSystem files = open(type, mask)) {
      files.create(new Path(place + "/a/b/plain")).close();
      files.mkdirs(new Path(place + "/a/closed"), new FsPermission("700"));
      files.setPermission(new Path(place + "/a/b/plain"), new FsPermission("751"));
      files.mkdirs(new Path(place + "/a/sticky"));
      files.setPermission(new Path(place + "/a/sticky"), new FsPermission("1777"));
      files.create(new Path(place + "/a/b/other")).close();
    }
    try (Stream<java.nio.file.Path> all = Files.walk(place)) {
      return all.map(file -> place.relativize(file) + " " + mode(file))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  private static String mode(java.nio.file.Path file) {
    try {
      return Integer.toOctalString((int) Files.getAttribute(file, "unix:mode"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"022", "077", "002", "000"})
  void whatItMakesHasThePermissionsThatHadoopsOwnGives(String mask) throws IOException {
    assertThat(made(LocalDisk.class, mask)).hasSize(9).isEqualTo(made(LocalFileSystem.class, mask));
  }

  @Test
  void aFolderKeepsTheGroupThatItsFilesInherit() throws IOException {
    Files.setAttribute(
        folder, "unix:mode", (int) Files.getAttribute(folder, "unix:mode") | SET_GROUP);
    try (FileSystem files = open(LocalDisk.class, "077")) {
      files.mkdirs(new Path(folder + "/a"));
    }
    assertThat((int) Files.getAttribute(folder.resolve("a"), "unix:mode") & 07777)
        .isEqualTo(SET_GROUP | 0700);
  }
}
