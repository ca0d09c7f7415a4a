package dev.voiceledger.webhook;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.voiceledger.FreshDatabase;
import dev.voiceledger.TestDatabase;
import io.quarkus.test.common.WithTestResource;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import java.net.URI;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Secrets are overwritten before anything is stored; every other byte stays as it was sent. */
@QuarkusTest
@WithTestResource(FreshDatabase.class)
class SecretsTest {
  /** In the bodies below; there {@code '} stands for a quote and {@code ~} for a backslash. */
  private static final Pattern SECRET = Pattern.compile("«(.*?)»");

  TestDatabase database;

  @TestHTTPResource URI base;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'room':{'sid':'RM_1','turnPassword':'«tuIStvpHXv5»','name':'a'}}",
        "{ 'room' : { 'turn_password' : '«x»' , 'metadata' : 'turnPassword' } }",
        "{'room':{'turnPassword':''},'participant':{'name':'turnPassword:no'}}",
        "{'room':{'turnPassword':'«quoted ~' and ~~»'},'x':1}",
        "{'room':{'turnPassword':'«ünïcødé ☎ 𝄞»'},'x':'ünïcødé'}",
        "{'room':{'turn\\u0050assword':'«escaped name»'}}",
        "{'ingressInfo':{'ingressId':'IN_1','streamKey':'«k»','url':'«rtmp://h/k»'}}",
        "{'ingress_info':{'stream_key':'«k»'}}",
        "{'egressInfo':{'request':{'roomComposite':{'fileOutputs':[{'filepath':'a.mp4',"
            + "'s3':{'accessKey':'«AKIA»','secret':'«s3cr3t»','sessionToken':'«tok»',"
            + "'region':'eu','bucket':'b'}}]}}}}",
        "{'egress_info':{'request':{'web':{'file_outputs':[{'s3':{'access_key':'«AKIA»',"
            + "'secret':'«s»','session_token':'«t»','bucket':'b'}}]}}}}",
        "{'egressInfo':{'request':{'trackComposite':{'file':{'gcp':{'bucket':'b',"
            + "'credentials':'«{~'type~':~'service_account~'}»'}}}}}}",
        "{'egressInfo':{'request':{'track':{'file':{'azure':{'accountName':'n',"
            + "'accountKey':'«key==»','containerName':'c'}}}}}}",
        "{'egressInfo':{'request':{'track':{'file':{'aliOSS':{'accessKey':'«a»','secret':'«b»'}}},"
            + "'proxy':{'url':'http://p','username':'u','password':'«p»'}}}}",
        "{'egressInfo':{'request':{'roomComposite':{'streamOutputs':[{'protocol':'RTMP',"
            + "'urls':['«rtmps://live/one»','«srt://two?passphrase=x»']}]}}}}",
        "{'egressInfo':{'streamResults':[{'url':'«rtmp://h/live/key»','status':'ACTIVE'}],"
            + "'fileResults':[{'location':'https://h/a.mp4'}]}}",
        "{'egressInfo':{'stream':{'info':[{'url':'«rtmp://h/k»'}]}}}",
        "{'credentials':{'type':'«service_account»','private':{'key':['«a»','«b»']}},'kept':'c'}",
        "{'room':{'turnPassword':'«last»'}} and no JSON after it",
        "{'room':{'turnPassword':'«cut off",
        "not JSON: 'streamKey': '«k»', 'secret':  '«s»' and the rest",
        "not JSON: 'credentials': «{'k':'v'»} 'secret': «[1,2»] 'password': «12345» end",
        "[{'room':{'turnPassword':'«in a list»'}},{'streamKey':'«k»'}]",
        "{'a':[{'turnPassword':'«one»'},{'turnPassword':'«two»'}],'turnPassword':'«three»'",
        "not JSON: 'urls':['«rtmp://h/live/key»','«rtmp://two»'], 'url':'«rtmp://h/live/k»'",
      })
  void secrets_are_overwritten_and_nothing_else(String text) {
    String marked = text.replace('\'', '"').replace('~', '\\');
    byte[] body = marked.replaceAll("[«»]", "").getBytes(UTF_8);

    assertEquals(200, new LiveKitSender(base).post(body));

    assertEquals(starred(marked), new String(kept(body), UTF_8));
  }

  @ParameterizedTest
  @ValueSource(strings = {"12345678", "-1.5e10", "42"})
  void a_secret_number_leaves_its_length_and_no_digit(String number) {
    byte[] body = ("{\"secret\":" + number + ",\"size\":" + number + "}").getBytes(UTF_8);

    assertEquals(200, new LiveKitSender(base).post(body));

    String stars = "\"" + "*".repeat(number.length() - 2) + "\"";
    assertEquals(
        "{\"secret\":" + stars + ",\"size\":" + number + "}", new String(kept(body), UTF_8));
  }

  private byte[] kept(byte[] body) {
    String hash = "sha256:" + HexFormat.of().formatHex(Webhooks.sha256(body));
    return Sql.body(database, hash);
  }

  /** One star a byte; where a secret has no end mark, to the end. */
  private static String starred(String marked) {
    Matcher secret =
        SECRET.matcher(marked.endsWith("»") || !openEnded(marked) ? marked : marked + "»");
    return secret.replaceAll(found -> "*".repeat(found.group(1).getBytes(UTF_8).length));
  }

  private static boolean openEnded(String marked) {
    return marked.lastIndexOf('«') > marked.lastIndexOf('»');
  }
}
