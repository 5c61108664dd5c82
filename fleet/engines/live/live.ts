import { createHash, type X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import { isIP } from 'node:net';
// The names of a module must exist when it is loaded, and older versions of Node lack one.
import tls, { type SecureContext, type TLSSocket } from 'node:tls';
import { CannotRunHere, HarnessError } from '../../errors.ts';
import { oneLine } from '../../one-line.ts';
import { podIn } from '../../pod-names.ts';
import { maxBodyBytes, mediumOf, tooLarge, Unreachable, type Had } from './unreachable.ts';

/** Connects to another address, like curl's `--connect-to`. The names in TLS and Host do not change. */
export interface ConnectTo {
  host: string;
  port: number;
  toHost: string;
  toPort: number;
}

export interface LiveAccess {
  /** `http://[user:password@]host:port`. */
  proxy?: string | undefined;
  /** PEM file of additional certificate authorities to trust. */
  caFile?: string | undefined;
  connectTo?: readonly ConnectTo[] | undefined;
  headers?: Readonly<Record<string, string>> | undefined;
}

/**
 * The certificate and protocol of the connection. The certificate was verified; otherwise there would be no response.
 */
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

export interface LiveResponse {
  url: string;
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  certificate?: ServerCertificate;
}

export interface GetOptions {
  headers?: Readonly<Record<string, string>>;
  /** Milliseconds until the response must be complete, with DNS, connection, TLS, headers and body. Default: 8 s. */
  timeout?: number;
}

export interface SendOptions extends GetOptions {
  method?: 'GET' | 'POST';
  body?: string;
}

const defaultTimeout = 8_000;

/** An answer that is too late is waited for this many times as long, because only an answer names its pod. */
const patience = 1.6;

/**
 * The engine for an existing fleet. It starts nothing and has no capabilities. Each request has its own connection, so
 * that a balancer chooses again. Certificates are always verified.
 */
export class Live {
  readonly #access: LiveAccess;
  /** Made once: reading all authorities takes longer than a request. */
  readonly #secureContext: SecureContext;
  /** Whether the proxy has led to a host before, so that silence is the host's. */
  #isThrough = false;

  /** @throws HarnessError when the file of `caFile` cannot be used. */
  constructor(access: LiveAccess) {
    this.#access = access;
    if (access.proxy) demandProxySupport();
    this.#secureContext = tls.createSecureContext(
      access.caFile ? { ca: [...tls.getCACertificates('default'), readAuthority(access.caFile)] } : {},
    );
  }

  /** {@link send} for what only reads. */
  get(url: string, { headers, timeout }: GetOptions = {}): Promise<LiveResponse> {
    return this.send(url, { ...(headers && { headers }), ...(timeout !== undefined && { timeout }) });
  }

  /**
   * Follows no redirect and does not retry.
   * @throws Unreachable when there is no response, or a late one; HarnessError when the proxy does not respond.
   */
  async send(
    url: string,
    { headers = {}, timeout = defaultTimeout, method = 'GET', body: content }: SendOptions = {},
  ): Promise<LiveResponse> {
    const signal = AbortSignal.timeout(timeout * patience);
    const startedAt = performance.now();
    const had: Had = { timeout };
    try {
      const reply = await this.#open(new URL(url), { method, headers, content, signal });
      const certificate = certificateOf(reply);
      Object.assign(had, { received: 0, announced: reply.headers['content-length'], pod: podIn(reply.headers) });
      const body = await textOf(reply, (bytes) => (had.received = bytes));
      had.took = performance.now() - startedAt;
      if (had.took > timeout) throw new DOMException('The answer was late.', 'TimeoutError');
      return {
        url,
        status: reply.statusCode ?? 0,
        headers: printable(reply.headers) as IncomingHttpHeaders,
        body: printableIn(body),
        ...(certificate ? { certificate } : {}),
      };
    } catch (error) {
      const medium = mediumOf(error, this.#access.proxy, signal.aborted && !this.#isThrough);
      if (medium) throw new HarnessError(medium, { cause: error });
      // A request that the deadline ended looks like a broken connection.
      throw new Unreachable(url, signal.aborted ? signal.reason : error, had);
    }
  }

  #open(
    url: URL,
    {
      method,
      headers,
      content,
      signal,
    }: { method: string; headers: GetOptions['headers']; content: string | undefined; signal: AbortSignal },
  ): Promise<IncomingMessage> {
    // IPv6 addresses have brackets only in URLs (RFC 3986, section 3.2.2).
    const hostname = url.hostname.replaceAll(/[[\]]/g, '');
    const { proxy, connectTo } = this.#access;
    const isSecure = url.protocol === 'https:';
    const port = Number(url.port) || (isSecure ? 443 : 80);
    const instead = connectTo?.find((one) => one.host === hostname && one.port === port);
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    // Node waits without end for a tunnel that the proxy never opens.
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
    (isSecure ? httpsRequest : httpRequest)({
      method,
      agent: new (isSecure ? HttpsAgent : HttpAgent)(
        proxy ? { proxyEnv: { HTTP_PROXY: proxy, HTTPS_PROXY: proxy } } : {},
      ),
      host: instead?.toHost ?? hostname,
      port: instead?.toPort ?? port,
      path: url.pathname + url.search,
      ...(isSecure && { secureContext: this.#secureContext }),
      // An IP address is not a valid server name (RFC 6066 section 3).
      ...(isSecure && isIP(hostname) === 0 ? { servername: hostname } : {}),
      headers: { ...this.#access.headers, ...headers, host: url.host },
      signal,
    })
      .once('socket', () => (this.#isThrough ||= isSecure))
      .once('response', resolve)
      .once('error', reject)
      .end(content);
    return promise;
  }
}

/** Older versions of Node would connect directly, as if no proxy were named (`proxyEnv` of `http.Agent`). */
function demandProxySupport(): void {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 24 || (major === 24 && minor >= 5) || (major === 22 && minor >= 21)) return;
  throw new CannotRunHere(
    `A proxy needs Node 22.21, or 24.5 or later, and this is ${process.versions.node}. Use another Node, or --connect-to.`,
  );
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

/** A value of JSON whose texts, which end up in terminals and in the logs of CI, are one line each. */
function printable(value: unknown): unknown {
  if (typeof value === 'string') return oneLine(value);
  if (Array.isArray(value)) return value.map(printable);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, its]) => [oneLine(name), printable(its)]));
}

/** Only JSON is quoted to users; scripts and pages are searched. */
function printableIn(body: string): string {
  try {
    return JSON.stringify(printable(JSON.parse(body)));
  } catch {
    return body;
  }
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

async function textOf(reply: IncomingMessage, onReceived: (bytes: number) => void): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of reply as AsyncIterable<Buffer>) {
    size += chunk.length;
    onReceived(size);
    if (size > maxBodyBytes) throw Object.assign(new Error(`${size} bytes`), { code: tooLarge });
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
