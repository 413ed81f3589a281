/** A word that is said wrongly: hear it said otherwise, keep the way that is right, and see every place that changes. */

import { ask, inWords, projectPath, read } from "./net.js";
import { make, t } from "./words.js";

const WORD = /[\p{L}\p{N}]+(?:[’'.-][\p{L}\p{N}]+)*/gu;

export function wordsPanel(desk, cue) {
  const words = [...new Set(cue.text.match(WORD) ?? [])];
  const box = make("details", { class: "say-right" }, make("summary", {}, t("sayright")));
  const place = make("div");
  box.append(make("p", { class: "soft" }, t("sayright.about")), make("div", { class: "row wrap" }, ...words.map((word) =>
    make("button", { type: "button", class: "small", onclick: () => open(desk, cue, word, place) }, word))), place);
  return box;
}

async function open(desk, cue, word, place) {
  const path = projectPath(desk.doc.name);
  const lexicon = await read(`${path}/lexicon`);
  const now = lexicon[word] ?? lexicon[word.toLowerCase()];
  const input = make("input", { value: Array.isArray(now) ? now.at(-1) : now ?? "", "data-field": "respelling", "aria-label": t("sayright.respelling", { word }), maxlength: 200 });
  const hear = async (way) => {
    desk.player.pause();
    const answer = await fetch(`${path}/say`, { method: "POST", body: JSON.stringify({ text: cue.text, word, way }) });
    if (!answer.ok) {
      const said = await answer.json();
      return desk.say([said.error, said.hint].filter(Boolean).join(". "));
    }
    const address = URL.createObjectURL(await answer.blob());
    const audio = new Audio(address);
    audio.onended = () => URL.revokeObjectURL(address);
    return audio.play();
  };
  const keep = async (way) => {
    try {
      const answer = await ask("PUT", `${path}/lexicon`, { word, way });
      desk.takeRecipe(answer.recipe, answer.lengths);
      desk.sounds.forget();
      place.replaceChildren(places(desk, word, way));
    } catch (error) {
      desk.say(inWords(error));
    }
  };
  const ways = alternatives(word).map((way) => make("button", { type: "button", class: "small", onclick: () => { input.value = way; hear(way); } }, way));
  place.replaceChildren(
    make("label", { class: "field" }, make("span", {}, t("sayright.respelling", { word })), input),
    make("div", { class: "row wrap" }, ...ways),
    make("div", { class: "row" },
      make("button", { type: "button", onclick: () => hear(input.value.trim()) }, t("sayright.hear")),
      make("button", { type: "button", class: "primary", onclick: () => input.value.trim() && keep(input.value.trim()) }, t("sayright.keep")),
      now && make("button", { type: "button", class: "quiet", onclick: () => keep("") }, t("sayright.forget"))));
}

/** Return other ways to write a word that a voice may say otherwise. */
function alternatives(word) {
  const found = new Set();
  if (word.length <= 6) found.add([...word.toUpperCase()].join(" "));
  const parts = word.match(/[^aeiouyäöü]*[aeiouyäöü]+(?:[^aeiouyäöü](?![aeiouyäöü]))*/gi);
  if (parts && parts.length > 1) found.add(parts.join("-"));
  if (/[a-z]e$/i.test(word)) found.add(word.slice(0, -1) + "ay");
  if (/ch/i.test(word)) found.add(word.replace(/ch/gi, "k"));
  if (/[A-Z]/.test(word.slice(1))) found.add(word.toLowerCase());
  found.delete(word);
  return [...found].slice(0, 5);
}

/** Show every phrase that has a word, each to be heard. */
function places(desk, word, way) {
  const has = new RegExp(`(?<![\\p{L}\\p{N}])${word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}(?![\\p{L}\\p{N}])`, word === word.toLowerCase() ? "iu" : "u");
  const found = desk.doc.says().filter((cue) => has.test(cue.text));
  const items = found.map((cue) => make("li", {}, make("button", { type: "button", class: "link", onclick: () => desk.hearPhrase(cue) }, cue.text)));
  return make("div", {}, make("p", { class: "good" }, t(way ? "sayright.kept" : "sayright.forgotten", { word, way, n: found.length })), make("ul", { class: "places" }, ...items));
}
