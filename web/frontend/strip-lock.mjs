// Takes addresses out of package-lock.json: versions and digests say what is installed, whichever registry it comes from.

import { readFileSync, writeFileSync } from "node:fs";

const LOCK = new URL("package-lock.json", import.meta.url);
const lock = JSON.parse(readFileSync(LOCK, "utf8"));
for (const locked of Object.values(lock.packages)) {
  delete locked.resolved;
  delete locked.funding;
}
writeFileSync(LOCK, `${JSON.stringify(lock, null, 2)}\n`);
