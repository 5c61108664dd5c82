/** Maximum number of response bytes to read, and the error code of an answer with more. */
export const maxBodyBytes = 8 * 2 ** 20;
export const tooLarge = 'EMSGSIZE';

/** Node's errors for a certificate of an authority that it does not trust. */
export const unknownAuthority: ReadonlySet<string> = new Set([
  'SELF_SIGNED_CERT_IN_CHAIN',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'UNABLE_TO_GET_ISSUER_CERT',
]);

/** What an error code of node:net, node:dns or node:tls means for a host, and where to fix it. */
const sentences: Readonly<Record<string, readonly [what: string, fix: string]>> = {
  ENOTFOUND: ['has no address', 'look at its DNS record, and at the resolver of this machine'],
  EAI_AGAIN: ['could not be looked up', 'look at this machine’s DNS'],
  ECONNREFUSED: ['refuses connections', 'look whether the ingress runs and listens'],
  ECONNRESET: ['broke the connection off', 'look at the log of the ingress and of the pods'],
  [tooLarge]: [`sends more than ${maxBodyBytes / 2 ** 20} MiB`, 'look at what serves it there'],
  EPROTO: ['does not speak TLS there', 'look at the port, and at the tls section of its Ingress'],
  CERT_HAS_EXPIRED: ['shows a certificate that has expired', 'look at its Certificate: kubectl describe certificate'],
  ERR_TLS_CERT_ALTNAME_INVALID: [
    'shows a certificate for another name',
    'look at the tls section of its Ingress and at its Certificate',
  ],
  ...Object.fromEntries(
    [...unknownAuthority].map((code) => [
      code,
      [
        'shows a certificate that nobody here trusts',
        'look at its Certificate (the ingress shows its default one until there is a real one), or name its authority with --ca',
      ] as const,
    ]),
  ),
};

/** What there was of an answer. */
export interface Had {
  /** Milliseconds that it might take. */
  timeout: number;
  /** Milliseconds that it took; undefined: it did not end. */
  took?: number;
  /** Number of body bytes; undefined when no headers arrived. */
  received?: number;
  /** Its `Content-Length`. */
  announced?: string | undefined;
  /** The pod that it names. */
  pod?: string | undefined;
}

const lateBy = ({ timeout, received, took }: Had): string =>
  received === undefined || took !== undefined
    ? `did not answer within ${timeout / 1000} s`
    : `did not end its answer within ${timeout / 1000} s`;

/** How far an answer came. */
const progressOf = ({ received, announced, took, pod }: Had): string[] => [
  ...(pod === undefined ? [] : [`by ${pod}`]),
  ...(took === undefined ? [] : [`it came after ${(took / 1000).toFixed(1)} s`]),
  ...(received === undefined || took !== undefined
    ? []
    : [`${received} bytes came${announced === undefined ? '' : `, and Content-Length says ${announced}`}`]),
];

/** A host that does not respond. For its users the product is down. */
export class Unreachable extends Error {
  override readonly name = 'Unreachable';
  /** Whether no attempt of the next minutes can succeed: resolvers remember a missing name, and a certificate stays. */
  readonly isFinal: boolean;
  readonly isLate: boolean;
  /** What began to answer. */
  readonly pod: string | undefined;
  constructor(url: string, cause: unknown, had: Had) {
    const { code = '', name, message } = cause as NodeJS.ErrnoException;
    const isLate = name === 'AbortError' || name === 'TimeoutError' || code === 'ETIMEDOUT';
    const isCut = code === 'ECONNRESET' && had.received !== undefined;
    const [what, fix] = isLate
      ? [
          lateBy(had),
          had.pod === undefined
            ? 'look at the pods behind it and at the way there'
            : `look at the log of ${had.pod}, at what it waits for and at its limit of CPU`,
        ]
      : isCut
        ? [
            'closed the connection before its answer was whole',
            'look whether a pod was ended then, and whether something on the way changes answers or their Content-Length',
          ]
        : (sentences[code] ?? ['cannot be reached', 'look at its ingress']);
    const detail = [
      ...progressOf(had),
      ...(isLate || isCut ? [] : [[code, message.split('\n', 1)[0]].filter(Boolean).join(': ')]),
    ];
    super(`${new URL(url).host} ${what} (${[`GET ${url}`, ...detail].join('; ')}): ${fix}.`, { cause });
    this.isFinal = code === 'ENOTFOUND' || /^CERT_|ALTNAME/.test(code) || unknownAuthority.has(code);
    this.isLate = isLate;
    this.pod = had.pod;
  }
}

/**
 * Sentences without repetition: those of {@link Unreachable} that differ only in host and request are one.
 * @returns each with the sentences that it stands for.
 */
export function saidOnce(sentences: readonly string[]): Array<{ sentence: string; of: readonly string[] }> {
  const parts = sentences.map((sentence) => {
    const [, host, what, fix] = /^(\S+) (.+?) \(GET .*\): (.+)$/.exec(sentence) ?? [];
    return { sentence, host, said: what === undefined ? sentence : `${what}: ${fix}` };
  });
  return [...Map.groupBy(parts, ({ said }) => said)].map(([said, its]) => {
    const hosts = new Set(its.map(({ host }) => host));
    const [first] = its;
    return {
      sentence: hosts.size > 1 || !first ? `Each of ${[...hosts].join(', ')} ${said}` : first.sentence,
      of: its.map(({ sentence }) => sentence),
    };
  });
}

/** Node's error code when the proxy responds but opens no tunnel. */
const refusedByProxy = 'ERR_PROXY_TUNNEL';

/**
 * A sentence when the proxy itself, not the host behind it, fails to connect.
 * @param isSilent whether it has let nothing through until the deadline.
 */
export function mediumOf(error: unknown, proxy: string | undefined, isSilent: boolean): string | undefined {
  if (!proxy) return undefined;
  const { code, message, address, port, ...other } = error as NodeJS.ErrnoException &
    Partial<URL & { address: string }>;
  const { hostname, host, port: proxyPort } = new URL(proxy);
  const isProxyItself = String(port ?? '') === proxyPort && (address === hostname || hostname === 'localhost');
  const hasNoAddress = other.hostname === hostname;
  if (code !== refusedByProxy && !isProxyItself && !hasNoAddress && !isSilent) return undefined;
  return `The proxy ${host} gives no connection: ${message}. Correct --proxy, or start what listens there.`;
}
