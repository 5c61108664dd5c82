import { images, type Image } from '../../fleet/manifests/images.ts';
import { code, table } from './markdown.ts';

interface Setting {
  /** What it sets. */
  meaning: string;
  /** What happens without it. */
  fallback: string;
}

/** The variables that people set for the commands, except those of images. A test finds the variables that are read. */
export const settings: Readonly<Record<string, Setting>> = {
  HEADLESS_SHELL_PATH: {
    meaning: 'the browser of the suite',
    fallback: "found on PATH, or Playwright's own",
  },
  CHROMIUM_PATH: {
    meaning: 'the whole browser, with a window and a back/forward cache',
    fallback: "found on PATH, or Playwright's own",
  },
  REDIS_SERVER_PATH: { meaning: 'Redis of a local fleet', fallback: 'found on PATH' },
  E2E_VIDEO: {
    meaning: 'record videos of failed tests, with the ffmpeg that `playwright install` downloads',
    fallback: 'off',
  },
  FLEET_STATE_DIR: { meaning: 'folder of the state and logs of runs', fallback: '`.fleet`' },
  SMOKE_USERNAME: { meaning: 'a test user for `smoke` and `deploy`: [smoke.md](smoke.md)', fallback: 'none' },
  SMOKE_PASSWORD: { meaning: 'the password of that user', fallback: 'none' },
  DEBUG: { meaning: 'stacks with errors of the harness', fallback: 'off' },
  AUTHENTIK_TOKEN: { meaning: 'API token of an administrator of a real Authentik', fallback: 'none: it must be set' },
  NODE_EXTRA_CA_CERTS: {
    meaning: 'PEM file of the authority of a real Authentik, besides the usual ones',
    fallback: 'none: its certificate is of a usual authority',
  },
  AUTHENTIK_SERVER_IMAGE: { meaning: '`conformance`: the image of Authentik', fallback: 'the published one' },
  POSTGRES_IMAGE: { meaning: '`conformance`: the image of its PostgreSQL', fallback: 'the published one' },
  EXPLORE_TRACE: { meaning: '`explore` prints each step with its time', fallback: 'off' },
  DOCKER_HOST: { meaning: 'k3s: the Docker that runs the node', fallback: "Docker's own default" },
  FLEET_IMAGES: {
    meaning: 'k3s: folder of image archives (`.tar`, `.tar.gz`, `.tar.zst`) to load instead of pulling',
    fallback: 'pull',
  },
  FLEET_KUBECONFIG: { meaning: 'cluster: the kubeconfig file', fallback: 'none: it must be set' },
  FLEET_CONTEXT: { meaning: 'cluster: the context in that file', fallback: 'none: it must be set' },
  FLEET_IMAGE_REGISTRY: { meaning: 'cluster: where built images are pushed to', fallback: 'none' },
  FLEET_IMAGES_PRESENT: { meaning: 'cluster: `1` when its nodes have the built images already', fallback: 'off' },
};

/** The section on the environment of the commands. */
export function settingsSection(): string {
  const named = Object.entries(settings).map(([name, { meaning, fallback }]) => [code(name), meaning, fallback]);
  const ofImages = Object.entries<Image>(images).map(([key, { overrideEnv, reference, build }]) => [
    code(overrideEnv),
    `k3s, cluster: the image ${code(key)} to use as it is`,
    build ? 'built from this repository' : code(reference.replace(/@.*/, '')),
  ]);
  return `## Environment of the commands

What the apps themselves read is in [environment.md](environment.md).

${table(['variable', 'for', 'without it'], [...named, ...ofImages])}`;
}
