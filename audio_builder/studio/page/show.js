/** The show: what players are told of it, publishing it, and finding it on a phone. */

import { ask, inWords, projectPath, read } from "./net.js";
import { clock, make, t } from "./words.js";

const FIELDS = ["title", "author", "description", "language", "base_url"];

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
    const { show } = data;
    const episodes = data.episodes.filter((one) => !one.earlier);
    const author = data.there ? show.author : this.desk.doc.facts.author;
    const form = FIELDS.map((name) => this._field(name, name === "author" ? author : show[name]));
    this.done = make("div", { "aria-live": "polite", class: "job" });
    this.root.replaceChildren(
      make("h2", {}, t("show.title")),
      make("p", { class: "soft" }, t("show.about")),
      make("div", { class: "grid" }, ...form, this._category(data), this._colour(show)),
      make("h3", {}, t("show.episodes")),
      episodes.length ? make("ol", {}, ...episodes.map((one) => make("li", {}, `${one.title} (${clock(one.seconds)})`))) : make("p", { class: "soft" }, t("show.none")),
      make("div", { class: "row" },
        make("button", { type: "button", class: "primary", id: "publish", disabled: !episodes.length, onclick: () => this.publish() }, t("show.publish")),
        show.base_url && data.published && make("button", { type: "button", onclick: () => this.check() }, t("show.check"))),
      this.done,
      data.published && this._where(data),
    );
  }

  _field(name, value) {
    const long = name === "description";
    const input = make(long ? "textarea" : "input", { value: value ?? "", rows: long ? "3" : undefined, "data-field": name, onchange: (event) => this.set({ [name]: event.target.value.trim() }) });
    return make("label", { class: `field ${long ? "wide" : ""}` }, make("span", {}, t(`show.${name}`)), input, make("small", { class: "soft" }, t(`show.${name}.about`)));
  }

  _category(data) {
    const now = Array.isArray(data.show.category) ? data.show.category[0] : data.show.category;
    const all = Object.entries(data.categories).flatMap(([above, below]) => [above, ...below.map((one) => `${above} > ${one}`)]);
    const select = make("select", { onchange: (event) => this.set({ category: event.target.value }) }, ...all.map((one) => make("option", { value: one, selected: one === now }, one)));
    return make("label", { class: "field" }, make("span", {}, t("show.category")), select);
  }

  _colour(show) {
    const input = make("input", { type: "color", value: show.cover_colour || "#2a4d5c", onchange: (event) => this.set({ cover_colour: event.target.value }) });
    return make("label", { class: "field" }, make("span", {}, t("show.colour")), input);
  }

  set(changes) {
    return this._show(async () => {
      await ask("PATCH", `${this.path}/show`, { changes });
      return [make("p", { class: "good" }, t("saved.saved"))];
    });
  }

  publish() {
    this.done.replaceChildren(make("p", {}, t("show.publishing")));
    return this._show(async () => {
      const report = await ask("POST", `${this.path}/publish`);
      await this.draw();
      const held = report.held_back.map((one) => make("p", {}, t("show.held", { name: one.name, until: one.until })));
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
      const shown = await work(); // It may draw all of this anew.
      this.done.replaceChildren(...shown);
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
