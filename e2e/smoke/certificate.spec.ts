import { test } from './fixtures.ts';
import { certificateFaults, describeCertificate } from './rules/certificate.ts';
import { discoveryPath } from './rules/discovery.ts';
import type { Role } from './target.ts';

const asked: ReadonlyArray<readonly [role: Role, path: string]> = [
  ['operator', '/api/_health/ready'],
  ['portal', '/api/_health/ready'],
  ['auth', discoveryPath('operator')],
];

for (const [role, path] of asked) {
  test.describe(role, () => {
    test('its certificate is trusted, and not about to expire', async ({ visitor, report }) => {
      const { url, certificate } = await visitor.get(role, path);
      const now = new Date();
      if (!certificate) throw new Error(`${url} was answered without TLS.`);
      report({
        saw: describeCertificate(certificate, now),
        faults: certificateFaults(new URL(url).host, certificate, now),
      });
    });
  });
}
