import { describe, expect, test } from 'vitest';
import type { ProbeAnswer } from './probes.ts';
import { readyPods, revisionFaults, settle, streak } from './settle.ts';

const from = (revision: string, pod = `pod-${revision}`): ProbeAnswer => ({
  at: 0,
  of: 'operator',
  probe: 'ready',
  status: 200,
  pod,
  revision,
  facts: {},
});
const down: ProbeAnswer = { ...from('', ''), status: 503, problem: 'operator answers 503.' };

/** Returns these answers in order; the last one is repeated. */
const answering = (...answers: ProbeAnswer[]) => {
  let asked = 0;
  return async (): Promise<ProbeAnswer> => {
    const answer = answers[Math.min(asked, answers.length - 1)]!;
    asked += 1;
    return answer;
  };
};
const options = { wait: 5_000, pause: 1 };

describe('settling', () => {
  test.each([
    ['an old pod', from('1')],
    ['an answer that failed', down],
  ])('%s among new ones starts the count anew', async (_what, odd) => {
    const ask = answering(from('2'), from('2'), from('2'), odd, from('2'));
    const { settled, answers, agreeing } = await settle({ ...options, ask, wanted: '2' });
    expect(settled).toBe(true);
    expect(answers).toHaveLength(4 + streak);
    expect(agreeing).toHaveLength(streak);
  });

  test('a host without an address is asked once', async () => {
    const { settled, answers } = await settle({ ...options, ask: answering({ ...down, isFinal: true }, from('1')) });
    expect({ settled, asked: answers.length }).toEqual({ settled: false, asked: 1 });
  });

  test('without an expected revision any will do, but only one', async () => {
    const { agreeing, answers } = await settle({ ...options, ask: answering(from('1'), from('1'), from('2')) });
    expect(new Set(agreeing.map(({ revision }) => revision))).toEqual(new Set(['2']));
    expect(answers).toHaveLength(2 + streak);
  });

  test('pods that name no revision never agree', async () => {
    expect((await settle({ ...options, ask: answering(from('')), wait: 0 })).settled).toBe(false);
  });
});

describe('what is said about revisions', () => {
  const expected = { sha: '2', pods: 2, wait: 0 };
  const settled = (...answers: ProbeAnswer[]) => ({ settled: true, answers, agreeing: answers });

  test('nothing when enough pods agree, and how many when too few', () => {
    expect(revisionFaults('operator', settled(from('2', 'a'), from('2', 'b')), expected)).toEqual([]);
    expect(revisionFaults('operator', settled(from('2', 'a'), from('2', 'a')), expected)).toEqual([
      expect.stringMatching(/^1 of 2 pods of operator answered 2 requests \(a\)/),
    ]);
  });

  test('which pods are on what', () => {
    const answers = [from('1', 'a'), from('2', 'b'), from('1', 'a')];
    const [fault] = revisionFaults('operator', { settled: false, answers, agreeing: [] }, expected);
    expect(fault).toContain('not on revision 2 everywhere; it answered as a on 1 (2 x), b on 2 (1 x)');
  });
});

test('the newest answer of each pod counts, of those that agree when there are such', () => {
  const answers = [down, from('1', 'a'), from('2', 'b'), from('2', 'a')];
  expect(readyPods({ settled: false, answers, agreeing: [] })).toEqual({
    ready: [from('2', 'a'), from('2', 'b')],
    faults: [down.problem],
  });
  expect(readyPods({ settled: true, answers, agreeing: answers.slice(2) }).faults).toEqual([]);
});
