import { certificateFaults, describeCertificate } from '../rules/certificate.ts';
import { everyHost } from '../client.ts';
import { CheckFailed } from '../check.ts';
import type { AppCheck } from './app-check.ts';

export const certificate = everyHost.map(([of, path]): AppCheck => ({
  of,
  title: 'its certificate is trusted and does not expire soon',
  async run({ client }) {
    const { url, certificate: shown } = await client.get(of, path);
    const now = new Date();
    if (!shown) throw new CheckFailed(`${url} was answered without TLS.`);
    return { saw: describeCertificate(shown, now), faults: certificateFaults(new URL(url).host, shown, now) };
  },
}));
