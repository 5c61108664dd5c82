import { LineCounter, parseAllDocuments } from 'yaml';
import { HarnessError } from '../errors.ts';
import { z } from 'zod';
import type { KubeObject } from './objects.ts';

/**
 * The content of each document of a YAML text; null for an empty one.
 * @param file name of the text in errors.
 * @throws HarnessError with the line of the error, but never with its text, which may be a secret.
 */
export function yamlDocuments(file: string, text: string): unknown[] {
  const lineCounter = new LineCounter();
  // prettyErrors would put the source into the messages.
  return [...parseAllDocuments(text, { lineCounter, prettyErrors: false })].map((document) => {
    const [error] = document.errors;
    if (error) {
      const { line } = lineCounter.linePos(error.pos[0]);
      throw new HarnessError(`${file} is not YAML: line ${line} has ${error.code}. Correct that line.`);
    }
    try {
      // It refuses aliases that expand to more than any memory holds.
      return document.toJS() as unknown;
    } catch (cause) {
      throw new HarnessError(
        `${file} cannot be used: its aliases name too much, or what is not there. Write their values out.`,
        { cause },
      );
    }
  });
}

const object = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
});

/**
 * Parsed YAML, as an object.
 * @param where its name in errors: `fleet/apps/shop.yaml: a document`.
 * @throws HarnessError with the field, but never with its value, which may be a secret.
 */
export function objectFrom(value: unknown, where: string): KubeObject {
  const { error } = object.safeParse(value);
  if (!error) return value as KubeObject;
  throw new HarnessError(
    `${where} is not a Kubernetes object: "${error.issues[0]?.path.join('.')}" is missing or wrong. Correct it.`,
  );
}
