const UNKNOWN_AUTHORITY =
  "The upstream's certificate is of no known authority: give the authority's certificate as upstream.tls.ca, or have the upstream send those between.";
const NOT_ACCEPTED =
  'The upstream does not accept who the gateway is: give a certificate that it knows as upstream.tls.cert, with its key.';

/** Code of an error of TLS → what it means, and what to do. */
const HINTS: Readonly<Record<string, string>> = {
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT: UNKNOWN_AUTHORITY,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: UNKNOWN_AUTHORITY,
  SELF_SIGNED_CERT_IN_CHAIN: UNKNOWN_AUTHORITY,
  DEPTH_ZERO_SELF_SIGNED_CERT: UNKNOWN_AUTHORITY,
  ERR_TLS_CERT_ALTNAME_INVALID:
    "The upstream's certificate is for another name: call it by a name that it is for, or give that as upstream.tls.serverName.",
  CERT_HAS_EXPIRED: "The upstream's certificate, or its authority's, has expired: renew it.",
  CERT_NOT_YET_VALID: "The upstream's certificate is not valid yet: check the clocks.",
  ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED: NOT_ACCEPTED,
  ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE: NOT_ACCEPTED,
  ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE: NOT_ACCEPTED,
  ERR_SSL_SSLV3_ALERT_CERTIFICATE_UNKNOWN: NOT_ACCEPTED,
  ERR_SSL_TLSV1_ALERT_UNKNOWN_CA: NOT_ACCEPTED,
};

/** @returns undefined where the code speaks for itself */
export function explainTlsFault(code: string | undefined): string | undefined {
  return code === undefined ? undefined : HINTS[code];
}
