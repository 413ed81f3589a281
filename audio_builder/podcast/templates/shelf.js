// The page of the show: each episode plays and goes on from here, search finds titles and words.
const shelf = by("episodes"), audio = by("audio"), bar = by("small"), seek = by("seek"), words = shelf.dataset;
const rows = all("li[data-key]", shelf).map((element) => ({
  element, key: element.dataset.key, duration: Number(element.dataset.duration), button: element.querySelector(".listen"), state: element.querySelector(".state"),
}));
let current = null, saved = 0, tellSession = () => {};

const isPlaying = (row) => row === current && !audio.paused;
function showRow(row) {
  const place = row === current ? audio.currentTime : placeOf(row.key);
  const label = isPlaying(row) ? words.pause : place > 5 && place < row.duration - 10 ? words.goOn : words.play;
  if (row.button.textContent !== label) row.button.textContent = label;
  row.button.setAttribute("aria-label", `${label}: ${row.element.dataset.title}`);
  row.element.toggleAttribute("data-current", row === current);
  const state = label === words.goOn ? clock(place) : heardOf(row.key) ? `✓ ${words.heard}` : "";
  if (row.state.textContent !== state) row.state.textContent = state;
}

function choose(row, time = placeOf(row.key)) {
  if (row !== current) {
    const before = current;
    if (before) keepPlace(before.key, audio.currentTime, before.duration);
    current = row;
    audio.src = row.element.dataset.src;
    seek.max = Math.ceil(row.duration);
    by("bar-title").textContent = row.element.dataset.title;
    by("bar-title").lang = row.element.dataset.language;
    bar.hidden = false;
    saved = 0;
    tellSession = mediaSession(row.element, {
      play: () => audio.play(), pause: () => audio.pause(),
      seekbackward: () => { audio.currentTime -= 15; }, seekforward: () => { audio.currentTime += 15; },
      seekto: ({ seekTime }) => { audio.currentTime = seekTime; },
      previoustrack: () => beside(-1), nexttrack: () => beside(1),
    });
    if (before) showRow(before);
  }
  audio.currentTime = time;
  show();
}
const speed = Number(memory.get("speed")) || 1;
function start() {
  audio.defaultPlaybackRate = audio.playbackRate = speed;
  audio.play().catch(() => {});
}
function beside(direction) {
  const shown = rows.filter(({ element }) => !element.hidden || element === current?.element);
  const goal = shown[shown.indexOf(current) + direction];
  if (goal) { choose(goal); start(); }
}

function show() {
  if (!current) return;
  const time = audio.currentTime;
  if (!seek.matches(":active")) seek.value = Math.round(time);
  seek.setAttribute("aria-valuetext", fill(words.position, { time: clock(time), duration: clock(current.duration) }));
  by("small-now").textContent = clock(time);
  by("small-left").textContent = `−${clock(current.duration - time)}`;
  by("small-play").textContent = audio.paused ? words.play : words.pause;
  by("bar-title").href = `${current.element.dataset.page}#t=${Math.floor(time)}${audio.paused ? "" : "&play"}`;
  const index = rows.indexOf(current);
  by("previous").disabled = index === 0;
  by("next").disabled = index === rows.length - 1;
  if (Math.abs(time - saved) >= 3) { saved = time; keepPlace(current.key, time, current.duration); }
  showRow(current);
}

for (const name of ["timeupdate", "seeked"]) audio.addEventListener(name, show);
for (const name of ["play", "pause"]) {
  audio.addEventListener(name, () => { show(); tellSession(audio.currentTime, current.duration, audio.playbackRate, !audio.paused); });
}
audio.addEventListener("pause", () => keepPlace(current.key, audio.currentTime, current.duration));
audio.addEventListener("ended", () => { keepPlace(current.key, current.duration, current.duration); show(); });
audio.addEventListener("error", () => { if (audio.getAttribute("src")) by("found").textContent = words.broken; });
addEventListener("pagehide", () => { if (current && audio.readyState >= 1) keepPlace(current.key, audio.currentTime, current.duration); });
addEventListener("pageshow", () => rows.forEach(showRow));
for (const row of rows) {
  row.button.addEventListener("click", () => {
    if (isPlaying(row)) { audio.pause(); return; }
    if (row !== current) choose(row);
    start();
  });
  for (const chapter of all(".chapter", row.element)) {
    chapter.addEventListener("click", () => { choose(row, Number(chapter.dataset.start)); start(); });
  }
  showRow(row);
}
by("small-play").addEventListener("click", () => { audio.paused ? start() : audio.pause(); });
by("previous").addEventListener("click", () => beside(-1));
by("next").addEventListener("click", () => beside(1));
seek.addEventListener("input", () => { audio.currentTime = Number(seek.value); });
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || event.target.closest("button, input, a, summary") || !current) return;
  event.preventDefault();
  audio.paused ? start() : audio.pause();
});

// Letters without their accents, all small: what somebody types finds what is written.
const folded = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
const kept = JSON.parse(by("kept-words")?.textContent || "[]");
const texts = rows.map(({ element }, index) => `${folded(element.dataset.title)} ${kept[index] || ""}`);
by("search").addEventListener("input", ({ target }) => {
  const terms = folded(target.value).split(/\s+/).filter(Boolean);
  let count = 0;
  rows.forEach(({ element }, index) => {
    element.hidden = !terms.every((term) => texts[index].includes(term));
    if (!element.hidden) count += 1;
  });
  by("found").textContent = terms.length ? fill(words.found, { count }) : "";
});

const copied = by("copy-feed");
copied?.addEventListener("click", () => copy(by("feed-address").value, by("feed-address"), () => { copied.textContent = words.copied; }));
document.documentElement.classList.add("ready");
all(".scripted").forEach((element) => { element.hidden = false; });
