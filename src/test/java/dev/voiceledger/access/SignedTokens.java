package dev.voiceledger.access;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.UUID;
import org.jose4j.jwk.EcJwkGenerator;
import org.jose4j.jwk.OkpJwkGenerator;
import org.jose4j.jwk.PublicJsonWebKey;
import org.jose4j.jwk.RsaJwkGenerator;
import org.jose4j.jws.JsonWebSignature;
import org.jose4j.keys.EllipticCurves;
import org.jose4j.lang.JoseException;

/** Key pairs of a provider, and user tokens under them. */
final class SignedTokens {
  private SignedTokens() {}

  /** RS256, ES256 or EdDSA. */
  static PublicJsonWebKey pair(String algorithm, String keyId) {
    try {
      PublicJsonWebKey pair =
          switch (algorithm) {
            case "RS256" -> RsaJwkGenerator.generateJwk(2048);
            case "ES256" -> EcJwkGenerator.generateJwk(EllipticCurves.P256);
            case "EdDSA" -> OkpJwkGenerator.generateJwk("Ed25519");
            default -> throw new IllegalArgumentException(algorithm);
          };
      pair.setKeyId(keyId);
      pair.setAlgorithm(algorithm);
      pair.setUse("sig");
      return pair;
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Of a user, good for ten minutes from then. */
  static String user(PublicJsonWebKey pair, Instant at) {
    long expires = at.getEpochSecond() + 600;
    return signed(
        pair,
        pair.getKeyId(),
        Tokens.userClaims(c -> c.put("sub", UUID.randomUUID().toString()).put("exp", expires)));
  }

  static String signed(PublicJsonWebKey pair, String keyId, String claims) {
    JsonWebSignature jws = new JsonWebSignature();
    jws.setPayload(claims);
    jws.setAlgorithmHeaderValue(pair.getAlgorithm());
    if (keyId != null) {
      jws.setKeyIdHeaderValue(keyId);
    }
    jws.setKey(pair.getPrivateKey());
    try {
      return jws.getCompactSerialization();
    } catch (JoseException e) {
      throw new IllegalStateException(e);
    }
  }

  /** With any header over it: signed as the key signs, whatever the header says of that. */
  static String signedBy(PublicJsonWebKey rsa, String header, String claims) {
    String content = UnfitUserTokens.base64(header) + "." + UnfitUserTokens.base64(claims);
    try {
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(rsa.getPrivateKey());
      signature.update(content.getBytes(StandardCharsets.US_ASCII));
      byte[] signed = signature.sign();
      return content + "." + Base64.getUrlEncoder().withoutPadding().encodeToString(signed);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
