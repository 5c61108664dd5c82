import { describe, expect, test } from 'vitest';
import type { ServerCertificate } from '../../../fleet/engines/live/live.ts';
import { certificateFaults } from './certificate.ts';

describe('certificates', () => {
  const certificate: ServerCertificate = {
    subjectAltName: 'DNS:a.example',
    issuer: 'CN=R11',
    validFrom: new Date('2026-01-01'),
    validTo: new Date('2026-04-01'),
    protocol: 'TLSv1.3',
    spki: '',
  };

  test('are fine until their renewal is overdue', () => {
    expect(certificateFaults('a.example', certificate, new Date('2026-03-10'))).toEqual([]);
    expect(certificateFaults('a.example', certificate, new Date('2026-03-20'))).toEqual([
      expect.stringMatching(/^The certificate of a\.example has 12 days left of 90 days/),
    ]);
  });

  test('do not make up for an old protocol', () => {
    const old = { ...certificate, protocol: 'TLSv1.1' };
    expect(certificateFaults('a.example', old, new Date('2026-01-02'))).toEqual([expect.stringContaining('TLSv1.1')]);
  });
});
