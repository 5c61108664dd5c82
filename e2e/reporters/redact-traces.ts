import { readFileSync, writeFileSync } from 'node:fs';
import type { Reporter, TestCase, TestResult } from '@playwright/test/reporter';
import { unzipSync, zipSync } from 'fflate';
import { redact } from './redact.ts';

const text = { decode: new TextDecoder('utf-8', { fatal: true }), encode: new TextEncoder() };

/** Takes tokens, cookies and passwords out of the traces of failed tests, so that a trace can be handed around. */
export default class RedactTracesReporter implements Reporter {
  onTestEnd(_test: TestCase, result: TestResult): void {
    for (const { name, path } of result.attachments) {
      if (name === 'trace' && path) writeFileSync(path, redactTrace(readFileSync(path)));
    }
  }

  printsToStdio(): boolean {
    return false;
  }
}

/** @returns the same archive with every text entry redacted; pictures stay as they are. */
export function redactTrace(archive: Uint8Array): Uint8Array {
  const entries = Object.entries(unzipSync(archive)).map(([name, bytes]) => {
    const content = textOf(bytes);
    return [name, content === undefined ? bytes : text.encode.encode(redact(content))] as const;
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
