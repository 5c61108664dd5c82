import { join, resolve } from 'node:path';
import type { AuthorityMaterial } from '../../edge/certificate-authority.ts';
import { runDirectory } from '../../runs.ts';
import { caFile, makeAuthority, readAuthority } from '../local/authority.ts';

/** The authority of a run: another run's, where one is named by option or by `FLEET_CA_DIR`, else one of its own. */
export async function runAuthority(
  runId: string,
  named: string | undefined = process.env['FLEET_CA_DIR'],
): Promise<{ authority: AuthorityMaterial; caFile: string }> {
  const own = join(runDirectory(runId), 'authority');
  const authority = named ? readAuthority(named) : await makeAuthority(own, runId);
  return { authority, caFile: caFile(resolve(named || own)) };
}
