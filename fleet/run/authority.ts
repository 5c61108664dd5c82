import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import type { AuthorityMaterial } from './certificate-authority.ts';
import { notUpYet, readRunState, runDirectory } from './state.ts';

const certificateFile = 'ca.pem';
const materialFile = 'authority.json';

/**
 * The authority of a run: a new one, or that of another run. Processes that must trust several runs need the same one,
 * because Node reads NODE_EXTRA_CA_CERTS only once. @throws HarnessError when the other run is not up.
 */
export async function runAuthority(
  runId: string,
  shareWith?: string,
): Promise<{ authority: AuthorityMaterial; caFile: string }> {
  if (shareWith !== undefined) {
    const caFile = readRunState(shareWith)?.edge?.caFile;
    if (caFile === undefined) throw notUpYet(shareWith);
    const material = readFileSync(join(dirname(caFile), materialFile), 'utf8');
    return { authority: JSON.parse(material) as AuthorityMaterial, caFile };
  }
  // Loaded on demand: its certificate library is slow to load, and a shared authority does not need it.
  const { createAuthority } = await import('./certificate-authority.ts');
  const authority = await createAuthority({ runId });
  const folder = resolve(runDirectory(runId), 'authority');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFileSync(join(folder, materialFile), JSON.stringify(authority), { mode: 0o600 });
  writeFileSync(join(folder, certificateFile), authority.caCertPem, { mode: 0o600 });
  return { authority, caFile: join(folder, certificateFile) };
}

/** Lets this process trust the authority of a run, for HTTP clients without an option for one. @param caFile PEM */
export function trustAuthority(caFile: string): void {
  setDefaultCACertificates([...getCACertificates('default'), readFileSync(caFile, 'utf8')]);
}
