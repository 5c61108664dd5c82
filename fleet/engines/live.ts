import { createHash, type X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
import { getCACertificates, type TLSSocket } from 'node:tls';
import { HarnessError } from '../errors.ts';
import { mediumOf, Unreachable } from './live/unreachable.ts';

/** One address that stands for another, as curl's `--connect-to`: the name in TLS and Host stays the old one. */
export interface ConnectTo {
  host: string;
  port: number;
  toHost: string;
  toPort: number;
}

/** How a deployed fleet is reached. */
export interface LiveAccess {
  /** `http://[user:password@]host:port`. */
  proxy?: string;
  /** PEM file of certificate authorities to trust besides the usual ones. */
  caFile?: string;
  connectTo?: readonly ConnectTo[];
  /** Sent with every request. */
  headers?: Readonly<Record<string, string>>;
}

/** What a connection was secured with; verified, or there would have been no answer. */
export interface ServerCertificate {
  subjectAltName: string;
  issuer: string;
  validFrom: Date;
  validTo: Date;
  /** Such as `TLSv1.3`. */
  protocol: string;
  /** base64 SHA-256 of the public key (SPKI). */
  spki: string;
}

export interface Answer {
  url: string;
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  /** Of an https answer. */
  certificate?: ServerCertificate;
}

export interface GetOptions {
  headers?: Readonly<Record<string, string>>;
  /** Milliseconds until the answer must be complete. */
  timeout?: number;
}

/** Bytes of an answer that are read at most. */
const largestBody = 8 * 2 ** 20;
const defaultTimeout = 10_000;

/**
 * The engine of a fleet that is already there: it starts nothing, has no capability, and knows one thing to do, GET.
 * Each request has a connection of its own, so that a balancer chooses anew. Certificates are always verified.
 */
export class Live {
  readonly #access: LiveAccess;
  readonly #agents: { http: HttpAgent; https: HttpsAgent };

  /** @throws HarnessError when the file of `caFile` cannot be used. */
  constructor(access: LiveAccess) {
    this.#access = access;
    const proxy = access.proxy ? { proxyEnv: { HTTP_PROXY: access.proxy, HTTPS_PROXY: access.proxy } } : {};
    this.#agents = {
      http: new HttpAgent({ keepAlive: false, ...proxy }),
      https: new HttpsAgent({
        keepAlive: false,
        ...proxy,
        ...(access.caFile ? { ca: [...getCACertificates('default'), readAuthority(access.caFile)] } : {}),
      }),
    };
  }

  /**
   * Follows no redirect and tries nothing twice.
   * @throws Unreachable when there is no answer; HarnessError when it is the proxy that does not answer.
   */
  async get(url: string, { headers = {}, timeout = defaultTimeout }: GetOptions = {}): Promise<Answer> {
    try {
      const reply = await this.#send(new URL(url), headers, AbortSignal.timeout(timeout));
      const certificate = certificateOf(reply);
      const body = await textOf(reply);
      return {
        url,
        status: reply.statusCode ?? 0,
        headers: reply.headers,
        body,
        ...(certificate ? { certificate } : {}),
      };
    } catch (error) {
      const medium = mediumOf(error, this.#access.proxy);
      if (medium) throw new HarnessError(medium, { cause: error });
      throw new Unreachable(url, error, timeout);
    }
  }

  #send(url: URL, headers: Readonly<Record<string, string>>, signal: AbortSignal): Promise<IncomingMessage> {
    const isSecure = url.protocol === 'https:';
    const host = url.hostname;
    const port = Number(url.port) || (isSecure ? 443 : 80);
    const instead = this.#access.connectTo?.find((one) => one.host === host && one.port === port);
    return new Promise((resolve, reject) => {
      const request = (isSecure ? httpsRequest : httpRequest)({
        method: 'GET',
        host: instead?.toHost ?? host,
        port: instead?.toPort ?? port,
        agent: isSecure ? this.#agents.https : this.#agents.http,
        // An address is no server name (RFC 6066 section 3).
        ...(isSecure && isIP(host) === 0 ? { servername: host } : {}),
        path: url.pathname + url.search,
        headers: { ...this.#access.headers, ...headers, host: url.host },
        signal,
      });
      request.once('response', resolve).once('error', reject).end();
    });
  }
}

function readAuthority(file: string): string {
  let pem: string;
  try {
    pem = readFileSync(file, 'utf8');
  } catch (error) {
    throw new HarnessError(
      `The certificate authority cannot be read: ${(error as Error).message}. Give --ca a PEM file.`,
    );
  }
  if (pem.includes('-----BEGIN CERTIFICATE-----')) return pem;
  throw new HarnessError(`${file} holds no certificate. Give --ca a PEM file that begins with BEGIN CERTIFICATE.`);
}

function certificateOf(reply: IncomingMessage): ServerCertificate | undefined {
  const socket = reply.socket as Partial<TLSSocket>;
  const certificate: X509Certificate | undefined = socket.getPeerX509Certificate?.();
  if (!certificate) return undefined;
  return {
    subjectAltName: certificate.subjectAltName ?? '',
    issuer: certificate.issuer.replaceAll('\n', ', '),
    validFrom: new Date(certificate.validFrom),
    validTo: new Date(certificate.validTo),
    protocol: socket.getProtocol?.() ?? '',
    spki: createHash('sha256')
      .update(certificate.publicKey.export({ type: 'spki', format: 'der' }))
      .digest('base64'),
  };
}

async function textOf(reply: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > largestBody) throw new Error(`the answer is larger than ${largestBody / 2 ** 20} MiB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
