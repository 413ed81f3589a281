// The page of an episode: buttons, waveform, chapters, keys, and what is remembered.
const player = by("player"), audio = by("audio"), seek = by("seek"), small = by("small"), plays = [by("play"), by("small-play")];
const words = player.dataset, key = words.key, duration = Number(words.duration);
const waveWidth = by("wave").viewBox.baseVal.width;
const chapters = all(".chapters button").map((element) => ({
  element, start: Number(element.dataset.start), end: Number(element.dataset.end), name: element.querySelector(".name").textContent,
}));
const timer = sleepTimer();
const plain = plainSound(audio, duration), holds = given.holds;
let sound = plain, chapter = null, saved = 0, heardTo = 0, waiting = false;

const say = (text) => { by("said").textContent = text; };
const chapterAt = (time) => chapters.findLast(({ start }) => start <= time + 0.05) || null;
// Who moves on while it is to stop after the chapter means the chapter that they moved to.
const afterChapter = (time) => { const there = chapterAt(time); return there ? there.end - 0.3 : duration; };
const toggle = () => { sound.paused ? sound.play() : sound.pause(); };
function go(time) {
  sound.go(within(0, time, Math.max(0, duration - 0.2)));
  along.lookHere();
  if (timer.afterPlace) timer.setPlace(afterChapter(sound.time));
  show();
}
const playFrom = (time) => { go(time); sound.play(); };
const along = readAlong(document.body, playFrom);
const moveShown = (seconds) => go(sound.fromShown(sound.shown(sound.time) + seconds));

const tellSession = mediaSession(player, {
  play: () => sound.play(), pause: () => sound.pause(),
  seekbackward: () => moveShown(-15), seekforward: () => moveShown(15),
  seekto: ({ seekTime }) => go(sound.fromShown(seekTime)),
  previoustrack: () => step(-1), nexttrack: () => step(1),
});

function show() {
  const time = sound.time, shown = sound.shown(time);
  if (document.activeElement !== seek || !seek.matches(":active")) seek.value = Math.round(time);
  seek.setAttribute("aria-valuetext", fill(words.position, { time: clock(shown), duration: clock(sound.length) }));
  by("heard-part").setAttribute("width", String(waveWidth * time / duration));
  for (const name of ["now", "small-now"]) by(name).textContent = clock(shown);
  by("left").textContent = `−${clock(sound.length - shown)}`;
  by("from").textContent = fill(words.from, { time: clock(time) });
  const next = chapterAt(time);
  if (next !== chapter) {
    chapter?.element.removeAttribute("aria-current");
    next?.element.setAttribute("aria-current", "true");
    chapter = next;
    by("small-chapter").textContent = chapter ? chapter.name : words.title;
    // The title stands above already.
    by("chapter").textContent = chapter && chapter.name !== words.title ? chapter.name : "";
  }
  along.follow(time, !sound.paused);
  waitIfAsked(time);
  if (Math.abs(time - saved) >= 3) { saved = time; keepPlace(key, time, duration); }
  const softness = timer.softness(time);
  if (softness > 0) sound.soften(softness);
  else if (!sound.paused) { sound.pause(); stopTimer(); say(words.stopped); }
}
// In the silence after a question the page can wait for its listener.
function waitIfAsked(time) {
  const due = time - heardTo < 2 && by("waits").checked && !sound.paused && holds.some((hold) => hold > heardTo && hold <= time);
  heardTo = time;
  if (!due) return;
  if (sound.hold) sound.hold(); else sound.pause();
  waiting = true;
  say(words.tap);
}

function stopTimer() { timer.clear(); sound.soften(1); by("sleep").value = ""; }

function step(direction) {
  const index = chapters.indexOf(chapter), time = sound.time;
  const goal = direction > 0 ? chapters[index + 1] : chapters[time - (chapter ? chapter.start : 0) > 3 ? index : index - 1];
  if (goal) go(goal.start); else if (direction < 0) go(0);
}

let frame = 0;
function animate() {
  along.follow(sound.time, !sound.paused);
  waitIfAsked(sound.time);
  if (!sound.paused) frame = requestAnimationFrame(animate);
}
const tell = () => tellSession(sound.shown(sound.time), sound.length, Number(by("speed").value), !sound.paused);
function onPlay() {
  if (timer.ranOut(sound.time)) stopTimer();
  if (waiting) { waiting = false; say(""); }
  for (const button of plays) button.textContent = words.pause;
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(animate);
  tell();
}
function onPause() {
  for (const button of plays) button.textContent = words.play;
  keepPlace(key, sound.time, duration);
  show();
  tell();
}
function onEnd() {
  keepPlace(key, duration, duration);
  saved = 0;
  onPause();
  afterTheEnd();
}

audio.controls = false;
by("controls").hidden = false;
document.documentElement.classList.add("ready");
for (const element of all(".scripted")) element.hidden = false;
for (const name of ["timeupdate", "seeked", "loadedmetadata"]) audio.addEventListener(name, () => { if (sound === plain) show(); });
for (const name of ["seeked", "ratechange"]) audio.addEventListener(name, tell);
const ofPlain = (does) => () => { if (sound === plain) does(); };
audio.addEventListener("play", ofPlain(onPlay));
audio.addEventListener("pause", ofPlain(onPause));
audio.addEventListener("ended", ofPlain(onEnd));
const broken = () => { if (audio.error) say(words.broken); };
audio.addEventListener("error", broken);
broken();

function begin() {
  const asked = askedFor(), time = asked ? asked.time : placeOf(key);
  if (!time && !asked) return;
  go(time);
  say(fill(words.going, { time: clock(time) }));
  if (asked?.play) sound.play();
}
if (audio.readyState >= 1) begin(); else audio.addEventListener("loadedmetadata", begin, { once: true });
addEventListener("hashchange", () => { if (askedFor()) begin(); });
// Who leaves before the sound is there keeps the place of the last time.
addEventListener("pagehide", () => { if (audio.readyState >= 1) keepPlace(key, sound.time, duration); });

for (const button of plays) button.addEventListener("click", toggle);
// The player that is out of sight still has to be stopped.
new IntersectionObserver(([seen]) => { small.hidden = seen.isIntersecting; }).observe(plays[0]);
by("back").addEventListener("click", () => moveShown(-15));
by("forward").addEventListener("click", () => moveShown(15));
seek.addEventListener("input", () => go(Number(seek.value)));
const speed = by("speed"), usual = memory.get("speed");
if (all("option", speed).some(({ value }) => value === usual)) { speed.value = usual; sound.setSpeed(Number(usual)); }
speed.addEventListener("change", () => { sound.setSpeed(Number(speed.value)); memory.set("speed", speed.value); });
by("sleep").addEventListener("change", ({ target }) => {
  const wish = target.value;
  if (!wish) timer.clear(); else if (wish === "chapter") timer.setPlace(afterChapter(sound.time)); else timer.set(Number(wish));
  if (wish) sound.prepareFade();
  say(wish ? fill(words.stops, { when: target.selectedOptions[0].textContent }) : "");
  show();
});
by("waits").closest("label").hidden = !holds.length;
document.addEventListener("click", ({ target }) => {
  if (waiting && !target.closest("button, select, input, textarea, a, summary, label, [role=button]")) sound.play();
});

// “I have so many minutes”: from then on the words are laid anew over the background, where the page can fetch both.
const minutes = by("minutes");
let loading = false;
async function stretch() {
  if (loading) return;
  if (sound === plain) {
    loading = minutes.disabled = true;
    const context = new AudioContext();
    try {
      const sounds = await loadSounds(context, along.phrases, given.rests, words.voice, words.bed);
      const time = plain.time, playing = !plain.paused;
      await context.suspend();
      sound = elasticSound(context, sounds, given.rests, duration, { time: show, play: onPlay, pause: onPause, end: onEnd });
      plain.pause();
      sound.go(time);
      if (playing) sound.play(); else onPause();
      by("speed").value = "1";
      by("speed").disabled = true;
    } catch {
      context.close();
      by("have").hidden = true;
      return;
    } finally { loading = minutes.disabled = false; }
  }
  sound.last(Number(minutes.value) * 60);
}
if (given.elastic && window.AudioContext && location.protocol !== "file:") {
  const shortest = stretched(given.rests, duration, given.elastic, 0).length / 60, longest = stretched(given.rests, duration, given.elastic, Infinity).length / 60;
  const step = duration < 600 ? 0.5 : 1;
  Object.assign(minutes, { min: Math.ceil(shortest / step) * step, max: Math.floor(longest / step) * step, step });
  minutes.value = String(duration / 60);
  const tellMinutes = () => { by("minutes-now").textContent = fill(words.minutes, { minutes: minutes.value }); minutes.setAttribute("aria-valuetext", by("minutes-now").textContent); };
  tellMinutes();
  minutes.addEventListener("input", tellMinutes);
  minutes.addEventListener("change", stretch);
  by("have").hidden = false;
  window.audioBuilder = { stretched, renderElastic: (wanted) => renderElastic(wanted, words.voice, words.bed, along.phrases, given.rests, duration), get sound() { return sound; } };
}
for (const { element, start } of chapters) element.addEventListener("click", () => playFrom(start));
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.target.closest("textarea, summary")) return;
  if (event.target.closest("button, select, input, a, [role=button]") && !(event.target === seek && event.key === " ")) {
    if (event.key === " " || event.target.matches("select, input")) return;
  }
  const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
  if (event.key === " ") { event.preventDefault(); toggle(); }
  else if (direction) { event.preventDefault(); event.shiftKey ? step(direction) : moveShown(15 * direction); }
});

// A link to a moment, and a player for other pages. What lies in a folder has the address that it will have.
const address = () => `${(words.url || location.href).split("#")[0]}${by("at-moment").checked ? `#t=${Math.floor(sound.time)}` : ""}`;
by("copy-link").addEventListener("click", () => { by("link").value = address(); copy(address(), by("link"), () => say(words.copied)); });
by("at-moment").addEventListener("change", () => { by("link").value = address(); });
by("share").addEventListener("toggle", () => { by("link").value = address(); });
