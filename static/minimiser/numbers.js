// Numbers that lead to a person: Aadhaar (twelve digits with the check digit of Verhoeff) and telephone numbers.
import "../vendor/libphonenumber-1.13.16.min.js";
import { DIGITS, NO_PHONE, NO_PHONE_BEHIND, PHONE } from "./words.js";

const phones = globalThis.libphonenumber;

// Verhoeff's dihedral check, as the UIDAI uses it: multiplication and permutation tables.
const TIMES = ["0123456789", "1234067895", "2340178956", "3401289567", "4012395678", "5987604321", "6598710432", "7659821043", "8765932104", "9876543210"];
const MOVED = ["0123456789", "1576283094", "5803796142", "8916043527", "9453126870", "4286573901", "2793806415", "7046913258"];

export const verhoeff = (digits) => {
  let check = 0;
  [...digits].reverse().forEach((digit, place) => { check = Number(TIMES[check][Number(MOVED[place % 8][Number(digit)])]); });
  return check === 0;
};

// Where a number without its country is tried, when it begins with 0 as it is dialled at home.
const DIALLED_AT_HOME = ["IN", "FR", "BE", "CH", "DZ", "MA", "SA", "EG", "AE", "JO", "IQ", "LB", "SY", "PK", "BD", "NP", "LK", "GB", "DE"];
const FREE_OF_CHARGE = /^(?:1800|1860|0?80[0-9]\d)\d{4,7}$/;
const MARKS = /^[1-9]\d(?:[ \t.]{1,3}[1-9]\d){3,}$/; // "78 82 91 65 70": marks of a term, not a number
const DATE = /(?<!\d)(?:\d{1,2}([-./ ])\d{1,2}\1(?:19|20)\d\d|(?:19|20)\d\d([-./])\d{1,2}\2\d{1,2})(?!\d)/g;
// Not within a word: letters glued to both ends make a key or a code.
const RUN = /(?<!\p{Nd}[.,]?|[A-Z]{2})[+(]{0,2}\d(?:[ \t()./_*-]{0,3}\d){6,24}/gu;
const GLUED = /[a-z]$/i;

// A number that names its country counts when it has the right length: new ranges are younger than any list of them.
const possible = (number) => phones.isPossiblePhoneNumber(number);
const valid = (number, country) => Boolean(phones.parsePhoneNumberFromString(number, country)?.isValid());

const isAadhaar = (digits, groups) => /^[2-9]\d{11}$/.test(digits) && verhoeff(digits)
  // 91 and a mobile number: only when it is grouped as on the card.
  && (!/^91[6-9]/.test(digits) || groups.map((one) => one.length).join() === "4,4,4");

const isPhone = (written, digits, home, asked) => {
  if (/^\s*\(?\+/.test(written)) return digits.length > 7 && possible(`+${digits}`);
  if (digits.startsWith("00")) return digits.length > 9 && possible(`+${digits.slice(2)}`);
  if (/^(?:0|91|091)?[6-9]\d{9}$/.test(digits)) return valid(digits.slice(-10), "IN");
  if (/^0\d{8,11}$/.test(digits)) return DIALLED_AT_HOME.some((country) => valid(digits, country));
  if (home !== "IN" && digits.length > 7 && valid(digits, home)) return true;
  return asked && digits.length < 16;
};

const kindOf = (written, before, behind, home) => {
  const digits = written.replace(/\D/g, "");
  const groups = written.match(/\d+/g);
  const asked = PHONE.test(before);
  if (digits.length < 7 || /^(\d)\1+$/.test(digits)) return null;
  if (!written.includes("+") && !asked && (NO_PHONE.test(before) || NO_PHONE_BEHIND.test(behind))) return null;
  if (FREE_OF_CHARGE.test(digits)) return null;
  if (!asked && MARKS.test(written)) return null;
  if (isAadhaar(digits, groups) && !written.includes("+")) return "aadhaar";
  return isPhone(written, digits, home, asked) ? "phone" : null;
};

// One run of digits may hold more than one number ("room 12 98765 43210"): the longest that means something wins.
const numbersIn = (run, at, text, home) => {
  const parts = [...run.matchAll(/[+(]{0,2}\d+/g)];
  const found = [];
  for (let first = 0; first < parts.length; first++) {
    for (let last = parts.length - 1; last >= first; last--) {
      const whole = first === 0 && last === parts.length - 1;
      const some = parts.slice(first, last + 1);
      if (!whole && some.some((one) => one[0].length < 3)) continue;
      const start = some[0].index;
      const end = some.at(-1).index + some.at(-1)[0].length;
      const kind = kindOf(run.slice(start, end), text.slice(Math.max(0, at + start - 40), at + start), text.slice(at + end, at + end + 40), home);
      if (!kind) continue;
      found.push({ kind, start: at + start, end: at + end });
      first = last;
      break;
    }
  }
  return found;
};

// "nine eight double seven …": digits said as words, in any of the languages.
const said = (text, home) => [...text.matchAll(DIGITS.run)].flatMap((run) => {
  const digits = DIGITS.read(run[0]);
  const kind = digits.length > 7 && kindOf(digits, text.slice(Math.max(0, run.index - 40), run.index), "", home);
  return kind ? [{ kind, start: run.index, end: run.index + run[0].trimEnd().length }] : [];
});

// `home`: the country a number without one is dialled in (ISO 3166-1).
const within = (text, run) => GLUED.test(text.slice(0, run.index)) && /^[a-z]/i.test(text.slice(run.index + run[0].length));

export const numbers = (text, home) => {
  const undated = text.replace(DATE, (date) => "x".repeat(date.length));
  return [...[...undated.matchAll(RUN)].filter((run) => !within(undated, run)).flatMap((run) => numbersIn(run[0], run.index, undated, home)), ...said(text, home)];
};
