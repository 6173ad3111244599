"""Where the parts of the Train page stand: lessons at the left of the stage, on a phone in a row above it."""

STYLE = """<style>
.st-key-train {
  display: grid; grid-template-columns: clamp(11.5rem, 17vw, 21rem) minmax(0, 1fr); gap: 1rem;
  align-items: start;  margin-top: 0.5rem;
}
.st-key-train > * { min-width: 0; width: auto; }
.st-key-train > :has(> .st-key-lessons) { position: sticky; top: 0.5rem; }
.st-key-lessons { max-height: calc(100svh - 4.5rem); overflow: hidden auto; padding: 3px; flex-wrap: nowrap; gap: 4px; }
.st-key-lessons > * { flex: none; }
.st-key-lessons .stButton button { min-height: 2.25rem; padding: 0 0.7rem; }
.st-key-lessons button, .st-key-lessons button > * { justify-content: flex-start; text-align: left; }
@media (max-width: 44rem) {
  .st-key-train { grid-template-columns: minmax(0, 1fr); gap: 0.4rem; }
  .st-key-train > :has(> .st-key-lessons) { position: static; }
  .st-key-lessons { flex-direction: row; align-items: center; overflow: auto hidden; gap: 0.4rem; }
  .st-key-lessons > * { width: auto; }
  .st-key-lessons button p, .st-key-lessons label p { white-space: nowrap; }
}
@media (min-width: 106rem) {
  .st-key-lessons button p, .st-key-lessons label p { font-size: 1.25rem; }
  .st-key-lessons .stButton button { min-height: 2.75rem; }
}
</style>"""
# On a projector, as long as nothing is trained: all lessons at once beside the empty stage.
BOTH_PRESENTED = """<style>
.st-key-train { margin-top: 0; }
.st-key-lessons { max-height: calc(100svh - 1vw); }
.st-key-lessons .stButton button { min-height: 1.9rem; }
.st-key-lessons button p, .st-key-lessons label p { font-size: 1rem; }
</style>"""
# On a projector with runs the stage has the whole width, and the lessons stand below it in rows.
STAGE_ALONE = """<style>
.st-key-train { grid-template-columns: minmax(0, 1fr); margin-top: 0; }
.st-key-train > :has(> .st-key-lessons) { position: static; }
.st-key-lessons { flex-flow: row wrap; max-height: none; }
.st-key-lessons > * { width: auto; }
</style>"""
