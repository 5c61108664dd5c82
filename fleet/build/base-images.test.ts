import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseImage } from '../manifests/image-reference.ts';
import { images } from '../manifests/images.ts';
import { repositoryRoot } from '../root.ts';
import { baseImageFault, baseImagesOf } from './base-images.ts';

const digest = `sha256:${'0'.repeat(64)}`;

const dockerfiles = execFileSync('git', ['ls-files', '*Dockerfile*'], { cwd: repositoryRoot, encoding: 'utf8' })
  .split('\n')
  .filter((file) => file !== '');

describe.each(dockerfiles)('%s', (file) => {
  const bases = baseImagesOf(readFileSync(join(repositoryRoot, file), 'utf8'));

  test('is built on an image that nobody moves', () => {
    expect(bases).toHaveLength(1);
    expect(bases.map(baseImageFault)).toEqual([undefined]);
  });

  test('is built on the image that the engines provide for it, with the Node that the suite runs on', () => {
    expect(bases).toEqual([images.node.reference]);
    const { version } = JSON.parse(readFileSync(join(repositoryRoot, 'node_modules/node/package.json'), 'utf8')) as {
      version: string;
    };
    expect(parseImage(images.node.reference).tag).toBe(`${version}-slim`);
  });
});

describe('a base image is at fault', () => {
  test.each([
    ['node', 'has no digest'],
    ['node:24.21.0-slim', 'has no digest'],
    [`node:24.21.0-slim@${digest.slice(0, -1)}`, 'has no digest'],
    [`node@${digest}`, 'does not say which version'],
  ])('%s', (reference, message) => expect(baseImageFault(reference)).toContain(message));

  test.each([`node:24.21.0-slim@${digest}`, `mirror.example:5000/node:24.21.0@${digest}`])('not %s', (reference) =>
    expect(baseImageFault(reference)).toBeUndefined(),
  );
});

describe('the bases of a Dockerfile', () => {
  test.each<[string, string, string[]]>([
    ['an image', 'FROM a:1', ['a:1']],
    ['the default of an ARG', 'ARG BASE=a:1\nFROM ${BASE}', ['a:1']],
    ['part of a name', 'ARG TAG=1\nFROM --platform=linux/amd64 a:$TAG AS build', ['a:1']],
    ['not another stage, nor nothing', 'FROM a:1 AS build\nFROM build\nFROM scratch', ['a:1']],
    ['each stage', 'from a:1 as one\nFROM b:2', ['a:1', 'b:2']],
    ['an ARG without a default', 'ARG BASE\nFROM $BASE', ['']],
  ])('are %s', (_, text, bases) => expect(baseImagesOf(text)).toEqual(bases));
});
