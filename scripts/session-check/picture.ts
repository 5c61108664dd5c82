// Makes the moving picture of docs/any-app.md: `node scripts/session-check/picture.ts`. The sample in Express is checked
// with its sessions in memory, and then in Redis; each line appears when it was printed, four times as fast.
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import { quoted } from '../../fleet/quoted.ts';
import { repositoryRoot } from '../../fleet/root.ts';

const pauseMs = 6_000;
const speed = 4;
const columns = 118;
const lineHeight = 17;
const colours: Readonly<Record<string, string>> = {
  proved: '#3fb950',
  broken: '#f85149',
  unproven: '#d29922',
  not: '#8b949e',
  $: '#e6edf3',
};

interface Line {
  at: number;
  text: string;
}

const options = [
  '--start',
  'node server.mjs',
  '--sign-in',
  '/login',
  '--protected',
  '/api/me',
  '--sign-out',
  'POST /logout',
  '--cookie',
  'connect.sid',
];
const isTable = (text: string): boolean => /^(?:proved|broken|unproven|not applicable) /.test(text);
/** Under a row: what was seen, and where else. */
const isUnderRow = (text: string): boolean => /^ {28}\S/.test(text);

async function recorded(further: readonly string[], from: number): Promise<Line[]> {
  const command = [...options, ...further].map(quoted).join(' ');
  const lines: Line[] = [{ at: from, text: `$ npx @dezky/session-check ${command}` }];
  const startedAt = Date.now();
  const report = join(tmpdir(), 'session-check-picture');
  const child = spawn(
    process.execPath,
    [join(repositoryRoot, 'scripts/session-check.ts'), ...options, ...further, '--report', report],
    {
      cwd: join(repositoryRoot, 'fixtures/sample-apps/express'),
      env: { ...process.env, INIT_CWD: join(repositoryRoot, 'fixtures/sample-apps/express') },
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  for await (const line of createInterface({ input: child.stdout })) {
    const text = stripVTControlCharacters(line);
    if (isTable(text) || isUnderRow(text) || /^\d+ passed/.test(text))
      lines.push({ at: from + (Date.now() - startedAt) / speed, text });
  }
  return lines;
}

/** Lines of the width of a terminal, each with the indent of the column that it goes on in. */
function wrapped({ at, text }: Line): Line[] {
  const indent = isTable(text) || isUnderRow(text) ? 28 : 4;
  const [first = '', ...words] = text.trimEnd().split(/(?<=\S) /);
  const rows = [first];
  for (const word of words) {
    const row = `${rows.at(-1)} ${word}`;
    if (row.length > columns) rows.push(' '.repeat(indent) + word.trimStart());
    else rows[rows.length - 1] = row;
  }
  return rows.map((row) => ({ at, text: row }));
}

const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

function picture(lines: readonly Line[], seconds: number): string {
  const rows = lines.map(({ at, text }, index) => {
    const colour = colours[text.split(' ', 1)[0] ?? ''] ?? '#8b949e';
    const share = ((at / 1000 / seconds) * 100).toFixed(2);
    return [
      `@keyframes l${index}{0%,${share}%{opacity:0}${share}1%,100%{opacity:1}}#l${index}{animation:l${index} ${seconds}s infinite}`,
      `<text id="l${index}" x="12" y="${(index + 1) * lineHeight + 8}" fill="${colour}" xml:space="preserve">${escaped(text)}</text>`,
    ] as const;
  });
  const [width, height] = [columns * 8, (lines.length + 1) * lineHeight + 10];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" role="img" aria-label="session-check finds sessions in memory, and proves the claims with Redis">
<style>text{font:13px ui-monospace,monospace}${rows.map(([style]) => style).join('')}@media (prefers-reduced-motion){text{animation:none!important}}</style>
<rect width="100%" height="100%" rx="6" fill="#0d1117"/>
${rows.map(([, text]) => text).join('\n')}
</svg>
`;
}

const red = await recorded([], 0);
const green = await recorded(['--redis', 'REDIS_URL'], (red.at(-1)?.at ?? 0) + pauseMs / 2);
const seconds = Math.ceil(((green.at(-1)?.at ?? 0) + pauseMs) / 1000);
writeFileSync(
  join(repositoryRoot, 'docs/images/session-check.svg'),
  picture([...red, ...green].flatMap(wrapped), seconds),
);
