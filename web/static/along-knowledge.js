// Moves a figure along what was known in place. Without this file the same links load the same page whole.

import { placeFor, wait } from "./working.js";

const parts = ["known-bar", "known"];
const place = placeFor(document.getElementById("known-working"));

async function show(address) {
  const done = wait(place, "Working out the figure.");
  const response = await fetch(address, { headers: { Accept: "text/html" } }).finally(done);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = parts.map((id) => page.getElementById(id));
  if (!response.ok || fresh.includes(null)) {
    location.assign(address);
    return;
  }
  parts.forEach((id, nth) => document.getElementById(id).replaceChildren(...fresh[nth].childNodes));
  document.querySelector("#known a[aria-current]")?.focus({ preventScroll: true });
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("#known nav a[href]");
  if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  show(link.href).then(() => history.pushState({}, "", link.href), () => location.assign(link.href));
});

window.addEventListener("popstate", () => show(location.href).catch(() => location.reload()));
