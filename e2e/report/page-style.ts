/**
 * Colours follow the light or dark scheme of the reader's system. A status has a colour and a text or a shape, so that
 * no meaning is in the colour alone.
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
  --code: light-dark(#f1f3f6, #10141a);
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1240px; margin: 0 auto; padding: 24px 16px 64px; overflow-wrap: anywhere; }
h1 { font-size: 22px; line-height: 1.3; margin: 0; }
h2 { font-size: 18px; margin: 32px 0 10px; }
h3 { font-size: 15px; margin: 12px 0 6px; }
p { margin: 6px 0; max-width: 85ch; }
a { color: var(--link); }
.soft { color: var(--soft); }
.bad { color: var(--bad); }
.fact { display: inline-block; margin-right: 20px; color: var(--soft); }
.fact b { font-size: 20px; color: var(--text); }
.card { background: var(--card); border: 1px solid var(--line); border-left: 5px solid var(--moved); border-radius: 8px; padding: 12px 16px; margin: 10px 0; }
.card.passed { border-left-color: var(--good); }
.card.failed { border-left-color: var(--bad); }
summary { cursor: pointer; }
.proved summary { padding: 3px 0; }
.proved summary b { display: inline-block; min-width: 3.5ch; text-align: right; }
.proved ul { margin: 4px 0 10px; }
.proved li { margin: 3px 0; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 16px; margin: 12px 0 4px; }
dt { color: var(--soft); }
dd { margin: 0; min-width: 0; }
dd > p:first-child { margin-top: 0; }
code, pre { font: 13px/1.5 ui-monospace, Menlo, Consolas, monospace; background: var(--code); overflow-wrap: anywhere; }
pre { padding: 10px 12px; margin: 8px 0; white-space: pre-wrap; }
.scroll { overflow-x: auto; }
figure { margin: 10px 0; }
figcaption, .legend { color: var(--soft); font-size: 13px; }
.legend { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 4px 0 0; padding: 0; list-style: none; }
.legend i { display: inline-block; width: 12px; height: 14px; margin-right: 6px; vertical-align: -2px; }
.timeline { display: grid; grid-template-columns: max-content 1fr; gap: 3px 10px; min-width: 900px; font-size: 12px; }
.timeline > span { text-align: right; }
.timeline > div { position: relative; height: 18px; background: var(--code); border-radius: 3px; }
.timeline > div > * { position: absolute; color: var(--soft); font-weight: 400; }
.timeline i { top: 5px; height: 8px; min-width: 3px; }
.timeline i.refused, .timeline i.broken { top: 1px; height: 16px; z-index: 1; }
.bars .ok { background: var(--good); }
.bars .moved { background: var(--moved); }
.bars .refused, .bars .kill { background: var(--bad); }
.bars .broken { background: var(--bad); outline: 1.5px solid var(--text); }
.bars .rollout { background: var(--warn); }
.bars .fault { background: var(--link); }
@media (max-width: 600px) { dl { grid-template-columns: 1fr; } }
`;
