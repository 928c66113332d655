/** The style of the pages under /docs, for light and dark. */
export const docsStyleSheet = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#fbfbf9, #14161a);
  --raised: light-dark(#ffffff, #1c1f25);
  --line: light-dark(#dfe1dc, #2f343d);
  --ink: light-dark(#1b1f24, #e6e8eb);
  --quiet: light-dark(#5b636d, #9aa3ae);
  --link: light-dark(#0b5cad, #7db7f5);
  --good: light-dark(#12703d, #6fcf97);
  --warn: light-dark(#8a5300, #f0b45c);
  --bad: light-dark(#a8201f, #f28b82);
  --code: light-dark(#f1f2ee, #23272f);
  --mono: ui-monospace, "SF Mono", Menlo, Consolas, monospace;
}
* { box-sizing: border-box; }
html { scroll-padding-top: 4.5rem; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.55 system-ui, sans-serif; }
a { color: var(--link); text-underline-offset: 0.15em; }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; border-radius: 2px; }
.skip { position: absolute; left: -99rem; }
.skip:focus { left: 1rem; top: 0.5rem; z-index: 3; background: var(--raised); padding: 0.5rem; }
.top { position: sticky; top: 0; z-index: 2; display: flex; gap: 2rem; align-items: baseline; padding: 0.75rem 1.5rem;
  background: var(--raised); border-bottom: 1px solid var(--line); }
.top nav { display: flex; gap: 0.25rem; overflow-x: auto; }
.top nav a { color: var(--quiet); text-decoration: none; padding: 0.3rem 0.65rem; border-radius: 6px; }
.top nav a:hover { color: var(--ink); background: var(--code); }
.top nav a[aria-current] { color: var(--ink); background: var(--code); font-weight: 600; }
.brand { font-weight: 700; color: var(--ink); text-decoration: none; }
.columns { display: grid; grid-template-columns: 19rem minmax(0, 1fr); max-width: 80rem; margin: 0 auto; }
.side { position: sticky; top: 3.2rem; align-self: start; max-height: calc(100vh - 3.2rem); overflow: auto; padding: 1.5rem; font-size: 0.82rem; }
.side h2 { margin: 1rem 0 0.25rem; font-size: 0.75rem; text-transform: uppercase; letter-spacing: 0.06em; color: var(--quiet); }
.side ul { list-style: none; margin: 0; padding: 0; }
.side a { display: block; padding: 0.2rem 0; color: var(--ink); text-decoration: none; overflow-wrap: anywhere; }
.side a:hover { color: var(--link); }
main { padding: 1.5rem 1.5rem 6rem; min-width: 0; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0.5rem 0; text-wrap: balance; }
.lead { font-size: 1.1rem; color: var(--quiet); max-width: 44rem; }
main p { max-width: 48rem; }
main ul { padding-left: 1.2rem; }
.group { margin: 3rem 0 0; }
.call, .error { background: var(--raised); border: 1px solid var(--line); border-radius: 8px; padding: 1.1rem 1.25rem; margin: 1rem 0; }
.call:target, .error:target { border-color: var(--link); }
.call h3, .error h2 { margin: 0; font-size: 1.05rem; display: flex; gap: 0.6rem; align-items: baseline; flex-wrap: wrap; }
.call h3 a, .error h2 a { color: inherit; text-decoration: none; overflow-wrap: anywhere; }
.call h4 { margin: 1.2rem 0 0.4rem; font-size: 0.9rem; }
.summary { font-weight: 600; margin: 0.5rem 0 0; }
.quiet { color: var(--quiet); font-size: 0.88rem; margin-bottom: 0; }
.method { font: 700 0.72rem/1 var(--mono); padding: 0.25em 0.45em; border-radius: 4px; border: 1px solid currentcolor; }
.side .method { border: 0; padding: 0; }
.get { color: var(--good); }
.post { color: var(--link); }
.delete { color: var(--bad); }
code, pre { font-family: var(--mono); font-size: 0.86em; }
p code, td code, li code { background: var(--code); padding: 0.1em 0.3em; border-radius: 3px; }
pre { background: var(--code); border-radius: 6px; padding: 0.8rem 1rem; white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.5; }
.keyed input { font: inherit; color: inherit; background: var(--raised); border: 1px solid var(--quiet); border-radius: 4px; padding: 0.2rem 0.5rem; }
.keyed label { font-weight: 600; margin-right: 0.5rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: 0.9rem; }
th, td { text-align: left; vertical-align: top; padding: 0.4rem 0.8rem 0.4rem 0; border-bottom: 1px solid var(--line); }
thead th { color: var(--quiet); font-weight: 600; }
summary { cursor: pointer; color: var(--link); }
.status, .code { font: 600 0.78rem/1 var(--mono); padding: 0.25em 0.45em; border-radius: 4px; background: var(--code); }
.codes { display: flex; flex-wrap: wrap; gap: 0.4rem; }
.code { text-decoration: none; }
.s2 { color: var(--good); }
.s4 { color: var(--warn); }
.s5 { color: var(--bad); }
@media (max-width: 56rem) {
  .columns { grid-template-columns: minmax(0, 1fr); }
  .top { gap: 0.75rem; padding: 0.6rem 1rem; }
  .top nav { gap: 0; }
  .top nav a { padding: 0.3rem 0.4rem; font-size: 0.92rem; }
  .side { position: static; max-height: 11rem; border-bottom: 1px solid var(--line); }
}
`;
