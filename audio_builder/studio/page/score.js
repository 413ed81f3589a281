/** The score: the text as it will be read, with each silence as a block as wide as it is long. */

import { BY_PERSON, joinNext, paragraphs, presetSeconds, removeCue, replaceCue, ruleFor, setRest, setText, splitSay } from "./model.js";
import { make, named, number, seconds, t } from "./words.js";

const LINES = new Set(["verse", "item", "title", "subtitle", "heading"]);
const NUDGE_S = 0.1;
const BIG_NUDGE_S = 1;

export class Score extends EventTarget {
  constructor(doc, root) {
    super();
    this.doc = doc;
    this.root = root;
    this.blocks = new Map();
    this.items = new Map();
    this.selected = null;
    this.nowId = null;
    root.addEventListener("pointerdown", (event) => this._pointerDown(event));
    root.addEventListener("click", (event) => this._click(event));
    root.addEventListener("dblclick", (event) => this._doubleClick(event));
    root.addEventListener("focusin", (event) => this._focusIn(event));
    root.addEventListener("keydown", (event) => this._key(event));
    doc.addEventListener("change", () => this.draw());
    this.draw();
  }

  get pixels() {
    return parseFloat(getComputedStyle(this.root).getPropertyValue("--px-per-s")) || 13;
  }

  /** Draw what has changed: a paragraph whose cues are the same stays as it is. */
  draw() {
    const blocks = new Map();
    const had = document.activeElement?.dataset?.id;
    const hadFocus = had && this.root.contains(document.activeElement) && !this.editing;
    this.index = new Map(this.doc.cues.map((cue, index) => [cue.id, index]));
    let before = null;
    for (const block of paragraphs(this.doc.cues)) {
      const key = block[0][0].id;
      const cues = block.map(([cue]) => cue);
      const there = this.blocks.get(key);
      const same = there && there.cues.length === cues.length && cues.every((cue, n) => cue === there.cues[n]);
      const element = same ? there.element : this._block(cues);
      if (!same && there) there.element.replaceWith(element);
      if (before ? before.nextSibling !== element : this.root.firstChild !== element) {
        if (before) before.after(element);
        else this.root.prepend(element);
      }
      before = element;
      blocks.set(key, { cues, element });
    }
    const kept = new Set([...blocks.values()].map((block) => block.element));
    for (const child of [...this.root.children]) if (!kept.has(child)) child.remove();
    this.blocks = blocks;
    for (const id of this.items.keys()) if (!this.index.has(id)) this.items.delete(id);
    if (!this.index.has(this.selected)) this.selected = null;
    this._tabStop();
    if (hadFocus) (this.element(had) ?? this.element(this.selected))?.focus({ preventScroll: true });
  }

  element(id) {
    return this.items.get(Number(id)) ?? null;
  }

  cue(id) {
    return this.doc.cues[this.index.get(Number(id))];
  }

  _block(cues) {
    const say = cues.find((cue) => cue.t === "say");
    const role = say?.role ?? "mark";
    const level = { title: "h2", heading: "h3" }[role];
    const box = make("div", { class: `block role-${role}` });
    const inner = level ? make(level, { class: "line" }) : box;
    for (const cue of cues) {
      if (level && cue.t === "say" && !inner.parentNode) box.append(inner);
      const place = level && cue.t !== "say" ? box : inner;
      place.append(this._item(cue));
      if (cue.t === "rest" && LINES.has(role)) place.append(make("span", { class: "break" }));
      else place.append(" ");
    }
    return box;
  }

  _item(cue) {
    const item = this._newItem(cue);
    this.items.set(cue.id, item);
    return item;
  }

  _newItem(cue) {
    const common = { "data-id": cue.id, tabindex: "-1" };
    switch (cue.t) {
      case "say": {
        const style = [cue.slower && "slower", cue.quieter && "quieter", cue.voice && "voiced"].filter(Boolean);
        const label = [...style.slice(0, 2).map((mark) => t(`mark.${mark}`)), cue.voice].filter(Boolean).join(", ");
        const item = make("span", { ...common, class: `say ${style.join(" ")}`, role: "button" }, cue.text);
        if (label) item.prepend(make("span", { class: "tag" }, label));
        return item;
      }
      case "rest":
        return this._rest(cue, common);
      case "chapter":
        return make("span", { ...common, class: "mark chapter", role: "button" }, `§ ${cue.title}`);
      case "bell":
        return make("span", { ...common, class: "mark bell", role: "button" }, `◉ ${t("mark.bell")}`);
      case "breath": {
        const text = `${t("mark.breath")} ${number(cue.in_s)}–${number(cue.out_s)} ×${cue.n}`;
        return make("span", { ...common, class: "mark breath", role: "button" }, text);
      }
      case "beat":
        return make("span", { ...common, class: "mark beat", role: "button" }, `${t("mark.beat")} ${seconds(cue.s)}`);
      default: {
        const name = cue.name ? named("background", cue.name) : t("background.own");
        return make("span", { ...common, class: "mark background", role: "button" }, `♒ ${name}`);
      }
    }
  }

  _rest(cue, common) {
    const kind = BY_PERSON.has(cue.why) ? cue.why : cue.why.replaceAll(" ", "-");
    const item = make("span", { ...common, class: `rest why-${kind}`, role: "slider", "aria-valuemin": "0", "aria-valuemax": "60" });
    item.append(make("span", { class: "long" }), make("span", { class: "ghost" }), make("span", { class: "grip" }));
    this._showRest(item, cue, cue.s);
    return item;
  }

  _showRest(item, cue, s) {
    const why = named("why", cue.why);
    item.setAttribute("aria-label", t("rest.label", { why }));
    item.setAttribute("aria-valuenow", String(Math.min(s, 60)));
    item.setAttribute("aria-valuetext", t("rest.value", { n: number(s), why }));
    item.title = t("rest.value", { n: number(s), why });
    item.style.setProperty("--s", s);
    item.classList.toggle("capped", s > 30);
    item.classList.toggle("narrow", s < 1.6);
    item.querySelector(".long").textContent = number(s, s < 10 ? 2 : 1);
    const preset = BY_PERSON.has(cue.why) && this.index ? presetSeconds(ruleFor(this.doc.cues, this.index.get(cue.id)), this.doc.recipe.pacing) : null;
    item.style.setProperty("--ghost", preset ?? 0);
    item.classList.toggle("has-ghost", preset !== null && Math.abs(preset - s) > 0.05);
  }

  // --- selecting ---

  select(id, { focus = true, scroll = true } = {}) {
    this.selected = id;
    this._tabStop();
    const element = this.element(id);
    if (focus) element?.focus({ preventScroll: true });
    if (scroll) element?.scrollIntoView({ block: "nearest" });
    this.dispatchEvent(new Event("select"));
  }

  _tabStop() {
    const selected = this.element(this.selected);
    const stop = selected ?? this.element(this.doc.cues[0]?.id);
    if (stop !== this.stop) this.stop?.setAttribute("tabindex", "-1");
    this.stop?.classList.remove("selected");
    stop?.setAttribute("tabindex", "0");
    selected?.classList.add("selected");
    this.stop = stop;
  }

  /** Show which cue is heard; `follow` keeps it in sight. */
  showNow(id, follow) {
    if (id === this.nowId) return;
    this.nowId = id;
    this.nowElement?.classList.remove("now");
    const element = (this.nowElement = this.element(id));
    element?.classList.add("now");
    if (follow) element?.scrollIntoView({ block: "center", behavior: matchMedia("(prefers-reduced-motion: reduce)").matches ? "auto" : "smooth" });
  }

  step(by, from = this.selected) {
    const { cues } = this.doc;
    const index = this.index.get(from) ?? (by > 0 ? -1 : cues.length);
    const next = Math.min(Math.max(index + by, 0), cues.length - 1);
    this.select(cues[next].id);
  }

  /** Return the phrase before or after the selected one. */
  phrase(by, from = this.selected) {
    const { cues } = this.doc;
    let index = (this.index.get(from) ?? 0) + by;
    while (cues[index] && cues[index].t !== "say") index += by;
    return cues[index] ?? null;
  }

  _focusIn(event) {
    const id = Number(event.target.dataset.id);
    if (id && id !== this.selected) this.select(id, { focus: false, scroll: false });
  }

  _click(event) {
    const item = event.target.closest("[data-id]");
    if (item && !this.editing) this.select(Number(item.dataset.id), { scroll: false });
  }

  _doubleClick(event) {
    const item = event.target.closest(".say");
    if (item) this.edit(Number(item.dataset.id));
    const rest = event.target.closest(".rest");
    if (rest) this.dispatchEvent(new Event("type"));
  }

  // --- a silence: dragged, nudged ---

  _pointerDown(event) {
    const item = event.target.closest(".rest");
    if (!item || event.button !== 0) return;
    const id = Number(item.dataset.id);
    const cue = this.cue(id);
    const began = event.clientX;
    const sign = document.documentElement.dir === "rtl" ? -1 : 1;
    let s = cue.s;
    let moved = false;
    const move = (to) => {
      const by = (sign * (to.clientX - began)) / this.pixels;
      if (!moved && Math.abs(to.clientX - began) < 3) return;
      moved = true;
      const step = to.shiftKey ? 0.5 : 0.1;
      s = Math.max(0, Math.round((cue.s + by) / step) * step);
      item.classList.add("dragged");
      this._showRest(item, { ...cue, why: cue.why === "silence" ? "silence" : "mark", was: cue.was ?? cue.why }, Math.round(s * 100) / 100);
      this.dispatchEvent(new CustomEvent("drag", { detail: { id, s } }));
    };
    const up = () => {
      removeEventListener("pointermove", move);
      removeEventListener("pointerup", up);
      removeEventListener("pointercancel", up);
      item.classList.remove("dragged");
      if (moved) this.doc.edit(setRest(id, s));
    };
    item.setPointerCapture?.(event.pointerId);
    addEventListener("pointermove", move);
    addEventListener("pointerup", up);
    addEventListener("pointercancel", up);
  }

  nudge(id, by) {
    const cue = this.cue(id);
    if (cue?.t === "rest") this.doc.edit(setRest(id, cue.s + by));
  }

  // --- words: edited in their place ---

  edit(id) {
    const element = this.element(id);
    const cue = this.cue(id);
    if (!element || cue?.t !== "say" || this.editing) return;
    element.textContent = cue.text;
    element.setAttribute("contenteditable", "plaintext-only");
    if (element.contentEditable !== "plaintext-only") element.setAttribute("contenteditable", "true");
    element.setAttribute("role", "textbox");
    element.setAttribute("aria-label", t("edit.label"));
    element.classList.add("editing");
    this.editing = { id, element };
    element.focus();
    getSelection().selectAllChildren(element);
    getSelection().collapseToEnd();
    element.addEventListener("blur", () => this._endEdit(true), { once: true });
  }

  _endEdit(keep, splitAt = null) {
    if (!this.editing) return;
    const { id, element } = this.editing;
    this.editing = null;
    const text = element.textContent;
    const cue = this.cue(id);
    const block = [...this.blocks.values()].find((one) => one.element.contains(element));
    if (block) block.cues = []; // It is drawn anew, whatever was typed into it.
    const pause = this.doc.recipe.pacing.sentence_s;
    if (keep && cue) {
      this.doc.edit((cues) => {
        const changed = setText(id, text)(cues);
        return splitAt === null ? changed : splitSay(id, splitAt, pause)(changed);
      });
    }
    this.draw();
    this.select(id, { scroll: false });
  }

  // --- keys on what is selected ---

  _key(event) {
    if (this.editing) {
      event.stopPropagation();
      if (event.key === "Escape") this._finish(event, false);
      else if (event.key === "Enter") this._finish(event, true, event.ctrlKey || event.metaKey ? caretIn(this.editing.element) : null);
      return;
    }
    const cue = this.cue(event.target.dataset?.id);
    if (!cue || event.ctrlKey || event.metaKey || event.altKey) return;
    const rtl = document.documentElement.dir === "rtl";
    const [less, more] = rtl ? ["ArrowRight", "ArrowLeft"] : ["ArrowLeft", "ArrowRight"];
    const big = event.shiftKey ? BIG_NUDGE_S : NUDGE_S;
    const actions = {
      ArrowDown: () => this.step(1),
      ArrowUp: () => this.step(-1),
      [more]: () => (cue.t === "rest" ? this.nudge(cue.id, big) : this.step(1)),
      [less]: () => (cue.t === "rest" ? this.nudge(cue.id, -big) : this.step(-1)),
      "+": () => this.nudge(cue.id, NUDGE_S),
      "-": () => this.nudge(cue.id, -NUDGE_S),
      Home: () => this.select(this.doc.cues[0].id),
      End: () => this.select(this.doc.cues.at(-1).id),
      Enter: () => (cue.t === "say" ? this.edit(cue.id) : this.dispatchEvent(new Event("type"))),
      F2: () => (cue.t === "say" ? this.edit(cue.id) : this.dispatchEvent(new Event("type"))),
      Delete: () => this.remove(cue),
      j: () => cue.t === "say" && this.doc.edit(joinNext(cue.id)),
    };
    if (!(event.key in actions)) return;
    event.preventDefault();
    event.stopPropagation();
    actions[event.key]();
  }

  _finish(event, keep, splitAt) {
    event.preventDefault();
    this._endEdit(keep, splitAt);
  }

  remove(cue) {
    const index = this.index.get(cue.id);
    const next = this.doc.cues[index + 1] ?? this.doc.cues[index - 1];
    this.doc.edit(removeCue(cue.id));
    if (next) this.select(next.id);
  }

  setRole(id, role) {
    this.doc.edit(replaceCue(id, { role }));
  }
}

function caretIn(element) {
  const range = getSelection().getRangeAt(0).cloneRange();
  range.setStart(element, 0);
  return range.toString().length;
}
