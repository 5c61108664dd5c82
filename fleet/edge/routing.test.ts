import { expect, test } from 'vitest';
import { RouteTable } from './routing.ts';

test('the longest path prefix of the host and entry point wins, in whatever order routes came', () => {
  const table = new RouteTable();
  const host = 'a.example';
  table.replace([
    { host, path: '/', entryPoint: 'web', service: 'root' },
    { host, path: '/api/v1', entryPoint: 'web', service: 'v1' },
    { host, path: '/api', entryPoint: 'web', service: 'api' },
    { host: 'B.example', path: '/only', entryPoint: 'websecure', service: 'b' },
  ]);
  expect(table.match(host, '/api/v1/x', 'web')?.service).toBe('v1');
  expect(table.match(host, '/api/v2', 'web')?.service).toBe('api');
  expect(table.match(host, '/apiary', 'web')?.service).toBe('root');
  expect(table.match(host, '/', 'websecure')).toBeUndefined();
  expect(table.match('b.example', '/only', 'websecure')?.service).toBe('b');
  expect(table.match('b.example', '/other', 'websecure')).toBeUndefined();
  expect(table.hasHost('b.example')).toBe(true);
  expect(table.hasHost('c.example')).toBe(false);
});
