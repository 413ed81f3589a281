/** What is known of a project's sound: the places and gains of its phrases, and their samples. */

import { ask, bytes, projectPath, read } from "./net.js";
import { arrange } from "./timeline.js";
import { canBeSaid } from "./model.js";

const MOST_SOUNDS = 160;

export const isEmpty = (cue) => !canBeSaid(cue.text);
const sayKey = (cue) => `${cue.role}|${cue.voice ?? ""}|${cue.slower ?? ""}|${cue.language ?? ""}|${cue.text}`;
const wordsIn = (text) => (text.match(/[\p{L}\p{N}]+(?:[’'-][\p{L}\p{N}]+)*/gu) || []).length;

/** Learns phrases from the server and keeps their samples. */
export class Sounds extends EventTarget {
  constructor(doc) {
    super();
    this.doc = doc;
    this.path = projectPath(doc.name);
    this.known = new Map();
    this.samples = new Map();
    this.mix = null;
    this.epoch = 0;
  }

  get rate() {
    return this.doc.recipe.mastering.sample_rate_hz;
  }

  /** Forget all phrases: another voice, another rate. */
  forget() {
    this.known.clear();
    this.mix = null;
    this.epoch++;
    this.dispatchEvent(new Event("known"));
  }

  facts(cue) {
    return this.known.get(sayKey(cue));
  }

  /** Return the facts of a phrase, estimated where it isn't spoken yet. */
  factsOrGuess(cue) {
    const facts = this.facts(cue);
    if (facts) return facts;
    const pacing = this.doc.recipe.pacing;
    const wpm = pacing.wpm * (cue.slower ? 1 - pacing.slower_share : 1);
    return { frames: Math.round((wordsIn(cue.text) * 60 * this.rate) / wpm), lead: 0, tail: 0 };
  }

  timeline(cues = this.doc.cues) {
    const { pacing, soundscape } = this.doc.recipe;
    return arrange(cues, (cue) => this.factsOrGuess(cue), {
      rate: this.rate,
      scale: this.mix?.pauses_scale ?? 1,
      longest: pacing.longest_s,
      bell: soundscape.bell,
      closingBell: soundscape.closing_bell,
    });
  }

  /** Have phrases spoken that aren't known. */
  async learn(cues) {
    const wanted = [...new Map(cues.filter((cue) => !isEmpty(cue) && !this.facts(cue)).map((cue) => [sayKey(cue), cue])).values()];
    if (!wanted.length) return;
    const epoch = this.epoch;
    const body = { cues: wanted.map(({ id, was, ...cue }) => cue) };
    const mix = await ask("POST", `${this.path}/phrases`, body);
    if (epoch !== this.epoch) return;
    wanted.forEach((cue, n) => this.known.set(sayKey(cue), mix.clips[n]));
    if (!this.mix) this.mix = mix;
    this.dispatchEvent(new Event("known"));
  }

  /** Take the mix of the whole script, as the server has planned it. */
  async takeMix(version, recipe) {
    if (version !== this.doc.version || !this.doc.savedCues) return;
    const says = this.doc.savedCues.filter((cue) => cue.t === "say" && !isEmpty(cue));
    const epoch = this.epoch;
    const mix = await read(`${this.path}/mix`);
    if (mix.version !== version || mix.recipe !== recipe || mix.clips.length !== says.length || epoch !== this.epoch) return;
    says.forEach((cue, n) => this.known.set(sayKey(cue), mix.clips[n]));
    this.mix = mix;
    this.dispatchEvent(new Event("known"));
  }

  clipAddress(facts) {
    const { room } = this.doc.recipe.soundscape;
    return `/sound/clip/${facts.key}.wav?db=${facts.gain_db.toFixed(1)}&ceiling=${this.mix.ceiling_dbtp}&room=${room}`;
  }

  bedAddress(name) {
    const { background, drone_root, binaural_beat_hz, binaural_carrier_hz } = this.doc.recipe.soundscape;
    const kind = new URLSearchParams({ name, of: [background, drone_root, binaural_beat_hz, binaural_carrier_hz] });
    return `${this.path}/bed.wav?${kind}`;
  }

  toneAddress(tone) {
    const { bell, closing_bell } = this.doc.recipe.soundscape;
    if (tone.tone === "bell") return `/sound/bell/${bell}.wav?rate=${this.rate}`;
    if (tone.tone === "closing") return `/sound/bell/${closing_bell}.wav?rate=${this.rate}`;
    return `/sound/breath-${tone.tone}.wav?s=${tone.s}&rate=${this.rate}`;
  }

  /** Return samples, if they are here. */
  ready(address) {
    const found = this.samples.get(address);
    return found?.buffer ?? null;
  }

  /** Fetch and decode samples; they stay until others need the room. */
  load(address) {
    const there = this.samples.get(address);
    if (there) {
      this.samples.delete(address);
      this.samples.set(address, there);
      return there.promise;
    }
    const entry = { buffer: null };
    entry.promise = bytes(address)
      .then((content) => new OfflineAudioContext(2, 1, this.rate).decodeAudioData(content))
      .then((buffer) => (entry.buffer = buffer))
      .catch((error) => {
        this.samples.delete(address);
        throw error;
      });
    this.samples.set(address, entry);
    if (this.samples.size > MOST_SOUNDS) this.samples.delete(this.samples.keys().next().value);
    return entry.promise;
  }
}
