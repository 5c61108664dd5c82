import { parseRedisUrl } from './redis-url.ts';

/** What a value must look like. A fault completes the sentence "<NAME> …" and never repeats the value. */
export interface Format {
  /** For the documentation: completes "It is …". */
  description: string;
  /** Follows "is not set" in the message for a missing value. */
  hint?: string;
  /** An empty value is validated by `fault` instead of counting as absent. */
  judgesEmpty?: true;
  /** Why no app can use the value. */
  fault?(value: string): string | undefined;
  /** Why production must not use the value, although an app would start with it. */
  productionFault?(value: string): string | undefined;
}

/** A format whose fault says no more than its description. */
const matching = (description: string, isRight: (value: string) => boolean): Format => ({
  description,
  fault: (value) => (isRight(value) ? undefined : `must be ${description}`),
});

const isHttp = (url: URL): boolean => /^https?:$/.test(url.protocol);

const hostOf = (value: string): string => URL.parse(value)?.hostname ?? '';

/** A Service in the default cluster domain of Kubernetes. Only pods can resolve it. */
const isService = (host: string): boolean => host.endsWith('.svc.cluster.local');

/** Names that only resolve on one machine, or only on a developer's network. */
const isDevelopmentHost = (host: string): boolean =>
  host.endsWith('.local') || host === 'localhost' || host === '[::1]' || host.startsWith('127.');

/** Of an address that browsers use. */
const developmentHost = (value: string): string | undefined =>
  isDevelopmentHost(hostOf(value)) ? "names a host of a developer's machine" : undefined;

/** Of an address that pods use. */
const developmentHostOfPods = (value: string): string | undefined =>
  isService(hostOf(value)) ? undefined : developmentHost(value);

export const origin: Format = {
  ...matching('scheme and host alone, such as https://auth.example.com', (value) => {
    const url = URL.parse(value);
    return url !== null && isHttp(url) && url.origin === value;
  }),
  judgesEmpty: true,
  productionFault: (value) =>
    developmentHost(value) ?? (value.startsWith('https:') ? undefined : 'must be https: browsers are sent there'),
};

export const httpUrl = (mustEndIn = ''): Format => {
  const ending = mustEndIn && ` that ends in ${mustEndIn}`;
  return {
    ...matching(`an http or https URL without credentials, query and fragment${ending}`, (value) => {
      const url = URL.parse(value);
      const isBase = url !== null && isHttp(url) && !url.username && !url.password && !url.search && !url.hash;
      return isBase && value.replace(/\/+$/, '').endsWith(mustEndIn);
    }),
    productionFault: developmentHostOfPods,
  };
};

export const redisUrl: Format = {
  description: 'redis://[user:password@]host[:port][/db]; rediss:// is TLS, the database is 1 unless the URL names one',
  judgesEmpty: true,
  fault: (value) => {
    try {
      parseRedisUrl(value);
      return undefined;
    } catch (error) {
      return (error as Error).message.replace(/^SESSION_REDIS_URL /, '').replace(/\.$/, '');
    }
  },
  productionFault: developmentHostOfPods,
};

const wholeNumber = (unit: 'millisecond' | 'second', min: number, max: number): Format =>
  matching(`a whole number of ${unit}s from ${min} to ${max}`, (value) => {
    // `Number` of white space is 0.
    const number = value.trim() === '' ? Number.NaN : Number(value);
    return Number.isInteger(number) && number >= min && number <= max;
  });
export const port = matching(
  'a port from 1 to 65535',
  (value) => /^\d{1,5}$/.test(value) && +value >= 1 && +value <= 65_535,
);
export const upstreamTimeout = wholeNumber('millisecond', 1, 60_000);
export const shutdownTimeout = wholeNumber('millisecond', 1000, 600_000);
export const sessionLifetime: Format = { ...wholeNumber('second', 0, 366 * 86_400), judgesEmpty: true };

export const slugs = matching('application slugs separated by commas, like operator,portal', (value) =>
  /^[\w-]+(,[\w-]+)*$/.test(value),
);

export const text: Format = { description: 'text' };

export const headerValue = matching('printable ASCII without spaces: it is sent in a header', (value) =>
  /^[\x21-\x7e]+$/.test(value),
);

/** A reserved variable: there is no client for this service yet, so that setting it would have no effect. */
export const reserved = (what: string): Format => ({
  description: `left empty: ${what} is "not configured" until there is a client for it`,
  fault: () => `must stay empty: there is no client for ${what} yet`,
});

/** A value with fewer distinct characters is not random: 48 random characters of base64 have about 33. */
const leastDistinct = 16;
const distinctOf = (values: Iterable<unknown>): number => new Set(values).size;

// nuxt-oidc-auth seals cookies with these secrets. It replaces one below 48 characters (provideDefaults.js).
export const longSecret: Format = {
  description: 'at least 48 random characters',
  hint: 'give it at least 48 random characters',
  fault: (value) => (value.length < 48 ? `has ${value.length} characters: it needs at least 48` : undefined),
  productionFault: (value) =>
    distinctOf(value) < leastDistinct ? 'repeats few characters: make a random one' : undefined,
};

// The raw key of AES-256-GCM (security.js, encryptToken).
export const aesKey: Format = {
  description: 'the base64 of 32 random bytes',
  hint: 'give it 32 random bytes in base64',
  fault: (value) => {
    const strict = /^[A-Za-z0-9+/]+={0,2}$/.test(value);
    return strict && decode(value).length === 32 ? undefined : 'is not the base64 of 32 bytes';
  },
  productionFault: (value) => {
    const bytes = decode(value);
    if (distinctOf(bytes) < leastDistinct) return 'repeats few bytes: make a random one';
    return bytes.every((byte) => byte >= 0x20 && byte < 0x7f) ? 'is the base64 of text: make a random one' : undefined;
  },
};

const decode = (base64: string): Uint8Array => Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));

/** A secret that another service issues. Authentik's client secrets have 128 characters, its tokens 60. */
export const issuedSecret: Format = {
  description: 'as the other service issued it',
  productionFault: (value) =>
    value.length < 20 ? `has ${value.length} characters: what a service issues is longer` : undefined,
};
