/** The whole episode as a strip: speech and silences along its time. A click or the arrows go there. */

import { clock, t } from "./words.js";

const STEP_S = 5;

export class StripMap {
  constructor(canvas, desk) {
    this.canvas = canvas;
    this.desk = desk;
    canvas.onclick = (event) => this._go(event);
    canvas.onkeydown = (event) => this._key(event);
    this.watch ??= new ResizeObserver(() => this.draw());
    this.watch.observe(canvas);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.draw());
  }

  /** Draw it before the next frame; however often that is asked for, once. */
  draw() {
    this.waiting ??= requestAnimationFrame(() => {
      this.waiting = null;
      this._draw();
    });
  }

  _draw() {
    const { canvas } = this;
    const { timeline } = this.desk.player;
    const { cues } = this.desk.doc;
    const ratio = devicePixelRatio || 1;
    const [width, height] = [canvas.clientWidth * ratio, canvas.clientHeight * ratio];
    if (!width || !timeline.total) return;
    const picture = document.createElement("canvas");
    [picture.width, picture.height] = [width, height];
    const pen = picture.getContext("2d");
    const colour = colours(canvas);
    const x = (frame) => (frame / timeline.total) * width;
    cues.forEach((cue, index) => {
      const place = timeline.places[index];
      if (!place) return;
      const wide = Math.max(x(place.end) - x(place.start), cue.t === "say" || cue.t === "rest" ? 0.5 : 2 * ratio);
      const shape = SHAPES[cue.t === "rest" ? `rest.${cue.why}` : cue.t] ?? SHAPES[cue.t === "rest" ? "rest" : "mark"];
      pen.fillStyle = colour(shape[0]);
      pen.fillRect(x(place.start), height * (0.5 - shape[1] / 2), wide, height * shape[1]);
    });
    this.picture = picture;
    canvas.setAttribute("aria-valuemax", String(Math.round(timeline.total / timeline.rate)));
    this.move(this.desk.player.now());
  }

  move(frame) {
    const { canvas, picture } = this;
    if (!picture) return;
    const { timeline } = this.desk.player;
    if (canvas.width !== picture.width || canvas.height !== picture.height) [canvas.width, canvas.height] = [picture.width, picture.height];
    const pen = canvas.getContext("2d");
    pen.clearRect(0, 0, canvas.width, canvas.height);
    pen.drawImage(picture, 0, 0);
    pen.fillStyle = getComputedStyle(canvas).color;
    pen.fillRect((frame / timeline.total) * canvas.width - 1, 0, 2 * (devicePixelRatio || 1), canvas.height);
    const s = Math.round(frame / timeline.rate);
    if (s === this.seconds) return;
    this.seconds = s;
    canvas.setAttribute("aria-valuenow", String(s));
    canvas.setAttribute("aria-valuetext", t("map.value", { at: clock(s), total: clock(timeline.total / timeline.rate) }));
  }

  _go(event) {
    const { player, score, doc } = this.desk;
    const box = this.canvas.getBoundingClientRect();
    player.seek(((event.clientX - box.left) / box.width) * player.timeline.total);
    const cue = doc.cues[player.indexAt(player.position)];
    if (cue && this.desk.view === "shape") score.select(cue.id, { focus: false });
  }

  _key(event) {
    const { player } = this.desk;
    const by = { ArrowRight: STEP_S, ArrowUp: STEP_S, ArrowLeft: -STEP_S, ArrowDown: -STEP_S, PageUp: 60, PageDown: -60 }[event.key];
    if (by === undefined && event.key !== " ") return;
    event.preventDefault();
    event.stopPropagation();
    if (event.key === " ") player.toggle();
    else player.seek(player.now() + by * player.timeline.rate);
  }
}

/** Return what resolves the page's colours, each once: a canvas doesn't know `light-dark`. */
function colours(canvas) {
  const probe = document.createElement("i");
  canvas.after(probe);
  probe.hidden = true;
  queueMicrotask(() => probe.remove());
  const known = new Map();
  return (name) => {
    if (!known.has(name)) {
      probe.style.color = `var(${name})`;
      known.set(name, getComputedStyle(probe).color);
    }
    return known.get(name);
  };
}

/** Colour and height of each kind: the strip can be read without colours as well. */
const SHAPES = {
  say: ["--ink", 0.9],
  breath: ["--breath", 0.6],
  mark: ["--accent", 1],
  chapter: ["--accent", 1],
  rest: ["--why-longer", 0.3],
  "rest.sentence": ["--why-short", 0.16],
  "rest.line": ["--why-short", 0.16],
  "rest.item": ["--why-short", 0.16],
  "rest.ellipsis": ["--why-short", 0.16],
  "rest.dash": ["--why-short", 0.16],
  "rest.question": ["--why-question", 0.5],
  "rest.before heading": ["--why-heading", 0.42],
  "rest.scene": ["--why-heading", 0.42],
  "rest.opening": ["--why-edge", 0.1],
  "rest.closing": ["--why-edge", 0.1],
  "rest.mark": ["--why-own", 0.42],
  "rest.silence": ["--why-own", 0.25],
};
