// The script of docs/explain.html: reads a file that the user gives, and shows what it explains. It requests nothing.
import './without-eval.ts';
import { HarnessError } from '../../../fleet/errors.ts';
import { explain } from '../explain.ts';
import { entriesIn, recordingOf } from '../har.ts';
import { personalDataIn, type Finding } from '../personal-data.ts';
import { redactedHar } from '../redacted-har.ts';
import { firstWrongIn, timelineOf, type Timeline, type TimelineRow } from '../timeline.ts';
import type { Verdict } from '../verdict.ts';
import { textIn } from './read-file.ts';

const result = document.querySelector<HTMLElement>('#result')!;
const input = document.querySelector('input')!;
const drop = document.querySelector<HTMLElement>('#drop')!;

async function read(file: File | undefined): Promise<void> {
  if (!file) return;
  show(element('p', { role: 'status' }, `Reading ${file.name} …`));
  // So that the browser paints before it is busy.
  await new Promise((resolve) => setTimeout(resolve, 30));
  try {
    const entries = entriesIn(await textIn(file), file.name);
    show(...sections(entries, file.name));
  } catch (error) {
    const known = error instanceof HarnessError;
    const text = known ? error.message : 'This file could not be read. The console of the browser says why.';
    if (!known) console.error(error);
    show(card('unusable', 'This file cannot be used', element('p', {}, text)));
  }
  // A reader of the screen begins with the verdict.
  result.querySelector('h2')?.focus();
}

const show = (...content: readonly Node[]): void => result.replaceChildren(...content);

const heading = (text: string): HTMLElement => element('h2', { tabindex: '-1' }, text);

const card = (kind: string, title: string, ...content: readonly Node[]): HTMLElement =>
  element(
    'section',
    { class: `card ${kind}`, role: kind === 'unusable' ? 'alert' : 'group' },
    heading(title),
    ...content,
  );

function sections(entries: readonly unknown[], file: string): HTMLElement[] {
  const { exchanges, leftOut } = recordingOf(entries, file);
  const found = privacy(personalDataIn(entries), entries, file);
  try {
    const { story, about, command, verdict } = explain(exchanges, { file });
    return [
      verdictCard(verdict),
      section(
        'What happened',
        ...paragraphs([...about, ...(leftOut ? [leftOut] : []), ...firstWrongIn(story)]),
        timelineTable(timelineOf(story)),
      ),
      section('See it again', element('pre', { tabindex: '0', 'aria-label': 'Command' }, command)),
      found,
    ];
  } catch (error) {
    if (!(error instanceof HarnessError)) throw error;
    return [card('unusable', 'Nothing to explain', element('p', {}, error.message)), found];
  }
}

const section = (title: string, ...content: readonly Node[]): HTMLElement =>
  element('section', {}, heading(title), ...content);

function verdictCard({ sentences: [first = '', ...seen], next }: Verdict): HTMLElement {
  return card(
    'unknown',
    first,
    element('p', { class: 'kind' }, 'No recording proves a cause'),
    ...paragraphs(seen),
    ...(next.length > 0 ? [element('h3', {}, 'What to ask next'), ...paragraphs(next)] : []),
  );
}

/** Sentences, and those that begin with a dash as a list. */
function paragraphs(sentences: readonly string[]): HTMLElement[] {
  const items = sentences.filter((each) => each.startsWith('- '));
  return [
    ...sentences.filter((each) => !each.startsWith('- ')).map((each) => element('p', {}, each)),
    ...(items.length > 0 ? [element('ul', {}, ...items.map((each) => element('li', {}, each.slice(2))))] : []),
  ];
}

const marks: Readonly<Record<TimelineRow['kind'], string>> = {
  began: 'session begins',
  ended: 'signs out',
  wrong: 'wrong',
  rollout: 'rollout',
  other: '',
};

function timelineTable({ total, pods, rows }: Timeline): HTMLElement {
  const head = ['#', 'after', `request (${total} in all)`, ...pods];
  const cells = ({ number, after, what, kind, pod, answer }: TimelineRow): HTMLElement[] => [
    element('td', { class: 'number' }, number),
    element('td', { class: 'number' }, after),
    element('td', {}, what, marks[kind] !== '' && element('span', { class: `mark ${kind}` }, marks[kind])),
    ...pods.map((_, at) => element('td', { class: 'answer' }, at === pod ? answer : '')),
  ];
  const shown = rows.map((row) => element('tr', { class: row.kind }, ...cells(row)));
  return table('Requests by pod', head, shown);
}

/** A table that scrolls where the window is narrow. */
const table = (label: string, head: readonly string[], rows: readonly HTMLElement[]): HTMLElement =>
  element(
    'div',
    { class: 'scroll', role: 'region', tabindex: '0', 'aria-label': label },
    element(
      'table',
      {},
      element('thead', {}, element('tr', {}, ...head.map((text) => element('th', { scope: 'col' }, text)))),
      element('tbody', {}, ...rows),
    ),
  );

function privacy(findings: readonly Finding[], entries: readonly unknown[], file: string): HTMLElement {
  const save = element('button', { type: 'button' }, 'Save a redacted copy');
  const name = `${file.replace(/\.(?:har|json)?(?:\.gz)?$/i, '')}.redacted.har`;
  save.addEventListener('click', () => saveAs(name, JSON.stringify(redactedHar(entries), undefined, 1)));
  const rows = findings.map(({ kind, count, where }) =>
    element(
      'tr',
      {},
      element('th', { scope: 'row' }, kind),
      element('td', { class: 'number' }, String(count)),
      element('td', {}, where.join(', ')),
    ),
  );
  return section(
    'Personal data and secrets in this file',
    findings.length === 0
      ? element('p', {}, 'None of the usual kinds was found. Bodies may still hold some.')
      : table('Personal data by kind', ['kind', 'values', 'where'], rows),
    element(
      'p',
      { class: 'soft' },
      'The copy keeps hosts, words of paths, times, states and names of cookies. Values become placeholders such as cookie-1, and bodies are left out. It explains the same.',
    ),
    element('p', {}, save),
  );
}

function saveAs(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }));
  element('a', { href: url, download: name }).click();
  // The browser has begun to save it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

type Child = Node | string | undefined | false;

/** An element. Texts become text nodes, so that nothing of a recording is read as markup. */
function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Readonly<Record<string, string>> = {},
  ...children: ReadonlyArray<Child | readonly Child[]>
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children.flat().filter((child): child is Node | string => child !== undefined && child !== false));
  return made;
}

input.addEventListener('change', () => void read(input.files?.[0]));
for (const name of ['dragover', 'dragleave', 'drop'] as const)
  document.addEventListener(name, (event) => {
    event.preventDefault();
    drop.classList.toggle('over', name === 'dragover');
    if (name === 'drop') void read(event.dataTransfer?.files[0]);
  });
