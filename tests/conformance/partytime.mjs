// Prints how Podcast Index's own parser reads a feed: node partytime.mjs MODULES FILE
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [modules, file] = process.argv.slice(2);
const { parseFeed } = createRequire(`${modules}/`)("podcast-partytime");
console.log(JSON.stringify(parseFeed(readFileSync(file, "utf-8"))));
