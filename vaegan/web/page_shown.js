// Tells when a page of Streamlit shows its controls.

const LOOK_AGAIN = 50; // milliseconds

/** Resolves once the page shows its controls: its script has run and no element waits for a script of its own. After
    `most` milliseconds it resolves in any case, since another element of the page may run again and again.
    @type {(most: number) => Promise<void>} */
export async function pageIsShown(most) {
  const end = performance.now() + most;
  while (isBusy() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN));
}

function isBusy() {
  const state = document.querySelector("[data-testid=stApp]")?.getAttribute("data-test-script-state");
  return (state && state !== "notRunning") || document.querySelector("[data-testid=stSkeleton]");
}
