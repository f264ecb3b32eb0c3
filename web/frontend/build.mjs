// Builds web/static/ from the packages of package-lock.json: `npm ci && npm run build`, or `make frontend`.
// Another folder can be named: `node build.mjs FOLDER`. What is built is committed, so that nobody needs node to run Recount.

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { compile } from "sass";

const HERE = import.meta.dirname;
const PACKAGES = join(HERE, "node_modules");
const STATIC = resolve(process.argv[2] ?? join(HERE, "..", "static"));

const GOVUK = join(PACKAGES, "govuk-frontend", "dist", "govuk");
const SWAGGER_UI = join(PACKAGES, "swagger-ui-dist");
const BANNER = "/* Contains GOV.UK Frontend, MIT licence: see govuk/LICENSE.txt. Built from web/frontend/. */\n";

for (const folder of ["govuk", "swagger-ui"]) mkdirSync(join(STATIC, folder), { recursive: true });

const { css } = compile(join(HERE, "sass", "recount.scss"), {
  loadPaths: [PACKAGES],
  style: "compressed",
  charset: false,
});
writeFileSync(join(STATIC, "recount.css"), `${BANNER}${css}\n`);

copyScript(join(GOVUK, "govuk-frontend.min.js"), join(STATIC, "govuk", "govuk-frontend.min.js"));
copyFileSync(join(HERE, "licences", "govuk-frontend.txt"), join(STATIC, "govuk", "LICENSE.txt"));

copyScript(join(SWAGGER_UI, "swagger-ui-bundle.js"), join(STATIC, "swagger-ui", "swagger-ui-bundle.js"));
copyScript(join(SWAGGER_UI, "swagger-ui.css"), join(STATIC, "swagger-ui", "swagger-ui.css"));
for (const notice of ["LICENSE", "NOTICE", "swagger-ui-bundle.js.LICENSE.txt"]) {
  copyFileSync(join(SWAGGER_UI, notice), join(STATIC, "swagger-ui", notice));
}

// A source map that is not served would be asked for in vain by every browser with its tools open.
function copyScript(from, to) {
  const text = readFileSync(from, "utf8").replace(/\s*(\/\/[#@] ?sourceMappingURL=\S+|\/\*[#@] ?sourceMappingURL=\S+ ?\*\/)\s*$/, "");
  writeFileSync(to, `${text}\n`);
}
