import { H3Event, sealSession, unsealSession, type SessionConfig } from 'h3';
import type { AnyAppName, AppName } from '../../apps/environment/apps.ts';
import { ofKind, type KubeObject } from '../../fleet/manifests/objects.ts';
import { contract } from '../contract.ts';

/** The name under which h3 keeps a session in memory; it is not part of the sealed value. */
const name = 'session';
/** h3 1, which the apps use, derives its keys with one iteration. h3 2, which seals here, uses more by default. */
const h3v1Options = {
  encryption: { saltBits: 256, algorithm: 'aes-256-cbc', iterations: 1, minPasswordlength: 32 },
  integrity: { saltBits: 256, algorithm: 'sha256', iterations: 1, minPasswordlength: 32 },
} as const;

interface SealedSession {
  id: string;
  /** Milliseconds since the epoch at which its lifetime starts. */
  createdAt: number;
  data: Record<string, unknown>;
}

export function secretOf(app: AnyAppName, manifests: readonly KubeObject[], name: string): string {
  const secrets = ofKind(manifests, 'Secret')
    .filter(({ metadata }) => metadata.name.startsWith(app))
    .map(({ stringData }) => stringData?.[name]);
  const secret = secrets.find((value) => value !== undefined);
  if (secret === undefined) throw new Error(`No Secret of ${app} has ${name}.`);
  return secret;
}

export const sessionSecretOf = (app: AppName, manifests: readonly KubeObject[]): string =>
  secretOf(app, manifests, 'NUXT_OIDC_SESSION_SECRET');

/** The same sealed cookie, with the start of its session moved back by this many milliseconds. */
export async function agedCookie(sealed: string, milliseconds: number, password: string): Promise<string> {
  const config = sealedWith(password);
  const event = nobody();
  const session = (await unsealSession(event, config, sealed)) as unknown as SealedSession;
  event.context.sessions = { [name]: { ...session, createdAt: session.createdAt - milliseconds } };
  return sealSession(event, config);
}

/** The id of the session in a sealed cookie. Throws an Error when the cookie is not sealed with this secret. */
export const sessionIdIn = async (sealed: string, password: string): Promise<string> =>
  (await unsealed(sealed, password)).id;

/** The data in a sealed cookie. Throws an Error when the cookie is not sealed with this secret. */
export const sealedDataIn = async (sealed: string, password: string): Promise<Record<string, unknown>> =>
  (await unsealed(sealed, password)).data;

const unsealed = async (sealed: string, password: string): Promise<SealedSession> =>
  (await unsealSession(nobody(), sealedWith(password), sealed)) as unknown as SealedSession;

const sealedWith = (password: string): SessionConfig => ({
  name,
  password,
  seal: { ...h3v1Options, ttl: contract.lifetimeSeconds * 1000, timestampSkewSec: 60, localtimeOffsetMsec: 0 },
});

const nobody = (): H3Event => new H3Event(new Request('https://h3.invalid/'));
