import { exitCodes } from '../../fleet/errors.ts';
import { capabilitiesOf, meaningOf } from '../../fleet/engines/shared/capabilities.ts';
import { commandsSection } from './commands.ts';
import { code, table, text } from './markdown.ts';
import { readme } from './readme.ts';
import { settingsSection } from './settings.ts';

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
