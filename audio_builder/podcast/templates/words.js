// The words that follow the sound: a phrase is marked, and in it the word that is heard; a tap plays from there.
function readAlong(root, onTap) {
  const lookingAroundSeconds = 8;
  const phrases = all("span[data-start]", root).map((element) => ({
    element, start: Number(element.dataset.start), end: Number(element.dataset.end), words: null,
  }));
  let current = null, word = null, lookedAround = -Infinity;

  // The last of what begins by then; a little early, as eyes are.
  const at = (list, time) => {
    let low = 0, high = list.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (list[middle].start <= time + 0.05) low = middle + 1; else high = middle;
    }
    return list[low - 1] || null;
  };

  // A phrase gets an element for each word only when it is heard or tapped: hours of words are quick to open.
  function split(phrase) {
    if (phrase.words) return phrase.words;
    const numbers = (phrase.element.dataset.words || "").split(" ").filter(Boolean).map(Number);
    const text = phrase.element.textContent, parts = [];
    for (let index = 0; index < numbers.length; index += 2) parts.push({ at: numbers[index], start: phrase.start + numbers[index + 1] });
    phrase.words = parts.map(({ at: begin, start }, index) => {
      const end = index + 1 < parts.length ? parts[index + 1].at : text.length, whole = text.slice(begin, end);
      const element = document.createElement("i");
      element.textContent = whole.trimEnd();
      return { element, start, after: whole.slice(whole.trimEnd().length) };
    });
    if (phrase.words.length) phrase.element.replaceChildren(text.slice(0, parts[0].at), ...phrase.words.flatMap(({ element, after }) => [element, after]));
    return phrase.words;
  }

  const light = (next) => {
    if (next === word) return;
    word?.element.classList.remove("lit");
    next?.element.classList.add("lit");
    word = next;
    if (next) keepInView(next.element);
  };

  function keepInView(element) {
    const typing = root.contains(document.activeElement) && document.activeElement.matches("span[data-start]");
    if (typing || !following || performance.now() - lookedAround < lookingAroundSeconds * 1000) return;
    const box = element.getBoundingClientRect();
    if (box.top >= 60 && box.bottom <= innerHeight - 90) return;
    const quiet = matchMedia("(prefers-reduced-motion: reduce)").matches;
    element.scrollIntoView({ block: "center", behavior: quiet ? "auto" : "smooth" });
  }

  let following = false;
  function follow(time, playing) {
    following = playing;
    const next = at(phrases, time);
    if (next !== current) {
      current?.element.removeAttribute("aria-current");
      next?.element.setAttribute("aria-current", "true");
      for (const phrase of [current, phrases[0]]) if (phrase) phrase.element.tabIndex = -1;
      if (next || phrases[0]) (next || phrases[0]).element.tabIndex = 0;
      current = next;
      if (next && !(next.element.dataset.words)) keepInView(next.element);
    }
    light(current && time <= current.end + 0.1 ? at(split(current), time) : null);
  }

  for (const phrase of phrases) {
    phrase.element.setAttribute("role", "button");
    phrase.element.tabIndex = -1;
    phrase.element.addEventListener("click", (event) => {
      split(phrase);
      const hit = event.clientX || event.clientY ? document.elementFromPoint(event.clientX, event.clientY) : null;
      const tapped = phrase.words.find(({ element }) => element === hit);
      onTap(tapped ? tapped.start : phrase.start);
    });
  }
  if (phrases[0]) phrases[0].element.tabIndex = 0;
  root.addEventListener("keydown", (event) => {
    const index = phrases.findIndex(({ element }) => element === event.target);
    if (index < 0) return;
    const goal = phrases[index + ({ ArrowDown: 1, ArrowUp: -1 }[event.key] || 0)];
    if ((event.key === "ArrowDown" || event.key === "ArrowUp") && goal) { event.preventDefault(); goal.element.focus(); }
    if (event.key === "Enter" || event.key === " ") { event.preventDefault(); onTap(phrases[index].start); }
  });
  for (const name of ["wheel", "touchmove"]) addEventListener(name, () => { lookedAround = performance.now(); }, { passive: true });
  return { follow, phrases, lookHere: () => { lookedAround = -Infinity; } };
}
