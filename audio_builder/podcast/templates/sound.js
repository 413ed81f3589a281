// What every page has: small tools, what is kept in the browser, and the sound with its timer.
const by = (id) => document.getElementById(id);
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const within = (low, value, high) => Math.min(Math.max(value, low), high);
const fill = (text, parts) => text.replace(/{(\w+)}/g, (_, name) => parts[name]);

const clock = (seconds) => {
  const whole = Math.max(0, Math.floor(seconds)), s = String(whole % 60).padStart(2, "0"), m = Math.floor(whole / 60) % 60, h = Math.floor(whole / 3600);
  return h ? `${h}:${String(m).padStart(2, "0")}:${s}` : `${m}:${s}`;
};

// A page opened from a folder may not be allowed to keep anything; it plays all the same.
const memory = {
  get: (name) => { try { return localStorage.getItem(`audio-builder:${name}`); } catch { return null; } },
  set: (name, value) => {
    try { value === null ? localStorage.removeItem(`audio-builder:${name}`) : localStorage.setItem(`audio-builder:${name}`, value); } catch { /* not kept */ }
  },
};
const placeOf = (key) => Number(memory.get(key)) || 0;
const heardOf = (key) => memory.get(`${key}:heard`) !== null;

// Where somebody stopped is kept, but for the first and the last seconds; who comes that far has heard it.
function keepPlace(key, time, duration) {
  const almost = time >= duration - 10;
  memory.set(key, time > 5 && !almost ? time.toFixed(1) : null);
  if (almost && time > 0) memory.set(`${key}:heard`, "1");
}

// The moment that an address asks for: #t=75, #t=1:15, and with &play that it begins at once.
function askedFor() {
  const asked = new URLSearchParams(location.hash.slice(1)), text = asked.get("t");
  if (!text || !/^\d+(\.\d+)?$|^(\d+:)?\d{1,2}:\d{2}$/.test(text)) return null;
  return { time: text.split(":").reduce((sum, part) => sum * 60 + Number(part), 0), play: asked.has("play") };
}

// The sound of an <audio>; `elasticSound` has the same members. Times are those of the episode as it was made.
function plainSound(audio, duration) {
  let gain = null, context = null;
  const settable = () => { audio.volume = 0.5; const works = audio.volume === 0.5; audio.volume = 1; return works; };
  const fades = settable();
  return {
    length: duration,
    get time() { return audio.currentTime; },
    get paused() { return audio.paused; },
    // A refusal is reported by the error event, or by the button that still says Play.
    play: () => audio.play().catch(() => {}),
    pause: () => audio.pause(),
    go: (time) => { audio.currentTime = time; },
    shown: (time) => time,
    fromShown: (time) => time,
    setSpeed: (speed) => { audio.defaultPlaybackRate = audio.playbackRate = speed; },
    // On iOS the volume of an <audio> can't be set. Web Audio can fade it where the page has an address; it must be
    // opened by a tap. Elsewhere the sound stops without a fade.
    prepareFade: () => {
      if (fades || context || location.protocol === "file:" || !window.AudioContext) return;
      context = new AudioContext();
      context.resume().catch(() => {});
    },
    soften: (share) => {
      if (fades) { audio.volume = share; return; }
      if (!context || context.state !== "running") return;
      if (!gain && share < 1) {
        gain = context.createGain();
        context.createMediaElementSource(audio).connect(gain).connect(context.destination);
      }
      if (gain) gain.gain.value = share;
    },
  };
}

// Stops at a time of day or at a place of the sound, and fades before it: who falls asleep isn't woken by a silence.
function sleepTimer(fadeSeconds = 10) {
  let stopAt = null, stopAfter = null;
  return {
    get afterPlace() { return stopAfter !== null; },
    set: (minutes) => { stopAt = Date.now() + minutes * 60000; stopAfter = null; },
    setPlace: (time) => { stopAfter = time; stopAt = null; },
    clear: () => { stopAt = stopAfter = null; },
    // A timer that ran out while nothing played is over: the next Play is no sleeper's.
    ranOut: (time) => (stopAt !== null && Date.now() >= stopAt) || (stopAfter !== null && time >= stopAfter),
    softness: (time) => {
      const rest = Math.min(stopAt === null ? Infinity : (stopAt - Date.now()) / 1000, stopAfter === null ? Infinity : stopAfter - time);
      return within(0, rest / fadeSeconds, 1);
    },
  };
}

// What a lock screen, a headset or a car shows and can do.
function mediaSession(player, actions) {
  if (!("mediaSession" in navigator && "MediaMetadata" in window)) return () => {};
  const { title, artist, album } = player.dataset, picture = document.querySelector("img.cover");
  // Browsers take no picture from a folder.
  const artwork = picture?.src.startsWith("http") ? [{ src: picture.src, sizes: "440x440", type: "image/jpeg" }] : [];
  navigator.mediaSession.metadata = new MediaMetadata({ title, artist, album, artwork });
  for (const [action, does] of Object.entries(actions)) {
    try { navigator.mediaSession.setActionHandler(action, does); } catch { /* this browser has no such action */ }
  }
  return (position, duration, playbackRate, playing) => {
    navigator.mediaSession.playbackState = playing ? "playing" : "paused";
    if (navigator.mediaSession.setPositionState && duration > 0) {
      navigator.mediaSession.setPositionState({ duration, playbackRate, position: within(0, position, duration) });
    }
  };
}

// The button of a text beside it copies it; where that isn't allowed, the text is marked for Ctrl-C.
async function copy(text, field, say) {
  try {
    await navigator.clipboard.writeText(text);
    say();
  } catch {
    field.focus();
    field.select();
    if (document.execCommand("copy")) say();
  }
}
