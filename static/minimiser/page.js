// Looks over what somebody writes, offers to mask or move what identifies a person, and asks once before it is saved.
import { find } from "./detect.js";
import { replace } from "./edit.js";
import { shapeOf } from "./mask.js";
import { carries, carry as carryOthers, labelOf, put, targetOf } from "./move.js";
import { kindWord, panelFor, settings, show, word } from "./panel.js";
import { read } from "./text.js";

const PAUSE = 700; // ms without a key after which the text is looked over
const TWICE = 600; // ms within which a second press is the same press
const watched = new Map(); // field → what is known of it

const keyOf = (finding) => `${finding.kind} ${read(finding.text).text.toLowerCase()}`;
const list = (finds) => [...new Set(finds.map((one) => kindWord(one.kind)))].join(", ");

// A state for each field: `left` are the finds to leave, `asked` those that a save was held for, `changes` what can be undone.
export const watch = (field) => {
  if (watched.has(field)) return watched.get(field);
  watched.forEach((_state, one) => { if (!one.isConnected) watched.delete(one); });
  // What was saved before is not asked about again; a draft was never saved.
  const before = field.dataset.minimise === "draft" ? [] : find(field.defaultValue, settings).map(keyOf);
  const state = { field, ...panelFor(field), left: new Set(before), asked: new Set(), changes: [], finds: [], said: "", hold: "", heldAt: 0, timer: 0, busy: false };
  watched.set(field, state);
  state.panel.addEventListener("click", (event) => act(state, event));
  look(state);
  return state;
};

const draw = (state) => {
  const shown = state.finds.map((finding) => {
    const target = targetOf(finding, state.field);
    return [finding, target, target ? labelOf(target) : ""];
  });
  show(state.panel, shown, state.changes, state.hold);
};

const look = (state) => {
  window.clearTimeout(state.timer);
  state.finds = find(state.field.value, settings).filter((one) => !state.left.has(keyOf(one)));
  if (!state.finds.length) state.hold = "";
  draw(state);
  const now = list(state.finds);
  if (now && now !== state.said) state.voice.textContent = word("found").replace("%s", now);
  if (!now) state.voice.textContent = "";
  state.said = now;
};

// Our own change of the text: what was done before it moves along.
const change = (state, start, end, words) => {
  state.busy = true;
  const grown = replace(state.field, start, end, words);
  state.busy = false;
  state.changes.forEach((one) => { if (one.start > start) one.start += grown; });
};

const mask = (state, finding, said, back = () => {}) => {
  const shape = shapeOf(finding.kind, finding.text);
  change(state, finding.start, finding.end, shape);
  state.changes.push({ start: finding.start, shape, text: finding.text, said, back });
};

const undo = (state, one) => {
  if (state.field.value.startsWith(one.shape, one.start)) change(state, one.start, one.start + one.shape.length, one.text);
  state.changes.splice(state.changes.indexOf(one), 1);
  one.back();
};

const VERBS = {
  mask: (state, finding) => mask(state, finding, word("masked").replace("%s", kindWord(finding.kind))),
  move: (state, finding) => {
    const target = targetOf(finding, state.field);
    if (target) mask(state, finding, word(target.form === state.field.form ? "moved" : "movedAlong").replace("%s", labelOf(target)), put(finding, target));
  },
  leave: (state, finding) => state.left.add(keyOf(finding)),
  all: (state) => [...state.finds].reverse().forEach((finding) => VERBS.mask(state, finding)),
};

// With the mouse one goes on typing; with the keyboard one stays in the list.
const settle = (state, event, at) => {
  if (event.detail > 0) {
    state.field.focus({ preventScroll: true });
    return;
  }
  const buttons = [...state.panel.querySelectorAll("button:not([hidden])")];
  const lines = [...state.panel.querySelectorAll("li")];
  const next = lines[Math.min(at, lines.length - 1)]?.querySelector("button:not([hidden])") ?? buttons[0] ?? state.field;
  next.focus();
};

const act = (state, event) => {
  const pressed = event.target.closest("[data-do]");
  if (!pressed) return;
  const at = [...state.panel.querySelectorAll("li")].indexOf(pressed.closest("li"));
  const finding = state.finds[at];
  if (pressed.dataset.do === "undo") undo(state, state.changes[at - state.finds.length]);
  else VERBS[pressed.dataset.do](state, finding);
  look(state);
  const last = state.changes.at(-1);
  state.voice.textContent = pressed.dataset.do === "undo" || pressed.dataset.do === "leave" ? "" : `${last?.said ?? ""} ${word("back")}`;
  settle(state, event, pressed.dataset.do === "leave" ? at : state.finds.length + state.changes.length - 1);
};

document.addEventListener("input", (event) => {
  const state = watched.get(event.target);
  if (!state || state.busy) return;
  state.changes = []; // from here Ctrl+Z is the way back
  window.clearTimeout(state.timer);
  state.timer = window.setTimeout(() => look(state), PAUSE);
});
document.addEventListener("focusout", (event) => {
  const state = watched.get(event.target);
  if (state && !state.busy && !state.panel.contains(event.relatedTarget)) look(state);
});

const statesOf = (form) => [...form.querySelectorAll("[data-minimise]")].map(watch);

// Whether saving has to wait: something was found that was not asked about yet. Asked about once, it may stay.
export const holds = (form, submitter) => {
  const verb = (submitter ?? form.querySelector("[type=submit]"))?.textContent.trim() ?? "";
  const held = statesOf(form).filter((state) => {
    look(state);
    return state.finds.some((one) => !state.asked.has(keyOf(one))) || Date.now() - state.heldAt < TWICE;
  });
  held.forEach((state) => {
    if (Date.now() - state.heldAt < TWICE) return;
    state.finds.forEach((one) => state.asked.add(keyOf(one)));
    state.heldAt = Date.now();
    state.hold = word("ask").replace("%s", verb);
    draw(state);
    state.voice.textContent = `${word("found").replace("%s", list(state.finds))} ${state.hold}`;
    state.panel.scrollIntoView({ block: "nearest" });
  });
  return held.length > 0;
};

export const isHeld = (form) => statesOf(form).some((state) => Date.now() - state.heldAt < TWICE);

export { carries };

// Saves what was moved to other forms. When one was not accepted, the text waits and says so.
export const carry = async (form) => {
  const well = await carryOthers(form);
  if (!well) {
    const [state] = statesOf(form);
    state.hold = word("failed");
    draw(state);
    state.panel.hidden = false;
    state.voice.textContent = state.hold;
  }
  return well;
};
