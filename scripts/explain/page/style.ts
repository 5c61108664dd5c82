import { style as reportStyle } from '../../../e2e/report/page-style.ts';

/** Colours and texts are those of the report of a run. */
export const style = `${reportStyle.slice(0, reportStyle.indexOf('summary {'))}
code, pre { font: 13px/1.5 ui-monospace, Menlo, Consolas, monospace; background: var(--code); overflow-wrap: anywhere; }
pre { padding: 10px 12px; margin: 8px 0; white-space: pre-wrap; border-radius: 6px; }
main { max-width: 1080px; }
header p { font-size: 16px; }
h2:focus { outline: none; }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.card { padding: 16px 20px; }
.card h2 { margin: 0 0 6px; font-size: 20px; }
.card.unknown, .card.unusable { border-left-color: var(--warn); }
.kind { display: inline-block; margin: 0 0 6px; padding: 1px 10px; border: 1px solid currentColor; border-radius: 99px; font-size: 13px; }
.unknown .kind { color: var(--warn); }
#drop { display: block; margin: 20px 0; padding: 28px 20px; text-align: center; background: var(--card); border: 2px dashed var(--moved); border-radius: 12px; cursor: pointer; }
#drop.over, #drop:hover { border-color: var(--link); }
#drop:focus-within { outline: 3px solid var(--link); outline-offset: 2px; }
#drop b { display: block; font-size: 17px; }
#drop input { margin-top: 12px; max-width: 100%; color: inherit; font: inherit; }
.scroll { overflow-x: auto; border: 1px solid var(--line); border-radius: 8px; background: var(--card); margin: 10px 0; }
table { border-collapse: collapse; width: 100%; font-size: 14px; overflow-wrap: normal; }
th, td { padding: 5px 12px; text-align: left; vertical-align: top; border-top: 1px solid var(--line); white-space: nowrap; }
thead th { border-top: 0; color: var(--soft); font-weight: 600; }
.number { text-align: right; color: var(--soft); font-variant-numeric: tabular-nums; }
tr.wrong td { background: color-mix(in srgb, var(--bad) 9%, var(--card)); color: var(--text); }
tr.wrong .answer { font-weight: 700; }
tr.rollout td { color: var(--soft); font-style: italic; }
.mark { margin-left: 10px; padding: 0 8px; border: 1px solid currentColor; border-radius: 99px; font-size: 12px; }
.mark.wrong { color: var(--bad); }
.mark.began { color: var(--good); }
.mark.ended, .mark.rollout { color: var(--soft); }
button { padding: 9px 18px; border: 0; border-radius: 8px; background: var(--link); color: var(--card); font: inherit; font-weight: 600; cursor: pointer; }
@media (max-width: 600px) { main { padding: 16px 12px 48px; } .card { padding: 12px 14px; } #drop { padding: 18px 12px; } }
`;
