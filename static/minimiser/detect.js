// What in a text identifies a person: where it stands and of which kind. Runs in the page; nothing is sent anywhere.
import { addresses } from "./addresses.js";
import { names } from "./names.js";
import { numbers } from "./numbers.js";
import { read, spelt } from "./text.js";

// Where two overlap, the surer kind wins, then the longer.
const RANK = ["email", "url", "aadhaar", "phone", "handle", "school", "person"];

const apart = (found) => {
  const kept = [];
  const size = (one) => one.end - one.start;
  found.sort((one, other) => RANK.indexOf(one.kind) - RANK.indexOf(other.kind) || size(other) - size(one));
  found.forEach((one) => {
    if (!kept.some((other) => one.start < other.end && other.start < one.end)) kept.push(one);
  });
  return kept.sort((one, other) => one.start - other.start);
};

// `home`: the helpline's country. `own`: the writer's own name, which they may give.
// Answers [{kind, start, end, text}] (an account with its platform, as written), `start` and `end` counted as the field counts its signs.
export const find = (typed, { home = "IN", own = "" } = {}) => {
  const { text, from, to } = read(typed);
  const mine = spelt(own).toLowerCase();
  return apart([...numbers(text, home), ...addresses(text), ...names(text)])
    .map(({ start, end, ...more }) => ({ ...more, start: from[start], end: to[end - 1], text: typed.slice(from[start], to[end - 1]) }))
    .filter((one) => !(one.kind === "person" && mine && mine.split(" ").some((word) => spelt(one.text).toLowerCase() === word || spelt(one.text).toLowerCase() === mine)));
};
