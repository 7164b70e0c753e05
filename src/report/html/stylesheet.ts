/** Readable on screen, in the dark and on paper; nothing is fetched. */
export const stylesheet = `
:root { color-scheme: light dark; --ink: #1c1c1c; --paper: #ffffff; --faint: #6a6a6a; --line: #d9d9d9; --shade: #f4f4f4;
  --good: #00664a; --bad: #a83a00; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e8e8e8; --paper: #16181b; --faint: #a2a2a2; --line: #3a3d42; --shade: #202328; --good: #4fd1a8; --bad: #ff9a63; }
}
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 62rem; padding: 2rem 1.25rem 4rem; color: var(--ink); background: var(--paper);
  font: 16px/1.5 system-ui, sans-serif; }
h1 { margin: 0 0 .25rem; font-size: 1.7rem; line-height: 1.2; overflow-wrap: anywhere; }
h2 { margin: 2.5rem 0 .5rem; font-size: 1.2rem; }
p { margin: .4rem 0; max-width: 46rem; }
.faint, caption { color: var(--faint); }
.verdict { font-weight: 700; }
.pass { color: var(--good); }
.fail { color: var(--bad); }
td .pass, td .fail { white-space: nowrap; }
code, pre { font: .875em/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
pre { margin: .6rem 0; padding: .6rem .8rem; white-space: pre-wrap; background: var(--shade); border: 1px solid var(--line);
  border-radius: 4px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; margin: .5rem 0; font-size: .9rem; font-variant-numeric: tabular-nums; }
caption { text-align: left; padding-bottom: .25rem; }
th, td { padding: .2rem .8rem .2rem 0; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
th { font-weight: 600; }
td code { display: inline-block; min-width: 8.5rem; }
.number { text-align: right; }
td.number { white-space: nowrap; }
figure { margin: 1rem 0 2rem; }
figure { overflow-x: auto; }
figure svg { display: block; max-width: 100%; min-width: 38rem; height: auto; background: #ffffff; border: 1px solid var(--line); border-radius: 4px; }
details { margin: .4rem 0; }
summary { cursor: pointer; color: var(--faint); }
@media print {
  body { max-width: none; padding: 0; font-size: 11pt; }
  figure, tr { break-inside: avoid; }
  details:not([open]) { display: none; }
}
`;
