// The unit tests as the gate runs them: files that leave nothing behind share a process, which saves half of their CPU
// time. `vitest run <file>` uses vitest.config.ts and gives each file a process of its own.
import { globSync, readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import config from './vitest.config.ts';

/** What a test file says when it changes something that other files of its process see after it: modules, the process. */
const leavesBehind =
  /\bvi\.(?:mock|doMock|hoisted|resetModules)\b|\bprocess\.(?:chdir|exit\b|on\(|once|emit|argv =)|\bglobalThis\b/;

const { include = [], exclude = [], ...options } = config.test ?? {};
const files = globSync(include, { exclude });
const alone = files.filter((file) => leavesBehind.test(readFileSync(file, 'utf8')));
const together = files.filter((file) => !alone.includes(file));

export default defineConfig({
  test: {
    maxWorkers: 2,
    projects: [
      { test: { ...options, name: 'alone', include: alone } },
      {
        test: {
          ...options,
          name: 'together',
          include: together,
          isolate: false,
          setupFiles: ['scripts/check/undo-mocks.ts'],
        },
      },
    ],
  },
});
