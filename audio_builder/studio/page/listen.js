/** Playing the script: clips of phrases at their places over a looped stretch of the background, with the mix's gains. */

import { isEmpty } from "./sounds.js";
import { BedEnvelope, FadeDown } from "./timeline.js";

const SOON_S = 8; // Scheduled so far ahead.
const FETCHED_S = 45; // Fetched so far ahead.
const FIRST_PHRASES = 3; // Asked for at once when playing begins: a short call.
const MORE_PHRASES = 40;
const TICK_MS = 120;
const LEAD_S = 0.05;
const CURVE_S = 0.02; // The steps of gains that move.

/**
 * Put a stretch of the episode on a context: what starts from a frame on, at times from `zero` on.
 * Returns the sources with their frames. Sounds that aren't loaded are left out.
 */
export class Desk {
  constructor(context, sounds) {
    this.context = context;
    this.sounds = sounds;
    this.master = context.createGain();
    this.master.connect(context.destination);
    this.sources = new Map();
    this.beds = new Map();
  }

  /** Schedule all clips and tones that begin between two frames; `when` gives the time of a frame. */
  schedule(timeline, from, to, when) {
    for (const clip of timeline.clips) {
      if (clip.from >= to) break;
      const facts = this.sounds.facts(clip.cue);
      if (clip.end <= from || !facts) continue;
      this._start(`c${clip.cue.id}`, this.sounds.ready(this.sounds.clipAddress(facts)), clip.from, timeline, when);
    }
    for (const tone of timeline.tones) {
      if (tone.start >= to) break;
      if (tone.start + tone.frames <= from) continue;
      const buffer = this.sounds.ready(this.sounds.toneAddress(tone));
      this._start(`t${tone.index}.${tone.start}`, buffer, tone.start, timeline, when, tone);
    }
  }

  _start(key, buffer, frame, timeline, when, tone = null) {
    if (!buffer || this.sources.has(key)) return;
    const source = this.context.createBufferSource();
    source.buffer = buffer;
    let out = source;
    const start = when(frame);
    const now = this.context.currentTime;
    if (tone) {
      out = this.context.createGain();
      const level = 10 ** ((this.sounds.mix?.tone_gain_db ?? -20) / 20);
      out.gain.value = level;
      if (tone.frames < tone.whole) {
        const end = start + tone.frames / timeline.rate;
        const fade = Math.min(0.8, tone.frames / timeline.rate);
        const curve = Float32Array.from({ length: 33 }, (_, n) => level * Math.cos((n / 32) * (Math.PI / 2)) ** 2);
        if (end - fade > now) out.gain.setValueCurveAtTime(curve, end - fade, fade);
        source.stop(Math.max(end, now));
      }
      source.connect(out);
    }
    out.connect(this.master);
    if (start >= now) source.start(start);
    else source.start(now, now - start);
    source.onended = () => this.sources.get(key)?.source === source && this.sources.delete(key);
    this.sources.set(key, { source, start, frame, end: start + buffer.duration });
  }

  /** Begin the loops of the backgrounds that are loaded, silent until `curves` moves them. */
  startBeds(names, time, frame) {
    for (const name of names) {
      const buffer = this.sounds.ready(this.sounds.bedAddress(name));
      if (!buffer || this.beds.has(name)) continue;
      const source = this.context.createBufferSource();
      source.buffer = buffer;
      source.loop = true;
      const gain = this.context.createGain();
      gain.gain.value = 0;
      source.connect(gain).connect(this.master);
      source.start(time, (frame / this.sounds.rate) % buffer.duration);
      this.beds.set(name, { source, gain });
    }
  }

  /** Move the gains of the backgrounds and of everything between two frames, along what the mix does. */
  curves(timeline, recipe, from, to, when) {
    const seconds = (to - from) / timeline.rate;
    if (seconds <= 0.001) return;
    const steps = Math.max(2, Math.ceil(seconds / CURVE_S) + 1);
    const frames = Array.from({ length: steps }, (_, n) => from + ((to - from) * n) / (steps - 1));
    const begin = Math.max(when(from), this.context.currentTime);
    const bed = this.sounds.mix?.bed_gain_db;
    const level = bed === null || bed === undefined ? 0 : 10 ** (bed / 20);
    const envelope = new BedEnvelope(timeline, recipe.soundscape, (cue) => this.sounds.facts(cue)?.duck_db ?? 0);
    for (const [name, { gain }] of this.beds) {
      const curve = Float32Array.from(frames, (frame) => level * envelope.gain(frame) * envelope.share(name, frame));
      setCurve(gain.gain, curve, begin, seconds);
    }
    const fade = new FadeDown(timeline, recipe.pacing);
    if (fade.flat) return;
    setCurve(this.master.gain, Float32Array.from(frames, (frame) => fade.gain(frame)), begin, seconds);
  }

  /** Stop what has not begun, and what is at another place by now. */
  unschedule(isStill = () => false) {
    const now = this.context.currentTime;
    for (const [key, one] of this.sources) {
      if (one.start <= now + 0.02 && isStill(key)) continue;
      one.source.onended = null;
      try {
        one.source.stop();
      } catch {
        /* It never began. */
      }
      this.sources.delete(key);
    }
  }

  silence() {
    this.unschedule();
    for (const { source } of this.beds.values()) source.stop();
    this.beds.clear();
  }
}

function setCurve(param, curve, begin, seconds) {
  param.cancelScheduledValues(begin);
  try {
    param.setValueCurveAtTime(curve, begin, seconds);
  } catch {
    param.setTargetAtTime(curve[curve.length - 1], begin, 0.05);
  }
}

/** Plays a script from anywhere, and goes on while it is changed. */
export class Player extends EventTarget {
  constructor(doc, sounds) {
    super();
    this.doc = doc;
    this.sounds = sounds;
    this.state = "paused";
    this.position = 0;
    this.timeline = sounds.timeline();
    this.timelineIds = doc.cues.map((cue) => cue.id);
    this.until = null;
    doc.addEventListener("change", () => this.changed());
    sounds.addEventListener("known", () => this.changed());
  }

  get isOn() {
    return this.state !== "paused";
  }

  /** Frame that is heard now. */
  now() {
    if (this.state !== "playing") return this.position;
    const gone = Math.max(0, this.context.currentTime - this.zeroTime) * this.timeline.rate;
    return Math.min(this.zeroFrame + gone, this.timeline.total);
  }

  /** Return the place in the list of what is heard at a frame. */
  indexAt(frame = this.now()) {
    const { places } = this.timeline;
    let low = 0;
    let high = places.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (places[middle].start <= frame) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  _context() {
    if (!this.context || this.context.sampleRate !== this.sounds.rate) {
      this.context = new AudioContext({ sampleRate: this.sounds.rate, latencyHint: "interactive" });
      this.desk = new Desk(this.context, this.sounds);
    }
    return this.context;
  }

  /** Play from a frame on, until another one if that is given. */
  async play(frame = this.position, until = null) {
    const context = this._context();
    const asked = performance.now();
    this.stopSound();
    this.until = until;
    this.position = Math.min(Math.max(0, frame), this.timeline.total);
    if (this.position >= this.timeline.total - 1) this.position = 0;
    const call = (this.call = Symbol("play"));
    this._set("waiting");
    if (context.state === "suspended") await context.resume();
    try {
      const anchor = this._anchorAt(this.position);
      await this._prepare(FIRST_PHRASES);
      if (this.call !== call) return;
      this.position = this._frameOf(anchor);
    } catch (error) {
      if (this.call === call) this._fail(error);
      return;
    }
    this._begin();
    this.lastStartMs = performance.now() - asked;
  }

  _begin() {
    this.zeroFrame = this.scheduled = this.position;
    this.zeroTime = this.context.currentTime + LEAD_S;
    this.desk.master.gain.cancelScheduledValues(0);
    this.desk.master.gain.value = new FadeDown(this.timeline, this.doc.recipe.pacing).gain(this.position);
    this._set("playing");
    clearInterval(this.ticking);
    this.ticking = setInterval(() => this._tick(), TICK_MS);
    this._tick();
    this._fetchAhead();
  }

  pause() {
    this.position = this.now();
    this.call = null;
    this.stopSound();
    this._set("paused");
  }

  toggle(frame) {
    if (this.isOn) this.pause();
    else this.play(frame);
  }

  stopSound() {
    clearInterval(this.ticking);
    this.desk?.silence();
  }

  seek(frame) {
    const wasOn = this.isOn;
    this.position = Math.min(Math.max(0, frame), this.timeline.total);
    if (wasOn) this.play(this.position);
    else this.dispatchEvent(new Event("moved"));
  }

  /** The script or what is known of its sound has changed: what is heard now stays where it is. */
  changed() {
    const began = performance.now();
    const anchor = this._anchorAt(this.now());
    const before = this.timeline;
    this.timeline = this.sounds.timeline();
    this.position = this._frameOf(anchor);
    if (this.state === "playing") {
      const still = new Set();
      const places = new Map(this.timeline.clips.map((clip) => [`c${clip.cue.id}`, clip]));
      for (const clip of before.clips) {
        const moved = places.get(`c${clip.cue.id}`);
        if (moved && moved.cue.text === clip.cue.text && moved.end - moved.from === clip.end - clip.from) still.add(`c${clip.cue.id}`);
      }
      this.desk.unschedule((key) => still.has(key));
      this.zeroFrame = this.scheduled = this.position;
      this.zeroTime = Math.max(this.context.currentTime, this.zeroTime);
      this._tick();
    }
    this.warm();
    this.lastChangeMs = performance.now() - began;
    this.dispatchEvent(new Event("timeline"));
  }

  /** Return where a frame is in words: in which cue, and how far. */
  _anchorAt(frame) {
    const index = this.indexAt(frame);
    const place = this.timeline.places[index];
    return { index, id: this.timelineIds?.[index] ?? null, offset: place ? frame - place.start : 0 };
  }

  _frameOf(anchor) {
    let index = this.doc.cues.findIndex((cue) => cue.id === anchor.id);
    if (index < 0) index = Math.min(anchor.index, this.doc.cues.length - 1);
    const place = this.timeline.places[index];
    this.timelineIds = this.doc.cues.map((cue) => cue.id);
    return place ? Math.min(place.start + anchor.offset, Math.max(place.end, place.start)) : 0;
  }

  _tick() {
    if (this.state !== "playing") return;
    const { timeline, desk } = this;
    const when = (frame) => this.zeroTime + (frame - this.zeroFrame) / timeline.rate;
    const now = this.now();
    const end = this.until ?? timeline.total;
    if (now >= end) {
      this.position = this.until === null ? 0 : this.until;
      this.stopSound();
      this._set("paused");
      return;
    }
    const horizon = Math.min(now + SOON_S * timeline.rate, end);
    const missing = timeline.clips.find((clip) => clip.end > now && clip.from < horizon && !this._isReady(clip));
    if (missing && missing.from < now + 0.25 * timeline.rate && missing.start > now - 0.05 * timeline.rate) {
      this._wait();
      return;
    }
    desk.schedule(timeline, now, missing ? Math.min(horizon, missing.from) : horizon, when);
    desk.startBeds(this._bedNames(), Math.max(this.context.currentTime, this.zeroTime), now);
    if (this.scheduled < now + (SOON_S / 2) * timeline.rate) {
      const from = Math.max(now, this.scheduled);
      desk.curves(timeline, this.doc.recipe, from, Math.min(from + SOON_S * timeline.rate, timeline.total), when);
      this.scheduled = from + SOON_S * timeline.rate;
    }
    if ((this.ticks = (this.ticks ?? 0) + 1) % 8 === 0) this._fetchAhead();
  }

  /** A phrase isn't here in time: wait for it, and go on where it was. */
  _wait() {
    this.play(this.now(), this.until);
  }

  _isReady(clip) {
    const facts = this.sounds.facts(clip.cue);
    return isEmpty(clip.cue) || (facts && this.sounds.ready(this.sounds.clipAddress(facts)) !== null);
  }

  _bedNames() {
    return ["", ...new Set(this.timeline.backgrounds.map((change) => change.name).filter(Boolean))];
  }

  async _prepare(phrases) {
    const ahead = this.timeline.clips.filter((clip) => clip.end > this.position).slice(0, phrases);
    await this.sounds.learn(ahead.map((clip) => clip.cue));
    const first = ahead.find((clip) => clip.from < this.position + 3 * this.timeline.rate);
    const wanted = first ? [this.sounds.load(this.sounds.clipAddress(this.sounds.facts(first.cue)))] : [];
    if (this.sounds.mix && this.sounds.mix.bed_gain_db !== null && !this.bedAsked) {
      this.bedAsked = true;
      wanted.push(Promise.race([this.loadBeds(), new Promise((done) => setTimeout(done, 250))]));
    }
    await Promise.all(wanted);
  }

  /** Have what would be heard first here before anybody asks: what is known of it, and the background. */
  async warm() {
    if (this.isOn || this.warming || !this.sounds.mix?.version) return;
    this.warming = true;
    try {
      const ahead = this.timeline.clips.filter((clip) => clip.end > this.position).slice(0, 2);
      const known = ahead.map((clip) => this.sounds.facts(clip.cue)).filter(Boolean);
      for (const facts of known) await this.sounds.load(this.sounds.clipAddress(facts));
      if (this.sounds.mix.bed_gain_db !== null) await this.loadBeds();
    } catch {
      /* Playing will say what is wrong. */
    } finally {
      this.warming = false;
    }
  }

  loadBeds() {
    return Promise.all(this._bedNames().map((name) => this.sounds.load(this.sounds.bedAddress(name))));
  }

  async _fetchAhead() {
    if (this.fetching) return;
    this.fetching = true;
    try {
      const { timeline } = this;
      const to = this.now() + FETCHED_S * timeline.rate;
      const ahead = timeline.clips.filter((clip) => clip.end > this.now() && clip.from < to && !isEmpty(clip.cue));
      await this.sounds.learn(ahead.slice(0, MORE_PHRASES).map((clip) => clip.cue));
      for (const clip of ahead) {
        const facts = this.sounds.facts(clip.cue);
        if (facts) await this.sounds.load(this.sounds.clipAddress(facts));
      }
      const tones = timeline.tones.filter((tone) => tone.start + tone.frames > this.now() && tone.start < to);
      await Promise.all(tones.map((tone) => this.sounds.load(this.sounds.toneAddress(tone))));
      if (this.sounds.mix?.bed_gain_db !== null) await this.loadBeds();
    } catch (error) {
      this.dispatchEvent(new CustomEvent("trouble", { detail: error }));
    } finally {
      this.fetching = false;
    }
  }

  _fail(error) {
    this.stopSound();
    this._set("paused");
    this.dispatchEvent(new CustomEvent("trouble", { detail: error }));
  }

  _set(state) {
    this.state = state;
    this.dispatchEvent(new Event("state"));
  }
}

/** Render a stretch of the episode without playing it: what the tests compare with the delivered file. */
export async function renderStretch(sounds, recipe, fromS, seconds) {
  const rate = sounds.rate;
  const context = new OfflineAudioContext(2, Math.ceil(seconds * rate), rate);
  await sounds.learn(sounds.doc.says());
  const timeline = sounds.timeline();
  const [from, to] = [fromS * rate, (fromS + seconds) * rate];
  const clips = timeline.clips.filter((clip) => clip.end > from && clip.from < to);
  const names = ["", ...timeline.backgrounds.map((change) => change.name)];
  await Promise.all([
    ...clips.map((clip) => sounds.load(sounds.clipAddress(sounds.facts(clip.cue)))),
    ...timeline.tones.map((tone) => sounds.load(sounds.toneAddress(tone))),
    ...(sounds.mix.bed_gain_db === null ? [] : names.map((name) => sounds.load(sounds.bedAddress(name)))),
  ]);
  const desk = new Desk(context, sounds);
  const when = (frame) => (frame - from) / rate;
  desk.schedule(timeline, from, to, when);
  desk.startBeds(names, 0, from);
  desk.curves(timeline, recipe, from, to, when);
  return { buffer: await context.startRendering(), timeline };
}
