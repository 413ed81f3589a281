/** The beginning: drop texts, paste one, or go on with a project. */

import { ask, inWords, projectPath, read } from "./net.js";
import { stageOf } from "./make.js";
import { make, number, t } from "./words.js";

const MOST_FILES = 50;
const ASK_MS = 1500;

export async function showBegin(root, desk) {
  const list = make("div", { class: "cards", id: "cards" });
  const fresh = make("div", { class: "cards", id: "fresh", "aria-live": "polite" });
  const queue = make("div", { class: "job", id: "queue" });
  root.replaceChildren(make("div", { class: "begin" }, welcome(), drop(fresh, desk), fresh, queue), list);
  const home = await read("/api/home");
  if (home.shows.length) list.append(make("h2", {}, t("begin.shows")), ...home.shows.map((show) => showOf(show, desk)));
  if (home.projects.length) list.append(make("h2", {}, t("begin.projects")), ...home.projects.map((card) => cardOf(card, desk)));
  list.append(make("p", { class: "soft" }, t("begin.folder", { folder: home.folder })));
  await follow(queue);
}

/** Show what is being made and what waits, until nothing does. */
async function follow(queue) {
  const jobs = (await read("/api/jobs")).filter(({ state }) => state === "running" || state === "waiting");
  const [now] = jobs;
  const stop = () => Promise.all(jobs.map(({ project }) => ask("DELETE", `${projectPath(project)}/build`))).then(() => follow(queue));
  const parts = now ? [
    make("p", {}, `${now.project}: ${stageOf(now)}${jobs.length > 1 ? ` – ${t("begin.waiting", { n: jobs.length - 1 })}` : ""}`),
    make("progress", { max: "1", value: now.share, "aria-label": t("make.progress") }),
    queue.querySelector("button") ?? make("button", { type: "button" }, t("make.stop")),
  ] : [];
  queue.replaceChildren(...parts);
  if (!now) return;
  queue.querySelector("button").onclick = stop;
  clearTimeout(queue.asking);
  queue.asking = setTimeout(() => queue.isConnected && follow(queue).catch(() => {}), ASK_MS);
}

/** Have all of some projects made, one after the other. */
function makeAll(cards) {
  return make("button", { type: "button", class: "primary", id: "make-all", onclick: async (event) => {
    event.target.disabled = true;
    for (const { name } of cards) await ask("POST", `${projectPath(name)}/build`);
    await follow(document.getElementById("queue"));
  } }, t("begin.all", { n: cards.length }));
}

const showOf = ({ title, episodes, project }, desk) => make("article", { class: "card" },
  make("h3", {}, make("button", { type: "button", class: "link", onclick: () => desk.open(project, "show") }, title)),
  make("p", { class: "soft" }, `${t("show.episodes")}: ${number(episodes)}`));

const welcome = () => make("p", { class: "soft" }, t("begin.about"));

function drop(fresh, desk) {
  const picker = make("input", { type: "file", multiple: true, id: "picker", class: "hidden", "aria-label": t("begin.choose"), tabindex: "-1" });
  const text = make("textarea", { rows: "6", placeholder: t("begin.paste"), "aria-label": t("begin.paste"), id: "paste" });
  const go = make("button", { type: "button", class: "primary", id: "begin-pasted", disabled: true }, t("begin.go"));
  const zone = make("div", { class: "drop", id: "drop" },
    make("p", { class: "big" }, t("begin.drop")),
    make("p", { class: "soft" }, t("begin.kinds")),
    make("button", { type: "button", onclick: () => picker.click() }, t("begin.choose")),
    picker);
  text.addEventListener("input", () => (go.disabled = !/[\p{L}\p{N}]/u.test(text.value)));
  go.addEventListener("click", async () => {
    go.disabled = true;
    const card = await begin(new Blob([text.value]), "text.md", fresh, desk);
    if (card) desk.open(card.name);
    go.disabled = false;
  });
  picker.addEventListener("change", () => take([...picker.files], fresh, desk));
  zone.addEventListener("dragover", (event) => {
    event.preventDefault();
    zone.classList.add("over");
  });
  zone.addEventListener("dragleave", () => zone.classList.remove("over"));
  zone.addEventListener("drop", async (event) => {
    event.preventDefault();
    zone.classList.remove("over");
    take(await filesOf(event.dataTransfer), fresh, desk);
  });
  return make("div", { class: "ways" }, zone, make("div", { class: "paste" }, text, go));
}

/** Return the files that were dropped, those in folders too. */
async function filesOf(transfer) {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  if (!entries.some((entry) => entry.isDirectory)) return [...transfer.files];
  const files = [];
  const visit = async (entry) => {
    if (files.length >= MOST_FILES) return;
    if (entry.isFile) files.push(await new Promise((done, fail) => entry.file(done, fail)));
    else {
      const reader = entry.createReader();
      for (let more = true; more; ) {
        const found = await new Promise((done, fail) => reader.readEntries(done, fail));
        for (const one of found) if (!one.name.startsWith(".")) await visit(one);
        more = found.length > 0;
      }
    }
  };
  for (const entry of entries) await visit(entry);
  return files;
}

async function take(files, fresh, desk) {
  const some = files.slice(0, MOST_FILES);
  if (files.length > MOST_FILES) desk.say(t("begin.many", { n: MOST_FILES }));
  const cards = [];
  for (const file of some) cards.push(await begin(file, file.name, fresh, desk));
  const begun = cards.filter(Boolean);
  if (begun.length > 1) fresh.append(makeAll(begun));
  if (some.length === 1 && begun[0] && !begun[0].notes.length && !begun[0].fit) desk.open(begun[0].name);
}

async function begin(content, name, fresh, desk) {
  const waiting = make("div", { class: "card" }, make("p", {}, t("begin.reading", { name })));
  fresh.append(waiting);
  try {
    const card = await ask("POST", "/api/projects", content, { name });
    const done = cardOf(card, desk);
    done.append(make("button", { type: "button", class: "primary", onclick: () => desk.open(card.name) }, t("begin.go")));
    waiting.replaceWith(done);
    return card;
  } catch (error) {
    const said = error.status === 0 ? t("lost") : inWords(error);
    waiting.replaceChildren(make("p", {}, make("strong", {}, name)), make("p", { class: "warn", role: "alert" }, said));
    return null;
  }
}

function cardOf(card, desk) {
  const facts = [card.length && t("card.length", { length: card.length, words: number(card.words) }), card.language, card.voice].filter(Boolean);
  return make("article", { class: "card" },
    make("h3", {}, make("button", { type: "button", class: "link", onclick: () => desk.open(card.name) }, card.title)),
    make("p", { class: "soft" }, facts.join(" · ")),
    card.length && make("img", { class: "picture", src: `${projectPath(card.name)}/picture.svg`, alt: t("card.picture"), loading: "lazy" }),
    card.fit && make("p", { class: "warn" }, card.fit),
    card.problem && make("p", { class: "warn" }, card.problem),
    ...(card.notes ?? []).map((note) => make("p", { class: "soft" }, note)));
}
