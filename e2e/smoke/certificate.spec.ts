import { test } from './fixtures.ts';
import { certificateFaults, describeCertificate } from '../probes/rules/certificate.ts';
import { everyHost } from '../probes/client.ts';

for (const [role, path] of everyHost) {
  test.describe(role, () => {
    test('its certificate is trusted and does not expire soon', async ({ client, report }) => {
      const { url, certificate } = await client.get(role, path);
      const now = new Date();
      if (!certificate) throw new Error(`${url} was answered without TLS.`);
      report({
        saw: describeCertificate(certificate, now),
        faults: certificateFaults(new URL(url).host, certificate, now),
      });
    });
  });
}
