import { developmentUrls } from '../../development-urls.ts';
import { parseRedisUrl } from './redis-url.ts';

type Environment = Readonly<Record<string, string | undefined>>;
/** Says what is wrong with a value, or nothing. */
type Rule = (value: string | undefined) => string | undefined;

// nuxt-oidc-auth seals cookies with these; below 48 characters it would use a random one (provideDefaults.js).
const longSecret: Rule = (value) => {
  if (!value) return 'is not set: give it at least 48 random characters';
  if (value.length < 48) return `has ${value.length} characters: it needs at least 48`;
  return undefined;
};

// The raw key of AES-256-GCM (security.js, encryptToken).
const aesKey: Rule = (value) => {
  if (!value) return 'is not set: give it 32 random bytes in base64';
  const strict = /^[A-Za-z0-9+/]+={0,2}$/.test(value);
  if (!strict || Buffer.from(value, 'base64').length !== 32) return 'is not the base64 of 32 bytes';
  return undefined;
};

const present: Rule = (value) => (value ? undefined : 'is not set');

const origin: Rule = (value) => {
  if (value === undefined) return undefined;
  const isOrigin = URL.canParse(value) && /^https?:$/.test(new URL(value).protocol) && new URL(value).origin === value;
  return isOrigin ? undefined : 'must be scheme and host alone, such as https://auth.example.com';
};

const redis: Rule = (value) => {
  if (value === undefined) return undefined;
  try {
    parseRedisUrl(value);
    return undefined;
  } catch (error) {
    return (error as Error).message.replace(/^SESSION_REDIS_URL /, '').replace(/\.$/, '');
  }
};

const rules: Readonly<Record<string, Rule>> = {
  NUXT_OIDC_SESSION_SECRET: longSecret,
  NUXT_OIDC_AUTH_SESSION_SECRET: longSecret,
  NUXT_OIDC_TOKEN_KEY: aesKey,
  NUXT_OIDC_PROVIDERS_OIDC_CLIENT_SECRET: present,
  SESSION_REDIS_URL: redis,
  ...Object.fromEntries(Object.keys(developmentUrls).map((name) => [name, origin])),
};

/** One sentence for each variable that an app cannot start with, by name and never with its value. */
export const environmentFaults = (environment: Environment): string[] =>
  Object.entries(rules).flatMap(([name, rule]) => {
    const fault = rule(environment[name]);
    return fault ? [`${name} ${fault}.`] : [];
  });
