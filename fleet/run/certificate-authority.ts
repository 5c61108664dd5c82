// @peculiar/x509 uses tsyringe, which needs this import before the library loads.
import 'reflect-metadata';
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import { createSecureContext, type SecureContext } from 'node:tls';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';

/** The public and private parts of a run's authority: PEM text, except `spki`. */
export interface AuthorityMaterial {
  caCertPem: string;
  caKeyPem: string;
  /** One key for all leaf certificates, so that one `spki` covers every host. */
  leafKeyPem: string;
  /**
   * base64 SHA-256 of the leaf key's SubjectPublicKeyInfo (DER), as Chromium's `--ignore-certificate-errors-spki-list`
   * takes it (the pin of RFC 7469 section 2.4).
   */
  spki: string;
}

/** Issues a certificate for any host that a client requests. */
export interface Authority {
  /**
   * The TLS context (leaf + CA as chain) for a host name or IP address; created once per host. Rejects when the name is
   * not valid in a certificate.
   */
  contextFor(host: string): Promise<SecureContext>;
  /** PEM of a certificate for these names and the leaf key, with the CA as chain: for servers other than the edge. */
  certificateFor(hosts: readonly string[]): Promise<string>;
}

const dayMs = 86_400_000;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;

const newKey = (): KeyObject => generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
const toPem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }) as string;
const signingKey = (key: KeyObject): CryptoKey => key.toCryptoKey(algorithm, false, ['sign']) as CryptoKey;
const verifyKey = (key: KeyObject): CryptoKey =>
  createPublicKey(key as never).toCryptoKey(algorithm, true, ['verify']) as CryptoKey;

/** RFC 5280 section 4.1.2.2: positive and at most 20 octets; a leading 01 keeps it so. */
const serialNumber = (): string => `01${randomBytes(15).toString('hex')}`;

/** base64 SHA-256 of a private key's public half (SPKI, DER). */
function spkiOf(privateKeyPem: string): string {
  const der = createPublicKey(privateKeyPem).export({ type: 'spki', format: 'der' });
  return createHash('sha256').update(der).digest('base64');
}

/** A new throwaway authority (EC P-256), named after its run. */
export async function createAuthority({ runId }: { runId: string }): Promise<AuthorityMaterial> {
  const caKey = newKey();
  const leafKeyPem = toPem(newKey());
  const keys = { privateKey: signingKey(caKey), publicKey: verifyKey(caKey) };
  const certificate = await X509CertificateGenerator.createSelfSigned({
    keys,
    serialNumber: serialNumber(),
    name: [{ CN: [`Fleet ${runId}`] }],
    // Valid from one day ago, for a container whose clock is behind.
    notBefore: new Date(Date.now() - dayMs),
    notAfter: new Date(Date.now() + 7 * dayMs),
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { caCertPem: certificate.toString('pem'), caKeyPem: toPem(caKey), leafKeyPem, spki: spkiOf(leafKeyPem) };
}

/** Opens an authority that can issue certificates. @throws an error of OpenSSL when a PEM text cannot be read. */
export function openAuthority(material: Omit<AuthorityMaterial, 'spki'>): Authority {
  const caCert = new X509Certificate(material.caCertPem);
  const caSigningKey = signingKey(createPrivateKey(material.caKeyPem));
  const leafPublicKey = verifyKey(createPrivateKey(material.leafKeyPem));
  const contexts = new Map<string, Promise<SecureContext>>();

  async function certificateFor(hosts: readonly string[]): Promise<string> {
    const leaf = await X509CertificateGenerator.create({
      serialNumber: serialNumber(),
      // Clients match the subject alternative name (RFC 9525 section 2); the common name is for readers.
      subject: [{ CN: ['Fleet edge'] }],
      issuer: caCert.subject,
      notBefore: caCert.notBefore,
      notAfter: caCert.notAfter,
      publicKey: leafPublicKey,
      signingKey: caSigningKey,
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(false),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        new SubjectAlternativeNameExtension(
          hosts.map((host) => ({ type: isIP(host) ? ('ip' as const) : ('dns' as const), value: host })),
        ),
        await AuthorityKeyIdentifierExtension.create(caCert.publicKey),
      ],
    });
    return `${leaf.toString('pem')}\n${material.caCertPem}\n`;
  }

  return {
    certificateFor,
    contextFor(host) {
      const known = contexts.get(host);
      if (known) return known;
      const made = certificateFor([host]).then((cert) =>
        createSecureContext({ key: material.leafKeyPem, cert, minVersion: 'TLSv1.2' }),
      );
      contexts.set(host, made);
      made.catch(() => contexts.delete(host));
      return made;
    },
  };
}
