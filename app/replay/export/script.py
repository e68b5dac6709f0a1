"""The frame of a page that plays: its look, its controls and what moves it. No word of it comes from a log."""

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'">
<title>@TITLE@</title>
<style>
:root { color-scheme: light dark; --ink: CanvasText; --ground: Canvas; --soft: dimgray; --edge: lightgray;
 --good: darkgreen; --bad: firebrick; --warn: saddlebrown; }
@media (prefers-color-scheme: dark) { :root { --soft: darkgray; --edge: dimgray;
 --good: lightgreen; --bad: lightsalmon; --warn: khaki; } }
body { font: 16px/1.45 system-ui, sans-serif; color: var(--ink); background: var(--ground); margin: 1rem; }
h1 { font-size: 1.4rem; margin: 0; } h2 { font-size: 1.05rem; margin: 0 0 .3rem; }
h3 { font-size: .85rem; margin: .6rem 0 .1rem; color: var(--soft); }
.about { color: var(--soft); margin: 0 0 .6rem; font-size: .85rem; }
.bar { display: flex; gap: .6rem; align-items: center; flex-wrap: wrap; position: sticky; top: 0;
 background: var(--ground); padding: .4rem 0; border-bottom: 1px solid var(--edge); }
.bar input { flex: 1 1 12rem; } button, select { font: inherit; padding: .2rem .7rem; }
.lanes { display: grid; grid-template-columns: repeat(auto-fit, minmax(17rem, 1fr)); gap: 1rem; margin-top: .6rem; }
article { border-left: 3px solid var(--edge); padding-left: .7rem; min-width: 0; }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; font-size: .82rem; max-height: 20rem; overflow: auto; }
ul { padding-left: 1rem; margin: .2rem 0; } p { margin: .2rem 0; }
dl { display: grid; grid-template-columns: auto 1fr; gap: 0 .6rem; margin: .1rem 0; font-size: .85rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.add, .verified, .refuted { color: var(--good); } .del, .fails, .reproduced { color: var(--bad); }
.not-shown, .untested, .unverified { color: var(--warn); }
table { border-collapse: collapse; font-size: .85rem; margin-top: 1rem; }
th, td { text-align: left; padding: .15rem .6rem .15rem 0; border-bottom: 1px solid var(--edge); }
</style></head><body>
<h1>@TITLE@</h1>
<p class="about">@ABOUT@ · waiting, reading and pauses are cut out</p>
<div class="bar" role="group" aria-label="playing">
<button id="play" type="button" aria-pressed="false">play</button>
<button id="before" type="button">chapter before</button><button id="next" type="button">next chapter</button>
<input id="seek" type="range" min="0" max="1000" value="0" aria-label="position">
<span id="clock"></span>
<label>speed <select id="speed"><option value="0.5">half</option><option value="1" selected>usual</option>
<option value="2">twice</option><option value="4">four times</option></select></label>
<span id="told" role="status" aria-live="polite"></span>
</div>
<main class="lanes">
@LANES@
</main>
@TABLE@
<p class="about">keys: space plays and pauses, left and right move, comma and full stop go to chapters</p>
<script type="application/json" id="data">@DATA@</script>
<script>
"use strict";
const facts = JSON.parse(document.getElementById("data").textContent);
const by = (id) => document.getElementById(id);
const lanes = [...document.querySelectorAll("article")].map((article, n) => ({
  parts: [...article.querySelectorAll("section")], changes: facts.lanes[n].changes, at: 0, said: [] }));
let position = 0, playing = false, last = 0, chapter = -1;
function show(lane, part) {
  const said = lane.said[part] || "", section = lane.parts[part];
  section.hidden = !said;
  section.lastElementChild.innerHTML = said;
}
function go(to) {
  to = Math.max(0, Math.min(to, facts.duration));
  for (const lane of lanes) {
    const touched = new Set();
    if (to < position) { lane.at = 0; lane.said.forEach((_, n) => touched.add(n)); lane.said = []; }
    while (lane.at < lane.changes.length && lane.changes[lane.at][0] <= to) {
      const [, part, kept, rest] = lane.changes[lane.at++];
      lane.said[part] = (lane.said[part] || "").slice(0, kept) + rest;
      touched.add(part);
    }
    touched.forEach((part) => show(lane, part));
  }
  position = to;
  by("seek").value = facts.duration ? Math.round(to / facts.duration * 1000) : 1000;
  by("clock").textContent = to.toFixed(1) + " of " + facts.duration.toFixed(1) + " s";
  const now = facts.chapters.filter(([at]) => at <= to).length - 1;
  if (now !== chapter) {
    chapter = now;
    const named = facts.chapters[now];
    const name = named ? facts.lanes[named[1] - 1].name + ": " + named[2] : "";
    by("told").textContent = name;
    by("seek").setAttribute("aria-valuetext", name || "the beginning");
  }
}
function play(on) {
  playing = on; last = performance.now();
  by("play").textContent = on ? "pause" : "play";
  by("play").setAttribute("aria-pressed", String(on));
  if (on) { if (position >= facts.duration) go(0); requestAnimationFrame(tick); }
}
function tick(now) {
  if (!playing) return;
  const usual = Math.max(1, facts.duration / facts.seconds);
  go(position + (now - last) / 1000 * usual * Number(by("speed").value));
  last = now;
  if (position >= facts.duration) play(false); else requestAnimationFrame(tick);
}
function turn(way) {
  const times = facts.chapters.map(([at]) => at);
  go(way > 0 ? times.find((at) => at > position + 0.01) ?? facts.duration
    : times.reverse().find((at) => at < position - 0.01) ?? 0);
}
by("play").onclick = () => play(!playing);
by("next").onclick = () => turn(1);
by("before").onclick = () => turn(-1);
by("seek").oninput = (event) => { play(false); go(event.target.value / 1000 * facts.duration); };
document.addEventListener("keydown", (event) => {
  const tag = event.target.tagName;
  if (event.ctrlKey || event.altKey || event.metaKey || tag === "SELECT") return;
  const step = facts.duration / 60;
  const deeds = { " ": () => play(!playing),
    ArrowRight: () => go(position + step), ArrowLeft: () => go(position - step),
    ".": () => turn(1), ",": () => turn(-1), Home: () => go(0), End: () => go(facts.duration) };
  if (!(event.key in deeds) || (event.key === " " && tag === "BUTTON")) return;
  event.preventDefault();
  deeds[event.key]();
});
go(0);
</script>
</body></html>
"""
