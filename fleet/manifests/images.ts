import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { CannotRunHere, HarnessError } from '../errors.ts';
import { programPath, variablesHere } from '../programs.ts';
import { repositoryRoot } from '../root.ts';
import { parseImage } from './image-reference.ts';

/** The engine's input for a program that it starts on this machine. */
interface LocalContext {
  /** Free local port for each port name of the container. */
  ports: Readonly<Record<string, number>>;
  host: string;
  /** A folder for the files of this pod only. It is removed with the run. */
  folder: string;
  /** Folder that holds `.output`, for an image with a `build` of kind app. */
  buildDirectory?: string | undefined;
}

/** The same program as in the image, as a process. */
export interface LocalProgram {
  entrypoint: readonly string[];
  /** The image's CMD; a container's `args` replace it. */
  cmd: readonly string[];
  cwd: string;
  /** The image's ENV; the manifest's variables override it. */
  env?: Readonly<Record<string, string>>;
  /**
   * What differs here: its address and cache, as additional arguments and variables that override the manifest's.
   * Undefined: the variable is not set.
   */
  listen: { args?: readonly string[]; env?: Readonly<Record<string, string | undefined>> };
}

export type ImageBuild =
  /** `apps/<app>/.output` on the Node image, started by `node .output/server/index.mjs`. */
  | { kind: 'app'; app: string }
  /** The entry file, bundled, on the Node image; `assets` are files that it reads from its own folder. */
  | { kind: 'harness'; entry: string; assets: readonly string[] };

export interface Image {
  /** Public reference, pinned. The manifests name the same image without the tag. */
  reference: string;
  /** Environment variable that overrides the reference. */
  overrideEnv: string;
  /** How it is built. Without this it is pulled. */
  build?: ImageBuild;
  /** An app that is not built here: when it crashes, the product has failed. */
  isApp?: true;
  /** Throws CannotRunHere when this machine lacks something that `local` needs. */
  prerequisites?: () => void;
  /** The command that runs the same program on this machine. Absent: only containers use this image. */
  local?: (context: LocalContext) => LocalProgram;
}

/** ENV of the images that are built here. Without it libraries change their behaviour and log more. */
const imageEnv = { NODE_ENV: 'production' };
/** Of this command. Not for apps: a build of each regression would be kept in it. */
const { NODE_COMPILE_CACHE } = process.env;

/** A server in `.output` of an app's build. @param reference with a tag, which the manifests' own replaces. */
export const appImage = (name: string, reference: string): Image => ({
  reference,
  overrideEnv: `${name.replaceAll('-', '_').toUpperCase()}_IMAGE`,
  build: { kind: 'app', app: name },
  local: ({ ports, host, buildDirectory }) => {
    if (buildDirectory === undefined) throw new HarnessError(`${name} has no build. Run: npm run fleet -- up`);
    return {
      entrypoint: [],
      cmd: ['node', '.output/server/index.mjs'],
      cwd: buildDirectory,
      env: imageEnv,
      listen: {
        env: {
          HOST: host,
          PORT: portNamed(ports, 'http'),
          ...(ports['metrics'] !== undefined && { METRICS_PORT: String(ports['metrics']) }),
        },
      },
    };
  },
});

/** A server of the harness. @param portVariables the port name of its container, by the variable that sets the port. */
export const harnessImage = (
  reference: string,
  entry: string,
  assets: readonly string[],
  portVariables: Readonly<Record<string, string>>,
): Image => ({
  reference,
  overrideEnv: `${parseImage(reference).name.split('/').at(-1)?.toUpperCase()}_IMAGE`,
  build: { kind: 'harness', entry, assets },
  local: ({ ports, host }) => ({
    entrypoint: [],
    cmd: ['node', entry],
    cwd: repositoryRoot,
    env: imageEnv,
    listen: {
      env: {
        ...(NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE }),
        HOST: host,
        ...Object.fromEntries(
          Object.entries(portVariables).map(([variable, port]) => [variable, portNamed(ports, port)]),
        ),
      },
    },
  }),
});

/**
 * A server that is no part of this repository: what a command of a shell starts in a folder. As npm does it, the programs
 * of the folder's dependencies are found.
 * @param trust variables with certificate authorities, in place of those of the run.
 */
export const commandImage = (
  reference: string,
  {
    command,
    cwd,
    portVariable,
    trust = {},
  }: { command: string; cwd: string; portVariable: string; trust?: Readonly<Record<string, string | undefined>> },
): Image => ({
  reference,
  overrideEnv: 'APP_IMAGE',
  isApp: true,
  local: ({ ports, host }) => ({
    // The shell is replaced by a simple command, which then gets the signals.
    entrypoint: ['/bin/sh', '-c', /[;&|\n]/.test(command) ? command : `exec ${command}`],
    cmd: [],
    cwd,
    env: {
      ...imageEnv,
      ...variablesHere('HOME', 'LANG', 'TMPDIR'),
      PATH: programPath(join(cwd, 'node_modules', '.bin')),
    },
    // It reaches the rest of the world as it always does.
    listen: {
      env: {
        HOST: host,
        [portVariable]: portNamed(ports, 'http'),
        HTTPS_PROXY: '',
        HTTP_PROXY: '',
        NODE_USE_ENV_PROXY: '',
        ...trust,
      },
    },
  }),
});

/** What every fleet runs, and what engines need themselves. */
export const commonImages = {
  authentik: harnessImage(
    'fleet/authentik:e2e',
    'fixtures/authentik/main.ts',
    ['fixtures/authentik/flows/flow-page.js'],
    {
      PORT: 'http',
      CONTROL_PORT: 'control',
    },
  ),
  edge: harnessImage('fleet/edge:e2e', 'fleet/edge/main.ts', [], { PORT: 'proxy', CONTROL_PORT: 'control' }),
  redis: {
    reference: 'redis:7.4.9',
    overrideEnv: 'REDIS_IMAGE',
    prerequisites: () => void redisServer(),
    local: ({ ports, host, folder }) => ({
      entrypoint: [redisServer()],
      cmd: [],
      // Redis would load any dump.rdb in its folder.
      cwd: folder,
      // For its process title Redis overwrites its environment, by which the processes of a run are found.
      listen: { args: ['--bind', host, '--port', portNamed(ports, 'redis'), '--set-proc-title', 'no'] },
    }),
  },
  node: {
    // The base image of the Dockerfiles, which a release takes by its digest. A test compares it with theirs and with the
    // harness's own Node: it may be newer, since a security release is an image days before it is the npm package.
    reference: 'node:24.22.1-slim',
    overrideEnv: 'NODE_IMAGE',
  },
  traefik: { reference: 'traefik:v3.6.22', overrideEnv: 'TRAEFIK_IMAGE' },
  k3s: { reference: 'rancher/k3s:v1.34.4-k3s1', overrideEnv: 'K3S_IMAGE' },
} satisfies Record<string, Image>;

export type Images = Readonly<Record<string, Image>>;

/** The reference to use for an image, including its override. */
export const imageReference = ({ reference, overrideEnv }: Image): string => process.env[overrideEnv] ?? reference;

/** The image that a manifest's reference names, with any tag. */
export function imageOf(reference: string, known: Images): { key: string; image: Image } | undefined {
  const { name } = parseImage(reference);
  const found = Object.entries(known).find(([, image]) => parseImage(image.reference).name === name);
  return found && { key: found[0], image: found[1] };
}

/** Whether a reference names the image of an app, and not one of the harness. */
export const isApp = (reference: string, known: Images): boolean => {
  const image = imageOf(reference, known)?.image;
  return image?.build?.kind === 'app' || image?.isApp === true;
};

/** The keys of the images that an app's build is in. */
export const appsOf = (images: Images): string[] =>
  Object.entries(images).flatMap(([key, { build }]) => (build?.kind === 'app' ? [key] : []));

function portNamed(ports: Readonly<Record<string, number>>, name: string): string {
  const port = ports[name];
  if (port === undefined) {
    throw new HarnessError(`The container has no port named "${name}"; name it in the Deployment as its image does.`);
  }
  return String(port);
}

/** `redis-server` from `REDIS_SERVER_PATH` or PATH. */
export function installedRedis(): string | undefined {
  const { REDIS_SERVER_PATH: path = findOnPath('redis-server') } = process.env;
  return path !== undefined && isExecutable(path) ? path : undefined;
}

function redisServer(): string {
  const path = installedRedis();
  if (path !== undefined) return path;
  throw new CannotRunHere(
    'redis-server is not on PATH, nor a program at REDIS_SERVER_PATH. ' +
      'Install it (apt-get install redis-server, or brew install redis) or set REDIS_SERVER_PATH.',
  );
}

export function findOnPath(program: string): string | undefined {
  const folders = (process.env['PATH'] ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
