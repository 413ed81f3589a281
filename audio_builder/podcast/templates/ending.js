// After the last word: a silence of the listener's choice, a bell, the questions with a field for one's own words, the next.
const field = by("own-words"), silence = by("silence");
let sitting = 0;

function bell(context = new AudioContext()) {
  const now = context.currentTime;
  for (const [ratio, level, seconds] of [[1, 0.5, 7], [2.01, 0.22, 5], [2.98, 0.14, 3.5], [5.42, 0.05, 1.6]]) {
    const tone = context.createOscillator(), gain = context.createGain();
    tone.frequency.value = 220 * ratio;
    gain.gain.setValueAtTime(0, now);
    gain.gain.linearRampToValueAtTime(level * 0.3, now + 0.008);
    gain.gain.exponentialRampToValueAtTime(1e-4, now + seconds);
    tone.connect(gain).connect(context.destination);
    tone.start(now);
    tone.stop(now + seconds);
    tone.onended = () => { if (ratio === 1) context.close(); };
  }
}

function afterTheEnd() {
  const minutes = Number(silence.value);
  if (!minutes) { leadOn(); return; }
  const until = Date.now() + minutes * 60000;
  clearInterval(sitting);
  const tick = () => {
    const rest = (until - Date.now()) / 1000;
    say(fill(words.inSilence, { time: clock(Math.max(0, rest + 0.5)) }));
    if (rest > 0) return;
    clearInterval(sitting);
    say("");
    if (window.AudioContext) bell();
    leadOn();
  };
  sitting = setInterval(tick, 1000);
  tick();
}

function leadOn() {
  const ending = by("ending"), quiet = matchMedia("(prefers-reduced-motion: reduce)").matches;
  ending.classList.add("now");
  ending.scrollIntoView({ block: "center", behavior: quiet ? "auto" : "smooth" });
}

const usualSilence = memory.get("silence");
if (all("option", silence).some(({ value }) => value === usualSilence)) silence.value = usualSilence;
silence.addEventListener("change", () => memory.set("silence", silence.value));
audio.addEventListener("play", () => clearInterval(sitting));
field.value = memory.get(`${key}:words`) || "";
field.addEventListener("input", () => memory.set(`${key}:words`, field.value || null));
by("save").addEventListener("click", () => {
  const questions = all(".questions li").map(({ textContent }) => `- ${textContent}\n`).join("");
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([`${words.title}\n\n${questions}${questions ? "\n" : ""}${field.value}\n`], { type: "text/plain;charset=utf-8" }));
  link.download = `${words.file}.txt`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
});
