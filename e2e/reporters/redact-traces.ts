import { readFileSync, writeFileSync } from 'node:fs';
import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter';
import { unzipSync, zipSync } from 'fflate';
import { redact } from './redact.ts';

const text = { decode: new TextDecoder('utf-8', { fatal: true }), encode: new TextEncoder() };

/** Takes tokens, cookies and passwords out of what failed tests leave behind, so that it can be handed around. */
export default class RedactTracesReporter implements Reporter {
  readonly #secrets: readonly string[];

  /** @param options `secrets`: values to hide besides what looks like one. */
  constructor({ secrets = [] }: { secrets?: readonly string[] } = {}) {
    this.#secrets = secrets;
  }

  onTestEnd(_test: TestCase, result: TestResult): void {
    for (const { name, path, contentType } of result.attachments) {
      if (!path) continue;
      if (name === 'trace') writeFileSync(path, redactTrace(readFileSync(path), this.#secrets));
      // A snapshot of the page, in which fields show what is in them.
      if (contentType.startsWith('text/')) {
        writeFileSync(path, redact(readFileSync(path, 'utf8'), this.#secrets));
      }
    }
  }

  printsToStdio(): boolean {
    return false;
  }
}

/** @returns the same archive with every text entry redacted; pictures stay as they are. */
export function redactTrace(archive: Uint8Array, secrets: readonly string[] = []): Uint8Array {
  const entries = Object.entries(unzipSync(archive)).map(([name, bytes]) => {
    const content = textOf(bytes);
    return [name, content === undefined ? bytes : text.encode.encode(redact(content, secrets))] as const;
  });
  return zipSync(Object.fromEntries(entries), { level: 1 });
}

function textOf(bytes: Uint8Array): string | undefined {
  try {
    return text.decode.decode(bytes);
  } catch {
    return undefined; // Not UTF-8: a screenshot or a font.
  }
}
