import type { Document } from 'yaml';
import { HarnessError } from '../errors.ts';

/**
 * What a YAML document says. At most 100 values may come from aliases (`maxAliasCount` of the yaml package): without a
 * limit a few lines can name more than any memory holds.
 * @throws HarnessError that names the file.
 */
export function documentValue(file: string, document: Document): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 });
  } catch (cause) {
    throw new HarnessError(
      `${file} cannot be used: its aliases name too much, or what is not there. Write their values out.`,
      { cause },
    );
  }
}
