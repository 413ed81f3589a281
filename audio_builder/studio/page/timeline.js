/** When everything happens: the same arithmetic as `mix/arrange.py` and `mix/ducking.py`, in whole frames. */

const BELL_S = 5;
const LONGEST_OVER_SPEECH_S = 2;
const CLOSING_BELL_AFTER_S = 2.5;
const GUARD_S = 0.1;
const HOLD_S = 0.2;
export const CROSSFADE_S = 6;

const BY_PERSON = new Set(["mark", "silence"]);

/** Return how long a rest lasts under a wanted duration, in seconds. */
export function scaledRest(cue, scale, longest) {
  if (scale === 1 || BY_PERSON.has(cue.why)) return cue.s;
  return scale > 1 ? Math.min(cue.s * scale, Math.max(cue.s, longest)) : cue.s * scale;
}

/**
 * Return the places of all cues.
 *
 * facts(cue) gives {frames, lead, tail} of a phrase; settings are {rate, scale, longest, bell, closingBell}.
 * A place is {start, end}, in frames; that of a phrase has `from`, where its sound file begins.
 */
export function arrange(cues, facts, settings) {
  const { rate, scale = 1, longest = 15 } = settings;
  const frames = (s) => Math.round(s * rate);
  let sounded = 0;
  let free = 0;
  let began = 0;
  const places = new Array(cues.length);
  const clips = [];
  const tones = [];
  const backgrounds = [];
  cues.forEach((cue, index) => {
    let start = sounded;
    switch (cue.t) {
      case "say": {
        const { frames: length, lead, tail } = facts(cue);
        const from = Math.max(free, sounded - lead);
        start = from + lead;
        sounded = from + length - tail;
        free = from + length;
        began = start;
        clips.push({ index, cue, from, start, end: sounded });
        places[index] = { start, end: sounded, from };
        return;
      }
      case "rest":
        sounded += frames(scaledRest(cue, scale, longest));
        break;
      case "beat":
        sounded = Math.max(sounded, began + frames(cue.s));
        break;
      case "bell":
        if (settings.bell !== "none") tones.push({ tone: "bell", index, start, frames: frames(BELL_S) });
        break;
      case "breath":
        for (let n = 0; n < cue.n; n++) {
          for (const [tone, s] of [["in", cue.in_s], ["out", cue.out_s]]) {
            tones.push({ tone, index, start: sounded, frames: frames(s), s });
            sounded += frames(s);
          }
        }
        break;
      case "background":
        backgrounds.push({ name: cue.name, start });
        break;
    }
    places[index] = { start, end: sounded };
  });
  const total = Math.max(sounded, free);
  if (settings.closingBell !== "none") {
    const ends = [clips.at(-1)?.end ?? 0, tones.length ? tones.at(-1).start + tones.at(-1).frames : 0];
    const start = Math.max(...ends) + frames(CLOSING_BELL_AFTER_S);
    tones.push({ tone: "closing", index: cues.length - 1, start, frames: frames(BELL_S) });
  }
  return { rate, total, places, clips, tones: cutBells(tones, clips, total, rate), backgrounds };
}

function cutBells(tones, clips, total, rate) {
  const over = Math.round(LONGEST_OVER_SPEECH_S * rate);
  return tones
    .map((tone) => {
      let end = Math.min(tone.start + tone.frames, total);
      if (tone.tone === "bell") {
        const next = clips.find((clip) => clip.start >= tone.start);
        if (next) end = Math.min(end, next.start + over);
      }
      return { ...tone, whole: tone.frames, frames: end - tone.start };
    })
    .filter((tone) => tone.frames > 0);
}

/** The gain of the background at any frame, without its own level: down under speech, up in the pauses. */
export class BedEnvelope {
  constructor(timeline, soundscape, duckDb = () => 0) {
    this.timeline = timeline;
    const { rate, clips, total } = timeline;
    const f = (s) => Math.round(s * rate);
    const attack = f(soundscape.attack_s);
    const release = f(soundscape.release_s);
    const needed = f(soundscape.attack_s + soundscape.release_s + GUARD_S + HOLD_S);
    this.at = [];
    this.db = [];
    const corner = (frame, db) => {
      this.at.push(frame);
      this.db.push(db);
    };
    let first = 0;
    clips.forEach((clip, n) => {
      const last = n + 1 === clips.length;
      if (!last && clips[n + 1].start - clip.end < needed) return;
      let depth = 0;
      for (let k = first; k <= n; k++) depth = Math.min(depth, duckDb(clips[k].cue));
      const down = clips[first].start - f(GUARD_S);
      if (down >= attack) {
        corner(down - attack, soundscape.swell_db);
        corner(down, depth);
      } else corner(0, depth);
      const up = clip.end + f(HOLD_S);
      corner(up, depth);
      corner(up + release, soundscape.swell_db);
      first = n + 1;
    });
    if (!this.at.length) corner(0, soundscape.swell_db);
    const fades = soundscape.fade_in_s + soundscape.fade_out_s;
    const share = fades ? Math.min(1, total / rate / fades) : 1;
    this.fadeIn = f(soundscape.fade_in_s * share);
    this.fadeOut = f(soundscape.fade_out_s * share);
  }

  gain(frame) {
    const after = Math.min(Math.max(upperBound(this.at, frame), 1), Math.max(this.at.length - 1, 1));
    let db = this.db[0];
    if (this.at.length > 1) {
      const share = (frame - this.at[after - 1]) / Math.max(this.at[after] - this.at[after - 1], 1);
      db = this.db[after - 1] + (this.db[after] - this.db[after - 1]) * halfCosine(share);
    }
    let gain = 10 ** (db / 20);
    if (this.fadeIn && frame < this.fadeIn) gain *= halfCosine(frame / this.fadeIn);
    const left = this.timeline.total - frame;
    if (left < Math.max(this.fadeOut, 1)) gain *= this.fadeOut ? halfCosine(left / this.fadeOut) : +(left > 0);
    return gain;
  }

  /** Return the share of a background by its name at a frame: 1 while it alone is heard, 0 while it isn't. */
  share(name, frame) {
    const fade = CROSSFADE_S * this.timeline.rate;
    let share = name === "" ? 1 : 0;
    for (const change of this.timeline.backgrounds) {
      const coming = Math.sin(Math.min(Math.max((frame - change.start) / fade, 0), 1) * (Math.PI / 2));
      share = share * Math.sqrt(1 - coming ** 2) + (change.name === name ? coming : 0);
    }
    return share;
  }
}

/** The gain of everything: lower under phrases that are marked as quieter, and falling over the second half. */
export class FadeDown {
  constructor(timeline, pacing) {
    const { rate, clips } = timeline;
    this.total = Math.max(timeline.total, 1);
    this.ending = pacing.quieting_db;
    this.at = [0];
    this.db = [clips.length && clips[0].cue.quieter ? -pacing.quieter_db : 0];
    let level = this.db[0];
    let ended = 0;
    for (const clip of clips) {
      const target = clip.cue.quieter ? -pacing.quieter_db : 0;
      if (target !== level) {
        const step = Math.max(Math.min(1.5 * rate, clip.start - ended), 0);
        const begins = Math.max(ended + (clip.start - ended - step) / 2, this.at.at(-1));
        this.at.push(begins, begins + step);
        this.db.push(level, target);
      }
      level = target;
      ended = clip.end;
    }
    this.flat = !this.ending && this.db.every((db) => db === 0);
  }

  gain(frame) {
    if (this.flat) return 1;
    const after = upperBound(this.at, frame);
    let db = this.db[Math.min(after, this.db.length) - 1] ?? 0;
    if (after > 0 && after < this.at.length) {
      const share = (frame - this.at[after - 1]) / Math.max(this.at[after] - this.at[after - 1], 1);
      db = this.db[after - 1] + (this.db[after] - this.db[after - 1]) * share;
    }
    const late = Math.min(Math.max((frame / this.total - 0.5) * 2, 0), 1);
    return 10 ** ((db - this.ending * late) / 20);
  }
}

/** Return the index of the first value that is larger. */
export function upperBound(values, value) {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

const halfCosine = (share) => 0.5 - 0.5 * Math.cos(Math.PI * Math.min(Math.max(share, 0), 1));
