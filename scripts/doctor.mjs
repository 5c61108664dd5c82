// `npm run doctor`: lists the tools on this machine with path and version, and what is missing. Installs nothing.
import { existsSync, readFileSync } from 'node:fs';
import { cpus, freemem, totalmem } from 'node:os';
import { join } from 'node:path';
import {
  dependenciesAreCurrent,
  hostNode,
  hostNodeProblem,
  locate,
  node24,
  onPath,
  root,
  tools,
  version,
} from './toolchain.mjs';

const usage = `Usage: npm run doctor

Prints what the harness found on this machine (versions and paths) and what is missing, each with the
command that gets it. Installs nothing. Exit codes: 0 all there, 2 not understood, 77 something required is missing.`;
const isHelp = (/** @type {string} */ argument) => argument === '--help' || argument === '-h';
const args = process.argv.slice(2);
if (args.some(isHelp)) {
  console.log(usage);
  process.exit(0);
}
if (args.length > 0) {
  console.error(`doctor takes no arguments, and was given: ${args.join(' ')}. Run: npm run doctor -- --help`);
  process.exit(2);
}

/** @typedef {{ name: string, found?: string, missing?: string, optional?: boolean }} Row */

/** @param {string} name */
function packageVersion(name) {
  const file = join(root, 'node_modules', name, 'package.json');
  return existsSync(file) ? /** @type {string} */ (JSON.parse(readFileSync(file, 'utf8')).version) : undefined;
}

const installHint = 'npm run e2e installs it, or: npm ci';

const host = hostNode();
const tooOld = hostNodeProblem(host.version);

/** @type {Row[]} */
const rows = [
  tooOld ? { name: 'Node (host)', missing: tooOld } : { name: 'Node (host)', found: `${host.version}  ${host.path}` },
  existsSync(node24)
    ? { name: 'Node (harness)', found: `${version(node24)}  ${node24}` }
    : { name: 'Node (harness)', missing: installHint },
  dependenciesAreCurrent()
    ? { name: 'npm packages', found: 'as in package-lock.json' }
    : { name: 'npm packages', missing: installHint },
  ...['@playwright/test', 'nuxt', 'nuxt-oidc-auth'].map((name) => {
    const found = packageVersion(name);
    return found ? { name, found } : { name, missing: installHint };
  }),
  ...tools.map((tool) => {
    const { path, from, problem } = locate(tool);
    if (path) return { name: tool.name, found: `${version(path)}  ${path} (from ${from})` };
    return { name: tool.name, missing: problem ?? `${tool.byHand} (needed by ${tool.usedFor})` };
  }),
  ...[
    ['docker', 'the k3s engine'],
    ['kubectl', 'working on a cluster by hand'],
    ['kustomize', 'holding the renderer against the real one'],
  ].map(([name = '', use]) => {
    const path = onPath(name);
    return path ? { name, found: path, optional: true } : { name, missing: `only for ${use}`, optional: true };
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
  console.log(`${mark} ${row.name.padEnd(width)}  ${row.found ?? `missing: ${row.missing}`}`);
}
const missing = rows.filter((row) => !row.found && !row.optional);
console.log(missing.length === 0 ? '\nAll there. Next: npm run e2e' : `\n${missing.length} missing.`);
process.exit(missing.length === 0 ? 0 : 77);
