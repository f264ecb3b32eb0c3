// What the pages do more smoothly with JavaScript; without it they say and do the same.

import { initAll } from "./govuk/govuk-frontend.min.js";
import { sayWhatIsDone } from "./working.js";

initAll();
document.querySelectorAll("form[data-working]").forEach(sayWhatIsDone);
