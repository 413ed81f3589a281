
"use strict";
(() => {
  const by = (id) => document.getElementById(id);
  const player = by("player"), audio = by("audio"), seek = by("seek"), small = by("small"), plays = [by("play"), by("small-play")];
  const duration = Number(player.dataset.duration);
  const waveWidth = by("wave").viewBox.baseVal.width;
  const shared = "audio-builder:", key = shared + player.dataset.key;
  const timed = (selector) => [...document.querySelectorAll(selector)].map((element) => ({
    element, start: Number(element.dataset.start), end: Number(element.dataset.end),
  }));
  const chapters = timed(".chapters button"), phrases = timed("#words span[data-start]");
  const fadeSeconds = 10, lookingAroundSeconds = 8;
  let stopAt = null, stopAfter = null, current = null, chapter = null, saved = 0, lookedAround = -Infinity;

  const clock = (seconds) => {
    const whole = Math.max(0, Math.floor(seconds)), s = String(whole % 60).padStart(2, "0"), m = Math.floor(whole / 60) % 60, h = Math.floor(whole / 3600);
    return h ? `${h}:${String(m).padStart(2, "0")}:${s}` : `${m}:${s}`;
  };
  // A page opened from a folder may not be allowed to keep anything; it plays all the same.
  const remember = (value, name = key) => { try { value === null ? localStorage.removeItem(name) : localStorage.setItem(name, value); } catch { /* not kept */ } };
  const remembered = (name = key) => { try { return Number(localStorage.getItem(name)) || 0; } catch { return 0; } };
  const words = player.dataset, fill = (text, parts) => text.replace(/{(\w+)}/g, (_, name) => parts[name]);
  const say = (text) => { by("said").textContent = text; };
  const at = (list, time) => { let found = null; for (const one of list) { if (one.start <= time + 0.05) found = one; } return found; };
  const mark = (before, after) => {
    if (before) before.element.removeAttribute("aria-current");
    if (after) after.element.setAttribute("aria-current", "true");
  };
  // Who moves on while it is to stop after the chapter means the chapter that they moved to.
  const afterChapter = (time) => { const there = at(chapters, time); return there ? there.end - 0.3 : null; };
  const go = (time) => {
    audio.currentTime = Math.min(Math.max(0, time), Math.max(0, duration - 0.2));
    lookedAround = -Infinity;
    if (stopAfter !== null) stopAfter = afterChapter(audio.currentTime);
    show();
  };
  // A refusal is told by the error event, or by the button that still says Play.
  const start = () => { audio.play().catch(() => {}); };
  const toggle = () => { audio.paused ? start() : audio.pause(); };
  const quiet = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

  function show() {
    const time = audio.currentTime;
    if (document.activeElement !== seek || !seek.matches(":active")) seek.value = Math.round(time);
    seek.setAttribute("aria-valuetext", fill(words.position, { time: clock(time), duration: clock(duration) }));
    by("heard-part").setAttribute("width", String(waveWidth * time / duration));
    for (const name of ["now", "small-now"]) by(name).textContent = clock(time);
    by("left").textContent = `−${clock(duration - time)}`;
    const nextChapter = at(chapters, time);
    if (nextChapter !== chapter) {
      mark(chapter, nextChapter);
      chapter = nextChapter;
      for (const name of ["chapter", "small-chapter"]) by(name).textContent = chapter ? chapter.element.querySelector(".name").textContent : "";
    }
    const next = at(phrases, time);
    if (next !== current) {
      mark(current, next);
      for (const { element } of [current, phrases[0]].filter(Boolean)) element.tabIndex = -1;
      current = next;
      (current || phrases[0]).element.tabIndex = 0;
      const typing = document.activeElement && by("words").contains(document.activeElement);
      const looking = performance.now() - lookedAround < lookingAroundSeconds * 1000;
      if (current && !audio.paused && !typing && !looking) {
        const box = current.element.getBoundingClientRect();
        if (box.top < 60 || box.bottom > innerHeight - 90) current.element.scrollIntoView({ block: "center", behavior: quiet() ? "auto" : "smooth" });
      }
    }
    if (Math.abs(time - saved) >= 3) { saved = time; remember(time > 5 && time < duration - 10 ? time.toFixed(1) : null); }
    const rest = Math.min(stopAt === null ? Infinity : (stopAt - Date.now()) / 1000, stopAfter === null ? Infinity : stopAfter - time);
    // Who falls asleep isn't woken by a sudden silence.
    audio.volume = Math.min(1, Math.max(0, rest / fadeSeconds));
    if (rest <= 0) {
      audio.pause();
      audio.volume = 1;
      stopAt = stopAfter = null;
      by("sleep").value = "";
      say(words.stopped);
    }
  }

  function step(direction) {
    const index = chapters.indexOf(chapter), time = audio.currentTime;
    const goal = direction > 0 ? chapters[index + 1] : chapters[time - (chapter ? chapter.start : 0) > 3 ? index : index - 1];
    if (goal) go(goal.start); else if (direction < 0) go(0);
  }

  audio.controls = false;
  by("controls").hidden = false;
  document.documentElement.classList.add("ready");
  for (const name of ["timeupdate", "seeked", "loadedmetadata"]) audio.addEventListener(name, show);
  audio.addEventListener("play", () => { for (const button of plays) button.textContent = words.pause; });
  audio.addEventListener("pause", () => { for (const button of plays) button.textContent = words.play; });
  audio.addEventListener("ended", () => { remember(null); saved = 0; });
  const broken = () => say(words.broken);
  audio.addEventListener("error", broken);
  if (audio.error) broken();
  audio.addEventListener("loadedmetadata", () => { const time = remembered(); if (time) { go(time); say(fill(words.going, { time: clock(time) })); } }, { once: true });
  for (const button of plays) button.addEventListener("click", toggle);
  // The player that is out of sight still has to be stopped.
  new IntersectionObserver(([seen]) => { small.hidden = seen.isIntersecting; }).observe(plays[0]);
  for (const name of ["wheel", "touchmove"]) addEventListener(name, () => { lookedAround = performance.now(); }, { passive: true });
  by("back").addEventListener("click", () => go(audio.currentTime - 15));
  by("forward").addEventListener("click", () => go(audio.currentTime + 15));
  seek.addEventListener("input", () => go(Number(seek.value)));
  const speed = by("speed"), setSpeed = () => { audio.defaultPlaybackRate = audio.playbackRate = Number(speed.value); };
  const usual = remembered(`${shared}speed`);
  if ([...speed.options].some((option) => Number(option.value) === usual)) { speed.value = String(usual); setSpeed(); }
  speed.addEventListener("change", () => { setSpeed(); remember(speed.value, `${shared}speed`); });
  by("sleep").addEventListener("change", (event) => {
    const wish = event.target.value;
    stopAt = wish && wish !== "chapter" ? Date.now() + Number(wish) * 60000 : null;
    stopAfter = wish === "chapter" ? afterChapter(audio.currentTime) : null;
    say(wish ? fill(words.stops, { when: event.target.selectedOptions[0].textContent }) : "");
    show();
  });
  for (const one of chapters) one.element.addEventListener("click", () => { go(one.start); start(); });
  for (const one of phrases) {
    one.element.setAttribute("role", "button");
    one.element.tabIndex = -1;
    one.element.addEventListener("click", () => { go(one.start); start(); });
  }
  if (phrases[0]) phrases[0].element.tabIndex = 0;
  by("words").addEventListener("keydown", (event) => {
    const index = phrases.findIndex(({ element }) => element === event.target);
    if (index < 0) return;
    const goal = phrases[index + (event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0)];
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && goal) { event.preventDefault(); goal.element.focus(); }
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); event.target.click(); }
  });
  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("button, select, input, a, summary, [role=button]") && !(event.target === seek && event.key === " ")) {
      if (event.key === " " || event.target.matches("select, input")) return;
    }
    const direction = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (event.key === " ") { event.preventDefault(); toggle(); }
    else if (direction) { event.preventDefault(); event.shiftKey ? step(direction) : go(audio.currentTime + 15 * direction); }
  });
  if ("mediaSession" in navigator && "MediaMetadata" in window) {
    navigator.mediaSession.metadata = new MediaMetadata({ title: player.dataset.title, artist: player.dataset.artist });
    for (const [action, move] of [["seekbackward", -15], ["seekforward", 15]]) {
      navigator.mediaSession.setActionHandler(action, () => go(audio.currentTime + move));
    }
  }
  show();
})();
