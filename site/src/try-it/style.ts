/** The look of the form; the page's own styles stay outside its shadow root. */
export const STYLE = `
:host { display: block; --accent: light-dark(#17609f, #7cbcf5); --edge: light-dark(#8b8b8b, #8d8d8d); --wrong: light-dark(#b00020, #ff9aa8); }
h2 { margin: 0 0 .4em; font-size: 1.25em; }
h3 { margin: 1.2em 0 .4em; font-size: 1em; }
p { margin: .3em 0; overflow-wrap: anywhere; }
form, .fields, .value { display: flex; flex-direction: column; gap: .7em; }
.value { border-inline-start: 3px solid var(--edge); padding-inline-start: .7em; }
.field { display: flex; flex-direction: column; gap: .2em; }
.flag { display: flex; flex-direction: row; gap: .45em; align-items: baseline; flex-wrap: wrap; }
.item { display: flex; gap: .5em; align-items: start; margin-block-end: .5em; }
.item > :first-child { flex: 1; }
.name, label { font-weight: 600; margin-inline-end: .5em; overflow-wrap: anywhere; }
.type { font-family: ui-monospace, monospace; font-size: .85em; opacity: .8; overflow-wrap: anywhere; }
input:not([type=checkbox]), select {
  font: inherit; color: inherit; background: Field; padding: .4em .5em; border: 1px solid var(--edge);
  border-radius: .3em; inline-size: 100%; box-sizing: border-box;
}
[aria-invalid=true] { border-color: var(--wrong) !important; }
.wrong { color: var(--wrong); }
.wrong:empty { display: none; }
button {
  font: inherit; cursor: pointer; padding: .4em .8em; border: 1px solid var(--edge); border-radius: .3em;
  background: transparent; color: inherit; align-self: start;
}
button[type=submit] { background: light-dark(#17609f, #7cbcf5); color: light-dark(#fff, #06192b); border: 0; font-weight: 600; }
button:disabled { opacity: .65; cursor: default; }
.buttons { display: flex; gap: .6em; flex-wrap: wrap; }
pre {
  margin: 0; overflow: auto; max-block-size: 24em; padding: .7em; border-radius: .3em; font-size: .85em; line-height: 1.45;
  background: light-dark(#f1f3f5, #22262b);
}
details { margin-block-start: .5em; }
summary { cursor: pointer; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`
