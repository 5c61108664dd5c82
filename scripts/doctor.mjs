// `npm run doctor`: lists the tools on this machine with path and version, and what is missing. `--fix` gets what can be
// got, as the commands do.
import { existsSync, readFileSync } from 'node:fs';
import { cpus, freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import { installDependencies } from './prepare.mjs';
import {
  dependenciesAreCurrent,
  ensure,
  hostNodeProblem,
  locate,
  node24,
  onPath,
  printable,
  root,
  tools,
  version,
} from './toolchain.mjs';

const usage = `Usage: npm run doctor [-- --fix]

Prints what the harness found on this machine (versions and paths) and what is missing, each with the
command that gets it. With --fix it installs npm packages and tools that are missing. Exit codes: 0 all
there, 2 not understood, 77 something required is missing.`;
/** Packages whose versions are printed. */
const named = ['@playwright/test', 'nuxt', 'nuxt-oidc-auth'];
const args = process.argv.slice(2);
if (args.some((argument) => argument === '--help' || argument === '-h')) {
  console.log(usage);
  process.exit(0);
}
if (process.env.npm_config_fix) {
  console.error('npm kept --fix for itself. Options come after --: npm run doctor -- --fix');
  process.exit(2);
}
const unknown = args.filter((argument) => argument !== '--fix');
if (unknown.length > 0) {
  console.error(
    `doctor takes --fix alone, and was given: ${printable(unknown.join(' '))}. Run: npm run doctor -- --help`,
  );
  process.exit(2);
}
const tooOld = hostNodeProblem();
// npm packages that an old Node installs may not work.
if (args.includes('--fix') && !tooOld) fix();

/** Gets what is missing. What cannot be got is in the list below. */
function fix() {
  const say = (/** @type {string} */ line) => console.error(line);
  if (!dependenciesAreCurrent()) installDependencies();
  for (const tool of tools) {
    const { problem } = ensure(tool, say);
    if (problem) say(problem);
  }
}

/**
 * `byHand`: `--fix` cannot get it.
 * @typedef {{ name: string, found?: string, missing?: string, optional?: boolean, byHand?: boolean }} Row
 */

/** @param {string} name */
function packageVersion(name) {
  const file = join(root, 'node_modules', name, 'package.json');
  return existsSync(file) ? /** @type {string} */ (JSON.parse(readFileSync(file, 'utf8')).version) : undefined;
}

const installHint = 'npm run doctor -- --fix installs it, as npm run e2e does';

/** @type {Row[]} */
const rows = [
  ...(tooOld ? [{ name: 'Node (host)', missing: tooOld, byHand: true }] : []),
  existsSync(node24)
    ? { name: 'Node (harness)', found: `${version(node24)}  ${node24}` }
    : { name: 'Node (harness)', missing: `missing: ${installHint}` },
  dependenciesAreCurrent()
    ? { name: 'npm packages', found: 'as in package-lock.json' }
    : { name: 'npm packages', missing: `missing: ${installHint}` },
  ...named.map((name) => {
    const found = packageVersion(name);
    return found ? { name, found } : { name, missing: `missing: ${installHint}` };
  }),
  ...tools.map((tool) => {
    const { path, from, problem } = locate(tool);
    if (path) return { name: tool.name, found: `${version(path)}  ${path} (from ${from})` };
    if (problem) return { name: tool.name, missing: problem, byHand: true };
    return { name: tool.name, missing: `missing: ${tool.byHand} (needed by ${tool.usedFor})` };
  }),
  ...[
    ['docker', 'the k3s engine'],
    ['kubectl', 'working on a cluster by hand'],
    ['kustomize', 'holding the renderer against the real one'],
  ].map(([name = '', use]) => {
    const path = onPath(name);
    return path ? { name, found: path, optional: true } : { name, missing: `missing: only for ${use}`, optional: true };
  }),
  {
    name: 'machine',
    found: `${cpus().length} cores, ${gib(freemem())} of ${gib(totalmem())} GiB free, ${process.platform} ${process.arch}`,
  },
];

/** @param {number} bytes */
function gib(bytes) {
  return (bytes / 2 ** 30).toFixed(1);
}

const width = Math.max(...rows.map((row) => row.name.length));
for (const row of rows) {
  const mark = row.found ? '✓' : row.optional ? '–' : '✗';
  console.log(`${mark} ${row.name.padEnd(width)}  ${row.found ?? row.missing}`);
}
const missing = rows.filter((row) => !row.found && !row.optional);
const names = missing.map(({ name }) => name).join(', ');
const next = missing.some(({ byHand }) => byHand)
  ? 'Correct what is named above first, and run npm run doctor again.'
  : 'Get it: npm run doctor -- --fix';
console.log(
  missing.length === 0 ? '\nAll that is required is there. Next: npm run e2e' : `\nMissing: ${names}. ${next}`,
);
process.exit(missing.length === 0 ? 0 : 77);
