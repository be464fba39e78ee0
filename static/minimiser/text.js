// A text as it is read, not as it is written: digits of any script, dashes and spaces of any width, accents in one sign,
// nothing invisible. Every sign of the reading remembers where it stands in what was typed.

// Zero of each script somebody may type digits in; the nine others follow it.
const ZEROS = [0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xf20, 0x1040];
// Invisible signs, joiners, marks of direction, keycaps; the Arabic stroke and vowel signs.
const UNSEEN = /[\u00ad\u034f\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u20e3\ufe00-\ufe0f\ufeff\u0640\u064b-\u065f\u0670]/u;
const ACCENT = /^[\u0300-\u036f]$/u;
const ALIKE = { "أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ی": "ي", "ى": "ي", "ک": "ك", "’": "'", "‘": "'", "ʼ": "'", "`": "'" };

const letter = (sign) => {
  if (UNSEEN.test(sign)) return "";
  const code = sign.codePointAt(0);
  const zero = ZEROS.find((one) => code >= one && code < one + 10);
  if (zero) return String(code - zero);
  if (/[\p{Pd}\u2212]/u.test(sign)) return "-";
  if (/\p{Zs}/u.test(sign)) return " ";
  return [...sign.normalize("NFKC")].map((one) => ALIKE[one] ?? one).join("");
};

// The same for a pattern's own letters, so that a rule is written as people write.
export const spelt = (words) => [...words].map(letter).join("");

// {text, from, to}: sign i of `text` was typed at from[i] up to to[i].
export const read = (typed) => {
  const from = [];
  const to = [];
  let text = "";
  for (let at = 0; at < typed.length;) {
    let sign = String.fromCodePoint(typed.codePointAt(at));
    const start = at;
    at += sign.length;
    while (at < typed.length && ACCENT.test(typed[at])) sign += typed[at++];
    for (const one of sign.length > 1 && ACCENT.test(sign.at(-1)) ? sign.normalize("NFC") : letter(sign)) {
      for (let unit = 0; unit < one.length; unit++) {
        from.push(start);
        to.push(at);
      }
      text += one;
    }
  }
  return { text, from, to };
};
