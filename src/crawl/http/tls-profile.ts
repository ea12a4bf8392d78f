import { constants } from 'node:crypto';
import type { ConnectionOptions } from 'node:tls';
import type { TlsProfile } from '../config/config.ts';

/**
 * TLS settings for servers that a present OpenSSL refuses: old ones that renegotiate insecurely, and ones that offer
 * broken curves (BAD_ECPOINT). Certificates are verified in every profile.
 */
export function tlsOptions(profile: TlsProfile): ConnectionOptions {
  switch (profile) {
    case 'legacy_renegotiation':
      return {
        secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT,
        ciphers: 'DEFAULT@SECLEVEL=1',
        minVersion: 'TLSv1',
        rejectUnauthorized: true,
      };
    case 'p256':
      return { ecdhCurve: 'P-256', rejectUnauthorized: true };
    default:
      return { rejectUnauthorized: true };
  }
}

const incompatible =
  /BAD_ECPOINT|UNSAFE_LEGACY_RENEGOTIATION|UNSUPPORTED_PROTOCOL|HANDSHAKE_FAILURE|DH_KEY_TOO_SMALL|EE_KEY_TOO_SMALL|CA_MD_TOO_WEAK|WRONG_SIGNATURE_TYPE|NO_PROTOCOLS_AVAILABLE|ALERT_PROTOCOL_VERSION|WRONG_VERSION_NUMBER|LEGACY_SIGALG/i;

const certificate = /^(CERT_|ERR_TLS_CERT|UNABLE_TO_|DEPTH_ZERO|SELF_SIGNED|HOSTNAME_MISMATCH)/;

/** A sentence with the profile to try, when an error says that the TLS of both sides does not fit; else null. */
export function tlsProblem(error: unknown): string | null {
  const code = String((error as { code?: unknown } | null)?.code ?? '');
  const message = error instanceof Error ? error.message : String(error);
  if (certificate.test(code))
    return `the certificate is not accepted (${code}); it is never ignored: if the operator of the portal cannot mend it, bring the reports in with gongkai add`;
  if (!incompatible.test(code) && !incompatible.test(message.replaceAll(' ', '_'))) return null;
  const profile = /ECPOINT/i.test(code + message.replaceAll(' ', '_'))
    ? 'tls: p256'
    : 'tls: legacy_renegotiation';
  return `TLS does not fit (${code || message}); try ${profile} for this portal, or tls: http_only`;
}
