// Prints what the W3C's WebVTT validator says of a transcript: node webvtt.mjs MODULES FILE
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [modules, file] = process.argv.slice(2);
const { WebVTTParser } = createRequire(`${modules}/`)("webvtt-parser");
const { cues, errors } = new WebVTTParser().parse(readFileSync(file, "utf-8"), "subtitles/captions/descriptions");
console.log(JSON.stringify({
  errors: errors.map(({ line, message }) => `${line}: ${message}`),
  cues: cues.map(({ startTime, endTime, text }) => ({ startTime, endTime, text })),
}));
