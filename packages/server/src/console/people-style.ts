/** The style of the page of people, after that of all pages. */
export const PEOPLE_STYLE: string = `
body { max-width: 72rem; }
.columns { display: grid; grid-template-columns: 15rem 15rem 1fr; gap: 0 1.5rem; align-items: start; }
.picks li { display: block; padding: 0; }
.picks button { display: block; width: 100%; text-align: left; border: 0; border-radius: 0; padding: .5rem .6rem;
  color: var(--text); background: none; overflow-wrap: anywhere; }
.picks button[aria-pressed=true] { background: var(--card); box-shadow: inset 3px 0 var(--accent); }
.picks .about { display: block; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; }
.stack { display: grid; gap: .4rem; margin-top: 1rem; }
.stack label { font-weight: 600; font-size: .9rem; }
.tick { display: flex; gap: .4rem; align-items: center; }
.tick input { min-height: 0; }
#messages { list-style: none; margin: .6rem 0 0; padding: .5rem; border: 1px solid var(--line); border-radius: .5rem;
  background: var(--card); max-height: 60vh; min-height: 8rem; overflow-y: auto; display: grid; gap: .5rem; align-content: start; }
#messages li { display: block; border: 1px solid var(--line); border-radius: .6rem; padding: .4rem .6rem; max-width: 85%;
  width: fit-content; background: var(--back); white-space: pre-wrap; overflow-wrap: anywhere; }
#messages li.own { justify-self: end; border-color: var(--accent); }
#messages .tools { margin-top: .35rem; }
.write { display: grid; grid-template-columns: 1fr auto; gap: .5rem; margin-top: .6rem; align-items: end; }
textarea { font: inherit; padding: .4rem .65rem; border-radius: .4rem; border: 1px solid var(--line); background: var(--back);
  color: var(--text); width: 100%; resize: vertical; }
@media (max-width: 52rem) { .columns { grid-template-columns: 1fr 1fr; } #chatPart { grid-column: 1 / -1; } }
@media (max-width: 32rem) { .columns { grid-template-columns: 1fr; } }
`
