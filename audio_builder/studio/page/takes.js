/** Reading a phrase oneself: one take each, again as often as wanted. What isn't read is spoken by the voice. */

import { ask, inWords, projectPath } from "./net.js";
import { replaceCue } from "./model.js";
import { make, t } from "./words.js";

const LONGEST_S = 110;

export function takePanel(desk, cue) {
  const box = make("details", { class: "takes" }, make("summary", {}, t("takes")));
  const place = make("div", { class: "stack" });
  box.append(make("p", { class: "soft" }, t("takes.about")), place);
  box.open = desk.takesOpen ?? false;
  box.addEventListener("toggle", () => (desk.takesOpen = box.open));
  new Booth(desk, cue, place).draw();
  return box;
}

class Booth {
  constructor(desk, cue, place) {
    Object.assign(this, { desk, cue, place });
    this.path = `${projectPath(desk.doc.name)}/takes`;
  }

  draw() {
    const own = this.cue.voice?.startsWith("own-");
    this.level = make("meter", { min: "0", max: "1", low: "0.02", high: "0.9", optimum: "0.4", value: 0, "aria-label": t("takes.level") });
    this.button = make("button", { type: "button", class: "primary record", onclick: () => (this.tape ? this.stop() : this.start()) }, t(own ? "takes.again" : "takes.record"));
    const done = own && make("div", { class: "row" },
      make("button", { type: "button", onclick: () => this.desk.hearPhrase(this.cue) }, t("inspect.hear")),
      make("button", { type: "button", onclick: () => this.forget() }, t("takes.forget")));
    const next = make("button", { type: "button", onclick: () => this.next() }, t("takes.next"));
    const unheard = own && this.desk.unheard?.get(this.cue.text);
    this.said = make("p", { class: unheard ? "warn" : "soft", role: "status" }, unheard && t("takes.missing", { words: unheard }));
    this.place.replaceChildren(...[make("div", { class: "row" }, this.button, next), this.level, this.said, done].filter(Boolean));
  }

  async start() {
    const { player } = this.desk;
    player.pause();
    try {
      const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false } });
      const context = new AudioContext();
      await context.audioWorklet.addModule("/page/tape.js");
      const node = new AudioWorkletNode(context, "tape");
      const blocks = [];
      let frames = 0;
      node.port.onmessage = ({ data }) => {
        blocks.push(data);
        frames += data.length;
        this.level.value = data.reduce((most, sample) => Math.max(most, Math.abs(sample)), 0);
        if (frames > LONGEST_S * context.sampleRate) this.stop();
      };
      context.createMediaStreamSource(stream).connect(node);
      this.tape = { stream, context, blocks };
      this.button.textContent = t("takes.stop");
      this.said.textContent = t("takes.reading");
    } catch (error) {
      this.said.textContent = t("takes.nomicrophone", { why: error.message });
    }
  }

  async stop() {
    const { stream, context, blocks } = this.tape;
    this.tape = null;
    for (const track of stream.getTracks()) track.stop();
    const rate = context.sampleRate;
    await context.close();
    this.button.disabled = true;
    this.said.textContent = t("takes.keeping");
    try {
      const query = new URLSearchParams({ text: this.cue.text });
      const taken = await ask("PUT", `${this.path}?${query}`, wavOf(blocks, rate));
      (this.desk.unheard ??= new Map()).set(this.cue.text, taken.unheard.join(", "));
      this._spokenBy(taken.voice);
    } catch (error) {
      this.said.textContent = inWords(error);
    } finally {
      this.button.disabled = false;
    }
  }

  /** The phrase has this voice now; its sound is another one even where the voice is the same. */
  async _spokenBy(voice) {
    const { doc, sounds, score } = this.desk;
    sounds.forget();
    doc.edit(replaceCue(this.cue.id, { voice }));
    await doc.save();
    score.select(this.cue.id, { scroll: false });
  }

  async forget() {
    await ask("DELETE", `${this.path}?${new URLSearchParams({ text: this.cue.text })}`);
    await this._spokenBy("");
  }

  next() {
    const cue = this.desk.score.phrase(1, this.cue.id);
    if (cue) this.desk.score.select(cue.id);
  }
}

/** Return sound as a WAV file of 16 bits, in one channel. */
function wavOf(blocks, rate) {
  const frames = blocks.reduce((sum, block) => sum + block.length, 0);
  const view = new DataView(new ArrayBuffer(44 + 2 * frames));
  const word = (at, text) => [...text].forEach((letter, n) => view.setUint8(at + n, letter.charCodeAt(0)));
  word(0, "RIFF");
  view.setUint32(4, 36 + 2 * frames, true);
  word(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, 2 * rate, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  word(36, "data");
  view.setUint32(40, 2 * frames, true);
  let at = 44;
  for (const block of blocks) {
    for (const sample of block) {
      view.setInt16(at, Math.round(Math.min(Math.max(sample, -1), 1) * 32767), true);
      at += 2;
    }
  }
  return view.buffer;
}
