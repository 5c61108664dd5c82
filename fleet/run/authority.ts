import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { HarnessError } from '../errors.ts';
import type { AuthorityMaterial } from './certificate-authority.ts';
import { notUpYet, readRunState, runDirectory } from './state.ts';

const files = {
  caCertPem: 'ca.pem',
  caKeyPem: 'ca-key.pem',
  leafKeyPem: 'leaf-key.pem',
  spki: 'spki',
} as const satisfies Record<keyof AuthorityMaterial, string>;

/**
 * The authority of a run: a new one, or that of another run. Processes that must trust several runs need the same one,
 * because Node reads NODE_EXTRA_CA_CERTS only once. @throws HarnessError when the other run is not up.
 */
export async function runAuthority(
  runId: string,
  shareWith?: string,
): Promise<{ authority: AuthorityMaterial; caFile: string }> {
  if (shareWith !== undefined) {
    const shared = readRunState(shareWith)?.edge?.caFile;
    if (shared === undefined) throw notUpYet(shareWith);
    return { authority: readAuthority(dirname(shared)), caFile: shared };
  }
  const folder = resolve(runDirectory(runId), 'authority');
  return { authority: await makeAuthority(folder, runId), caFile: join(folder, files.caCertPem) };
}

/** A new certificate authority for a run, written into its own folder. */
async function makeAuthority(directory: string, runId: string): Promise<AuthorityMaterial> {
  // Loaded on demand: its certificate library is slow to load, and a shared authority does not need it.
  const { createAuthority } = await import('./certificate-authority.ts');
  const material = await createAuthority({ runId });
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  for (const [part, name] of Object.entries(files)) {
    writeFileSync(join(directory, name), material[part as keyof AuthorityMaterial], { mode: 0o600 });
  }
  return material;
}

/** Uses the authority of another run, so that a process that trusts one run trusts both. */
function readAuthority(directory: string): AuthorityMaterial {
  const missing = Object.values(files).filter((name) => !existsSync(join(directory, name)));
  if (missing.length > 0) {
    throw new HarnessError(
      `${directory} holds no certificate authority: ${missing.join(', ')} missing. ` +
        'It must be the folder of a living run with its ca.pem.',
    );
  }
  const read = (name: string): string => readFileSync(join(directory, name), 'utf8');
  return {
    caCertPem: read(files.caCertPem),
    caKeyPem: read(files.caKeyPem),
    leafKeyPem: read(files.leafKeyPem),
    spki: read(files.spki),
  };
}
