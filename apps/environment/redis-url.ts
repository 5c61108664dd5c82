export interface RedisAddress {
  host: string;
  port: number;
  db: number;
  username?: string;
  password?: string;
  tls?: Record<string, never>;
}

const variable = 'SESSION_REDIS_URL';
const shape = 'redis://[user:password@]host[:port][/db]';

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error(`${variable} has a user or password with a stray %: write it as %25.`);
  }
};

/**
 * Parses SESSION_REDIS_URL: `redis:` or `rediss:` (TLS), by default port 6379 and database 1.
 * Throws an Error whose message is a sentence. It never contains the URL, which may include a password.
 */
export const parseRedisUrl = (text: string): RedisAddress => {
  if (text.trim() === '')
    throw new Error(`${variable} is empty: set it to ${shape}, or unset it to keep sessions in memory.`);
  if (!URL.canParse(text)) throw new Error(`${variable} is not a URL: set it to ${shape}.`);
  const url = new URL(text);
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:')
    throw new Error(`${variable} has the scheme ${url.protocol.slice(0, -1)}: it must be redis or rediss.`);
  if (url.hostname === '') throw new Error(`${variable} names no host: set it to ${shape}.`);
  if (url.search !== '' || url.hash !== '')
    throw new Error(`${variable} has a query or fragment, which would be ignored: set it to ${shape}.`);
  const db = url.pathname.replace(/^\//, '');
  if (!/^\d*$/.test(db)) throw new Error(`${variable} names the database ${db}: it must be a number.`);
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 6379 : Number(url.port),
    db: db === '' ? 1 : Number(db),
    ...(url.username && { username: decode(url.username) }),
    ...(url.password && { password: decode(url.password) }),
    ...(url.protocol === 'rediss:' && { tls: {} }),
  };
};
