/** Minimum width of a chart in pixels. On a narrower screen it scrolls. */
const chartWidth = 760;

/**
 * The stylesheet of every page that the harness writes. Colours follow the scheme of the reader's system. Statuses have
 * a colour and a text or a shape, so that no meaning is in the colour alone.
 */
export const style = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f6f7f9, #12151a);
  --card: light-dark(#ffffff, #1a1f26);
  --line: light-dark(#dde1e7, #313945);
  --text: light-dark(#1b2330, #e6eaf0);
  --soft: light-dark(#566073, #a3afc0);
  --link: light-dark(#1d4ed8, #8ab4ff);
  --good: light-dark(#14693d, #4cc38a);
  --bad: light-dark(#c0271b, #ff7b6e);
  --warn: light-dark(#9a6200, #e9b04a);
  --moved: light-dark(#64748b, #8492a6);
  --good-fill: light-dark(#e6f5ed, #15301f);
  --bad-fill: light-dark(#fdecea, #3a1916);
  --warn-fill: light-dark(#fdf3dc, #33270d);
  --shade: light-dark(#9aa5b5, #5d6a7d);
  --code: light-dark(#f1f3f6, #10141a);
  --s0: light-dark(#2563eb, #60a5fa);
  --s1: light-dark(#7c3aed, #c4a5fd);
  --s2: light-dark(#0f766e, #2dd4bf);
  --s3: light-dark(#b4460e, #fb923c);
  --s4: light-dark(#be185d, #f472b6);
  --s5: light-dark(#4d6b0a, #a3d13c);
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body { --behind: var(--page); margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main, header { max-width: 1240px; margin: 0 auto; padding: 0 24px; }
header { padding-top: 28px; }
main { padding-bottom: 64px; }
h1 { font-size: 22px; line-height: 1.3; margin: 0; }
h2 { font-size: 18px; margin: 36px 0 12px; }
h3 { font-size: 16px; margin: 28px 0 8px; }
h4 { font-size: 14px; margin: 20px 0 6px; }
p { margin: 6px 0; max-width: 85ch; }
a { color: var(--link); }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.soft { color: var(--soft); }
.good { color: var(--good); }
.bad { color: var(--bad); }
.warn { color: var(--warn); }
.verdict { margin: 16px 0 0; padding: 18px 20px; background: var(--card); border: 1px solid var(--line); border-left: 6px solid var(--moved); border-radius: 10px; }
.verdict.passed { border-left-color: var(--good); }
.verdict.failed { border-left-color: var(--bad); }
.verdict p { margin: 4px 0 0; color: var(--soft); }
.facts { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 10px; list-style: none; margin: 12px 0 0; padding: 0; }
.facts li { padding: 10px 14px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; color: var(--soft); }
.facts b { display: block; font-size: 22px; line-height: 1.2; color: var(--text); font-variant-numeric: tabular-nums; }
.causes { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 440px), 1fr)); gap: 10px; }
.causes .card { margin: 0; }
.card h3 { margin: 0 0 4px; }
.card { --behind: var(--card); background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 16px 20px; margin: 10px 0; }
.area:not(:has(.test)) { display: none; }
.test { --behind: var(--card); background: var(--card); border: 1px solid var(--line); border-radius: 8px; margin: 6px 0; }
div.test, details.test > summary { display: flex; gap: 10px; align-items: baseline; padding: 8px 14px; border-radius: 8px; }
details.test > summary { list-style: none; }
details.test > summary::-webkit-details-marker { display: none; }
details.test > summary::before { content: '▸'; color: var(--soft); }
/* In line with those that can be opened. */
div.test::before { content: '▸'; visibility: hidden; }
details.test[open] > summary::before { content: '▾'; }
details.test > summary:hover { background: var(--code); }
details.test > div { padding: 0 14px 14px; border-top: 1px solid var(--line); }
.test.failed { border-color: var(--bad); }
.name { flex: 1; overflow-wrap: anywhere; }
summary { cursor: pointer; }
.time { color: var(--soft); font-variant-numeric: tabular-nums; white-space: nowrap; }
.badge { display: inline-block; padding: 0 8px; border-radius: 20px; font-size: 12px; line-height: 20px; white-space: nowrap; background: var(--code); color: var(--soft); }
.badge.passed, .badge.caught { background: var(--good-fill); color: var(--good); }
.badge.failed, .badge.missed { background: var(--bad-fill); color: var(--bad); }
.badge.flaky, .badge.skipped { background: var(--warn-fill); color: var(--warn); }
dl.why { display: grid; grid-template-columns: max-content 1fr; gap: 6px 16px; margin: 14px 0 4px; }
dl.why dt { color: var(--soft); }
dl.why dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
dd > p:first-child { margin-top: 0; }
code, pre { font: 13px/1.5 ui-monospace, 'SF Mono', Menlo, Consolas, monospace; }
code { background: var(--code); border-radius: 4px; padding: 1px 5px; overflow-wrap: anywhere; }
pre { background: var(--code); border-radius: 8px; padding: 10px 12px; margin: 8px 0; overflow-x: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
/* Fixed shadows at the sides show that the content scrolls; covers that scroll with it hide them at its ends. */
.scroll {
  overflow-x: auto;
  background:
    linear-gradient(to right, var(--behind) 30%, transparent) left / 40px 100% no-repeat local,
    linear-gradient(to left, var(--behind) 30%, transparent) right / 40px 100% no-repeat local,
    linear-gradient(to right, var(--shade), transparent) left / 14px 100% no-repeat scroll,
    linear-gradient(to left, var(--shade), transparent) right / 14px 100% no-repeat scroll;
}
table { border-collapse: collapse; font-size: 13px; }
table:has(td.wide) { min-width: 100%; }
th, td { text-align: left; vertical-align: top; padding: 5px 14px 5px 0; border-bottom: 1px solid var(--line); }
th { color: var(--soft); font-weight: 600; white-space: nowrap; }
td.wide { width: 100%; min-width: 220px; overflow-wrap: anywhere; }
tr:has(td.wide) td:first-child:not(.wide, .number) { min-width: 130px; }
td code { white-space: nowrap; }
td.wide code { white-space: normal; }
td.unbroken { white-space: nowrap; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
tr.wrong td { background: var(--bad-fill); }
ol.hops { margin: 6px 0; padding: 0; list-style: none; counter-reset: hop; }
ol.hops li { counter-increment: hop; display: flex; flex-wrap: wrap; gap: 4px 10px; padding: 4px 8px; border-left: 3px solid var(--line); overflow-wrap: anywhere; }
ol.hops li::before { content: counter(hop); color: var(--soft); min-width: 1.2em; }
ol.hops li.wrong { border-left-color: var(--bad); background: var(--bad-fill); }
.filter { border: 0; padding: 0; margin: 16px 0 0; display: flex; flex-wrap: wrap; gap: 8px; align-items: center; }
.filter legend { float: left; padding: 0 8px 0 0; color: var(--soft); line-height: 32px; }
.filter label { position: relative; padding: 0 14px; line-height: 30px; min-height: 32px; border: 1px solid var(--line); border-radius: 20px; background: var(--card); cursor: pointer; }
.filter input { position: absolute; inset: 0; margin: 0; opacity: 0; cursor: pointer; }
.filter label:has(:checked) { background: var(--text); color: var(--page); border-color: var(--text); }
.filter label:has(:focus-visible) { outline: 2px solid var(--link); outline-offset: 2px; }
figure { margin: 10px 0; container-type: inline-size; }
.hint { display: none; color: var(--soft); font-size: 13px; margin: 0 0 4px; }
@container (max-width: ${chartWidth - 1}px) { .hint { display: block; } }
figcaption, .legend { color: var(--soft); font-size: 13px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 4px 0 0; padding: 0; list-style: none; }
.legend li { display: flex; align-items: center; gap: 6px; }
.legend svg { width: 14px; height: 14px; min-width: 14px; }
.chart svg { display: block; width: 100%; min-width: ${chartWidth}px; height: auto; }
svg text { fill: var(--text); font: 11px system-ui, sans-serif; }
svg text.soft { fill: var(--soft); }
svg text.bad { fill: var(--bad); font-weight: 600; }
svg .grid { stroke: var(--line); stroke-width: 1; }
svg .lane { fill: var(--code); }
svg .ok { fill: var(--good); }
svg .moved { fill: var(--moved); }
svg .refused { fill: var(--bad); }
svg .broken { fill: var(--bad); stroke: var(--text); stroke-width: 1.5; }
svg .waiting { fill: var(--warn); }
svg .s0 { fill: var(--s0); } svg .s1 { fill: var(--s1); } svg .s2 { fill: var(--s2); }
svg .s3 { fill: var(--s3); } svg .s4 { fill: var(--s4); } svg .s5 { fill: var(--s5); }
svg .shade { opacity: .12; }
svg .sign-in { fill: var(--s0); } svg .refresh { fill: var(--s2); } svg .sign-out { fill: var(--s1); }
svg .rollout { fill: var(--warn); } svg .kill { fill: var(--bad); } svg .fault { fill: var(--s4); }
svg text.on { fill: light-dark(#ffffff, #10141a); font-weight: 600; }
@media (max-width: 600px) {
  main, header { padding-left: 14px; padding-right: 14px; }
  dl.why { grid-template-columns: 1fr; gap: 0; }
  dl.why dd { margin-bottom: 8px; }
  div.test, details.test > summary { flex-wrap: wrap; }
  .card { padding: 12px 14px; }
  /* Its texts are 11 px at 1160. */
  .chart svg { min-width: 960px; }
}
`;
