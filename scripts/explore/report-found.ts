import { repositoryRoot } from '../../fleet/root.ts';
import { describeFiles, describeFound } from './describe.ts';
import { writeFound, type Context } from './found-files.ts';
import type { Found } from './search.ts';

/** Prints a found sequence, and then writes it, so that a failing write loses nothing. */
export async function reportFound(found: Found, context: Context, root = repositoryRoot): Promise<void> {
  console.log(describeFound(found));
  const files = await writeFound(found, context, root);
  console.log(describeFiles(files, { seed: context.seed, number: found.number }));
}
