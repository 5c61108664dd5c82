import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { FleetDescription } from '../engines/shared/description.ts';
import { commandImage, commonImages, type Images } from '../manifests/images.ts';
import { imagesOfManifests, type OwnManifests } from './own-manifests.ts';
import { fleetOf, imagesOf, surroundingsOf, type OneApp, type Surroundings } from './one-app.ts';

/** A path of an app. */
export const path = z.string().regex(/^\/\S*$/, { error: 'is no path: it begins with /' });

/** A third-party app as data, which each process of a run reads from a file. */
export const commandAppSchema = z.object({
  /** Shell command that starts one pod of the app. */
  start: z.string().default(''),
  /** Kubernetes manifests, instead of a command. */
  manifests: z.custom<OwnManifests>().optional(),
  /** Folder in which the command runs, absolute. */
  cwd: z.string(),
  /** Variable with the port on which the app must listen. */
  portVariable: z.string().default('PORT'),
  /** Further variables. `{issuer}` and the other names of {@link placeholders} stand for what the fleet has. */
  env: z.record(z.string(), z.string()).default({}),
  sessionCookie: z.string().min(1),
  ready: path.optional(),
  readyAfter: z.number().optional(),
  backChannel: path.optional(),
  /** A free port of this machine, for the engine of processes. */
  issuerPort: z.number().optional(),
  plainHttp: z.boolean().optional(),
  provider: z.object({ issuer: z.url(), clientId: z.string(), clientSecret: z.string() }).optional(),
});
export type CommandApp = z.output<typeof commandAppSchema>;

const usualName = 'app';

/** The name of its Deployment. */
export const nameOf = ({ manifests }: Pick<CommandApp, 'manifests'>): string => manifests?.name ?? usualName;

/** At least 32 characters, which some frameworks demand. */
const secret = 'a secret of 64 characters, which encrypts cookies of tests only.';

const placeholders = (surroundings: Surroundings): Readonly<Record<string, string>> => ({ ...surroundings, secret });

/** The names that a variable of the app may have in braces. */
export const placeholderNames = ['origin', 'issuer', 'clientId', 'clientSecret', 'redisUrl', 'secret'] as const;

/** Variables with what the fleet has in place of {@link placeholderNames}. */
export function filledIn(env: Readonly<Record<string, string>>, surroundings: Surroundings): Record<string, string> {
  const known = placeholders(surroundings);
  return Object.fromEntries(
    Object.entries(env).map(([variable, value]) => [
      variable,
      value.replace(/\{(\w+)\}/g, (whole, key: string) => known[key] ?? whole),
    ]),
  );
}

/** The app, and what it gets in its environment. */
export function oneApp(app: CommandApp): OneApp {
  const { env, sessionCookie, ready, readyAfter, backChannel, issuerPort, plainHttp, provider, manifests } = app;
  return {
    name: nameOf(app),
    manifests,
    domain: 'session-check.test',
    sessionCookie,
    ready,
    readyAfter,
    backChannel,
    issuerPort,
    plainHttp,
    provider,
    usesRedis: Object.values(env).some((value) => value.includes('{redisUrl}')),
    env: (surroundings) => filledIn(env, surroundings),
  };
}

/** What the app gets in its environment, as it is shown to a person. */
export const environmentOf = (app: CommandApp): Readonly<Record<string, string>> => {
  const one = oneApp(app);
  return one.env(surroundingsOf(one));
};

/** @throws ZodError when the file is no description. */
export const readCommandApp = (file: string): CommandApp =>
  commandAppSchema.parse(JSON.parse(readFileSync(file, 'utf8')));

export const commandImages = ({ start, cwd, portVariable, env, provider, manifests }: CommandApp): Images => {
  if (manifests) return { ...imagesOfManifests(manifests), ...commonImages };
  // A provider of their own has not a certificate of this run: what the app trusts is left to its owner.
  const ownTrust = Object.fromEntries(
    trustVariables.map((variable) => [variable, env[variable] ?? process.env[variable]]),
  );
  const trust = provider ? ownTrust : {};
  return imagesOf(usualName, (reference) => commandImage(reference, { command: start, cwd, portVariable, trust }));
};

const trustVariables = ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE'];

/** Two pods of this app, Redis and the mock Authentik. @param file has the description, of {@link commandAppSchema}. */
export function commandFleet(file: string): FleetDescription {
  const app = readCommandApp(file);
  const module = new URL('./command-images.ts', import.meta.url);
  module.searchParams.set('app', file);
  return fleetOf(oneApp(app), commandImages(app), module.href);
}
