import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { z } from 'zod';
import { HarnessError } from '../../fleet/errors.ts';

/** Replaces a file at once, so that an interruption leaves the old content or the new one. */
export function writeJson(file: string, content: unknown): void {
  mkdirSync(dirname(file), { recursive: true });
  const draft = `${file}.${process.pid}.tmp`;
  writeFileSync(draft, JSON.stringify(content, null, 2));
  renameSync(draft, file);
}

/**
 * The content of a file; undefined when there is none.
 * @param what it contains, for the sentence of an error. @param remedy a sentence: what to do about a damaged file.
 * @throws HarnessError with both.
 */
export function readJson<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  { what, remedy }: { what: string; remedy: string },
): z.output<Schema> | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new HarnessError(`${file} cannot be read as ${what} (${reasonOf(cause)}). ${remedy}`, { cause });
  }
}

function reasonOf(cause: unknown): string {
  if (!(cause instanceof z.ZodError)) return (cause as Error).message.replaceAll('\n', ' ');
  const { path = [], message = '' } = cause.issues[0] ?? {};
  return [path.join('.'), message].filter(Boolean).join(': ');
}
