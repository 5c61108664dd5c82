import { isScalar, LineCounter, parseAllDocuments, visit } from 'yaml';
import type { Document } from 'yaml';
import { HarnessError } from '../errors.ts';

/**
 * The content of each document of a YAML text; null for an empty one.
 * @param file name of the text in errors.
 * @throws HarnessError with the line of the error, but never with its text, which may be a secret.
 */
export function yamlDocuments(file: string, text: string): unknown[] {
  const lineCounter = new LineCounter();
  // prettyErrors would put the source into the messages. uniqueKeys compares each key of a map with every other key.
  const documents = [...parseAllDocuments(text, { lineCounter, prettyErrors: false, uniqueKeys: false })];
  return documents.map((document) => {
    const fault = faultIn(document);
    if (fault) {
      const { line } = lineCounter.linePos(fault.at);
      throw new HarnessError(`${file} is not YAML: line ${line} has ${fault.code}. Correct that line.`);
    }
    return valueOf(file, document);
  });
}

function faultIn(document: Document): { code: string; at: number } | undefined {
  const [error] = document.errors;
  if (error) return { code: error.code, at: error.pos[0] };
  let repeated: { code: string; at: number } | undefined;
  visit(document, {
    Map: (_, { items }) => {
      const keys = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        if (keys.has(key.value)) {
          repeated = { code: 'DUPLICATE_KEY', at: key.range?.[0] ?? 0 };
          return visit.BREAK;
        }
        keys.add(key.value);
      }
      return undefined;
    },
  });
  return repeated;
}

/**
 * At most 100 values may come from aliases (`maxAliasCount` of the yaml package). Without a limit a few lines can
 * expand to more than any memory holds.
 */
function valueOf(file: string, document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw new HarnessError(
      `${file} cannot be used: its aliases name too much, or what is not there. Write their values out.`,
      { cause },
    );
  }
}
