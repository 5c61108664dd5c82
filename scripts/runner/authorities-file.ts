import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * The file that a test runner gets as NODE_EXTRA_CA_CERTS: the authority of the run, with those that the variable names
 * here, which a real Authentik may need. Node has warned already if their file cannot be read.
 */
export function authoritiesFile(caFile: string, further = process.env.NODE_EXTRA_CA_CERTS): string {
  if (!further || !existsSync(further)) return caFile;
  const file = join(dirname(caFile), 'authorities.pem');
  writeFileSync(file, [caFile, further].map((each) => readFileSync(each, 'utf8')).join('\n'));
  return file;
}
