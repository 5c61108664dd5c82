import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { capabilitiesOf, meaningOf } from '../../fleet/engines/shared/capabilities.ts';
import { exitCodes, HarnessError } from '../../fleet/errors.ts';
import { images, type Image } from '../../fleet/manifests/images.ts';
import { runProgram } from '../../fleet/programs.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { helpOfAll } from './command-line.ts';

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
  CONTROL_TOKEN: { meaning: 'token of the control plane of `authentik`', fallback: 'a random one' },
  AUTHENTIK_API_TOKEN: { meaning: 'token of the admin API of `authentik`', fallback: 'a random one' },
  AUTHENTIK_TOKEN: { meaning: 'API token of an administrator of a real Authentik', fallback: 'none: it must be set' },
  NODE_EXTRA_CA_CERTS: {
    meaning: "a file with the certificate authority of a real Authentik, in PEM (Node's own variable)",
    fallback: 'the authorities that Node knows',
  },
  AUTHENTIK_SERVER_IMAGE: { meaning: '`conformance`: the image of Authentik', fallback: 'the published one' },
  POSTGRES_IMAGE: { meaning: '`conformance`: the image of its PostgreSQL', fallback: 'the published one' },
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
function settingsSection(): string {
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

/** Text as inline code. */
const code = (source: string): string => `\`${source}\``;

/** Text for people: `<` starts no tag. Inline code is left as it is. */
const text = (source: string): string =>
  source
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll('<', '&lt;')))
    .join('');

/** A table; prettier aligns it. A bar in a cell does not end it. */
const table = (head: readonly string[], rows: ReadonlyArray<readonly string[]>): string =>
  [head, head.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |\n`)
    .join('');

/** An npm script that starts a command. */
interface NpmCommand {
  name: string;
  /** The first sentences of its help, on one line. */
  description: string;
  /** What `--help` prints, also of the commands below it. */
  help: string;
}

let read: Promise<NpmCommand[]> | undefined;

/** Every npm script that starts a command. Each is asked once for its help. */
const npmCommands = (): Promise<NpmCommand[]> => (read ??= readHelp());

async function readHelp(): Promise<NpmCommand[]> {
  const { scripts } = JSON.parse(readFileSync(join(repositoryRoot, 'package.json'), 'utf8')) as {
    scripts: Record<string, string>;
  };
  return Promise.all(
    Object.entries(scripts).map(async ([name, script]) => {
      const [, file = '', argument] = /^exec node -- (scripts\/\S+\.mjs)(?: (\S+))?$/.exec(script) ?? [];
      const { stdout } = await runProgram(
        process.execPath,
        [argument === undefined ? file : `scripts/${argument}.ts`, '--help'],
        { cwd: repositoryRoot, env: { ...process.env, [helpOfAll]: '1' } },
      );
      const help = stdout
        .replaceAll(/^ +-h, --help .*\n/gm, '')
        .replaceAll(/^(?:Options|Commands):\n(?=\n|$)/gm, '')
        .replaceAll(/\n{3,}/g, '\n\n')
        .trim();
      const [, description = ''] = help.split('\n\n');
      return { name, description: description.replaceAll(/\s+/g, ' '), help };
    }),
  );
}

/** The section on commands. */
async function commandsSection(): Promise<string> {
  const sections = (await npmCommands()).map(({ name, help }) => `### npm run ${name}\n\n\`\`\`\n${help}\n\`\`\`\n`);
  return `## Commands\n\nWhat \`--help\` of each prints.\n\n${sections.join('\n')}`;
}

const begin = '<!-- Commands: made by `npm run config -- generate`. -->';
const end = '<!-- End of the commands. -->';

/** README.md with a table of the commands between two comments. */
async function readme(): Promise<string> {
  const before = readFileSync(join(repositoryRoot, 'README.md'), 'utf8');
  const [from, to] = [before.indexOf(begin), before.indexOf(end)];
  if (from === -1 || to < from) {
    throw new HarnessError(`README.md has no place for the commands. Put these lines where they go:\n${begin}\n${end}`);
  }
  const rows = (await npmCommands()).map(({ name, description }) => [
    `[\`npm run ${name}\`](docs/reference.md#npm-run-${name})`,
    text(description).replaceAll(/(?:docs|fixtures)\/[\w/-]+\.md/g, '[$&]($&)'),
  ]);
  return `${before.slice(0, from)}${begin}\n\n${table(['command', 'what it does'], rows)}\n${before.slice(to)}`;
}

const header = `# Reference

Generated from the programs by \`npm run config -- generate\`. The gate fails when it is out of date.
`;

/** What each exit code means to who runs a command; `--help` says more where a command has more to say. */
const meaningOfCode: Readonly<Record<keyof typeof exitCodes, string>> = {
  passed: 'passed',
  productFailed: 'the product failed',
  harnessFailed: 'the harness failed, or the arguments are wrong',
  cannotRunHere: 'cannot run here (no browser, no redis-server, no Docker …); the message says what to do',
};

const exitCodesSection = (): string =>
  `## Exit codes\n\n${table(
    ['code', 'meaning'],
    Object.entries(exitCodes).map(([name, value]) => [String(value), meaningOfCode[name as keyof typeof exitCodes]]),
  )}`;

function capabilitiesSection(): string {
  const engines = Object.entries(capabilitiesOf);
  return `## Capabilities of the engines

A test or a regression that needs a capability is skipped, by name, on an engine without it.

${table(
  ['capability', 'meaning', ...engines.map(([engine]) => engine)],
  Object.entries(meaningOf).map(([capability, meaning]) => [
    code(capability),
    text(meaning),
    ...engines.map(([, has]) => ((has as ReadonlySet<string>).has(capability) ? 'yes' : '')),
  ]),
)}`;
}

/** Documents that are generated from the programs, by path. */
export const referenceDocuments: Readonly<Record<string, () => Promise<string>>> = {
  'README.md': readme,
  'docs/reference.md': async () =>
    [header, await commandsSection(), exitCodesSection(), settingsSection(), capabilitiesSection()].join('\n'),
};
