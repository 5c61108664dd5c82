import { describe, expect, test } from 'vitest';
import { Unreachable } from '../../../fleet/engines/live/unreachable.ts';
import { revisionFaults, settle, tally, unanswered, type Sample } from './settle.ts';

const from = (revision: string, pod = `pod-${revision}`): Sample => ({ pod, revision });
const down: Sample = { pod: '', revision: '', failure: 'operator answers 503.' };

/** Returns these samples in order; the last one is repeated. */
const answering = (...samples: Sample[]) => {
  let asked = 0;
  return async (): Promise<Sample> => {
    const sample = samples[Math.min(asked, samples.length - 1)]!;
    asked += 1;
    return sample;
  };
};
const options = { streak: 4, wait: 5_000, pause: 1 };

describe('settling', () => {
  test('an old pod among new ones starts the count anew', async () => {
    const take = answering(from('2'), from('2'), from('2'), from('1'), from('2'));
    const { settled, samples, agreeing } = await settle({ ...options, take, wanted: '2' });
    expect(settled).toBe(true);
    expect(samples).toHaveLength(8);
    expect(agreeing).toHaveLength(4);
  });

  test('an answer that failed starts the count anew', async () => {
    const take = answering(from('2'), from('2'), from('2'), down, from('2'));
    expect((await settle({ ...options, take, wanted: '2' })).samples).toHaveLength(8);
  });

  test('the expected revision on some pods only never settles', async () => {
    let asked = 0;
    const take = async () => from((asked += 1) % 2 === 0 ? '1' : '2');
    const { settled } = await settle({ ...options, take, wanted: '2', wait: 40 });
    expect(settled).toBe(false);
  });

  test('without an expected revision any will do, but only one', async () => {
    const { agreeing, samples } = await settle({ ...options, take: answering(from('1'), from('1'), from('2')) });
    expect(agreeing.map(({ revision }) => revision)).toEqual(['2', '2', '2', '2']);
    expect(samples).toHaveLength(6);
  });

  test('pods that name no revision never agree', async () => {
    expect((await settle({ ...options, take: answering(from('')), wait: 0 })).settled).toBe(false);
  });

  test('without time to wait, the first answer that does not fit ends it', async () => {
    const { samples } = await settle({ ...options, take: answering(from('1')), wanted: '2', wait: 0 });
    expect(samples).toHaveLength(1);
  });
});

describe('what is said about revisions', () => {
  const expected = { sha: '2', pods: 2, streak: 4, wait: 0 };
  const settled = (...samples: Sample[]) => ({ settled: true, samples, agreeing: samples });

  test('nothing when enough pods agree', () => {
    expect(revisionFaults('operator', settled(from('2', 'a'), from('2', 'b')), expected)).toEqual([]);
  });

  test('too few pods', () => {
    const faults = revisionFaults('operator', settled(from('2', 'a'), from('2', 'a')), expected);
    expect(faults).toEqual([expect.stringMatching(/^1 of 2 pods of operator answered 2 requests \(a\)/)]);
  });

  test('which pods are on what', () => {
    const samples = [from('1', 'a'), from('2', 'b'), from('1', 'a')];
    const [fault] = revisionFaults('operator', { settled: false, samples, agreeing: [] }, expected);
    expect(fault).toContain('not on revision 2 everywhere; it answered as a on 1 (2 x), b on 2 (1 x)');
  });

  test('a host that is down is said once, and not as a matter of revisions', () => {
    const samples = [down, down];
    expect(revisionFaults('operator', { settled: false, samples, agreeing: [] }, expected)).toEqual([down.failure]);
  });
});

test('a fault of the harness is no answer of a pod', () => {
  const late = { timeout: 1, received: undefined };
  expect(unanswered(new Unreachable('https://a.example/', new Error('x'), late)).failure).toContain('a.example');
  expect(() => unanswered(new TypeError('bug'))).toThrow('bug');
});

test('a pod without a name or revision shows as such', () => {
  expect(tally([from('', '')])).toBe('an unnamed pod on an unnamed revision (1 x)');
});
