/** The look of the form. Pages set the four properties, or a font, on the element around. */
export const STYLE = `
:host {
  --accent: var(--cablegram-accent, light-dark(#17609f, #7cbcf5));
  --on-accent: var(--cablegram-on-accent, light-dark(#fff, #06192b));
  --edge: var(--cablegram-edge, light-dark(#8b8b8b, #8d8d8d));
  --wrong: var(--cablegram-wrong, light-dark(#b00020, #ff9aa8));
  display: block;
  color: CanvasText;
  background: Canvas;
  line-height: 1.45;
  text-align: start;
}
form { display: flex; flex-direction: column; gap: .9em; max-inline-size: 26em; margin: 0; }
h2 { font-size: 1.35em; line-height: 1.25; margin: 0; }
p { margin: 0; overflow-wrap: anywhere; white-space: pre-line; }
h2:focus { outline: none; }
label { font-weight: 600; display: block; margin-block-end: .25em; }
.fields { display: flex; flex-direction: column; gap: .9em; }
.hint { font-size: .9em; opacity: .8; margin-block-start: .25em; }
.text { max-block-size: 14em; overflow: auto; }
input {
  font: inherit; color: inherit; background: Field; inline-size: 100%; box-sizing: border-box;
  padding: .6em .7em; border: 1px solid var(--edge); border-radius: .4em;
}
input[aria-invalid=true] { border-color: var(--wrong); }
.problem { color: var(--wrong); }
.problem:empty, .text:empty, .fields:empty, .links:empty { display: none; }
button { font: inherit; cursor: pointer; }
button[type=submit] {
  padding: .65em 1em; border: 0; border-radius: .4em; font-weight: 600;
  background: var(--accent); color: var(--on-accent);
}
.links { display: flex; flex-direction: column; align-items: start; gap: .3em; }
.links button {
  padding: .3em 0; border: 0; background: none; color: var(--accent); text-decoration: underline;
  text-underline-offset: .2em; text-align: start;
}
button:disabled { cursor: default; opacity: .65; }
.links button:disabled { color: inherit; text-decoration: none; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.qr { inline-size: 14em; max-inline-size: 100%; border-radius: .4em; background: #fff; display: block; }
.away { position: absolute; inline-size: 1px; block-size: 1px; overflow: hidden; clip-path: inset(50%); }
`
