import type { LiveResponse, ServerCertificate } from '../../../fleet/engines/live/live.ts';
import { CheckFailed } from '../check.ts';

const dayMs = 86_400_000;
/** Renewal starts after two thirds of the lifetime (cert-manager `renewBefore`). This late it has failed. */
const minRemainingShare = 1 / 5;

const days = (milliseconds: number): string =>
  `${(milliseconds / dayMs).toFixed(milliseconds < 10 * dayMs ? 1 : 0)} days`;

/** What a check sees of the certificate of an answer. */
export function seenCertificate({ url, certificate }: LiveResponse) {
  if (!certificate) throw new CheckFailed(`${url} was answered without TLS.`);
  const { protocol, issuer, validTo } = certificate;
  const now = new Date();
  return {
    saw: `${protocol}, by ${issuer}, ${days(validTo.getTime() - now.getTime())} left`,
    faults: certificateFaults(new URL(url).host, certificate, now),
  };
}

/** Faults of a certificate that TLS has accepted. */
export function certificateFaults(host: string, certificate: ServerCertificate, now: Date): string[] {
  const life = certificate.validTo.getTime() - certificate.validFrom.getTime();
  const rest = certificate.validTo.getTime() - now.getTime();
  return [
    ...(rest < life * minRemainingShare
      ? [
          `The certificate of ${host} has ${days(rest)} left of ${days(life)}, so its renewal has failed: ` +
            'kubectl describe certificate, challenge.',
        ]
      : []),
    ...(/^TLSv1\.[23]$/.test(certificate.protocol)
      ? []
      : [`${host} speaks ${certificate.protocol}: set minVersion VersionTLS12 in Traefik's TLSOption.`]),
  ];
}
