/** The page as a whole: which view is shown, what the keys do, and what the server says has changed. */

import { showBegin } from "./begin.js";
import { Choose } from "./choose.js";
import { Inspector } from "./inspect.js";
import { Player, renderStretch } from "./listen.js";
import { MakeView } from "./make.js";
import { StripMap } from "./map.js";
import { Doc } from "./model.js";
import { ask, inWords, projectPath, read } from "./net.js";
import { Score } from "./score.js";
import { ShowView } from "./show.js";
import { LANGUAGES, chosenLanguage, clock, loadWords, make, setLanguage, t } from "./words.js";
import { wordsPanel } from "./sayright.js";
import { Sounds } from "./sounds.js";
import { takePanel } from "./takes.js";

const ASK_MS = 1500;
const $ = (id) => document.getElementById(id);
let desk = null;

async function start() {
  await loadWords();
  const names = new Intl.DisplayNames([chosenLanguage()], { type: "language" });
  const own = (tag) => new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? names.of(tag);
  $("language").append(...LANGUAGES.map((tag) => make("option", { value: tag, selected: tag === chosenLanguage(), lang: tag }, own(tag))));
  $("language").addEventListener("change", async (event) => {
    await setLanguage(event.target.value);
    if (desk) desk.redraw();
    else route();
  });
  $("home").addEventListener("click", () => (location.hash = ""));
  for (const tab of document.querySelectorAll("[data-view]")) tab.addEventListener("click", () => show(tab.dataset.view));
  addEventListener("hashchange", route);
  addEventListener("keydown", keys);
  addEventListener("beforeunload", (event) => {
    if (!desk?.doc.isDirty) return;
    desk.doc.keepDraft();
    desk.doc.save();
    event.preventDefault();
  });
  setInterval(askState, ASK_MS);
  await route();
}

async function route() {
  const asked = new URLSearchParams(location.hash.slice(1)), name = asked.get("project"), view = asked.get("view") ?? "shape";
  if (desk && desk.doc.name === name) return;
  if (desk) await leave();
  if (!name) {
    $("title").textContent = t("begin.title");
    document.title = t("studio");
    chrome(false);
    reveal("begin");
    await guarded(() => showBegin($("view-begin"), { open: openProject, say }));
    return;
  }
  await guarded(async () => {
    const [data, options] = await Promise.all([read(projectPath(name)), read("/api/choices")]);
    await open(data, options, view);
  });
}

function openProject(name, view) {
  location.hash = `project=${encodeURIComponent(name)}${view ? `&view=${view}` : ""}`;
}

async function leave() {
  await desk.doc.save();
  desk.player.pause();
  desk = null;
}

function chrome(on) {
  for (const id of ["tabs", "transport", "undo", "redo"]) $(id).hidden = !on;
  $("saved").textContent = "";
  if (!on) say(null);
}

async function open(data, options, view) {
  const doc = new Doc(data);
  takeDraft(doc);
  const sounds = new Sounds(doc);
  const player = new Player(doc, sounds);
  const score = new Score(doc, freshRoot("score"));
  desk = { doc, sounds, player, score, options, hearPhrase, hearEdge, setRecipe, say, askState, show, takeRecipe };
  desk.wordsOf = (cue) => wordsPanel(desk, cue);
  desk.takeOf = (cue) => takePanel(desk, cue);
  desk.inspector = new Inspector(freshRoot("inspector"), desk);
  desk.map = new StripMap($("map"), desk);
  desk.views = { choose: new Choose($("view-choose"), desk), make: new MakeView($("view-make"), desk), show: new ShowView($("view-show"), desk) };
  desk.redraw = () => {
    score.blocks.clear();
    score.root.replaceChildren();
    score.draw();
    desk.inspector.shown = null;
    desk.inspector.draw();
    show(desk.view);
  };
  window.studio = { desk, renderStretch }; // For whoever looks at the page from outside, such as its tests.
  $("title").textContent = doc.facts.title || doc.name;
  document.title = `${doc.facts.title || doc.name} – ${t("studio")}`;
  wire();
  chrome(true);
  show(["choose", "make", "show"].includes(view) ? view : "shape");
  showTotal();
  askState();
}

/** Return an element without what listened to it before. */
function freshRoot(id) {
  const fresh = $(id).cloneNode(false);
  $(id).replaceWith(fresh);
  return fresh;
}

function takeDraft(doc) {
  const draft = doc.draft();
  if (!draft) return;
  if (draft.base !== doc.version) {
    say(t("draft.other"), [
      [t("draft.mine"), () => { say(null); apply(doc, draft); }],
      [t("draft.forget"), () => { say(null); doc.forgetDraft(); }],
    ]);
    return;
  }
  setTimeout(() => apply(doc, draft), 0);
}

function apply(doc, draft) {
  let id = -1;
  doc.edit(() => draft.cues.map((cue) => ({ ...cue, id: id-- })));
  if (draft.base === doc.version) say(t("draft.back"));
}

function wire() {
  const { doc, player, score, sounds } = desk;
  const here = desk;
  const ifHere = (act) => (...given) => desk === here && act(...given);
  doc.addEventListener("state", ifHere(showSaved));
  player.addEventListener("state", ifHere(showPlaying));
  player.addEventListener("timeline", ifHere(showTotal));
  player.addEventListener("moved", ifHere(showClock));
  player.addEventListener("trouble", ifHere((event) => trouble(event.detail)));
  score.addEventListener("drag", ifHere((event) => {
    const cue = score.cue(event.detail.id);
    $("total").textContent = clock(player.timeline.total / sounds.rate + event.detail.s - cue.s);
  }));
  score.addEventListener("select", ifHere(() => {
    if (player.isOn || !score.selected) return;
    player.position = player.timeline.places[score.index.get(score.selected)]?.start ?? 0;
    player.warm();
    showClock();
  }));
  $("play").onclick = () => player.toggle();
  $("back").onclick = () => phraseStep(-1);
  $("forward").onclick = () => phraseStep(1);
  $("undo").onclick = () => doc.undo();
  $("redo").onclick = () => doc.redo();
}

function show(view) {
  desk.scrolled ??= {};
  if (desk.view) desk.scrolled[desk.view] = $("main").scrollTop;
  desk.view = view;
  for (const tab of document.querySelectorAll("[data-view]")) {
    if (tab.dataset.view === view) tab.setAttribute("aria-current", "page");
    else tab.removeAttribute("aria-current");
  }
  reveal(view);
  guarded(() => desk.views[view]?.draw());
  $("main").scrollTop = desk.scrolled[view] ?? 0;
  if (view === "shape") desk.map.draw();
}

function reveal(view) {
  for (const section of document.querySelectorAll(".view")) section.hidden = section.id !== `view-${view}`;
}

// --- what is shown all the time ---

function showSaved() {
  const { doc } = desk;
  $("saved").textContent = t(`saved.${doc.state}`);
  $("saved").dataset.state = doc.state;
  $("undo").disabled = !doc.done.length;
  $("redo").disabled = !doc.undone.length;
  if (doc.state === "conflict") conflict();
  if (doc.state === "unsaved" && doc.error.message) say(`${doc.error.message}. ${doc.error.hint}`);
  if (doc.state === "unsaved" && !doc.error.message) say(t("lost"));
  if (doc.state === "saved" && $("notice").dataset.kind !== "keep") say(null);
}

function conflict() {
  const { doc } = desk;
  say(t("conflict"), [
    [t("conflict.mine"), async () => {
      const kept = await doc.keepMine();
      say(t("conflict.kept", { file: kept }), [], "keep");
    }],
    [t("conflict.theirs"), async () => {
      doc.reload(await read(projectPath(doc.name)));
      doc.forgetDraft();
      say(t("conflict.undo"), [], "keep");
    }],
  ]);
}

function showPlaying() {
  const { player } = desk;
  $("play").textContent = { playing: "❚❚", waiting: "…" }[player.state] ?? "▶";
  $("play").setAttribute("aria-label", t(player.isOn ? "pause" : "play"));
  if (player.state === "playing") requestAnimationFrame(follow);
  else showClock();
}

function follow() {
  if (!desk || desk.player.state !== "playing") return;
  showClock();
  requestAnimationFrame(follow);
}

function showClock() {
  const { player, score, sounds, doc } = desk;
  const frame = player.now();
  const text = clock(frame / sounds.rate);
  if ($("at").textContent !== text) $("at").textContent = text;
  const cue = doc.cues[player.indexAt(frame)];
  if (player.state === "playing" && cue) score.showNow(cue.id, desk.view === "shape");
  desk.map.move(frame);
}

function showTotal() {
  const { player, sounds } = desk;
  $("total").textContent = clock(player.timeline.total / sounds.rate);
  desk.map.draw();
  showClock();
}

/** Show a notice with what can be done; null takes it away. */
function say(text, actions = [], kind = "") {
  $("notice").hidden = text === null;
  $("notice").dataset.kind = kind;
  if (text === null) return $("notice").replaceChildren();
  const close = make("button", { type: "button", class: "icon", "aria-label": t("close"), onclick: () => say(null) }, "×");
  const buttons = actions.map(([name, act]) => make("button", { type: "button", onclick: () => guarded(act) }, name));
  $("notice").replaceChildren(make("p", {}, text), make("span", { class: "row" }, ...buttons, close));
}

function trouble(error) {
  if (error.status === undefined) console.error(error);
  const text = error.status === 0 ? t("lost") : inWords(error);
  say(text);
}

async function guarded(act) {
  try {
    return await act();
  } catch (error) {
    trouble(error);
    return null;
  }
}

// --- hearing one thing ---

function hearPhrase(cue) {
  const { player, score } = desk;
  const place = player.timeline.places[score.index.get(cue.id)];
  player.play(place.from ?? place.start, place.end + 0.3 * player.timeline.rate);
}

/** Hear the end of what comes before a silence, the silence, and the beginning of what follows. */
function hearEdge(cue) {
  const { player, score } = desk;
  const place = player.timeline.places[score.index.get(cue.id)];
  const { rate } = player.timeline;
  player.play(Math.max(0, place.start - 1.5 * rate), place.end + 2 * rate);
}

function phraseStep(by) {
  const { player, score, doc } = desk;
  const from = player.isOn ? doc.cues[player.indexAt()].id : score.selected ?? doc.cues[0].id;
  const cue = score.phrase(by, from);
  if (!cue) return;
  score.select(cue.id);
  const place = player.timeline.places[score.index.get(cue.id)];
  if (player.isOn) player.play(place.from);
  else player.seek(place.from);
}

// --- settings ---

async function setRecipe(changes) {
  const answer = await ask("PATCH", `${projectPath(desk.doc.name)}/recipe`, { changes });
  takeRecipe(answer.recipe, answer.lengths);
}

function takeRecipe(recipe, lengths) {
  const { doc, sounds, player } = desk;
  const spoken = (one) => [one.voice, one.quote_voice, one.lexicon, one.pacing.wpm, one.pacing.slower_share, one.mastering.sample_rate_hz].join("|");
  const changed = spoken(recipe) !== spoken(doc.recipe);
  const wasOn = player.isOn;
  doc.recipe = recipe;
  doc.lengths = lengths ?? doc.lengths;
  player.bedAsked = false;
  if (changed) sounds.forget();
  player.changed();
  if (wasOn) player.play(player.now());
}

// --- what the server knows ---

async function askState() {
  const here = desk;
  if (!here || document.visibilityState === "hidden") return;
  const asked = here.doc.version;
  let state;
  try {
    state = await read(`${projectPath(here.doc.name)}/state`);
  } catch (error) {
    if (error.status === 0) $("saved").textContent = t("saved.away");
    return;
  }
  if (desk !== here) return;
  const { doc, sounds } = here;
  if ($("saved").textContent === t("saved.away")) {
    showSaved();
    if (doc.isDirty) doc.save();
  }
  if (here.recipeMark && here.recipeMark !== state.recipe && !here.setting) {
    const data = await read(projectPath(doc.name));
    takeRecipe(data.recipe, data.lengths);
  }
  here.recipeMark = state.recipe;
  // What was asked before the page saved is old news: to read it again would end what is being typed.
  if (asked === doc.version && state.version !== asked && !doc.isDirty && !doc.saving) {
    doc.reload(await read(projectPath(doc.name)));
    say(t("changed.outside"), [], "keep");
  }
  if (state.mix && (state.mix !== here.mixSeen || !sounds.mix?.version) && state.planned === doc.version) {
    here.mixSeen = state.mix;
    await guarded(() => sounds.takeMix(state.planned, state.recipe));
  }
  $("speaking").textContent = state.speaking && state.speaking[1] ? t("speaking", { done: state.speaking[0], total: state.speaking[1] }) : "";
  if (state.problem && state.problem.error !== here.problemSeen) say([state.problem.error, state.problem.hint].filter(Boolean).join(". "), [], "keep");
  here.problemSeen = state.problem?.error;
  here.state = state;
  here.views.make.update(state);
  here.views.choose.update(state);
}

// --- keys for everything ---

function keys(event) {
  if (!desk || event.defaultPrevented) return;
  const { doc, player, score } = desk;
  const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
  const command = event.ctrlKey || event.metaKey;
  if (command && event.key.toLowerCase() === "z" && !typing) {
    event.preventDefault();
    if (event.shiftKey) doc.redo();
    else doc.undo();
  } else if (command && event.key.toLowerCase() === "y" && !typing) {
    event.preventDefault();
    doc.redo();
  } else if (command && event.key.toLowerCase() === "s") {
    event.preventDefault();
    doc.save();
  } else if (!typing && !command && !event.altKey) {
    const onButton = event.target.closest?.("button, summary, a, [role=slider]#map");
    const inScore = score.root.contains(event.target);
    if (event.key === " " && (!onButton || inScore)) {
      event.preventDefault();
      const place = inScore && !player.isOn ? player.timeline.places[score.index.get(score.selected)] : null;
      player.toggle(place ? place.from ?? place.start : undefined);
    } else if (event.key === "[") phraseStep(-1);
    else if (event.key === "]") phraseStep(1);
    else if (event.key === "p" && score.cue(score.selected)?.t === "say") hearPhrase(score.cue(score.selected));
    else if (event.key === "e" && score.selected) hearEdge(score.cue(score.selected));
    else if (event.key === "x") desk.views.choose.swap();
    else if (event.key === "?") help();
  }
}

function help() {
  const rows = t("help.rows").split("\n").map((line) => line.split(" – "));
  const close = make("button", { type: "button", class: "primary", onclick: () => $("help").close() }, t("close"));
  $("help").replaceChildren(
    make("h2", { id: "help-title" }, t("help.title")),
    make("dl", {}, ...rows.flatMap(([key, about]) => [make("dt", {}, key), make("dd", {}, about ?? "")])),
    close,
  );
  $("help").showModal();
}

start();
