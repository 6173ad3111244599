// Keeps the token by which the server knows this browser, so that it is the same after a reload. It shows nothing.

const TOKEN = /^[A-Za-z0-9_-]{32}$/;
const SECONDS = 30 * 24 * 60 * 60;

/** `name` is the cookie's, `prefix` where the whole app lies on its host. What another tab has kept meanwhile stays.
    @type {(call: { data: { name: string, token: string, prefix: string } }) => void} */
export default function ({ data: { name, token, prefix } }) {
  const kept = document.cookie.split("; ").find((each) => each.startsWith(`${name}=`));
  if (kept && TOKEN.test(kept.slice(name.length + 1))) return;
  const safe = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `${name}=${token}; Path=${prefix || "/"}; Max-Age=${SECONDS}; SameSite=Strict${safe}`;
}
