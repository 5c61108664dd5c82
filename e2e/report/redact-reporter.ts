import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { FullConfig, Reporter, Suite, TestCase, TestError, TestResult, TestStep } from '@playwright/test/reporter';
import { runRequest } from '../run-request.ts';
import { knownSecrets } from './known-secrets.ts';
import { redact } from './redact.ts';
import { filesBelow, redactBytes } from './report-files.ts';

type Attachment = TestResult['attachments'][number];

/**
 * All output of a run passes through this reporter, so that reports can be shared. It removes tokens, cookies and
 * passwords from errors, steps, annotations, output of tests, attachments and files, and from the output of this
 * process. It must be the first reporter, because later ones get the same objects.
 */
export default class RedactReporter implements Reporter {
  readonly #secrets = [...knownSecrets(runRequest.runs), ...runRequest.secrets];
  #outputs: string[] = [];
  #suite: Suite | undefined;

  /** Takes no secrets as options, because results.json contains the options of every reporter. */
  constructor({ terminal = true }: { terminal?: boolean } = {}) {
    if (terminal) redactTerminal(this.#secrets);
  }

  onBegin(config: FullConfig, suite: Suite): void {
    this.#suite = suite;
    this.#outputs = [...new Set(config.projects.map(({ outputDir }) => outputDir))];
  }

  onError(error: TestError): void {
    this.#redactError(error);
  }

  onStepEnd(_test: TestCase, _result: TestResult, step: TestStep): void {
    this.#redactTexts(step, ['title', 'subtitle']);
    if (step.error) this.#redactError(step.error);
    for (const annotation of step.annotations ?? []) this.#redactTexts(annotation, ['description']);
  }

  onTestEnd(test: TestCase, result: TestResult): void {
    for (const error of result.errors) this.#redactError(error);
    for (const annotation of [...test.annotations, ...result.annotations])
      this.#redactTexts(annotation, ['description']);
    for (const attachment of result.attachments) this.#redactAttachment(attachment);
    this.#redactOutput(result);
  }

  /** Before the later reporters write: late results, and files that a test left without attaching them. */
  onEnd(): void {
    for (const result of this.#suite?.allTests().flatMap(({ results }) => results) ?? []) this.#redactOutput(result);
    for (const path of this.#outputs.flatMap(filesBelow)) this.#redactFile(path);
  }

  printsToStdio(): boolean {
    return false;
  }

  #redactError(error: TestError): void {
    this.#redactTexts(error, ['message', 'stack', 'snippet', 'value']);
    if (error.cause) this.#redactError(error.cause);
  }

  /** In place, because reporters share the object. */
  #redactTexts<Name extends string>(object: { [name in Name]?: string }, names: readonly Name[]): void {
    for (const name of names) {
      const text = object[name];
      if (text !== undefined) object[name] = this.#clean(text);
    }
  }

  /** The output of a test as one text, because a token may be split over two chunks. */
  #redactOutput(result: TestResult): void {
    for (const chunks of [result.stdout, result.stderr]) {
      if (chunks.length === 0) continue;
      const whole = chunks.map((chunk) => chunk.toString()).join('');
      const clean = this.#clean(whole);
      if (clean !== whole) chunks.splice(0, chunks.length, clean);
    }
  }

  #redactAttachment(attachment: Attachment): void {
    attachment.name = this.#clean(attachment.name);
    if (attachment.body) attachment.body = Buffer.from(redactBytes(attachment.body, this.#secrets));
    const { path } = attachment;
    if (path === undefined || !existsSync(path)) return;
    if (this.#outputs.some((output) => !relative(output, path).startsWith('..'))) {
      const clean = this.#redactFile(path);
      if (clean === undefined) delete attachment.path;
      else attachment.path = clean;
      return;
    }
    // The file is outside the run's folder: it stays unchanged, and the reports get a copy.
    attachment.body = Buffer.from(redactBytes(readFileSync(path), this.#secrets));
    delete attachment.path;
  }

  /** @returns the new location of the file; undefined when it could not be redacted and was removed. */
  #redactFile(path: string): string | undefined {
    try {
      const bytes = readFileSync(path);
      const clean = redactBytes(bytes, this.#secrets);
      if (clean !== bytes) writeFileSync(path, clean);
    } catch {
      // For example a broken archive. A file that cannot be redacted must not be shared.
      rmSync(path, { force: true });
      return undefined;
    }
    const name = redact(basename(path), this.#secrets);
    if (name === basename(path)) return path;
    const renamed = join(dirname(path), name);
    renameSync(path, renamed);
    return renamed;
  }

  /** Colours stay unless something was removed, because colour codes may be in the middle of a token. */
  #clean(content: string): string {
    const plain = stripVTControlCharacters(content);
    const redacted = redact(plain, this.#secrets);
    return redacted === plain ? content : redacted;
  }
}

/** Maximum number of characters of an incomplete line that are held back. */
const maxHeldChars = 100_000;

/**
 * Removes secrets from a stream of chunks, line by line. A line that may continue in the next chunk is held back until
 * then.
 * @returns `push`, the text that may be shown now; `end`, the rest.
 */
export function chunkRedactor(secrets: readonly string[]) {
  let held = '';
  return {
    push(chunk: string): string {
      const text = held + chunk;
      const end = text.lastIndexOf('\n') + 1;
      held = text.length - end <= maxHeldChars ? text.slice(end) : '';
      return redact(text.slice(0, text.length - held.length), secrets);
    },
    end(): string {
      const rest = redact(held, secrets);
      held = '';
      return rest;
    },
  };
}

/** Redacts all output of this process, since other reporters print the output of tests. */
function redactTerminal(secrets: readonly string[]): void {
  for (const stream of [process.stdout, process.stderr]) {
    // A reader that has enough, such as `head`, does not end the run before its verdict.
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
    const write = stream.write.bind(stream) as (text: string, done?: () => void) => boolean;
    const { push, end } = chunkRedactor(secrets);
    const decoder = new TextDecoder();
    stream.write = ((chunk: string | Uint8Array, encoding?: unknown, done?: () => void): boolean => {
      const whenDone = typeof encoding === 'function' ? (encoding as () => void) : done;
      const text = push(typeof chunk === 'string' ? chunk : decoder.decode(chunk, { stream: true }));
      if (text !== '') return write(text, whenDone);
      whenDone?.();
      return true;
    }) as typeof stream.write;
    process.on('exit', () => {
      const rest = end();
      if (rest !== '') write(rest);
    });
  }
}
