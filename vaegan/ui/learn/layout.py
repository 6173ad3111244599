"""Where the parts of the Learn page stand: question and reveal beside the stage, on a phone above and below it."""

STYLE = """<style>
.st-key-shelf { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(100%, 17rem), 1fr)); }
.st-key-shelf > * { height: 100%; }
.st-key-shelf [data-testid="stVerticalBlock"] { height: 100%; gap: 0.4rem; }
.st-key-shelf h2 { font-size: 1.2rem; line-height: 1.3; padding: 0; margin: 0; }
.st-key-shelf .stHeading [data-testid="stMarkdownContainer"] { margin-bottom: 0; }
.st-key-lesson h2, .st-key-lesson h3 { font-size: 1.25rem; line-height: 1.3; padding: 0; margin: 0; outline: none; }
.st-key-lesson h3 { font-size: 1.05rem; padding-top: 0.35rem; }
.st-key-bar { margin-top: 0.4rem; padding-right: var(--stage-corner, 0); }
.st-key-card.st-key-card, .st-key-question.st-key-question, .st-key-reveal.st-key-reveal { gap: 0.6rem; }
.st-key-bar { row-gap: 0.5rem; }
.st-key-bar p { margin: 0; }
.st-key-bar [data-testid="stMarkdownContainer"] { margin-bottom: 0; }
@media (max-width: 44rem) {
  .st-key-bar:has(.learn-dots) { flex-wrap: nowrap; }
  .st-key-bar:has(.learn-dots) .stElementContainer:has(b) { display: none; }
}
.st-key-bar button, .st-key-card button, .st-key-turn button { min-height: 2.5rem; }
.learn-dots { display: flex; gap: 0.5rem; align-items: center; }
.learn-dots i { width: 0.8rem; height: 0.8rem; border: 2px solid currentColor; border-radius: 50%; }
.learn-dots .done { background: currentColor; }
.learn-dots .skipped { border-style: dotted; }
.learn-dots .here { outline: 2px solid currentColor; outline-offset: 2px; }
.learn-verdict { font-weight: 700; margin: 0; }
.learn-verdict.right { color: #0b6b34; color: light-dark(#0b6b34, #7ee0a1); }
.learn-verdict.wrong { color: #7a4b00; color: light-dark(#7a4b00, #ffd479); }
.learn-chart { background: #10151c; color: #e8edf3; border-radius: 14px; padding: 0.8rem; }
.st-key-lesson { display: grid; gap: 0.6rem 1.2rem; align-items: start; }
.st-key-lesson > * { min-width: 0; width: auto; }
.st-key-lesson.st-key-lesson { margin-top: 0.3rem; --map-around: calc(14.5rem + 3.2vw); }
.learn-locked, [data-testid="stLayoutWrapper"]:has(> .learn-locked) { cursor: not-allowed; }
@media (min-width: 62rem) {
  .st-key-lesson:has(> * > .st-key-part) {
    grid-template: "card part" auto "reveal part" auto "turn part" 1fr / clamp(20rem, 29vw, 38rem) minmax(0, 1fr);
  }
  .st-key-lesson:has(> * > .st-key-part) > :has(> .st-key-card) { grid-area: card; }
  .st-key-lesson:has(> * > .st-key-part) > :has(> .st-key-part) { grid-area: part; position: sticky; top: 0.5rem; }
  .st-key-lesson:has(> * > .st-key-part) > :has(> .st-key-reveal) { grid-area: reveal; }
  .st-key-lesson:has(> * > .st-key-part) > :has(> .st-key-turn) { grid-area: turn; }
  .st-key-lesson:not(:has(> * > .st-key-part)) { max-width: 52rem; }
}
@media (min-width: 106rem) {
  .st-key-lesson p, .st-key-lesson label p, .st-key-lesson li, .st-key-lesson button p { font-size: 1.25rem; }
  .st-key-lesson h2 { font-size: 1.6rem; }
  .st-key-lesson:not(:has(> * > .st-key-part)) { max-width: 72rem; }
  .st-key-lesson:not(:has(> * > .st-key-part)) :is(p, label p, li, button p) { font-size: 1.6rem; line-height: 1.5; }
  .st-key-lesson:not(:has(> * > .st-key-part)) h2 { font-size: 2.2rem; }
  .st-key-shelf { grid-template-columns: repeat(4, minmax(0, 1fr)); }
  .st-key-shelf p { font-size: 1.2rem; }
  .st-key-shelf h2 { font-size: 1.5rem; }
}
</style>"""
