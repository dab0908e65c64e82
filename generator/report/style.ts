/** Of the page; the picture brings its own. */
export const style = `
:root { color-scheme: light dark; --paper: #ffffff; --card: #f5f7f9; --line: #d5dbe1; --text: #16202b; --soft: #4b5865; --link: #0b5cad; --good: #176f35; --bad: #a8200f; --wait: #7a5200; }
@media (prefers-color-scheme: dark) {
:root { --paper: #12181f; --card: #1a222b; --line: #2f3a45; --text: #e8ecf0; --soft: #a7b2bd; --link: #79bbff; --good: #72d391; --bad: #ff9d91; --wait: #e6ba55; }
}
* { box-sizing: border-box; }
html { font: 100%/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; background: var(--paper); color: var(--text); scroll-behavior: smooth; -webkit-text-size-adjust: 100%; }
body { margin: 0 auto; max-width: 76rem; padding: 1rem; overflow-wrap: break-word; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: .5rem 0 1rem; overflow-wrap: anywhere; }
h2 { font-size: 1.35rem; line-height: 1.25; margin: 2.25rem 0 .75rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.75rem 0 .5rem; }
h4 { font-size: 1rem; margin: 0 0 .25rem; }
p { margin: .25rem 0 .75rem; max-width: 46rem; }
a { color: var(--link); text-underline-offset: .15em; }
code { font: .9em/1.45 ui-monospace, SFMono-Regular, Menlo, Consolas, "Liberation Mono", monospace; overflow-wrap: anywhere; unicode-bidi: isolate; }
dl { margin: .5rem 0; }
dl div { display: grid; grid-template-columns: 11rem 1fr; gap: 0 1rem; padding: .2rem 0; }
dt { color: var(--soft); overflow-wrap: anywhere; }
dd { margin: 0; min-width: 0; overflow-wrap: anywhere; }
header dl { columns: 2; column-gap: 3rem; }
header dl div { break-inside: avoid; }
nav ul { list-style: none; margin: 1.5rem 0 0; padding: .75rem 0; display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; border-top: 1px solid var(--line); }
nav a { display: inline-block; padding: .3rem 0; }
.chips { list-style: none; margin: 1rem 0; padding: 0; display: flex; flex-wrap: wrap; gap: .5rem; }
.chips a { display: block; padding: .45rem .8rem; border: 1px solid currentcolor; border-radius: .5rem; text-decoration: none; }
.good { color: var(--good); }
.bad { color: var(--bad); }
.wait { color: var(--wait); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 23rem), 1fr)); gap: .75rem; }
article { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .8rem 1rem; color: var(--text); min-width: 0; }
article.bad, article.wait { color: var(--text); border-left: .3rem solid var(--wait); }
article.bad { border-left-color: var(--bad); }
article h3 { margin: 0 0 .25rem; }
article dl div { grid-template-columns: 6rem 1fr; }
article:target, tr:target { outline: 3px solid var(--link); outline-offset: 1px; }
.tag { margin-left: .5rem; padding: .05rem .5rem; border: 1px solid var(--line); border-radius: 1rem; font-size: .8rem; font-weight: 400; color: var(--soft); }
.decisions { margin: .25rem 0 .5rem; padding-left: 1.1rem; }
.ends { list-style: none; margin: 0; padding: 0; }
.picture { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 22rem), 1fr)); gap: 1rem 3rem; align-items: start; }
.picture svg { display: block; width: 100%; max-width: 30rem; height: auto; }
.picture h3 { margin-top: 0; }
.picture dl div { grid-template-columns: 1fr; padding: .3rem 0; }
.picture dt { font-weight: 600; color: var(--text); }
table { width: 100%; border-collapse: collapse; margin: .5rem 0 1rem; font-size: .93rem; }
th, td { text-align: left; vertical-align: top; padding: .45rem .75rem .45rem 0; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; min-width: 5.5rem; }
thead th { color: var(--soft); font-weight: 500; overflow-wrap: normal; }
tbody th { font-weight: 400; min-width: 13.5rem; }
tbody th code { font-weight: 600; }
details { margin: .75rem 0; border: 1px solid var(--line); border-radius: .6rem; padding: .25rem 1rem; background: var(--card); }
summary { cursor: pointer; padding: .5rem 0; }
summary h3 { display: inline; margin: 0; }
.lines { margin: .5rem 0 1rem; padding-left: 2.75rem; font-size: .9rem; }
.lines li { padding: .1rem 0; }
.lines li::marker { color: var(--soft); font-size: .8rem; font-variant-numeric: tabular-nums; }
.lines code { white-space: pre-wrap; }
.lines small { display: block; color: var(--soft); padding-left: 1rem; }
footer { margin: 3rem 0 1rem; padding-top: 1rem; border-top: 1px solid var(--line); color: var(--soft); }
@media (max-width: 56rem) {
header dl { columns: 1; }
table, tbody, tr, th, td { display: block; }
thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
tbody th { min-width: 0; }
tr { background: var(--card); border: 1px solid var(--line); border-radius: .6rem; padding: .6rem .9rem; margin-bottom: .6rem; }
th, td { border: 0; padding: .12rem 0; }
td { display: grid; grid-template-columns: 6.2rem 1fr; gap: 0 .75rem; }
td > div { min-width: 0; }
td::before { content: attr(data-label); color: var(--soft); }
td.nothing { display: none; }
}
@media (max-width: 30rem) {
body { padding: .75rem .9rem; }
h1 { font-size: 1.45rem; }
dl div { grid-template-columns: 1fr; padding: .3rem 0; }
header dl { font-size: .93rem; }
header dl div, article dl div { grid-template-columns: 6.2rem 1fr; gap: 0 .75rem; padding: .12rem 0; }
.chips { gap: .4rem; }
.chips a { padding: .35rem .6rem; font-size: .93rem; }
nav ul { gap: 0 1.1rem; }
}
@media print {
:root { --paper: #ffffff; --card: #ffffff; --line: #bbbbbb; --text: #000000; --soft: #333333; --link: #000000; --good: #000000; --bad: #000000; --wait: #000000; }
body { max-width: none; padding: 0; font-size: 9.5pt; }
nav { display: none; }
a { text-decoration: none; }
article, tr { break-inside: avoid; }
h2, h3 { break-after: avoid; }
details::details-content { content-visibility: visible; block-size: auto; }
}
`
