package dev.voiceledger.report;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;

/** Reports of exactly 16 MiB, each with another thing that there is much of. */
final class LargeReports {
  static final int BYTES = 16 * 1024 * 1024;
  private static final String TAIL = "]},\"padding\":\"";
  private static final String END = "\"}";

  private LargeReports() {}

  /** A report, its padding included. */
  static byte[] of(String sid, int items, String before, IntFunction<String> item) {
    ByteArrayOutputStream report = new ByteArrayOutputStream(BYTES);
    String head = "{\"job_id\":\"AJ\",\"room_id\":\"" + sid + "\"," + before;
    report.writeBytes((head + "\"chat_history\":{\"items\":[").getBytes(UTF_8));
    for (int i = 0; i < items; i++) {
      report.writeBytes(((i == 0 ? "" : ",") + item.apply(i)).getBytes(UTF_8));
    }
    report.writeBytes(TAIL.getBytes(UTF_8));
    report.writeBytes("x".repeat(BYTES - report.size() - END.length()).getBytes(UTF_8));
    report.writeBytes(END.getBytes(UTF_8));
    return report.toByteArray();
  }

  static String message(int i, String content) {
    return """
    {"id":"item_%d","type":"message","role":"user","content":["%s"],"created_at":1764150000.5}\
    """
        .formatted(i, content);
  }

  /** As many items as there may be, as long as they may then be. */
  static byte[] manyItems(String sid) {
    String words = "said ".repeat(310);
    return of(sid, Report.ITEMS_MAX, "", i -> message(i, words));
  }

  /** By what each has much of; the items of each are given with it. */
  static Map<String, Large> ofEveryKind() {
    Map<String, Large> all = new LinkedHashMap<>();
    all.put("items", new Large(Report.ITEMS_MAX, LargeReports::manyItems));
    String long1 = "é".repeat(950_000);
    all.put("long texts", new Large(8, sid -> of(sid, 8, "", i -> message(i, long1))));
    String ascii = "a".repeat(1_999_990);
    all.put("longest texts", new Large(8, sid -> of(sid, 8, "", i -> message(i, ascii))));
    String list = "0,".repeat(19_000) + "0";
    all.put(
        "values in items",
        new Large(
            400,
            sid -> of(sid, 400, "", i -> "{\"id\":\"i%d\",\"extra\":[%s]}".formatted(i, list))));
    String events = "\"events\":[" + "{\"a\":[1,{}]},".repeat(1_200_000) + "0],";
    all.put("events", new Large(1, sid -> of(sid, 1, events, i -> message(i, "one"))));
    return all;
  }

  /**
   * One kind.
   *
   * @param items how many messages it makes
   */
  record Large(int items, java.util.function.Function<String, byte[]> body) {}
}
