// Marks a word of the glossary, vaegan/ui/glossary.py, in the HTML of a stage: meanings.js then shows what it means.

/** The HTML of a term: `name` is the glossary's, `shown` how it is written here; both are ours and hold no HTML.
    @type {(name: string, shown?: string) => string} */
export function term(name, shown = name) {
  return `<span class="term" role="button" tabindex="0" data-term="${name}">${shown}</span>`;
}

/** Puts `text` into `place`, with the first mention of the term `name` marked, if there is one.
    @type {(place: HTMLElement, text: string, name: string) => void} */
export function fill(place, text, name) {
  place.textContent = text;
  place.innerHTML = place.innerHTML.replace(name, term(name));
}

/** Fills a list with terms and their sentences.
    @type {(list: HTMLElement, ideas: [name: string, sentence: string][]) => void} */
export function listIdeas(list, ideas) {
  list.replaceChildren();
  for (const [name, sentence] of ideas) {
    const entry = document.createElement("div");
    entry.innerHTML = "<dt></dt><dd></dd>";
    [entry.children[0].textContent, entry.children[1].textContent] = [name, sentence];
    list.append(entry);
  }
}
