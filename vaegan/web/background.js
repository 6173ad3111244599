// Starts Web Workers, which compute beside the page.

/** The text of a module and all that it imports; scripts.py puts it in the place of a call with a name.
    @type {(name: string) => string} */
export function scriptOf(name) {
  throw new Error(`scripts.py has not put in the script of ${name}.`);
}

/** @type {(code: string) => Worker} */
export function startWorker(code) {
  const address = URL.createObjectURL(new Blob([code], { type: "text/javascript" }));
  const worker = new Worker(address);
  worker.addEventListener("message", () => URL.revokeObjectURL(address), { once: true });
  return worker;
}
