/** Choosing by ear: voices, backgrounds, bells, pacing, rate and length; two settings compared at the same place. */

import { ask, inWords, projectPath } from "./net.js";
import { clock, make, named, number, t } from "./words.js";

const TRIED = ["voice", "soundscape.background", "soundscape.bell", "soundscape.closing_bell", "soundscape.room", "pacing.wpm", "pacing.duration_s"];

const valueOf = (recipe, path) => path.split(".").reduce((value, key) => value[key], recipe);

export class Choose {
  constructor(root, desk) {
    this.root = root;
    this.desk = desk;
    this.other = null;
    this.side = "A";
  }

  draw() {
    const { doc, options } = this.desk;
    const { recipe } = doc;
    this.fetching = {};
    this.root.replaceChildren(
      make("h2", {}, t("choose.title")),
      this._compare(),
      this._group("choose.voice", ...this._voices(options.voices, recipe)),
      this._group("choose.background", ...this._radios("soundscape.background", options.backgrounds, "background")),
      this._group("choose.bell", ...this._radios("soundscape.bell", options.bells, "bell")),
      this._group("choose.closing", ...this._radios("soundscape.closing_bell", options.bells, "bell")),
      this._group("choose.room", ...this._radios("soundscape.room", ["none", "small"], "room")),
      this._group("choose.pacing", ...this._pacings(options.pacings, doc)),
      this._sliders(doc),
      this._group("choose.guides", ...options.guides.map((name) => this._guide(name))),
      this._details(options),
    );
  }

  _group(name, ...parts) {
    return make("fieldset", {}, make("legend", {}, t(name)), make("div", { class: "choices" }, ...parts));
  }

  set(changes) {
    return this._settle(() => this.desk.setRecipe(changes));
  }

  /** Does what changes the recipe, and draws what holds then. */
  async _settle(change) {
    const { desk } = this;
    desk.setting = true;
    try {
      await change();
      this.draw();
    } catch (error) {
      desk.say(inWords(error));
    } finally {
      desk.recipeMark = null;
      desk.setting = false;
    }
  }

  // --- one of several ---

  _radio(group, value, checked, label, about, onchange, ...more) {
    const input = make("input", { type: "radio", name: group, value, checked, onchange });
    return make("div", { class: `choice ${checked ? "chosen" : ""}` },
      make("label", {}, input, make("span", {}, make("strong", {}, label), about && make("small", {}, about))), ...more);
  }

  _radios(path, values, kind) {
    const now = valueOf(this.desk.doc.recipe, path);
    const all = values.includes(now) ? values : [...values, now];
    const hear = (value) => kind === "bell" && value !== "none" &&
      make("button", { type: "button", class: "icon", "aria-label": t("hear.this", { name: named(kind, value) }), onclick: () => this._sound(`/sound/bell/${value}.wav?rate=44100`) }, "▶");
    return all.map((value) => this._radio(path, value, value === now, named(kind, value), "", () => this.set({ [path]: value }), hear(value)));
  }

  _voices(voices, recipe) {
    const { doc } = this.desk;
    const language = (doc.facts.language || "en").slice(0, 2).toLowerCase();
    const fits = (voice) => voice.language.slice(0, 2).toLowerCase() === language;
    const sorted = [...voices].sort((a, b) => fits(b) - fits(a) || b.ready - a.ready || a.name.localeCompare(b.name));
    const items = sorted.map((voice) => [voice.ready && (fits(voice) || voice.name === recipe.voice || voice.language === "und"), this._voiceChoice(voice, recipe)]);
    const near = items.filter(([here]) => here).map(([, item]) => item);
    const far = items.filter(([here]) => !here).map(([, item]) => item);
    const more = make("details", {}, make("summary", {}, t("choose.more")), make("div", { class: "choices" }, ...far));
    more.open = !near.length;
    return far.length ? [...near, more] : near;
  }

  _voiceChoice(voice, recipe) {
    const chosen = voice.name === recipe.voice;
    const about = `${voice.language} · ${voice.description}`;
    const action = voice.ready
      ? make("button", { type: "button", class: "icon", "aria-label": t("hear.this", { name: voice.name }), onclick: (event) => this._voice(voice, event.target) }, "▶")
      : this._get(voice);
    const item = this._radio("voice", voice.name, chosen, voice.name, about, () => this.set({ voice: voice.name }), action);
    if (!voice.ready) item.querySelector("input").disabled = true;
    return item;
  }

  _get(voice) {
    const text = voice.missing_mb ? t("choose.get", { mb: number(voice.missing_mb, 1) }) : t("choose.getit");
    const button = make("button", { type: "button", class: "small", title: voice.problem }, text);
    button.addEventListener("click", async () => {
      button.disabled = true;
      try {
        await ask("POST", `/api/voices/${encodeURIComponent(voice.name)}`);
        this.fetching[voice.name] = button;
      } catch (error) {
        button.disabled = false;
        this.desk.say(inWords(error));
      }
    });
    return button;
  }

  /** Show how far voices are that are fetched. */
  async update(state) {
    for (const [name, button] of Object.entries(this.fetching ?? {})) {
      const one = state.fetching[name];
      if (!one) continue;
      if (one.state === "running") button.textContent = `${Math.round(one.share * 100)} %`;
      else {
        delete this.fetching[name];
        if (one.state === "failed") this.desk.say([one.problem, one.hint].filter(Boolean).join(". "));
        this.desk.options = await ask("GET", "/api/choices");
        if (this.desk.view === "choose") this.draw();
      }
    }
  }

  async _voice(voice, button) {
    button.textContent = "…";
    const project = encodeURIComponent(this.desk.doc.name);
    await this._sound(`/sound/voice/${encodeURIComponent(voice.name)}.wav?project=${project}&wpm=${this.desk.doc.recipe.pacing.wpm}`);
    button.textContent = "▶";
  }

  async _sound(address) {
    this.desk.player.pause();
    this.audio?.pause();
    this.audio = new Audio(address);
    await this.audio.play().catch(async () => {
      const answer = await fetch(address);
      const said = await answer.json().catch(() => ({}));
      this.desk.say([said.error ?? t("lost"), said.hint].filter(Boolean).join(". "));
    });
  }

  // --- pacing, rate, length ---

  _pacings(pacings, doc) {
    return Object.keys(pacings).map((name) =>
      this._radio("pacing", name, doc.recipe.pacing.preset === name, t(`pacing.${name}`), t(`pacing.${name}.about`), () => this._pacing(name)));
  }

  /** A passage before or after the words: it is put in, and can then be shaped as all else; undo takes it out. */
  _guide(name) {
    const add = make("button", { type: "button", class: "small", onclick: () => this._addGuide(name) }, t("choose.guide.add"));
    return make("div", { class: "choice" }, make("span", {}, make("strong", {}, named("guide", name))), add);
  }

  async _addGuide(name) {
    const { doc, say } = this.desk;
    try {
      await doc.save();
      await ask("POST", `${projectPath(doc.name)}/guides`, { base: doc.version, guides: [name] });
      const before = doc.recipe;
      doc.reload(await ask("GET", projectPath(doc.name)));
      doc.recipe = before;
      say(t("choose.guide.added", { name: named("guide", name) }), [], "keep");
    } catch (error) {
      say(inWords(error));
    }
  }

  _pacing(preset) {
    const { doc } = this.desk;
    return this._settle(async () => {
      await doc.save();
      const data = await ask("PUT", `${projectPath(doc.name)}/pacing`, { preset, base: doc.version });
      const before = doc.recipe;
      doc.reload(data);
      doc.recipe = before;
      this.desk.takeRecipe(data.recipe, data.lengths);
    });
  }

  _sliders(doc) {
    const { pacing, voice } = doc.recipe;
    const profile = this.desk.options.voices.find((one) => one.name === voice);
    const slowest = Math.max(60, Math.floor(profile?.slowest_wpm ?? 80));
    const fastest = Math.min(240, Math.ceil(profile?.fastest_wpm ?? 220));
    const { shortest_s, longest_s, seconds } = doc.lengths;
    const asked = pacing.duration_s;
    const rate = this._slider("choose.wpm", slowest, fastest, 1, pacing.wpm, (n) => t("wpm", { n }), (n) => this.set({ "pacing.wpm": n }));
    const length = this._slider("choose.length", Math.ceil(shortest_s), Math.floor(longest_s), 1, asked || Math.round(seconds), clock, (n) => this.set({ "pacing.duration_s": n }));
    const free = asked ? make("button", { type: "button", onclick: () => this.set({ "pacing.duration_s": null }) }, t("choose.free")) : make("p", { class: "soft" }, t("choose.asitis"));
    return this._group("choose.tempo", rate, length, free);
  }

  _slider(name, min, max, step, value, show, onchange) {
    const out = make("output", {}, show(value));
    const input = make("input", { type: "range", min, max, step, "aria-valuetext": show(value), oninput: (event) => {
      const text = show(Number(event.target.value));
      out.textContent = text;
      input.setAttribute("aria-valuetext", text);
    }, onchange: (event) => onchange(Number(event.target.value)) });
    input.value = value;
    return make("label", { class: "slider" }, make("span", {}, t(name)), input, out, make("small", { class: "soft" }, t("choose.between", { low: show(min), high: show(max) })));
  }

  // --- two settings at the same place ---

  _compare() {
    const box = make("div", { class: "compare row" });
    if (!this.other) {
      box.append(make("button", { type: "button", onclick: () => this.keep() }, t("compare.keep")), make("span", { class: "soft" }, t("compare.about")));
    } else {
      box.append(
        make("button", { type: "button", class: "primary", onclick: () => this.swap() }, t("compare.swap", { side: this.side })),
        make("span", { class: "soft" }, t("compare.now", { side: this.side, what: this._differences() })),
        make("button", { type: "button", class: "quiet", onclick: () => { this.other = null; this.draw(); } }, t("compare.end")));
    }
    return box;
  }

  _settings() {
    return Object.fromEntries(TRIED.map((path) => [path, valueOf(this.desk.doc.recipe, path)]));
  }

  _differences() {
    const now = this._settings();
    return TRIED.filter((path) => now[path] !== this.other[path]).map((path) => now[path]).join(", ") || t("compare.same");
  }

  keep() {
    this.other = this._settings();
    this.side = "B";
    this.draw();
  }

  /** Change to the other settings, at the same place. */
  async swap() {
    if (!this.other) return;
    const { player, doc, score } = this.desk;
    const now = this._settings();
    const changes = Object.fromEntries(TRIED.filter((path) => now[path] !== this.other[path]).map((path) => [path, this.other[path]]));
    this.other = now;
    this.side = this.side === "A" ? "B" : "A";
    const cue = doc.cues[player.indexAt()];
    const wasOn = player.isOn;
    if (wasOn) player.pause();
    await this.set(changes);
    const place = player.timeline.places[score.index.get(cue?.id)];
    if (place) player.position = place.from ?? place.start;
    if (wasOn) player.play(player.position);
    if (this.desk.view === "choose") this.draw();
  }

  // --- everything else, with its units ---

  _details(options) {
    const details = make("details", { class: "all-settings" }, make("summary", {}, t("details")));
    details.addEventListener("toggle", () => details.open && details.childElementCount === 1 && details.append(...this._all(options)), { once: true });
    return details;
  }

  _all(options) {
    const { recipe } = this.desk.doc;
    return [
      make("p", { class: "soft" }, t("details.about")),
      make("div", { class: "grid" }, ...options.settings.map((setting) => {
        const value = valueOf(recipe, setting.path);
        const change = (event) => {
          const raw = event.target.type === "checkbox" ? event.target.checked : event.target.value;
          this.set({ [setting.path]: typeof value === "number" ? Number(raw) : raw });
        };
        const input = typeof value === "boolean"
          ? make("input", { type: "checkbox", checked: value, onchange: change })
          : setting.choices.length
            ? make("select", { onchange: change }, ...setting.choices.map((one) => make("option", { value: one, selected: one === value }, String(one))))
            : make("input", { type: typeof value === "number" ? "number" : "text", step: "any", min: setting.low, max: setting.high, value: String(value), onchange: change });
        return make("label", { class: "field", title: setting.help }, make("span", {}, `${setting.path} ${setting.unit && `(${setting.unit})`}`), input, make("small", { class: "soft" }, setting.help));
      })),
    ];
  }
}
