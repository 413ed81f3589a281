/** Making the episode: its progress, and what was delivered, in plain words. */

import { coverPanel } from "./cover.js";
import { ask, inWords, projectPath, read } from "./net.js";
import { clock, make, t } from "./words.js";

export class MakeView {
  constructor(root, desk) {
    this.root = root;
    this.desk = desk;
    this.seen = "";
  }

  get path() {
    return projectPath(this.desk.doc.name);
  }

  async draw() {
    const episodes = await read(`${this.path}/episodes`);
    this.job = make("div", { class: "job", "aria-live": "polite" });
    const go = make("button", { type: "button", class: "primary big", id: "build", onclick: () => this.build() }, t("make.go"));
    this.root.replaceChildren(
      make("h2", {}, t("make.title")),
      make("p", { class: "soft" }, t("make.about", { length: clock(this.desk.player.timeline.total / this.desk.sounds.rate) })),
      this.particulars(),
      this.cover(),
      make("div", { class: "row" }, go),
      this.job,
      ...episodes.map((episode, n) => this.episode(episode, n === 0)),
    );
    this.seen = "";
    if (this.desk.state) this.update(this.desk.state);
  }

  /** What players show of the episode. */
  particulars() {
    const { facts } = this.desk.doc;
    const fields = ["title", "subtitle", "author", "language", "date"].map((name) =>
      make("label", { class: "field" }, make("span", {}, t(`about.${name}`)),
        make("input", { value: facts[name] ?? "", type: name === "date" && /^(\d{4}-\d\d-\d\d)?$/.test(facts[name] ?? "") ? "date" : "text", "data-field": name, onchange: (event) => this.say(name, event.target.value) })));
    return make("details", {}, make("summary", {}, t("about")), make("div", { class: "grid" }, ...fields));
  }

  async say(name, value) {
    const { doc } = this.desk;
    const { title, subtitle, author, language, date } = { ...doc.facts, [name]: value };
    try {
      await doc.save();
      const answer = await ask("PUT", `${this.path}/particulars`, { base: doc.version, title, subtitle, author, language, date });
      doc.version = answer.version;
      Object.assign(doc.facts, { title, subtitle, author, language, date });
      document.getElementById("title").textContent = title || doc.name;
      this.desk.say(t("saved.saved"));
    } catch (error) {
      this.desk.say(inWords(error));
    }
  }

  cover() {
    const taken = async (work) => {
      try {
        this.desk.takeRecipe((await work()).recipe);
        await this.draw();
      } catch (error) {
        this.desk.say(inWords(error));
      }
    };
    return coverPanel(`${this.path}/cover`, this.desk.doc.recipe.tags, (name, value) => this.desk.setRecipe({ [`tags.${name}`]: value }), taken);
  }

  async build() {
    const { doc } = this.desk;
    await doc.save();
    try {
      await ask("POST", `${this.path}/build`);
    } catch (error) {
      this.desk.say(inWords(error));
    }
    await this.desk.askState();
  }

  /** Show how far the build is; when it is done, what was made. */
  update(state) {
    if (!this.job?.isConnected || this.desk.view !== "make") return;
    const job = state.jobs.at(-1);
    const seen = JSON.stringify(job ?? null);
    if (seen === this.seen) return;
    const before = this.seen && JSON.parse(this.seen);
    this.seen = seen;
    if (!job) return this.job.replaceChildren();
    if (before && before.state !== "done" && job.state === "done") {
      this.draw();
      return;
    }
    const parts = { waiting: this._going, running: this._going, failed: this._failed, stopped: this._stopped, done: () => [] }[job.state];
    this.job.replaceChildren(...parts.call(this, job));
  }

  _going(job) {
    const stop = make("button", { type: "button", onclick: () => ask("DELETE", `${this.path}/build`).then(() => this.desk.askState()) }, t("make.stop"));
    return [make("p", {}, stageOf(job)), make("progress", { max: "1", value: job.share, "aria-label": t("make.progress") }), stop];
  }

  _failed(job) {
    return [make("p", { class: "warn", role: "alert" }, [job.problem, job.hint].filter(Boolean).join(". "))];
  }

  _stopped() {
    return [make("p", {}, t("make.stopped"))];
  }

  episode(episode, newest) {
    if (episode.problem) return make("article", { class: "card" }, make("h3", {}, episode.title), make("p", { class: "warn" }, episode.problem));
    const address = `${this.path}/episodes/${episode.name}.mp3?${encodeURIComponent(episode.built)}${episode.earlier ? "&earlier" : ""}`;
    const player = make("audio", { controls: true, preload: "metadata", src: address, "aria-label": episode.title });
    const chapters = episode.chapters.map(([title, start]) =>
      make("li", {}, make("button", { type: "button", class: "link", onclick: () => { player.currentTime = start; player.play(); } }, `${clock(start)} ${title}`)));
    const built = new Date(episode.built).toLocaleString(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" });
    return make("article", { class: `card episode ${newest ? "newest" : ""}` },
      make("h3", {}, episode.title),
      make("p", { class: "soft" }, t(episode.earlier ? "make.earlier" : "make.built", { when: built, length: clock(episode.seconds), voice: episode.voice })),
      player,
      make("p", { class: episode.ok ? "good" : "warn" }, t(episode.ok ? "make.good" : "make.bad")),
      episode.chapters.length > 1 && make("details", {}, make("summary", {}, t("make.chapters")), make("ol", {}, ...chapters)),
      make("details", {}, make("summary", {}, t("make.words")), ...episode.words.split(/\n{2,}/).map((part) => make("p", { class: "said" }, part))),
      make("details", {}, make("summary", {}, t("details")), make("ul", { class: "checks" }, ...episode.checks.map(([line, ok]) => make("li", { class: ok ? "" : "warn" }, line)))));
  }
}

/** Return what a build is at, and how long it still takes. */
export function stageOf(job) {
  const left = job.left_s === null ? "" : t("make.left", { time: clock(job.left_s) });
  return `${job.state === "waiting" ? t("make.waiting") : t(`stage.${job.stage || "narrate"}`)} ${left}`;
}
