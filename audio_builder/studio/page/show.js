/** The show: what players are told of it, publishing it, and finding it on a phone. */

import { coverPanel } from "./cover.js";
import { ask, inWords, projectPath, read } from "./net.js";
import { clock, make, t } from "./words.js";

const FIELDS = ["title", "author", "description", "language", "base_url"];
const DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
const RULE = /^every (.+) at (\d+:\d\d) from (\S+)$/i;

export class ShowView {
  constructor(root, desk) {
    this.root = root;
    this.desk = desk;
  }

  get path() {
    return projectPath(this.desk.doc.name);
  }

  async draw() {
    const data = await read(`${this.path}/show`);
    const { show, episodes } = data;
    this.episodes = episodes;
    const inShow = data.there ? this._inTurn(show, episodes) : episodes.map((one) => make("li", {}, nameOf(one)));
    const author = data.there ? show.author : this.desk.doc.facts.author;
    const form = FIELDS.map((name) => this._field(name, name === "author" ? author : show[name]));
    this.done = make("div", { "aria-live": "polite", class: "job" });
    this.root.replaceChildren(
      make("h2", {}, t("show.title")),
      make("p", { class: "soft" }, t("show.about")),
      this._which(data),
      make("div", { class: "grid" }, ...form, this._category(data)),
      this._cover(data),
      make("button", { type: "button", class: "quiet", id: "show-defaults", onclick: () => this._show(async () => {
        await ask("POST", `${this.path}/show/recipe`);
        return [make("p", { class: "good" }, t("show.defaults.set"))];
      }) }, t("show.defaults")),
      make("h3", {}, t("show.episodes")),
      data.problem && make("p", { class: "warn" }, data.problem),
      episodes.length ? make("ol", { class: "turns" }, ...inShow) : make("p", { class: "soft" }, t("show.none")),
      this._dates(show),
      this._due(data),
      make("div", { class: "row" },
        make("button", { type: "button", class: "primary", id: "publish", disabled: !episodes.length, onclick: () => this.publish() }, t("show.publish")),
        show.base_url && data.published && make("button", { type: "button", onclick: () => this.check() }, t("show.check"))),
      this.done,
      data.published && this._where(data),
    );
  }

  /** The show that the episodes of this project go to. */
  _which({ choices, chosen }) {
    const choose = (wanted) => this._show(async () => {
      await ask("PUT", `${this.path}/show`, wanted);
      await this.draw();
      return [make("p", { class: "good" }, t("show.chosen"))];
    });
    const select = make("select", { id: "which-show", onchange: (event) => choose({ show: event.target.value }) },
      ...Object.entries(choices).map(([path, title]) => make("option", { value: path, selected: path === chosen }, `${title} (${path})`)));
    const title = make("input", { id: "new-show", maxlength: "300" });
    const begin = make("button", { type: "button", onclick: () => title.value.trim() && choose({ title: title.value.trim() }) }, t("show.new.go"));
    return make("div", {},
      make("label", { class: "field" }, make("span", {}, t("show.which")), select),
      make("details", {}, make("summary", {}, t("show.new")),
        make("div", { class: "row" }, make("label", { class: "field" }, make("span", {}, t("show.title.about")), title), begin)));
  }

  /** What to do on the day of an episode that isn't out yet. */
  _due({ episodes, folder }) {
    return episodes.some(({ state }) => state === "later") && make("div", {},
      make("p", {}, t("show.due")), make("pre", {}, `audio-builder publish "${folder}"`));
  }

  _field(name, value) {
    const long = name === "description";
    const input = make(long ? "textarea" : "input", { value: value ?? "", rows: long ? "3" : undefined, "data-field": name, onchange: (event) => this.set({ [name]: event.target.value.trim() }) });
    return make("label", { class: `field ${long ? "wide" : ""}` }, make("span", {}, t(`show.${name}`)), input, make("small", { class: "soft" }, t(`show.${name}.about`)));
  }

  /** The episodes: those that come out in their turn, those that are out the newest first, those that are hidden. */
  _inTurn(show, episodes) {
    const at = (one) => Date.parse(one.when);
    const isOut = ({ state }) => state === "published";
    const coming = episodes.filter(({ state }) => state === "next" || state === "later").sort((one, other) => at(one) - at(other));
    const out = episodes.filter(isOut).sort((one, other) => at(other) - at(one));
    const others = episodes.filter((one) => !coming.includes(one) && !isOut(one));
    const turns = coming.filter((one) => one.in_turn);
    return [...coming, ...out, ...others].map((one) => {
      const hides = one.state !== "hidden";
      const hidden = hides ? [...show.hidden, one.name] : show.hidden.filter((name) => name !== one.name);
      const move = (by, sign, word) => {
        const place = turns.indexOf(one) + by, order = turns.map(({ name }) => name).filter((name) => name !== one.name);
        order.splice(place, 0, one.name);
        return make("button", { type: "button", class: "icon", disabled: place < 0 || place >= turns.length, "data-focus": `${word} ${one.name}`, "aria-label": `${t(word)}: ${one.title}`, onclick: () => this.set({ order }) }, sign);
      };
      const word = hides ? (isOut(one) ? "show.withdraw" : "show.hide") : "show.again";
      return make("li", {},
        make("span", {}, nameOf(one), make("small", { class: "soft" }, t(`show.is.${one.state || "damaged"}`, { when: dayOf(one.when) }))),
        ...(turns.length > 1 && turns.includes(one) ? [move(-1, "↑", "show.sooner"), move(1, "↓", "show.after")] : []),
        one.state && make("button", { type: "button", class: "small", "data-focus": `hide ${one.name}`, "aria-label": `${t(word)}: ${one.title}`, onclick: () => this.set({ hidden }) }, t(word)));
    });
  }

  /** The days of the week on which episodes without a date come out. */
  _dates(show) {
    const [, names = "", time = "18:00", first = new Date().toLocaleDateString("sv")] = RULE.exec(show.dates) ?? [];
    const given = names.toLowerCase();
    const weekday = new Intl.DateTimeFormat(document.documentElement.lang, { weekday: "long", timeZone: "UTC" });
    const boxes = DAYS.map((name) =>
      make("input", { type: "checkbox", value: name, checked: given === "day" || given.includes(name.toLowerCase()), "data-focus": name, onchange: () => say() }));
    const at = make("input", { type: "time", value: time.padStart(5, "0"), "data-focus": "at", onchange: () => say() });
    const from = make("input", { type: "date", value: first, "data-focus": "from", onchange: () => say() });
    const say = () => {
      const days = boxes.filter((box) => box.checked).map((box) => box.value);
      if (days.length && !(at.value && from.value)) return;
      this.set({ dates: days.length ? `every ${days.length === 7 ? "day" : days.join(", ")} at ${at.value} from ${from.value}` : "" });
    };
    return make("fieldset", { class: "dates" },
      make("legend", {}, t("show.dates")),
      make("p", { class: "soft" }, t("show.dates.about")),
      make("div", { class: "row" }, ...boxes.map((box, number) => make("label", { class: "check" }, box, make("span", {}, weekday.format(new Date(Date.UTC(2024, 0, 1 + number))))))),
      make("div", { class: "row" },
        make("label", { class: "field" }, make("span", {}, t("show.dates.at")), at),
        make("label", { class: "field" }, make("span", {}, t("show.dates.from")), from)));
  }

  _category(data) {
    const now = Array.isArray(data.show.category) ? data.show.category[0] : data.show.category;
    const all = Object.entries(data.categories).flatMap(([above, below]) => [above, ...below.map((one) => `${above} > ${one}`)]);
    const select = make("select", { onchange: (event) => this.set({ category: event.target.value }) }, ...all.map((one) => make("option", { value: one, selected: one === now }, one)));
    return make("label", { class: "field" }, make("span", {}, t("show.category")), select);
  }

  _cover({ show }) {
    const taken = (work) => this._show(async () => {
      await work();
      await this.draw();
      return [make("p", { class: "good" }, t("saved.saved"))];
    });
    return coverPanel(`${this.path}/show/cover`, show, (name, value) => this.set({ [name]: value }), taken);
  }

  set(changes) {
    return this._show(async () => {
      await ask("PATCH", `${this.path}/show`, { changes });
      if (Object.keys(changes).some((name) => ["dates", "order", "hidden"].includes(name))) await this._drawAgain();
      return [make("p", { class: "good" }, t("saved.saved"))];
    });
  }

  /** Draw anew what the list shows, with the focus where it was. */
  async _drawAgain() {
    const { focus } = document.activeElement.dataset;
    await this.draw();
    const again = [...this.root.querySelectorAll("[data-focus]")].find((one) => one.dataset.focus === focus);
    // A button at the end of the list can't be pressed again: its neighbour can.
    (again?.disabled ? again.parentElement.querySelector("button:not(:disabled)") : again)?.focus();
  }

  publish() {
    this.done.replaceChildren(make("p", {}, t("show.publishing")));
    return this._show(async () => {
      const report = await ask("POST", `${this.path}/publish`);
      await this.draw();
      const titles = Object.fromEntries(this.episodes.map(({ name, title }) => [name, title]));
      const held = report.held_back.map((one) => make("p", {}, t("show.held", { name: titles[one.name] ?? one.name, until: dayOf(one.until) })));
      return [make("p", { class: "good" }, t("show.published", { n: report.episodes })), ...held];
    });
  }

  check() {
    this.done.replaceChildren(make("p", {}, t("show.checking")));
    return this._show(async () => {
      const found = await ask("POST", `${this.path}/check`);
      const lines = found.findings.map((one) => make("li", { class: one.state === "fail" ? "warn" : "" }, [one.name, one.value, one.advice].filter(Boolean).join(": ")));
      return [make("ul", { class: "checks" }, ...lines)];
    });
  }

  /** Shows what came of something, or why nothing did. */
  async _show(work) {
    try {
      const said = await work();
      this.done.replaceChildren(...said); // another one, where the work has drawn the view anew
    } catch (error) {
      this.done.replaceChildren(make("p", { class: "warn", role: "alert" }, inWords(error)));
    }
  }

  _where(data) {
    return make("section", { class: "where" },
      make("h3", {}, t("show.listen")),
      make("p", {}, t("show.home")),
      make("pre", {}, data.command),
      data.show.base_url
        ? make("div", { class: "row" }, make("img", { class: "qr", src: `${this.path}/qr.svg?${Date.now()}`, alt: t("show.qr") }), make("p", {}, t("show.qr.about")))
        : make("p", { class: "soft" }, t("show.nobase")),
      make("h3", {}, t("show.online")),
      make("ol", {}, ...t("show.ways").split("\n").map((line) => make("li", {}, line))),
      make("p", { class: "soft" }, data.folder));
  }
}

const nameOf = (one) => `${one.title} (${clock(one.seconds)}) `;

/** Return when something is, in the reader's words: a day, or a day and a time of this machine. */
function dayOf(when) {
  if (!when) return "";
  const isDay = when.length === 10;
  const how = isDay ? { dateStyle: "medium", timeZone: "UTC" } : { dateStyle: "medium", timeStyle: "short" };
  return new Date(when).toLocaleString(document.documentElement.lang, how);
}
