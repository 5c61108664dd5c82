import { HarnessError } from '../errors.ts';

/** The text with a change applied. @throws HarnessError when the text to replace does not occur exactly once. */
export function replaceOnce(text: string, change: { file: string; find: string; replace: string }): string {
  const parts = text.split(change.find);
  if (change.find !== '' && parts.length === 2 && change.find !== change.replace) return parts.join(change.replace);
  throw new HarnessError(
    `${change.file}: the text to replace occurs ${parts.length - 1} times, not once (or is replaced by itself). ` +
      `The source has moved on; correct the change that looks for:\n  ${change.find.replaceAll('\n', '\n  ')}`,
  );
}
