import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, strFromU8, unzipSync } from 'fflate';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { installedBrowser } from '../../fixtures/browser.ts';
import type { HarnessError } from '../../fleet/errors.ts';
import { filesBelow, scanReports } from './report-files.ts';
import { canaries, spellingsOf } from './testing/canaries.ts';
import { runSample } from './testing/run-sample.ts';

/** Every text of a folder, by location: files, names, entries of archives, and the zip in the HTML report. */
function textsIn(folder: string): Array<[where: string, text: string]> {
  return filesBelow(folder).flatMap((path) => [[path, path] as [string, string], ...textsOf(path, readFileSync(path))]);
}

function textsOf(where: string, bytes: Uint8Array): Array<[string, string]> {
  if (bytes[0] === 0x50 && bytes[1] === 0x4b) {
    return Object.entries(unzipSync(bytes)).flatMap(([name, content]) => [
      [where, name] as [string, string],
      ...textsOf(`${where}!${name}`, content),
    ]);
  }
  if (bytes[0] === 0x1f && bytes[1] === 0x8b) return textsOf(`${where}!`, gunzipSync(bytes));
  const text = strFromU8(bytes, true);
  const [, archive] = /base64,(UEsDB[A-Za-z0-9+/=]+)/.exec(text) ?? [];
  return [[where, text], ...(archive ? textsOf(`${where}!`, Buffer.from(archive, 'base64')) : [])];
}

/** The canaries in a text, and their spelling. */
const canariesIn = (text: string): string[] =>
  Object.entries(canaries).flatMap(([name, secret]) =>
    Object.entries(spellingsOf(secret)).flatMap(([how, spelling]) =>
      text.includes(spelling) ? [`${name} ${how}`] : [],
    ),
  );

const where = (folder: string): string[] =>
  textsIn(folder).flatMap(([place, text]) => canariesIn(text).map((canary) => `${place}: ${canary}`));

const scanned = (): unknown => {
  try {
    return scanReports(run.reports, [canaries.known]);
  } catch (error) {
    return error;
  }
};

const run = { reports: '', printed: '' };
const leak = (environment: Record<string, string>) => async (): Promise<void> => {
  run.reports = mkdtempSync(join(tmpdir(), 'leaks-'));
  const request = { reports: run.reports, secrets: [canaries.known], part: '1-of-1' };
  run.printed = (await runSample('report/testing/leaks.ts', request, { env: environment })).output;
};
const cleanUp = (): void => {
  for (const folder of [run.reports, `${run.reports}-outside`]) rmSync(folder, { recursive: true, force: true });
};

const hasNoBrowser = installedBrowser() === undefined;

describe.skipIf(hasNoBrowser)('a suite that leaks in every way, through the redacting reporter', () => {
  beforeAll(leak({}));
  afterAll(cleanUp);

  test('has run whole, and its reports say what they are for', () => {
    expect(run.printed).toMatch(/✘ .* fails with them[^]*✘ .* types them/);
    const readable = readFileSync(join(run.reports, 'results.json'), 'utf8');
    expect(readable).toContain('so that there is a snapshot of the page');
    const places = textsIn(run.reports).map(([place]) => place);
    for (const file of ['junit.xml', 'html/index.html!', 'trace.zip!test.trace', 'left.txt', 'a.zip!b.zip!c.txt']) {
      expect(
        places.filter((place) => place.includes(file)),
        `texts of ${file}`,
      ).not.toEqual([]);
    }
  });

  test('shows no secret in the terminal nor in any file', () => {
    expect(canariesIn(run.printed)).toEqual([]);
    expect(where(run.reports)).toEqual([]);
  });

  test('passes the scan', () => {
    expect(scanned()).toBeUndefined();
  });
});

describe.skipIf(hasNoBrowser)('a suite that leaks in every way, past the redacting reporter', () => {
  beforeAll(leak({ SAMPLE_LEAKS: '1' }));
  afterAll(cleanUp);

  test('shows secrets in the terminal and in every report', () => {
    expect(canariesIn(run.printed)).not.toEqual([]);
    const found = where(run.reports);
    for (const file of ['results.json', 'junit.xml', 'html/index.html!', 'html/data/', 'trace.zip!', 'left.txt']) {
      expect(
        found.filter((line) => line.includes(file)),
        `texts of ${file}`,
      ).not.toEqual([]);
    }
  });

  test('fails by the scan, which names files and kinds and leaves nothing secret', () => {
    const error = scanned() as HarnessError;
    expect(error).toMatchObject({ name: 'HarnessError', exitCode: 2 });
    for (const file of ['results.json', 'junit.xml', 'html/index.html', 'left.txt', 'a.zip', 'a.gz', 'trace.zip']) {
      expect(error.message).toMatch(new RegExp(`${file.replaceAll('.', '\\.')}: .*a JWT`));
    }
    expect(error.message).toContain('a secret of this run');
    expect(canariesIn(error.message)).toEqual([]);
    expect(where(run.reports)).toEqual([]);
    expect(scanned()).toBeUndefined();
  });
});
