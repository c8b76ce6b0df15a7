package io.ccpairs.jobs.workspace;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Enumeration;
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
    try {
      Enumeration<URL> manifests =
          Version.class.getClassLoader().getResources("META-INF/MANIFEST.MF");
      while (manifests.hasMoreElements()) {
        try (InputStream in = manifests.nextElement().openStream()) {
          Attributes attributes = new Manifest(in).getMainAttributes();
          if ("ccpairs".equals(attributes.getValue("Implementation-Title"))) {
            String commit = attributes.getValue("Build-Commit");
            boolean known = commit != null && !commit.startsWith("$");
            return attributes.getValue("Implementation-Version")
                + " ("
                + (known ? commit : "no commit")
                + ")";
          }
        }
      }
    } catch (IOException e) {
      return "unknown (" + e.getMessage() + ")";
    }
    return "unpackaged";
  }
}
