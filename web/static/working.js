// Says that something is being worked on, once it lets itself be waited for: a short answer says enough by itself.

const SHORT = 400; // milliseconds
const LONG = 10000;

// A place in which the words are read out where they appear; it has to be there before they do.
export function placeFor(element) {
  const place = document.createElement("p");
  place.className = "govuk-body app-working";
  place.setAttribute("role", "status");
  element.append(place);
  return place;
}

// Begins to wait; what is given back ends it.
export function wait(place, words, longer = "") {
  const timers = [];
  if (words) timers.push(setTimeout(() => (place.textContent = words), SHORT));
  if (words && longer) timers.push(setTimeout(() => (place.textContent = `${words} ${longer}`), LONG));
  return () => {
    timers.forEach(clearTimeout);
    place.textContent = "";
  };
}

// A form that names its work (`data-working`, and `data-working-longer`) says so when it was sent, and is sent once. A
// button that asks for something else has words of its own, or none.
export function sayWhatIsDone(form) {
  const place = placeFor(form);
  let done = null;
  form.addEventListener("submit", (event) => {
    if (done) event.preventDefault();
    else done = wait(place, event.submitter?.dataset.working ?? form.dataset.working, form.dataset.workingLonger);
  });
  // Whoever comes back to the page finds it as it was before it was sent.
  window.addEventListener("pageshow", () => {
    done?.();
    done = null;
  });
}
