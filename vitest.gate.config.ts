// The unit tests as the gate runs them: files that change nothing outside themselves share a process, which saves two
// thirds of their CPU time. `vitest run <file>` uses vitest.config.ts and gives each file a process of its own.
import { globSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import config from './vitest.config.ts';

/** What a test file says when it changes something that other files of its process see: mocks, clocks, environment … */
const changesShared = /\bvi\.|\bprocess\.|\bglobalThis\b|'node:(child_process|http|https|net|tls|worker_threads)'/;

const { include = [], exclude = [], ...options } = config.test ?? {};
const files = globSync(include, { exclude });
const alone = files.filter((file) => changesShared.test(readFileSync(file, 'utf8')));
const together = files.filter((file) => !alone.includes(file));

export default defineConfig({
  test: {
    projects: [
      { test: { ...options, name: 'alone', include: alone } },
      { test: { ...options, name: 'together', include: together, isolate: false } },
    ],
  },
});
