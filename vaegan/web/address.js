// Puts what a page is set to into the address, in place of what stood there: a setting is no step to go back to. It shows
// nothing.

/** What the page is called in the address, its settings as a query, and a number that grows with each change.
    @typedef {{ page: string, query: string, number: number }} Address */

const WHOLE_APP = ["embed", "embed_options", "present", "lang"]; // how the whole app is shown, which no page sets

/** Shared by all of them in the tab, also after they have been drawn anew.
    @type {typeof globalThis & { vaeganAddress?: { newest: number } }} */
const shared = globalThis;
const tab = (shared.vaeganAddress ??= { newest: 0 });

/** A message about a page that one has left, or an old one that Streamlit hands over once more, changes nothing.
    @type {(call: { data: Address }) => void} */
export default function ({ data: { page, query, number } }) {
  const shown = location.pathname.split("/").filter(Boolean).pop();
  if (number <= tab.newest || shown !== page) return;
  tab.newest = number;
  const wanted = new URLSearchParams(query);
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (WHOLE_APP.includes(name)) wanted.append(name, value);
  }
  const text = wanted.toString() && `?${wanted}`;
  if (text !== location.search) history.replaceState(history.state, "", location.pathname + text + location.hash);
}
