import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sessionReasons } from '../../apps/environment/session-reasons.ts';
import { faultsTables } from '../../e2e/faults/document.ts';
import { seenIn } from '../../fixtures/seen-in.ts';
import { capabilitiesOf, meaningOf } from '../../fleet/engines/shared/capabilities.ts';
import { exitCodes, HarnessError } from '../../fleet/errors.ts';
import { images } from '../../fleet/product/images.ts';
import { type Image } from '../../fleet/manifests/images.ts';
import { runProgram } from '../../fleet/programs.ts';
import { repositoryRoot } from '../../fleet/root.ts';
import { helpOfAll } from '../command/command-line.ts';
import { parityTable } from './parity.ts';
import { explainPage } from '../explain/page/document.ts';
import { requirementsTable, testsOfSuite } from './requirements.ts';

/**
 * The variables that people set for the commands, except those of images: what each sets, and what happens without it.
 * A test finds the variables that are read.
 */
export const settings: Readonly<Record<string, string>> = {
  HEADLESS_SHELL_PATH: "the browser of the suite; otherwise found on PATH, or Playwright's own",
  CHROMIUM_PATH: 'the whole browser, with a window and a back/forward cache; otherwise found in the same way',
  REDIS_SERVER_PATH: 'Redis of a local fleet; otherwise found on PATH',
  PROMTOOL_PATH: 'evaluates the alerts; otherwise `promtool` on PATH, and without it they are not tested',
  E2E_APP: 'the app for claims about the layer, which a spec makes on one app',
  E2E_VIDEO: 'record videos of failed tests, with the ffmpeg that `playwright install` downloads',
  FLEET_STATE_DIR: 'folder of the state and logs of runs; otherwise `.fleet`',
  SMOKE_USERNAME: 'a test user for `smoke` and `deploy`: [smoke.md](smoke.md)',
  SMOKE_PASSWORD: 'the password of that user',
  DEBUG: 'stacks with errors of the harness',
  CONTROL_TOKEN: 'token of the control plane of `authentik`; otherwise random',
  AUTHENTIK_API_TOKEN: 'token of the admin API of `authentik`; otherwise random',
  AUTHENTIK_TOKEN: 'API token of an administrator of a real Authentik; required',
  NODE_EXTRA_CA_CERTS: "a file with the certificate authority of a real Authentik, in PEM (Node's own variable)",
  AUTHENTIK_SERVER_IMAGE: '`conformance`: the image of Authentik; otherwise the published one',
  POSTGRES_IMAGE: '`conformance`: the image of its PostgreSQL; otherwise the published one',
  DOCKER_HOST: "k3s: the Docker that runs the node; otherwise Docker's own default",
  FLEET_IMAGES: 'k3s: folder of image archives (`.tar`, `.tar.gz`, `.tar.zst`) to load instead of pulling',
  FLEET_KUBECONFIG: 'cluster: the kubeconfig file; required',
  FLEET_CONTEXT: 'cluster: the context in that file; required',
  FLEET_IMAGE_REGISTRY: 'cluster: where built images are pushed to',
  FLEET_IMAGES_PRESENT: 'cluster: `1` when its nodes have the built images already',
};

function settingsSection(): string {
  const ofImages = Object.values<Image>(images).map(({ overrideEnv, reference, build }) => [
    code(overrideEnv),
    build ? 'built from this repository' : code(reference.replace(/@.*/, '')),
  ]);
  return `## Environment of the commands

What the apps themselves read is in [environment.md](environment.md).

${list(Object.entries(settings).map(([name, meaning]) => [code(name), meaning]))}
Images of k3s and cluster to use as they are, in place of:

${list(ofImages)}`;
}

const code = (source: string): string => `\`${source}\``;

/** Text for people: `<` starts no tag. Inline code is left as it is. */
const text = (source: string): string =>
  source
    .split(/(`[^`]*`)/)
    .map((part) => (part.startsWith('`') ? part : part.replaceAll('<', '&lt;')))
    .join('');

const list = (rows: ReadonlyArray<readonly [name: string, meaning: string] | string[]>): string =>
  rows.map(([name, meaning]) => `- ${name}: ${meaning}\n`).join('');

interface NpmCommand {
  name: string;
  /** The first sentence of its help, on one line. */
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
        .replaceAll(/, 2 the harness failed, 77 cannot run here(?=\.?$)/gm, '')
        .replaceAll(/^Usage: /gm, '')
        .replaceAll(/^ +(?:-h, --help|help \[command\]) .*\n/gm, '')
        .replaceAll(/^(?:Options|Commands):\n(?=\n|$)/gm, '')
        .replaceAll(/\n{3,}/g, '\n\n')
        .trim();
      const [, description = ''] = help.split('\n\n');
      const [sentence = ''] = description.replaceAll(/\s+/g, ' ').split(/(?<=\.) /);
      return { name, description: sentence, help };
    }),
  );
}

async function commandsSection(): Promise<string> {
  const sections = (await npmCommands()).map(({ name, help }) => `### npm run ${name}\n\n\`\`\`\n${help}\n\`\`\`\n`);
  return `## Commands\n\nWhat \`--help\` of each prints; the exit codes 2 and 77 are below.\n\n${sections.join('\n')}`;
}

/** A document with a generated part between two comments. @param name of that part. */
function withPart(file: string, name: string, part: string): string {
  const before = readFileSync(join(repositoryRoot, file), 'utf8');
  const begin = `<!-- ${name}: made by \`npm run config -- generate\`. -->`;
  const end = `<!-- End of the ${name.toLowerCase()}. -->`;
  const [from, to] = [before.indexOf(begin), before.indexOf(end)];
  if (from === -1 || to < from) {
    throw new HarnessError(
      `${file} has no place for the ${name.toLowerCase()}. Put these lines where they go:\n${begin}\n${end}`,
    );
  }
  return `${before.slice(0, from)}${begin}\n\n${part}\n${before.slice(to)}`;
}

async function commandsOfReadme(): Promise<string> {
  const rows = (await npmCommands()).map(({ name, description }) => [
    `[\`npm run ${name}\`](docs/reference.md#npm-run-${name})`,
    text(description).replaceAll(/(?:docs|fixtures)\/[\w/-]+\.md/g, '[$&]($&)'),
  ]);
  return list(rows);
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
  `## Exit codes\n\n${list(
    Object.entries(exitCodes).map(([name, value]) => [String(value), meaningOfCode[name as keyof typeof exitCodes]]),
  )}`;

const capabilitiesSection = (): string => `## Capabilities of the engines

A test or a regression that needs a capability is skipped, by name, on an engine without it. What each engine has:

${list(Object.entries(capabilitiesOf).map(([engine, has]) => [engine, [...has].map(code).join(', ') || 'none']))}
What they mean:

${list(Object.entries(meaningOf).map(([capability, meaning]) => [code(capability), text(meaning)]))}`;

const linkTo = (issue: string): string => `[${issue}](https://github.com/${issue.replace('#', '/issues/')})`;

const seenInSection = (): string => `## Regressions that others met

Public issues of other projects with the same fault. \`npm run repro -- <name>\` shows it here.

${list(Object.entries(seenIn).map(([name, issues]) => [code(name), issues.map(linkTo).join(', ')]))}`;

const listOfReasons = (): string =>
  list(
    Object.entries(sessionReasons).map(([name, { means, alert }]) => [
      code(name),
      alert === undefined ? means : `${means} Alert: ${alert}`,
    ]),
  );

/** Documents that are generated from the programs, by path. */
export const referenceDocuments: Readonly<Record<string, () => Promise<string>>> = {
  'README.md': async () => withPart('README.md', 'Commands', await commandsOfReadme()),
  'docs/explain.html': explainPage,
  'docs/parity.md': () => Promise.resolve(withPart('docs/parity.md', 'Tests', parityTable())),
  'docs/faults.md': () => Promise.resolve(withPart('docs/faults.md', 'Faults', faultsTables())),
  'docs/requirements.md': async () =>
    withPart('docs/requirements.md', 'Requirements', requirementsTable(await testsOfSuite())),
  'docs/sessions.md': () => Promise.resolve(withPart('docs/sessions.md', 'Reasons', listOfReasons())),
  'docs/reference.md': async () =>
    [
      header,
      await commandsSection(),
      exitCodesSection(),
      settingsSection(),
      capabilitiesSection(),
      seenInSection(),
    ].join('\n'),
};
