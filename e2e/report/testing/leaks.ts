import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from '@playwright/test';
import { gzipSync, strToU8, zipSync } from 'fflate';
import { runRequest } from '../../run-request.ts';
import { timelineAttachment } from '../timeline.ts';
import { canaries, everything } from './canaries.ts';
import { sampleTimeline } from './samples.ts';

const contentTypes: Readonly<Record<string, string>> = { json: 'application/json', txt: 'text/plain' };

const files: Readonly<Record<string, () => Uint8Array>> = {
  'a.json': () => strToU8(JSON.stringify({ all: everything() })),
  'a.har': () => strToU8(`{"text":"${canaries.jwt}"}`),
  'a.bin': () => Buffer.concat([Buffer.from([0xff, 0xfe, 0x00, 0x80]), Buffer.from(everything())]),
  'a.txt': () => strToU8(everything()),
  'a.gz': () => gzipSync(strToU8(everything())),
  'a.zip': () =>
    zipSync({
      'b.txt': strToU8(everything()),
      [`${canaries.jwt}.txt`]: strToU8('named'),
      'b.zip': zipSync({ 'c.txt': strToU8(everything()) }),
    }),
};

test.beforeEach(({}, info) => {
  const content = { ...sampleTimeline(), logs: { 'a-pod': everything().split('\n') } };
  info.attachments.push({ ...timelineAttachment, body: Buffer.from(JSON.stringify(content)) });
});

test('prints them', async () => {
  console.log(everything());
  console.error(everything());
  const half = canaries.jwt.length / 2;
  process.stdout.write(canaries.jwt.slice(0, half));
  await new Promise((resolve) => setTimeout(resolve, 50));
  process.stdout.write(`${canaries.jwt.slice(half)}\n`);
});

test('attaches them', async ({}, info) => {
  const folder = `${runRequest.reports}-outside`;
  mkdirSync(folder, { recursive: true });
  for (const [name, bytes] of Object.entries(files)) {
    const contentType = contentTypes[name.replace('a.', '')] ?? 'application/octet-stream';
    await info.attach(name, { contentType, body: Buffer.from(bytes()) });
    const inside = info.outputPath(name);
    writeFileSync(inside, bytes());
    await info.attach(`${name} by path`, { contentType, path: inside });
    const outside = join(folder, name);
    writeFileSync(outside, bytes());
    info.attachments.push({ name: `${name} from outside`, contentType, path: outside });
  }
  await info.attach(canaries.jwt, { body: 'named', contentType: 'text/plain' });
  writeFileSync(info.outputPath('left.txt'), everything());
  writeFileSync(info.outputPath(`${canaries.jwt}.txt`), 'named');
  info.annotations.push({ type: 'saw', description: everything() });
});

test('fails with them', async () => {
  await test.step(`a step of ${canaries.jwt} and ${canaries.sealed}`, () => {
    throw new Error(everything(), { cause: new Error(everything()) });
  });
});

test('types them into a page', async ({ page, context }) => {
  await context.addCookies([
    { name: 'app-session', value: canaries.sealed, url: 'https://app.example' },
    { name: 'sid', value: canaries.header, url: 'https://app.example' },
  ]);
  await context.setExtraHTTPHeaders({ authorization: `Bearer ${canaries.header}` });
  await page.route('https://app.example/**', (route) =>
    route.fulfill({ contentType: 'text/html', body: `<input type=password><p>${canaries.jwt}</p>` }),
  );
  await page.goto(`https://app.example/?id_token_hint=${canaries.jwt}`);
  await page.fill('input', canaries.known);
  await page.fill('input', canaries.generated);
  await page.evaluate((text) => console.log(text), everything());
  throw new Error('so that there is a snapshot of the page');
});
