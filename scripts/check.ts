// `npm run check`: the one gate. Types, lint, formatting, import boundaries, unused code, unit tests.
import { spawn } from 'node:child_process';
import { styleText } from 'node:util';
import { verbCommand } from './command.ts';

const gates = {
  types: 'tsc -p tsconfig.json',
  'app types': 'npm run --silent typecheck -w apps/operator -w apps/portal -w apps/platform-api',
  lint: 'oxlint --deny-warnings',
  format: 'prettier --check --log-level warn .',
  boundaries: 'depcruise --config .dependency-cruiser.mjs --output-type err scripts e2e fixtures fleet apps',
  'unused code': 'knip',
  'unit tests': 'vitest run --reporter=dot',
};

const options = verbCommand('check')
  .description(`Runs the gate: ${Object.keys(gates).join(', ')}. Exit code: 0 all pass, 1 something does not.`)
  .option('--only <gate>', 'run one of them')
  .parse()
  .opts<{ only?: string }>();

const chosen = Object.entries(gates).filter(([name]) => !options.only || name === options.only);
if (chosen.length === 0) {
  console.error(`There is no gate "${options.only}". They are: ${Object.keys(gates).join(', ')}.`);
  process.exit(2);
}

const run = (command: string): Promise<{ code: number; output: string }> =>
  new Promise((resolve) => {
    const child = spawn(command, { shell: true, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });

let failed = 0;
for (const [name, command] of chosen) {
  const start = performance.now();
  const { code, output } = await run(command);
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`${code === 0 ? styleText('green', '✓') : styleText('red', '✗')} ${name.padEnd(12)} ${seconds} s`);
  if (code !== 0) {
    failed += 1;
    console.log(output.trimEnd());
  }
  const counts = /Tests .*/.exec(output)?.[0];
  if (counts) console.log(`  ${counts.trim()}`);
}
process.exit(failed === 0 ? 0 : 1);
