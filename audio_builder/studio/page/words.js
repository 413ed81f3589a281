/** The words of the page in the reader's language, and small helpers to put them there. */

export const LANGUAGES = ["ar", "de", "en", "es", "fr", "he", "it", "ja", "nl", "pl", "pt", "ru", "sv", "zh"];
const KEY = "studio:language";
let words = {};
let fallback = {};

export function chosenLanguage() {
  const asked = [localStorage.getItem(KEY), ...navigator.languages];
  return asked.map((tag) => (tag || "").slice(0, 2).toLowerCase()).find((tag) => LANGUAGES.includes(tag)) || "en";
}

export async function loadWords(language = chosenLanguage()) {
  const load = async (tag) => {
    const answer = await fetch(`/page/words/${tag}.json`);
    return answer.ok ? answer.json() : {};
  };
  [fallback, words] = await Promise.all([load("en"), load(language)]);
  document.documentElement.lang = Object.keys(words).length ? language : "en";
  document.documentElement.dir = ["ar", "he"].includes(language) && Object.keys(words).length ? "rtl" : "ltr";
  for (const element of document.querySelectorAll("[data-t]")) element.textContent = t(element.dataset.t);
  for (const element of document.querySelectorAll("[data-label]")) {
    element.setAttribute("aria-label", t(element.dataset.label));
    if (!element.textContent.trim()) element.title = t(element.dataset.label);
  }
}

export async function setLanguage(language) {
  localStorage.setItem(KEY, language);
  await loadWords(language);
}

/** Return words by their name, with `{parts}` filled in. */
export function t(name, parts = {}) {
  const text = words[name] ?? fallback[name] ?? name;
  return text.replace(/\{(\w+)\}/g, (whole, part) => (part in parts ? parts[part] : whole));
}

/** Return words for a key of the data, such as a reason; the key itself where there are none. */
export const named = (kind, key) => {
  const name = `${kind}.${key}`;
  const found = t(name);
  return found === name ? key : found;
};

export const seconds = (s) => t("seconds", { n: number(s) });

export const number = (n, digits = 2) =>
  new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: digits }).format(n);

export function clock(s) {
  const whole = Math.max(0, Math.round(s));
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** Make an element: `make("button", {class: "x", onclick: f}, "text", child)`. Texts are never HTML. */
export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "value" || name === "checked" || name === "disabled" || name === "selected") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}
