import { expect, test } from 'vitest';
import { withLocalServices } from './service-address.ts';

const services: Record<string, number> = { 'dezky-data:6379': 1, 'platform-api:80': 2 };
const local = (value: string): string =>
  withLocalServices(value, 'dezky', (service, port) => {
    const found = services[`${service}:${port}`];
    return found === undefined ? undefined : { host: '127.0.0.1', port: found };
  });

test.each([
  ['redis://dezky-data:6379/1', 'redis://127.0.0.1:1/1'],
  ['redis://user:p%40ss@dezky-data/1', 'redis://user:p%40ss@127.0.0.1:1/1'],
  ['http://platform-api', 'http://127.0.0.1:2'],
  ['http://platform-api/v1?x=1', 'http://127.0.0.1:2/v1?x=1'],
  ['http://platform-api.dezky.svc.cluster.local/v1', 'http://127.0.0.1:2/v1'],
  ['http://platform-api.dezky', 'http://127.0.0.1:2'],
])('%s is %s on this machine', (value, expected) => expect(local(value)).toBe(expected));

test.each([
  'redis://dezky-date:6379/1',
  'http://platform-api:8080',
  'https://platform-api',
  'https://auth.dezky.example/application/o/operator/',
  'platform-api',
  '{"url":"http://platform-api"}',
  '15000',
])('%s stays', (value) => expect(local(value)).toBe(value));
