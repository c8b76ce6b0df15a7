package io.ccpairs.jobs.workspace;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.jar.Attributes;
import java.util.jar.Manifest;

/** Which build this is. */
public final class Version {
  private Version() {}

  /**
   * Version and commit from the jar's manifest, for example {@code 0.1.0 (3f2a91c0d4e7)}; {@code
   * unpackaged} in a class folder.
   */
  public static String describe() {
    // Beside this very class: a class path holds hundreds of manifests, some in signed jars, whose
    // signatures are checked first.
    String own = Version.class.getName().replace('.', '/') + ".class";
    URL here = Version.class.getClassLoader().getResource(own);
    if (here == null || !here.getProtocol().equals("jar")) {
      return "unpackaged";
    }
    String jar = here.toString().substring(0, here.toString().length() - own.length());
    try (InputStream in = new URL(jar + "META-INF/MANIFEST.MF").openStream()) {
      Attributes attributes = new Manifest(in).getMainAttributes();
      String commit = attributes.getValue("Build-Commit");
      boolean known = commit != null && !commit.startsWith("$");
      return attributes.getValue("Implementation-Version")
          + " ("
          + (known ? commit : "no commit")
          + ")";
    } catch (IOException e) {
      return "unknown (" + e.getMessage() + ")";
    }
  }
}
