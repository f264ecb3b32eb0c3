// Arrows and Enter lead through a grid of fields. Without this file Tab does, and Enter saves.

const fields = [...document.querySelectorAll("form[data-grid] td input")];
const across = document.querySelectorAll("form[data-grid] thead th").length - 1;
const steps = { ArrowDown: across, ArrowUp: -across, Enter: across };

document.querySelector("form[data-grid]")?.addEventListener("keydown", (event) => {
  const here = fields.indexOf(event.target);
  // On the button Enter saves.
  const next = here < 0 ? undefined : fields[here + steps[event.key]];
  if (!next) return;
  event.preventDefault();
  next.focus();
  next.select();
});
