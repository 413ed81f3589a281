/** The panel beside the score: everything that can be done with what is selected. */

import { BY_PERSON, insertAfter, insertBefore, joinNext, presetSeconds, removeCue, replaceCue, resetRest, ruleFor, setAllRests, setRest, splitSay } from "./model.js";
import { make, named, number, t } from "./words.js";

const ROLES = ["title", "subtitle", "heading", "prose", "verse", "quote", "item"];

export class Inspector {
  /** `desk` has doc, score, player, options, and functions hearPhrase, hearEdge, sayRight, report. */
  constructor(root, desk) {
    this.root = root;
    this.desk = desk;
    desk.score.addEventListener("select", () => this.draw());
    desk.doc.addEventListener("change", () => requestAnimationFrame(() => this.draw()));
    desk.score.addEventListener("type", () => this.root.querySelector("input")?.select());
    this.draw();
  }

  draw() {
    const { doc, score } = this.desk;
    const cue = score.cue(score.selected);
    if (cue && cue === this.shown && this.root.childElementCount) return;
    const focused = document.activeElement?.dataset?.field;
    this.shown = cue;
    const parts = cue ? this[`_${cue.t}`](cue, score.index.get(cue.id)) : [make("p", { class: "soft" }, t("inspect.nothing"))];
    this.root.replaceChildren(...parts.filter(Boolean));
    if (focused) this.root.querySelector(`[data-field="${focused}"]`)?.focus();
    this.root.classList.toggle("empty", !cue);
  }

  _button(name, onclick, attributes = {}) {
    return make("button", { type: "button", onclick, ...attributes }, t(name));
  }

  _head(name, about = "") {
    return make("div", { class: "inspect-head" }, make("h2", {}, name), about && make("p", { class: "soft" }, about));
  }

  _number(name, value, onchange, { step = 0.1, min = 0, max = 3600 } = {}) {
    const input = make("input", { type: "number", step, min, max, value: String(value), "data-field": name, onchange: (event) => {
      const n = parseFloat(event.target.value);
      if (Number.isFinite(n)) onchange(Math.min(Math.max(n, min), max));
    } });
    return make("label", { class: "field" }, make("span", {}, t(name)), input);
  }

  _rest(cue, index) {
    const { doc } = this.desk;
    const rule = ruleFor(doc.cues, index);
    const preset = presetSeconds(rule, doc.recipe.pacing);
    const own = BY_PERSON.has(cue.why);
    const kind = doc.cues.filter((one) => one.t === "rest" && (one.was ?? one.why) === rule);
    const differ = kind.some((one) => one.s !== cue.s);
    const nudges = [-1, -0.1, 0.1, 1].map((by) =>
      make("button", { type: "button", class: "small", onclick: () => doc.edit(setRest(cue.id, cue.s + by)) }, `${by > 0 ? "+" : "−"}${number(Math.abs(by))}`),
    );
    return [
      this._head(t("inspect.silence"), named("why", cue.why)),
      this._number("inspect.seconds", cue.s, (s) => doc.edit(setRest(cue.id, s))),
      make("div", { class: "row" }, ...nudges),
      make("div", { class: "row" }, this._button("inspect.edge", () => this.desk.hearEdge(cue), { class: "primary" })),
      own && preset !== null && this._reset(cue, rule, preset),
      differ && cue.why !== "silence" &&
        make("button", { type: "button", onclick: () => this._all(rule, cue.s) }, t("inspect.all", { n: number(cue.s), count: kind.length, why: named("why", rule) })),
      this._button("inspect.remove", () => doc.edit(setRest(cue.id, 0)), { class: "quiet" }),
      this._insert(cue),
    ];
  }

  _reset(cue, rule, preset) {
    const text = t("inspect.reset", { n: number(preset) });
    return make("button", { type: "button", onclick: () => this.desk.doc.edit(resetRest(cue.id, rule, preset)) }, text);
  }

  async _all(rule, s) {
    const { doc } = this.desk;
    doc.edit(setAllRests(rule, s));
    const field = `pacing.${rule.replaceAll(" ", "_")}_s`;
    if (presetSeconds(rule, doc.recipe.pacing) === null || s > 60) return;
    await doc.save();
    await this.desk.setRecipe({ [field]: s });
  }

  _say(cue, index) {
    const { doc, score, options } = this.desk;
    const roles = make("select", { "data-field": "role", onchange: (event) => score.setRole(cue.id, event.target.value) },
      ...ROLES.map((role) => make("option", { value: role, selected: role === cue.role }, t(`role.${role}`))));
    const ready = options.voices.filter((voice) => voice.ready).map((voice) => voice.name);
    const names = [...new Set(["", ...ready, cue.voice ?? ""])];
    const voices = make("select", { "data-field": "voice", onchange: (event) => doc.edit(replaceCue(cue.id, { voice: event.target.value })) },
      ...names.map((name) => make("option", { value: name, selected: name === (cue.voice ?? "") }, name || t("inspect.narrator"))));
    const toggle = (mark) =>
      make("label", { class: "check" }, make("input", { type: "checkbox", "data-field": mark, checked: !!cue[mark], onchange: (event) => doc.edit(replaceCue(cue.id, { [mark]: event.target.checked })) }), t(`mark.${mark}`));
    const middle = half(cue.text);
    const next = doc.cues.slice(index + 1).find((one) => one.t !== "rest");
    return [
      this._head(t("inspect.phrase"), cue.text),
      make("div", { class: "row" },
        this._button("inspect.hear", () => this.desk.hearPhrase(cue), { class: "primary" }),
        this._button("inspect.edit", () => score.edit(cue.id))),
      make("label", { class: "field" }, make("span", {}, t("inspect.role")), roles),
      make("label", { class: "field" }, make("span", {}, t("inspect.voice")), voices),
      make("div", { class: "row" }, toggle("slower"), toggle("quieter")),
      make("div", { class: "row" },
        middle && this._button("inspect.split", () => doc.edit(splitSay(cue.id, middle, doc.recipe.pacing.sentence_s))),
        next?.t === "say" && this._button("inspect.join", () => doc.edit(joinNext(cue.id)))),
      this.desk.wordsOf?.(cue),
      this.desk.takeOf?.(cue),
      this._insert(cue),
    ];
  }

  _insert(cue) {
    const { doc, options } = this.desk;
    const { pacing } = doc.recipe;
    const add = (...cues) => doc.edit(insertAfter(cue.id, ...cues));
    const bell = { t: "rest", s: pacing.bell_s || 3, why: "bell" };
    const marks = {
      pause: () => add({ t: "rest", s: 3, why: "mark" }),
      silence: () => add({ t: "rest", s: 60, why: "silence" }),
      bell: () => add({ t: "bell" }, bell),
      breath: () => add({ t: "breath", in_s: pacing.breath_in_s, out_s: pacing.breath_out_s, n: 3 }),
      chapter: () => doc.edit(insertBefore(cue.id, { t: "chapter", title: cue.text?.slice(0, 80) || t("inspect.newchapter") })),
      phrase: () => add({ t: "say", text: t("inspect.newphrase"), role: cue.role ?? "prose" }, { t: "rest", s: pacing.sentence_s || 1, why: "sentence" }),
    };
    const backgrounds = make("select", { "data-field": "background", "aria-label": t("inspect.background"), onchange: (event) => {
      if (event.target.value !== "-") add({ t: "background", name: event.target.value === "own" ? "" : event.target.value });
    } },
      make("option", { value: "-" }, t("inspect.background")),
      make("option", { value: "own" }, t("background.own")),
      ...options.backgrounds.map((name) => make("option", { value: name }, named("background", name))));
    return make("details", { class: "insert" },
      make("summary", {}, t("inspect.insert")),
      make("div", { class: "row wrap" }, ...Object.entries(marks).map(([name, act]) => make("button", { type: "button", class: "small", onclick: act }, t(`insert.${name}`))), backgrounds));
  }

  _chapter(cue) {
    const { doc } = this.desk;
    const input = make("input", { value: cue.title, "data-field": "title", maxlength: 300, onchange: (event) => event.target.value.trim() && doc.edit(replaceCue(cue.id, { title: event.target.value.trim() })) });
    return [this._head(t("insert.chapter")), make("label", { class: "field" }, make("span", {}, t("inspect.title")), input), this._remove(cue), this._insert(cue)];
  }

  _bell(cue) {
    return [this._head(t("mark.bell")), this._remove(cue), this._insert(cue)];
  }

  _breath(cue) {
    const { doc } = this.desk;
    const set = (field) => (n) => doc.edit(replaceCue(cue.id, { [field]: field === "n" ? Math.round(n) : n }));
    return [
      this._head(t("mark.breath")),
      this._number("inspect.in", cue.in_s, set("in_s"), { step: 0.5, min: 0.5, max: 60 }),
      this._number("inspect.out", cue.out_s, set("out_s"), { step: 0.5, min: 0.5, max: 60 }),
      this._number("inspect.times", cue.n, set("n"), { step: 1, min: 1, max: 100 }),
      this._remove(cue),
      this._insert(cue),
    ];
  }

  _beat(cue) {
    const { doc } = this.desk;
    return [this._head(t("mark.beat")), this._number("inspect.seconds", cue.s, (s) => doc.edit(replaceCue(cue.id, { s })), { min: 0.1, max: 60 }), this._remove(cue)];
  }

  _background(cue) {
    const { doc, options } = this.desk;
    const select = make("select", { "data-field": "background", onchange: (event) => doc.edit(replaceCue(cue.id, { name: event.target.value })) },
      ...["", ...options.backgrounds].map((name) => make("option", { value: name, selected: name === cue.name }, name ? named("background", name) : t("background.own"))));
    return [this._head(t("inspect.background")), make("label", { class: "field" }, make("span", {}, t("inspect.background")), select), this._remove(cue)];
  }

  _remove(cue) {
    return this._button("inspect.remove", () => this.desk.doc.edit(removeCue(cue.id)), { class: "quiet" });
  }
}

/** Return where a phrase divides best: after a comma near its middle, else at a space; 0 where it has none. */
function half(text) {
  const middle = text.length / 2;
  const places = [...text.matchAll(/[,;:—–]\s+|\s+/g)].map((found) => ({ at: found.index + found[0].length, weight: found[0].length > 1 || /[,;:—–]/.test(found[0]) ? 0 : text.length / 4 }));
  return places.sort((a, b) => Math.abs(a.at - middle) + a.weight - Math.abs(b.at - middle) - b.weight)[0]?.at ?? 0;
}

