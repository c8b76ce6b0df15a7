package io.ccpairs.core.text.wiki;

import java.util.Locale;
import java.util.Set;

/**
 * Words that stand before a colon in link targets and name what is no article: files, categories,
 * other wikis.
 */
final class Namespaces {
  private static final Set<String> FILES =
      Set.of(
          "file",
          "image",
          "media",
          "datei",
          "bild",
          "fichier",
          "archivo",
          "imagen",
          "ficheiro",
          "arquivo",
          "imagem",
          "файл",
          "изображение",
          "зображення",
          "картинка",
          "plik",
          "grafika",
          "bestand",
          "afbeelding",
          "fil",
          "tiedosto",
          "kuva",
          "soubor",
          "súbor",
          "obrázok",
          "fájl",
          "kép",
          "dosya",
          "resim",
          "ファイル",
          "画像",
          "文件",
          "檔案",
          "图像",
          "圖像",
          "圖片",
          "파일",
          "그림",
          "ملف",
          "صورة",
          "קובץ",
          "תמונה",
          "پرونده",
          "تصویر",
          "चित्र",
          "ไฟล์",
          "ภาพ",
          "tập tin",
          "hình",
          "berkas",
          "gambar",
          "fail",
          "fitxer",
          "imatge",
          "αρχείο",
          "εικόνα",
          "слика",
          "датотека",
          "slika",
          "datoteka",
          "pilt",
          "attēls",
          "vaizdas",
          "imagine",
          "fișier",
          "fişier",
          "fitxategi",
          "irudi",
          "dosiero",
          "mynd",
          "íomhá",
          "delwedd",
          "выява",
          "պատկեր",
          "ფაილი",
          "сурат",
          "চিত্র",
          "படிமம்",
          "దస్త్రం",
          "ಚಿತ್ರ",
          "പ്രമാണം",
          "immagine",
          "skeudenn",
          "restr",
          "billede",
          "şəkil",
          "rasm",
          "skrá",
          "fajl",
          "ચિત્ર",
          "ឯកសារ",
          "ຮູບ",
          "fichièr",
          "imaxe",
          "ficheru",
          "imaxen",
          "fișer",
          "tasvir",
          "լուսանկար");

  private static final Set<String> CATEGORIES =
      Set.of(
          "category",
          "kategorie",
          "catégorie",
          "categoría",
          "categoria",
          "категория",
          "категорія",
          "kategoria",
          "categorie",
          "kategori",
          "luokka",
          "kategória",
          "カテゴリ",
          "分类",
          "分類",
          "분류",
          "تصنيف",
          "קטגוריה",
          "رده",
          "श्रेणी",
          "หมวดหมู่",
          "thể loại",
          "κατηγορία",
          "категорија",
          "kategorija",
          "kategooria",
          "kateqoriya",
          "kategorio",
          "катэгорыя",
          "კატეგორია",
          "ক্যাটাগরি",
          "বিষয়শ্রেণী",
          "பகுப்பு",
          "వర్గం",
          "ವರ್ಗ",
          "വർഗ്ഗം",
          "flokkur",
          "catagóir",
          "categori",
          "rummad",
          "санат",
          "төркем",
          "turkum",
          "kategorijo",
          "زمرہ");

  private static final Set<String> SUFFIXES =
      Set.of(
          "jpg", "jpeg", "png", "svg", "gif", "tif", "tiff", "ogg", "oga", "ogv", "webm", "webp",
          "mp3", "mid", "pdf", "djvu", "xcf");

  private Namespaces() {}

  /**
   * Whether a link shows or plays a file: by its prefix, or in any language by the ending of its
   * name.
   */
  static boolean isFile(String target) {
    int colon = target.indexOf(':');
    if (colon <= 0) {
      return false;
    }
    int dot = target.lastIndexOf('.');
    return FILES.contains(prefix(target, colon))
        || (dot > colon && SUFFIXES.contains(bare(target.substring(dot + 1))));
  }

  /** Whether a link files the page somewhere, with a key to sort it by where it has a label. */
  static boolean isCategory(String target) {
    int colon = target.indexOf(':');
    return colon > 0 && CATEGORIES.contains(prefix(target, colon));
  }

  /**
   * Whether a link without a label names the same page in another language, instead of naming
   * something in the text.
   */
  static boolean isOfLanguage(String target) {
    int colon = target.indexOf(':');
    return colon > 0 && isLanguage(prefix(target, colon));
  }

  /** Whether a word and a colon stand before a name without space between, as in category links. */
  static boolean isPrefixed(String target) {
    int colon = target.indexOf(':');
    return colon > 1
        && colon + 1 < target.length()
        && target.charAt(colon + 1) != ' '
        && !target.startsWith(":");
  }

  /**
   * A code as in {@code de}, {@code simple}, {@code zh-min-nan}; ordinary words before a colon are
   * capitalised or longer.
   */
  private static boolean isLanguage(String prefix) {
    int letters = 0;
    for (int i = 0; i < prefix.length(); i++) {
      char c = prefix.charAt(i);
      if (c == '-' && letters >= 2) {
        continue;
      }
      if (c < 'a' || c > 'z') {
        return false;
      }
      letters++;
    }
    return prefix.equals("simple") || prefix.indexOf('-') > 0 || letters == 2 || letters == 3;
  }

  private static String prefix(String target, int colon) {
    return bare(target.substring(0, colon)).replace('_', ' ');
  }

  /** Without case, spaces around it and the marks of direction that are copied along with names. */
  private static String bare(String word) {
    return word.replace("\u200E", "").replace("\u200F", "").strip().toLowerCase(Locale.ROOT);
  }
}
