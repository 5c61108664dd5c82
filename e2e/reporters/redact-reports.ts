import { readFileSync, writeFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';
import type { Reporter, TestCase, TestError, TestResult, TestStep } from '@playwright/test/reporter';
import { unzipSync, zipSync } from 'fflate';
import { redact } from './redact.ts';

const text = { decode: new TextDecoder('utf-8', { fatal: true }), encode: new TextEncoder() };

/**
 * Takes tokens, cookies and passwords out of what a run leaves behind, so that it can be handed around: out of errors and
 * step titles, which every later reporter prints, and out of the files of failed tests. Has to be the first reporter.
 */
export default class RedactReportsReporter implements Reporter {
  readonly #secrets: readonly string[];

  /** @param options `secrets`: values to hide besides what looks like one. */
  constructor({ secrets = [] }: { secrets?: readonly string[] } = {}) {
    this.#secrets = secrets;
  }

  onStepEnd(_test: TestCase, _result: TestResult, step: TestStep): void {
    step.title = this.#clean(step.title);
    if (step.error) this.#redactError(step.error);
  }

  onTestEnd(_test: TestCase, result: TestResult): void {
    for (const error of result.errors) this.#redactError(error);
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

  /** In place: reporters share the object. */
  #redactError(error: TestError): void {
    for (const part of ['message', 'stack', 'snippet', 'value'] as const) {
      const content = error[part];
      if (content !== undefined) error[part] = this.#clean(content);
    }
    if (error.cause) this.#redactError(error.cause);
  }

  /** Colours stay unless something had to go: they may stand in the middle of a token. */
  #clean(content: string): string {
    const plain = stripVTControlCharacters(content);
    const redacted = redact(plain, this.#secrets);
    return redacted === plain ? content : redacted;
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
