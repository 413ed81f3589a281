// The player on somebody else's page: play, seek, time.
const audio = by("audio"), play = by("play"), seek = by("seek"), words = by("player").dataset, duration = Number(words.duration);
const tellSession = mediaSession(by("player"), {
  play: () => audio.play(), pause: () => audio.pause(), seekto: ({ seekTime }) => { audio.currentTime = seekTime; },
  seekbackward: () => { audio.currentTime -= 15; }, seekforward: () => { audio.currentTime += 15; },
});
function show() {
  const time = audio.currentTime;
  if (!seek.matches(":active")) seek.value = Math.round(time);
  seek.setAttribute("aria-valuetext", fill(words.position, { time: clock(time), duration: clock(duration) }));
  by("now").textContent = clock(time);
  by("left").textContent = `−${clock(duration - time)}`;
  play.textContent = audio.paused ? words.play : words.pause;
}
for (const name of ["timeupdate", "seeked", "play", "pause", "ended"]) audio.addEventListener(name, show);
for (const name of ["play", "pause"]) audio.addEventListener(name, () => tellSession(audio.currentTime, duration, 1, !audio.paused));
play.addEventListener("click", () => { audio.paused ? audio.play().catch(() => {}) : audio.pause(); });
seek.addEventListener("input", () => { audio.currentTime = Number(seek.value); });
const asked = askedFor();
if (asked) audio.currentTime = asked.time;
audio.controls = false;
by("controls").hidden = false;
show();
