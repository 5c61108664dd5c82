import { describe, expect, test } from 'vitest';
import { parseRedisUrl } from './redis-url.ts';

describe('parseRedisUrl', () => {
  test.each([
    ['redis://dezky-data:6379/1', { host: 'dezky-data', port: 6379, db: 1 }],
    ['redis://dezky-data', { host: 'dezky-data', port: 6379, db: 1 }],
    ['redis://dezky-data:7000/0', { host: 'dezky-data', port: 7000, db: 0 }],
    ['redis://[::1]:6380/12', { host: '::1', port: 6380, db: 12 }],
    ['redis://:p%40ss@h', { host: 'h', port: 6379, db: 1, password: 'p@ss' }],
    ['redis://app:p@h/3', { host: 'h', port: 6379, db: 3, username: 'app', password: 'p' }],
    ['rediss://h', { host: 'h', port: 6379, db: 1, tls: {} }],
  ])('reads %s', (url, address) => {
    expect(parseRedisUrl(url)).toEqual(address);
  });

  test.each([
    ['', 'SESSION_REDIS_URL is empty'],
    ['dezky-data', 'SESSION_REDIS_URL is not a URL'],
    ['http://dezky-data:6379/1', 'SESSION_REDIS_URL has the scheme http'],
    ['redis:///1', 'SESSION_REDIS_URL names no host'],
    ['redis://h:99999', 'SESSION_REDIS_URL is not a URL'],
    ['redis://h/sessions', 'SESSION_REDIS_URL names the database sessions'],
    ['redis://h/1?db=2', 'SESSION_REDIS_URL has a query'],
    ['redis://:p%zz@h', 'SESSION_REDIS_URL has a user or password'],
  ])('refuses %j', (url, sentence) => {
    expect(() => parseRedisUrl(url)).toThrow(sentence);
  });

  test('keeps the password out of what it says', () => {
    expect(() => parseRedisUrl('redis://app:hunter2@h/x')).toThrow(/^(?!.*hunter2).*$/);
  });
});
