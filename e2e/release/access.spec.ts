import { canI } from '../../fleet/manifests/deployer.ts';
import type { CanI } from '../../fleet/manifests/deployer.ts';
import { expect, test } from '../fixtures/index.ts';

test.use({ needs: ['kubernetes'] });

const places: Readonly<Record<CanI['where'], string>> = {
  own: 'in its namespace',
  other: 'in another namespace',
  cluster: 'in the whole cluster',
};

test(
  'the cluster grants the deployer what a deploy needs, and nothing else',
  { tag: ['@role-too-wide', '@role-too-narrow'] },
  async ({ deployer }) => {
    const answers = await Promise.all(canI.map(async (row) => ({ ...row, answer: await deployer.may(row) })));
    const wrong = answers.filter(({ allowed, answer }) => allowed !== answer);
    expect(
      wrong.map(
        ({ verb, resource, where, answer }) => `${answer ? 'may' : 'may not'} ${verb} ${resource} ${places[where]}`,
      ),
      'what ci-deployer may or may not do, against fleet/manifests/deployer.ts',
    ).toEqual([]);
  },
);
