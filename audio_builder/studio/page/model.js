/** The script on the page: cues that never change in place, each edit a new list, so that undo is a list of lists. */

import { ask, projectPath, Refused } from "./net.js";

const MOST_UNDO = 300;
const SAVE_AFTER_MS = 500;

export const SHORT = new Set(["sentence", "line", "item", "ellipsis", "dash", "bell"]);
export const BY_PERSON = new Set(["mark", "silence"]);
export const canBeSaid = (text) => /[\p{L}\p{N}]/u.test(text);

let lastId = 0;
export const withId = (cue) => ({ ...cue, id: ++lastId });
const bare = ({ id, was, ...cue }) => cue;

export class Doc extends EventTarget {
  /** `data` is what the server gives for a project. */
  constructor(data) {
    super();
    this.name = data.name;
    this.take(data);
    this.undone = [];
    this.done = [];
    this.state = "saved";
    this.timer = 0;
    this.saving = null;
  }

  /** Take what is on the disk in place of what is here. */
  take(data) {
    this.facts = data;
    this.recipe = data.recipe;
    this.lengths = data.lengths;
    this.version = data.version;
    this.cues = data.cues.map(withId);
    this.savedCues = this.cues;
  }

  get draftKey() {
    return `studio:draft:${this.name}`;
  }

  get isDirty() {
    return this.cues !== this.savedCues;
  }

  says() {
    return this.cues.filter((cue) => cue.t === "say");
  }

  /** Change the cues; `edit` gets the list and returns another. */
  edit(edit) {
    const cues = edit(this.cues);
    if (cues === this.cues) return;
    this._keepForUndo();
    this._become(cues);
  }

  undo() {
    if (!this.done.length) return;
    this.undone.push(this.cues);
    this._become(this.done.pop());
  }

  redo() {
    if (!this.undone.length) return;
    this.done.push(this.cues);
    this._become(this.undone.pop());
  }

  /** Load another state from the disk; what was here can be had back by undo. */
  reload(data) {
    this._keepForUndo();
    this.take(data);
    this.setState("saved");
    this._emit("change");
  }

  _keepForUndo() {
    this.done.push(this.cues);
    if (this.done.length > MOST_UNDO) this.done.shift();
    this.undone = [];
  }

  _become(cues) {
    this.cues = cues;
    this._emit("change");
    this.setState("editing");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), SAVE_AFTER_MS);
    clearTimeout(this.draftTimer);
    this.draftTimer = setTimeout(() => this.keepDraft(), 50);
  }

  /** Keep what isn't saved in the browser, for when the server or this page ends before it is. */
  keepDraft() {
    if (!this.isDirty) return;
    try {
      localStorage.setItem(this.draftKey, JSON.stringify({ base: this.version, cues: this.cues.map(bare) }));
    } catch {
      /* A full store loses the draft, not what is on the page. */
    }
  }

  /** Return what a page that was closed had not saved; null where there is nothing. */
  draft() {
    try {
      return JSON.parse(localStorage.getItem(this.draftKey));
    } catch {
      return null;
    }
  }

  forgetDraft() {
    localStorage.removeItem(this.draftKey);
  }

  async save() {
    clearTimeout(this.timer);
    if (this.saving) {
      await this.saving;
      return this.save();
    }
    if (!this.isDirty || this.state === "conflict") return;
    this.saving = this._save();
    try {
      await this.saving;
    } finally {
      this.saving = null;
    }
  }

  async _save() {
    const cues = this.cues;
    this.setState("saving");
    try {
      const body = { base: this.version, cues: cues.map(bare) };
      const answer = await ask("PUT", `${projectPath(this.name)}/script`, body);
      this.version = answer.version;
      this.lengths = answer.lengths;
      this.savedCues = cues;
      if (this.cues === cues) {
        clearTimeout(this.draftTimer);
        this.forgetDraft();
      }
      this.setState(this.isDirty ? "editing" : "saved");
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      this.keepDraft();
      this.error = error;
      this.setState(error.status === 409 ? "conflict" : "unsaved");
      if (error.status !== 409) this.timer = setTimeout(() => this.save(), 3000);
    }
  }

  /** Keep what is on the page; what is on the disk goes into a file beside it. */
  async keepMine() {
    const kept = await ask("POST", `${projectPath(this.name)}/keep-beside`);
    this.version = kept.version;
    this.state = "editing";
    this.savedCues = null;
    await this.save();
    return kept.kept;
  }

  setState(state) {
    this.state = state;
    this._emit("state");
  }

  _emit(type) {
    this.dispatchEvent(new Event(type));
  }
}

/** Return what a phrase with other words has: a person hasn't read those. */
const unread = (cue) => (cue.voice?.startsWith("own-") ? { voice: "" } : {});

// --- edits: each takes the list of cues and returns another ---

const at = (cues, id) => cues.findIndex((cue) => cue.id === id);

export const replaceCue = (id, change) => (cues) => {
  const index = at(cues, id);
  if (index < 0) return cues;
  return cues.with(index, { ...cues[index], ...change });
};

/** Set the length of a rest; it is a person's own by that. */
export const setRest = (id, s) => (cues) => {
  const index = at(cues, id);
  const cue = cues[index];
  if (!cue || cue.t !== "rest") return cues;
  const rounded = Math.round(Math.min(Math.max(s, 0), 3600) * 100) / 100;
  if (rounded === cue.s) return cues;
  if (rounded === 0) return cues.toSpliced(index, 1);
  const why = cue.why === "silence" ? "silence" : "mark";
  return cues.with(index, { ...cue, s: rounded, why, was: cue.was ?? cue.why });
};

/** Give a rest back to the rule that set it. */
export const resetRest = (id, why, s) => (cues) => {
  const index = at(cues, id);
  if (index < 0) return cues;
  return s > 0 ? cues.with(index, { ...cues[index], s, why, was: undefined }) : cues.toSpliced(index, 1);
};

/** Give every rest of a rule's kind the same length; the kind stays what it is. */
export const setAllRests = (why, s) => (cues) =>
  cues.flatMap((cue) => {
    if (cue.t !== "rest" || (cue.was ?? cue.why) !== why) return [cue];
    return s > 0 ? [{ ...cue, s, why, was: undefined }] : [];
  });

export const removeCue = (id) => (cues) => {
  const index = at(cues, id);
  return index < 0 ? cues : cues.toSpliced(index, 1);
};

export const insertAfter = (id, ...added) => (cues) => {
  const index = at(cues, id);
  return cues.toSpliced(index + 1, 0, ...added.map(withId));
};

export const insertBefore = (id, ...added) => (cues) => {
  const index = Math.max(at(cues, id), 0);
  return cues.toSpliced(index, 0, ...added.map(withId));
};

/** Divide a phrase at a place in its text, with a rest between. */
export const splitSay = (id, place, s) => (cues) => {
  const index = at(cues, id);
  const cue = cues[index];
  const [left, right] = [cue.text.slice(0, place).trim(), cue.text.slice(place).trim()];
  if (!canBeSaid(left) || !canBeSaid(right)) return cues;
  const rest = withId({ t: "rest", s, why: "mark", was: "sentence" });
  const parts = [{ ...cue, ...unread(cue), text: left }, rest, withId({ ...cue, ...unread(cue), text: right })];
  return cues.toSpliced(index, 1, ...parts);
};

/** Join a phrase with the next one; the rest between goes. */
export const joinNext = (id) => (cues) => {
  const index = at(cues, id);
  const next = cues.findIndex((cue, place) => place > index && cue.t === "say");
  if (index < 0 || next < 0 || cues.slice(index + 1, next).some((cue) => cue.t !== "rest")) return cues;
  const joined = { ...cues[index], ...unread(cues[index]), text: `${cues[index].text} ${cues[next].text}` };
  return cues.toSpliced(index, next - index + 1, joined);
};

/** Set the words of a phrase; without a word it goes, and the rest after it. */
export const setText = (id, text) => (cues) => {
  const index = at(cues, id);
  const clean = text.replace(/\s+/g, " ").trim();
  if (index < 0 || clean === cues[index].text) return cues;
  if (canBeSaid(clean)) return cues.with(index, { ...cues[index], ...unread(cues[index]), text: clean });
  return cues.toSpliced(index, cues[index + 1]?.t === "rest" ? 2 : 1);
};

/** Return the rule that would set a rest at its place, as far as that can be seen from its neighbours. */
export function ruleFor(cues, index) {
  const cue = cues[index];
  if (cue.was && !BY_PERSON.has(cue.was)) return cue.was;
  if (!BY_PERSON.has(cue.why)) return cue.why;
  const before = cues.slice(0, index).findLast((one) => one.t !== "rest");
  const after = cues.slice(index + 1).find((one) => one.t !== "rest");
  if (!before || before.t === "chapter") return "opening";
  if (!after) return "closing";
  if (after.t === "chapter") return "before heading";
  if (before.t === "bell") return "bell";
  if (before.role === "title") return "title";
  if (before.role === "subtitle") return "subtitle";
  if (before.role === "heading") return "after heading";
  if (/[…]$/.test(before.text ?? "")) return "ellipsis";
  if (before.role === "verse" && after.role === "verse") return "line";
  if (before.role === "item" && after.role === "item") return "item";
  if (before.role !== after.role) return "paragraph";
  return "sentence";
}

export const presetSeconds = (why, pacing) => {
  const s = pacing[`${why.replaceAll(" ", "_")}_s`];
  return s === undefined ? null : Math.min(s, pacing.longest_s);
};

/** Return the cues in paragraphs: lists of [cue, index]. */
export function paragraphs(cues) {
  const blocks = [];
  let block = [];
  let role = null;
  const close = () => {
    if (block.length) blocks.push(block);
    block = [];
    role = null;
  };
  cues.forEach((cue, index) => {
    if (cue.t === "chapter") close();
    if (cue.t === "say" && role !== null && role !== cue.role) close();
    block.push([cue, index]);
    if (cue.t === "say") role = cue.role;
    const kind = cue.was ?? cue.why;
    const splits = cue.t === "rest" && !SHORT.has(kind) && (!BY_PERSON.has(kind) || cue.s >= 2.5);
    if (splits && cues[index + 1]?.t !== "rest") close();
  });
  close();
  return blocks;
}
