// Silences of the length that the listener has time for, and those that wait. Times are seconds; “old” ones are those of
// the episode as it was made, “new” ones those of the stretched one.
const given = JSON.parse(by("silences")?.textContent || '{"holds": [], "rests": [], "elastic": null}');

// How long a rule's silence becomes at a share of its own length; none grows beyond the longest.
const lasting = ({ start, end, scales }, share, longest) => {
  const own = end - start;
  if (!scales) return own;
  return share > 1 ? Math.min(own * share, Math.max(own, longest)) : own * share;
};

// The map from old times to new ones at which an episode lasts as long as is wanted, as far as its pacing allows.
function stretched(rests, length, { least, most, longest }, wanted) {
  const total = (share) => rests.reduce((sum, rest) => sum + lasting(rest, share, longest) - (rest.end - rest.start), length);
  let low = least, high = most;
  for (let round = 0; round < 50; round += 1) {
    const middle = (low + high) / 2;
    if (total(middle) < wanted) low = middle; else high = middle;
  }
  const share = (low + high) / 2, olds = [0], news = [0];
  for (const rest of rests) {
    news.push(news.at(-1) + rest.start - olds.at(-1));
    olds.push(rest.start);
    news.push(news.at(-1) + lasting(rest, share, longest));
    olds.push(rest.end);
  }
  news.push(news.at(-1) + length - olds.at(-1));
  olds.push(length);
  const along = (from, to) => (time) => {
    let low = 0, high = from.length - 1;
    while (high - low > 1) { const middle = (low + high) >> 1; if (from[middle] <= time) low = middle; else high = middle; }
    const width = from[high] - from[low];
    return to[low] + (width > 0 ? (time - from[low]) / width : 0) * (to[high] - to[low]);
  };
  return { share, length: news.at(-1), toNew: along(olds, news), toOld: along(news, olds) };
}

// What is spoken without a silence between, with a little of the quiet around it.
function chunksOf(phrases, rests) {
  const chunks = [];
  phrases.forEach((phrase, index) => {
    const last = chunks.at(-1);
    if (last && !rests.some(({ start, end }) => start > last.end - 0.2 && end < phrase.start + 0.2)) {
      last.end = phrase.end;
      last.duck = Math.min(last.duck, given.elastic.ducks[index] ?? 0);
    } else chunks.push({ start: phrase.start, end: phrase.end, duck: given.elastic.ducks[index] ?? 0 });
  });
  chunks.forEach((chunk, index) => {
    const before = chunk.start - (index ? chunks[index - 1].end : 0);
    const after = (index + 1 < chunks.length ? chunks[index + 1].start : chunk.end + 2) - chunk.end;
    chunk.lead = Math.min(0.15, before * 0.3);
    chunk.tail = Math.min(0.35, after * 0.3);
  });
  return chunks;
}

// The gain of the background at new times, as corners between which it is straight: down under words, up in long silences.
function bedCorners(chunks, map, { attack, release, swell }) {
  const level = (db) => 10 ** (db / 20), corners = [];
  let up = -Infinity;
  for (const { start, end, duck } of chunks) {
    const down = map.toNew(start) - 0.1;
    if (down - up >= attack + release + 0.2) {
      if (up > -Infinity) corners.push([up + release, level(swell)]);
      corners.push([Math.max(0, down - attack), level(down > attack ? swell : duck)]);
    } else if (corners.length) corners.pop();
    corners.push([Math.max(0, down), level(duck)]);
    up = map.toNew(end) + 0.2;
    corners.push([up, level(duck)]);
  }
  corners.push([up + release, level(swell)]);
  return corners;
}

const gainAt = (corners, time) => {
  const next = corners.findIndex(([at]) => at > time);
  if (next < 0) return corners.at(-1)[1];
  if (next === 0) return corners[0][1];
  const [[before, from], [after, to]] = [corners[next - 1], corners[next]];
  return from + (to - from) * (time - before) / Math.max(after - before, 1e-6);
};

// Lays words and tones from a new time on, which is heard when the context's time is `at`; returns their sources.
function layWords(context, out, sounds, map, from, at, onlyNew = false) {
  const laid = [], now = context.currentTime;
  const lay = (buffer, newTime, offset, length) => {
    const late = Math.max(0, from - newTime);
    if (late >= length || (onlyNew && late > 0)) return;
    const source = context.createBufferSource(), edge = context.createGain(), start = Math.max(now, at + newTime + late - from);
    source.buffer = buffer;
    edge.gain.setValueAtTime(late > 0 ? 0 : 1, start);
    if (late > 0) edge.gain.linearRampToValueAtTime(1, start + 0.02);
    source.connect(edge).connect(out);
    source.start(start, offset + late, length - late);
    laid.push({ source, start, edge });
  };
  for (const chunk of sounds.chunks) {
    lay(chunk.buffer, map.toNew(chunk.start) - chunk.lead, 0, chunk.buffer.duration);
  }
  for (const { start, at: offset, length } of given.elastic.tones) lay(sounds.bed, map.toNew(start), offset, length);
  return laid;
}

// Lays the background beneath, from a new time on.
function layBed(context, out, sounds, map, from, at, node = null) {
  const { bedAt, bedLength, fadeIn, fadeOut } = given.elastic;
  if (!bedLength) return null;
  const bed = node || { source: context.createBufferSource(), swell: context.createGain(), edge: context.createGain() };
  if (!node) {
    Object.assign(bed.source, { buffer: sounds.bed, loop: true, loopStart: bedAt, loopEnd: bedAt + bedLength });
    bed.source.connect(bed.swell).connect(bed.edge).connect(out);
    bed.source.start(Math.max(context.currentTime, at), bedAt);
  }
  const corners = bedCorners(sounds.chunks, map, given.elastic);
  const follow = (gain, points) => {
    const now = Math.max(context.currentTime, at), value = gain.value;
    gain.cancelScheduledValues(context.currentTime);
    gain.setValueAtTime(node ? value : gainAt(points, from), now);
    gain.linearRampToValueAtTime(gainAt(points, from + 0.3), now + 0.3);
    for (const [time, level] of points) if (time > from + 0.3) gain.linearRampToValueAtTime(level, at + time - from);
  };
  follow(bed.swell.gain, corners);
  follow(bed.edge.gain, [[0, 0], [fadeIn, 1], [Math.max(fadeIn, map.length - fadeOut), 1], [map.length, 0]]);
  return bed;
}

async function loadSounds(context, phrases, rests, voiceUrl, bedUrl) {
  const load = async (url) => {
    const answer = await fetch(url);
    if (!answer.ok) throw new Error(url);
    return context.decodeAudioData(await answer.arrayBuffer());
  };
  const [voice, bed] = await Promise.all([load(voiceUrl), load(bedUrl)]), rate = voice.sampleRate;
  const chunks = chunksOf(phrases, rests).map((chunk) => {
    const first = Math.max(0, Math.round((chunk.start - chunk.lead) * rate)), last = Math.min(voice.length, Math.round((chunk.end + chunk.tail) * rate));
    const buffer = context.createBuffer(voice.numberOfChannels, Math.max(1, last - first), rate), edge = Math.round(0.01 * rate);
    for (let channel = 0; channel < voice.numberOfChannels; channel += 1) {
      const part = voice.getChannelData(channel).slice(first, last);
      for (let index = 0; index < Math.min(edge, part.length); index += 1) { part[index] *= index / edge; part[part.length - 1 - index] *= index / edge; }
      buffer.copyToChannel(part, channel);
    }
    return { ...chunk, buffer };
  });
  return { chunks, bed };
}

// The same members as `plainSound`, for silences of another length.
function elasticSound(context, sounds, rests, duration, told) {
  const out = context.createGain();
  out.connect(context.destination);
  let map = stretched(rests, duration, given.elastic, duration), from = 0, at = context.currentTime, laid = [], bed = null, holding = false, ticking = 0;
  const position = () => within(0, holding ? from : from + context.currentTime - at, map.length);
  const silenceWords = (all) => {
    for (const { source, start, edge } of laid) {
      if (start > context.currentTime) source.stop();
      else if (all) { edge.gain.setTargetAtTime(0, context.currentTime, 0.01); source.stop(context.currentTime + 0.06); }
    }
  };
  function lay(fresh) {
    silenceWords(fresh);
    // What is being said goes on; what isn't begun yet is laid anew.
    const begun = fresh ? [] : laid.filter(({ start }) => start <= context.currentTime);
    const chunks = sounds.chunks.filter((chunk) => !begun.length || map.toNew(chunk.start) - chunk.lead > from);
    laid = [...begun, ...layWords(context, out, { ...sounds, chunks }, map, from, at, begun.length > 0)];
    bed = layBed(context, out, sounds, map, from, at, bed);
  }
  const tick = () => {
    told.time();
    if (!holding && position() >= map.length - 0.05) { sound.pause(); from = map.length; at = context.currentTime; told.end(); }
  };
  const sound = {
    get length() { return map.length; },
    get time() { return map.toOld(position()); },
    get paused() { return holding || context.state !== "running"; },
    play: async () => {
      if (holding) { holding = false; at = context.currentTime; lay(true); }
      if (position() >= map.length - 0.1) sound.go(0);
      await context.resume();
      clearInterval(ticking);
      ticking = setInterval(tick, 200);
      told.play();
    },
    pause: async () => { clearInterval(ticking); await context.suspend(); told.pause(); },
    go: (time) => { from = map.toNew(time); at = context.currentTime + 0.03; holding = false; lay(true); told.time(); },
    shown: (time) => map.toNew(time),
    fromShown: (time) => map.toOld(within(0, time, map.length)),
    setSpeed: () => {},
    prepareFade: () => {},
    soften: (share) => { out.gain.setTargetAtTime(share, context.currentTime, 0.1); },
    // The words wait, the background goes on.
    hold: () => { from = position(); holding = true; silenceWords(false); told.pause(); },
    last: (wanted) => {
      const time = sound.time, next = stretched(rests, duration, given.elastic, wanted);
      from = next.toNew(time);
      at = context.currentTime;
      map = next;
      if (!holding) lay(false);
      told.time();
    },
  };
  return sound;
}

// For tests, and for whoever wants to hear it elsewhere: the whole episode as samples.
async function renderElastic(wanted, voiceUrl, bedUrl, phrases, rests, length, rate = 44100) {
  const map = stretched(rests, length, given.elastic, wanted);
  const context = new OfflineAudioContext(1, Math.ceil(map.length * rate), rate);
  const sounds = await loadSounds(context, phrases, rests, voiceUrl, bedUrl);
  layWords(context, context.destination, sounds, map, 0, 0);
  layBed(context, context.destination, sounds, map, 0, 0);
  return { map, buffer: await context.startRendering() };
}
