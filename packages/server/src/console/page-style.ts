/** The style of the console's page: light and dark, wide and narrow. */
export const PAGE_STYLE: string = `
:root { color-scheme: light dark; --back: #fff; --card: #f5f7f9; --text: #1c2126; --soft: #57606a; --line: #d5dbe1;
  --accent: #0b62a8; --good: #136c34; --warn-back: #fff4d6; --warn: #6b4a00; }
@media (prefers-color-scheme: dark) {
  :root { --back: #15181c; --card: #1e2329; --text: #e6e9ec; --soft: #a3acb6; --line: #37404a; --accent: #78b7ee;
    --good: #6fd08c; --warn-back: #3a2f12; --warn: #f4d58a; }
}
* { box-sizing: border-box; }
body { font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 56rem; padding: 1.25rem 1rem 4rem;
  background: var(--back); color: var(--text); }
h1 { font-size: 1.35rem; margin: 0; }
h2 { font-size: 1.05rem; margin: 0; }
header, .head { display: flex; gap: .5rem 1rem; align-items: center; justify-content: space-between; flex-wrap: wrap; }
nav a { padding: .2rem .1rem; margin-right: .75rem; }
nav a[aria-current] { color: var(--text); text-decoration: none; font-weight: 600; }
section { margin-top: 1.75rem; }
#state { color: var(--soft); font-size: .9rem; }
#state.live::before { content: "● "; color: var(--good); }
.rows { margin: .6rem 0 0; border: 1px solid var(--line); border-radius: .5rem; background: var(--card); }
.row { display: grid; grid-template-columns: 8.5rem 1fr auto; gap: .1rem .75rem; align-items: center; padding: .35rem .75rem; }
.row + .row { border-top: 1px solid var(--line); }
.row dt { color: var(--soft); }
.row dd { margin: 0; min-width: 0; overflow-wrap: anywhere; font-family: ui-monospace, monospace; font-size: .9rem; }
.note { margin: .9rem 0 0; padding: .5rem .75rem; border-radius: .5rem; background: var(--warn-back); color: var(--warn); }
ul { list-style: none; margin: .6rem 0 0; padding: 0; }
li { border-top: 1px solid var(--line); padding: .7rem 0; display: grid; grid-template-columns: 1fr auto; gap: .1rem 1rem;
  align-items: center; }
li:last-child { border-bottom: 1px solid var(--line); }
li .wide { grid-column: 1 / -1; }
li.over .code { font-weight: 400; color: var(--soft); text-decoration: line-through; }
.phone { font-weight: 600; overflow-wrap: anywhere; }
.code { font: 600 1.5rem/1.2 ui-monospace, monospace; letter-spacing: .06em; user-select: all; overflow-wrap: anywhere;
  margin-right: .75rem; }
.about { color: var(--soft); font-size: .9rem; overflow-wrap: anywhere; }
.active { color: var(--good); font-weight: 600; }
.message { white-space: pre-wrap; overflow-wrap: anywhere; font-size: .9rem; margin-top: .25rem; padding-left: .75rem;
  border-left: 3px solid var(--line); }
.tools { display: flex; gap: .5rem; flex-wrap: wrap; align-items: center; }
input, button, select { font: inherit; font-size: .9rem; padding: .3rem .65rem; border-radius: .4rem; border: 1px solid var(--line);
  background: var(--back); color: var(--text); min-height: 2.1rem; max-width: 100%; }
button { cursor: pointer; color: var(--accent); }
button:hover { border-color: var(--accent); }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
pre { margin: .6rem 0 0; padding: .75rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--card);
  overflow-x: auto; font: .85rem/1.45 ui-monospace, monospace; max-height: 26rem; }
code { font-family: ui-monospace, monospace; overflow-wrap: anywhere; }
a { color: var(--accent); }
footer { margin-top: 2rem; color: var(--soft); font-size: .9rem; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
[hidden] { display: none !important; }
@media (max-width: 32rem) {
  .row { grid-template-columns: 1fr auto; }
  .row dt { grid-column: 1 / -1; font-size: .85rem; }
  li { grid-template-columns: 1fr; }
  li > button { justify-self: start; }
}
`
