import { capabilitiesOf } from '../../fleet/engines/shared/capabilities.ts';
import type { EngineName } from '../../fleet/run/state.ts';
import { faults, notTried, wantedAt, type Fault } from './faults.ts';
import { momentNames, moments } from './moments.ts';
import { usual, withoutPod } from './oracle.ts';
import { readSeen, type SeenMatrix } from './seen.ts';

const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

/** A table with a row for each fault and a column for each moment. */
function table(
  cellOf: (fault: (typeof faults)[number], moment: (typeof momentNames)[number]) => string,
  nameOf: (fault: Fault) => string = ({ name }) => name,
): string {
  return [
    row(['', ...momentNames]),
    row(['---', ...momentNames.map(() => '---')]),
    ...faults.map((fault) =>
      row([
        nameOf(fault),
        ...momentNames.map((moment) => {
          const text = cellOf(fault, moment);
          return (fault.worst as readonly string[]).includes(moment) && text !== '' ? `**${text}**` : text;
        }),
      ]),
    ),
  ].join('\n');
}

const ofSession = { lives: '', ended: ', session over', either: ', session may be lost', none: '' } as const;

const nameWithRecovery = ({ name, recoversIn = usual.recoversIn }: Fault): string =>
  recoversIn === usual.recoversIn ? name : `${name} (all works again within ${recoversIn} s)`;

const allowed = table((fault, moment) => {
  const { sees, session, within } = wantedAt(fault, moment);
  const expected = moments[moment].session;
  const ofApp = sees.filter((seen) => !withoutPod.includes(seen));
  const all = [...new Set(ofApp), ...(ofApp.length < sees.length ? ['an error of the ingress'] : [])];
  const time = within === usual.within || sees.includes('nothing') ? '' : `, within ${within} s`;
  return `${all.join(' or ')}${session === expected ? '' : ofSession[session]}${time}`;
}, nameWithRecovery);

/** Shown for a cell without a result: the engine cannot inject the fault, or the last matrix did not run it. */
const notSeen = (engine: EngineName, { needs = [] }: Fault): string =>
  needs.every((need) => capabilitiesOf[engine].has(need)) ? 'not run yet' : 'cannot be tried';

const seenTable = ({ on, cells }: SeenMatrix, engine: EngineName): string =>
  `## Seen on ${engine}, ${on}\n\n${table((fault, moment) => cells[fault.name]?.[moment] ?? notSeen(engine, fault))}\n`;

/** The tables of faults and moments, with what the last matrices saw. */
export const faultsTables = (): string =>
  [
    `## Allowed\n\nWithin ${usual.within} s, and all works again ${usual.recoversIn} s after the fault, where nothing else is said. A part that\nfails is waited for as docs/sessions.md says, and a pod takes time to start.\n\n${allowed}\n`,
    ...Object.entries(readSeen()).map(([engine, seen]) => seenTable(seen, engine as EngineName)),
    `## Not tried\n\n${Object.entries(notTried)
      .map(([what, why]) => `- **${what}**: ${why}`)
      .join('\n')}\n`,
  ].join('\n');
