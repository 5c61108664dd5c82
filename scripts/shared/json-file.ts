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
 * @param remedy a sentence: what to do about a file that cannot be read. @throws HarnessError with it.
 */
export function readJson<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  remedy: string,
): z.output<Schema> | undefined {
  if (!existsSync(file)) return undefined;
  try {
    return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    const why = cause instanceof z.ZodError ? z.prettifyError(cause).split('\n')[0] : (cause as Error).message;
    throw new HarnessError(`${file} cannot be read: ${why}. ${remedy}`, { cause });
  }
}
