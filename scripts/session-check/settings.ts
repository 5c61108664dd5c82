import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { z } from 'zod';
import { ownProviderSchema } from '../../e2e/any-app/checked-app.ts';
import { claims } from '../../e2e/any-app/claims.ts';
import { HarnessError } from '../../fleet/errors.ts';
import { path } from '../../fleet/one-app/command-app.ts';
import { presets } from './presets.ts';

const claim = z.enum(Object.keys(claims) as [string, ...string[]]);

/** A patch as in a kustomization, with its operations as data. */
const manifestPatch = z.strictObject({
  target: z.strictObject({ kind: z.string(), name: z.string() }),
  patch: z
    .array(z.looseObject({ op: z.enum(['add', 'remove', 'replace']), path: z.string() }))
    .describe('A JSON Patch (RFC 6902).'),
});
export type Fault = Pick<z.output<typeof settings>['faults'][string], 'env' | 'patches'>;

/** What a check is told of an app, by its configuration or by options. */
const settings = z.strictObject({
  engine: z
    .enum(['local', 'k3s'])
    .default('local')
    .describe('What runs the app: processes of this machine, or a k3s node in Docker.'),
  start: z.string().min(1).optional().describe('What starts one process of the app.'),
  manifests: z
    .string()
    .optional()
    .describe('For k3s, in place of `start`: a YAML file, or the folder of a kustomization.'),
  deployment: z.string().optional().describe('Name of the Deployment of the app, where the manifests have several.'),
  image: z.string().optional().describe('Image of the app in Docker, in place of the one that its manifest names.'),
  in: z.string().optional().describe('Folder in which it is started.'),
  signIn: path.describe('Where a sign-in begins.'),
  protected: z.tuple([path], path).describe('What answers 200 to a signed-in user alone.'),
  signOut: z
    .string()
    .regex(/^(?:(?:GET|POST) )?\/\S*$/, { error: 'is no path, and no `POST <path>`' })
    .optional()
    .describe('What signs out: a path, or `POST <path>` for a form.'),
  backChannel: path.optional().describe('What takes logout tokens.'),
  cookie: z.string().min(1).describe('Name of the session cookie.'),
  ready: path.optional().describe('What answers 200 when the app can serve. Default: it can when it listens.'),
  portVariable: z.string().default('PORT').describe('Variable with the port to listen on.'),
  redis: z.string().optional().describe('Variable with the URL of a Redis, which is started for it.'),
  preset: z
    .enum(Object.keys(presets) as [keyof typeof presets])
    .default('plain')
    .describe('Variables that a library reads.'),
  env: z.record(z.string(), z.string()).default({}).describe('Further variables of the app.'),
  nextEnv: z
    .record(z.string(), z.string())
    .optional()
    .describe('Variables of the next release, to which the rollout leads. Default: it is a restart.'),
  plainHttp: z
    .boolean()
    .default(false)
    .describe('The mock is at http://localhost, for an app that trusts no certificate authority of its environment.'),
  provider: ownProviderSchema.optional().describe('A provider of your own, in place of the mock.'),
  specs: z.string().optional().describe('Folder with Playwright specs of your own.'),
  faults: z
    .record(
      z.string(),
      z.strictObject({
        env: z.record(z.string(), z.string()).default({}),
        patches: z.array(manifestPatch).default([]),
        breaks: z.array(claim).min(1),
      }),
    )
    .default({})
    .describe('Variables, or patches of manifests, that put a fault into the app, and the claims that it breaks.'),
});

type Named = keyof z.output<typeof settings>;
const unsupported: Readonly<Record<'local' | 'k3s', readonly Named[]>> = {
  local: ['manifests', 'deployment', 'image'],
  k3s: ['start', 'plainHttp', 'provider'],
};
/** Reported together with other missing settings. */
const missing = (name: 'start' | 'manifests') => ({ path: [name], error: 'is missing', when: () => true });

export const settingsSchema = settings
  .refine(({ engine, start }) => engine === 'k3s' || start !== undefined, missing('start'))
  .refine(({ engine, manifests }) => engine !== 'k3s' || manifests !== undefined, missing('manifests'))
  .superRefine((given, { addIssue }) => {
    const issue = (name: Named, message: string) => addIssue({ code: 'custom', path: [name], message });
    for (const name of unsupported[given.engine])
      if (given[name]) issue(name, `is not supported by the engine ${given.engine}`);
    const { engine, faults, portVariable } = given;
    for (const variables of ['env', 'nextEnv'] as const)
      if (engine === 'local' && portVariable in (given[variables] ?? {}))
        issue(variables, `has ${portVariable}, which the check sets to another port for each process: leave it out`);
    if (engine === 'local' && Object.values(faults).some(({ patches }) => patches.length > 0))
      issue('faults', 'have patches of manifests, which only the engine k3s supports');
  });
export type Settings = z.output<typeof settingsSchema>;
export type SessionCheckConfig = z.input<typeof settingsSchema>;

const configNames = ['ts', 'mts', 'js', 'mjs'].map((extension) => `session-check.config.${extension}`);

/**
 * The settings in the configuration of a folder, overridden by options. TypeScript is loaded as its users write it, with
 * enums and paths.
 * @throws HarnessError that names each setting that is wrong.
 */
export async function readSettings(
  folder: string,
  options: Readonly<Partial<Record<string, unknown>>>,
): Promise<Settings> {
  const { file, config } = await configIn(folder);
  const env = { ...(config['env'] as object | undefined), ...(options['env'] as object | undefined) };
  const { success, data, error } = settingsSchema.safeParse({ ...config, ...options, env });
  if (success) {
    const place = resolve(folder, data.in ?? '.');
    if (existsSync(place)) {
      const manifests = data.manifests && resolve(folder, data.manifests);
      const provider = data.provider && { ...data.provider, signIn: resolve(folder, data.provider.signIn) };
      return { ...data, in: place, manifests, provider, specs: data.specs && resolve(folder, data.specs) };
    }
    throw new HarnessError(`There is no folder ${place}, in which the app is to start: --in <folder>`);
  }
  const from = file ?? 'There is no session-check.config.ts, and of the options';
  const wrong = error.issues.map(
    ({ path: [name, ...inside], message }) =>
      `  ${name === undefined ? '' : `${inside.length > 0 ? [name, ...inside].join('.') : optionOf(String(name))} `}${message.includes('received undefined') ? 'is missing' : message}`,
  );
  throw new HarnessError(
    `${from}:\n${[...new Set(wrong)].join('\n')}\nSee: session-check --help, or make a configuration with: session-check init`,
  );
}

/** The configuration of a folder, as it is written. */
export async function configIn(folder: string): Promise<{ file?: string; config: Record<string, unknown> }> {
  const file = configNames.map((name) => join(folder, name)).find((each) => existsSync(each));
  return file === undefined ? { config: {} } : { file, config: await load(file) };
}

async function load(file: string): Promise<Record<string, unknown>> {
  try {
    const { tsImport } = await import('tsx/esm/api');
    type Module = { default?: Module } & Record<string, unknown>;
    const { default: exported = {} } = (await tsImport(pathToFileURL(file).href, import.meta.url)) as Module;
    // Where the package.json beside it says nothing of modules, it is the default of a CommonJS module.
    return exported.default ?? exported;
  } catch (cause) {
    throw new HarnessError(`${file} does not load: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}

/** `signIn` is the option `--sign-in`. */
const optionOf = (name: string): string => `--${name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
