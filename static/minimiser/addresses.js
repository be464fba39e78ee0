// Where somebody is reached or seen on the net: e-mail, links, names of accounts. Also as people write them to get past
// filters: "at gmail dot com".
import { spelt } from "./text.js";
import { FILLER, PLATFORM, PROFILE } from "./words.js";

const AT = spelt(String.raw`(?:\s?@\s?|\s*[[({]\s*(?:at|arobase)\s*[\])}]\s*|\s+(?:at the rate|at|arobase|एट द रेट|एट|ऐट|आत|آت|ات|ایت|at da rate)\s+)`);
const DOT = spelt(String.raw`(?:\s?\.\s?|\s*[[({]\s*(?:dot|point)\s*[\])}]\s*|\s+(?:dot|point|डॉट|डाट|دوت|نقطة|نقطه)\s+)`);
const MAIL_HOUSE = "gmail|googlemail|yahoo|ymail|hotmail|outlook|live|msn|icloud|rediffmail|rediff|proton|protonmail|gmx|orange|laposte|wanadoo|free|sfr|zoho|जीमेल|याहू|جيميل|ياهو|هوتميل";
// Endings that are no words of our languages, then those that are and need more of a sign.
const ENDING = "com|org|net|edu|gov|info|biz|io|xyz|fr|uk|ae|sa|eg|dev|gg|onion";
const SAID_ENDING = spelt("com|org|net|in|fr|co|uk|कॉम|इन|كوم");

const MAIL = new RegExp(String.raw`[\p{L}\p{N}][\p{L}\p{M}\p{N}._%+-]*@[\p{L}\p{N}][\p{L}\p{M}\p{N}-]*(?:\.[\p{L}\p{N}-]+)*\.\p{L}{2,}`, "giu");
const SAID_MAIL = new RegExp(String.raw`[\p{L}\p{N}][\p{L}\p{M}\p{N}._%+-]*(?: \d{1,4})?${AT}(?:${spelt(MAIL_HOUSE)})(?:${DOT}(?:${SAID_ENDING}))+(?![\p{L}\p{N}])`, "giu");
const OTHER_MAIL = new RegExp(String.raw`(?=[\p{L}._+-]*\d|\p{L}+[._]\p{L})[\p{L}\p{N}._+-]+${AT}[\p{L}\p{N}-]{2,}${DOT}(?:${SAID_ENDING})(?![\p{L}\p{N}])`, "giu");
const PAYMENT = /[\p{L}\p{N}][\p{L}\p{N}._-]+@(?:ok\w{3,6}|upi|ybl|ibl|axl|paytm|apl|pt\w{2,4}|yapl|jio|sbi|hdfcbank|icici|axisbank)(?![\p{L}\p{N}.])/giu;

const LINKS = [
  /(?:h(?:tt|xx)ps?|ftp|tor)\s?:\s?\/\/\s?[^\s<>"'،]+/giu,
  /(?<![\p{L}\p{N}@.])www\s?\.\s?[\p{L}\p{N}-]+(?:\.[^\s<>"'،]+)+/giu,
  // A name with an ending: alone when the ending is no word, else with a path, a number or a hyphen.
  new RegExp(String.raw`(?<![\p{L}\p{N}@._-])(?:[a-z0-9-]+\.)+(?:${ENDING})(?::\d+)?(?:/[^\s<>"'،]*)?(?![\p{L}\p{N}@-]|\.\p{L})`, "giu"),
  /(?<![\p{L}\p{N}@._-])[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,12}\/[^\s<>"'،]+/giu,
  /(?<![\p{L}\p{N}@._-])[a-z-]*(?:\d|-)[a-z0-9-]*\.(?:in|me|to|tv|us)(?![\p{L}\p{N}@-])/gu,
  /(?<![\p{L}\p{N}@._-])[a-z0-9-]+\.(?:co|ac|gov|org|net|edu|nic)\.\p{L}{2}(?![\p{L}\p{N}@-])(?:\/[^\s<>"'،]*)?/giu,
  new RegExp(String.raw`(?<![\p{L}\p{N}@.])[a-z0-9][a-z0-9-]+\s*(?:[[({]\s*(?:dot|point|\.)\s*[\])}]|\s(?:dot|point|डॉट|डाट|دوت|نقطه))\s*(?:${SAID_ENDING})(?![\p{L}\p{N}])(?:\s?(?:/|slash|स्लैश|سلاش)\s?[\p{L}\p{N}._-]+)*`, "giu"),
];
// Public places of help are nobody's; a counsellor names them all day.
const HELP = /(?:^|\/\/|\.)(?:cybercrime\.gov\.in|childlineindia\.org|childline\.org\.uk|reportremove\.org\.uk|iwf\.org\.uk|takeitdown\.ncmec\.org|stopncii\.org|e-enfance\.org|telemanas\.mohfw\.gov\.in)(?![\p{L}\p{N}-])/iu;

const EVERYDAY = /^@(?:home|school|work|night|noon|morning|college|tuition|class|all|everyone|here|least|last|first|once|ghar|school|coaching)$/iu;
const AT_NAME = /(?<![\p{L}\p{N}@.])@(?=[\p{N}_.]*\p{L})[\p{L}\p{M}\p{N}_](?:[\p{L}\p{M}\p{N}_.-]*[\p{L}\p{M}\p{N}_])?/gu;
const TAGGED = /(?<![\p{L}\p{N}])(?!(?:case|ticket|order|room|issue|bug|class|no|page|form)#)\p{L}[\p{L}\p{N}_.]{1,31}#\d{4}(?!\d)/giu;
const REDDIT = /(?<![\p{L}\p{N}/])\/?u\/[\w-]{3,20}/gu;

const shaped = (name) => /[\d_]|\p{L}\.\p{L}/u.test(name);

// "instagram: name", "snap id name_2", "حسابه في انستا name": behind a platform's name, what looks like an account.
const behindPlatforms = (text) => [...text.matchAll(PLATFORM)].flatMap((place) => {
  const from = place.index + place[0].length;
  const next = /^(?<gap>[^\p{L}\p{N}@]{0,4})(?<name>[\p{L}\p{N}_][\p{L}\p{M}\p{N}_.-]*[\p{L}\p{M}\p{N}_])/u.exec(text.slice(from, from + 60));
  if (!next) return [];
  const { gap, name } = next.groups;
  const named = PROFILE.test(place[0]);
  const sure = shaped(name) || ((gap.includes(":") || gap.includes("=") || named) && !FILLER.has(name.toLowerCase()) && /^[a-z]+$/i.test(name) && name.length > 3);
  if (!sure || (/^[\d-]+$/.test(name))) return [];
  return [{ kind: "handle", start: from + gap.length, end: from + next[0].length, platform: place[0] }];
});

// "look for name_2 on snapchat": near a platform's name, what is written as only accounts are.
const ACCOUNTISH = /(?<![\p{L}\p{N}@._/-])(?=[a-z0-9._]*[a-z]{3})(?=[a-z0-9._]*(?:\d[a-z0-9._]*\d|_))[a-z][a-z0-9._]*[a-z0-9](?![\p{L}\p{N}@/-])/giu;
const NEAR = 48;
const nearPlatforms = (text) => [...text.matchAll(ACCOUNTISH)].flatMap((name) => {
  const start = name.index;
  const end = start + name[0].length;
  const before = text.slice(Math.max(0, start - NEAR), start).split(/[.!?\n।؟]/u).at(-1);
  const behind = text.slice(end, end + NEAR).split(/[.!?\n।؟]/u)[0];
  const place = [...before.matchAll(PLATFORM), ...behind.matchAll(PLATFORM)][0];
  return place ? [{ kind: "handle", start, end, platform: place[0] }] : [];
});

const every = (kind, rules, text, unless) => rules.flatMap((rule) => [...text.matchAll(rule)].flatMap((hit) => {
  const words = hit[0].replace(/[.,;:!?)\]}»।،؟…-]+$/u, "");
  return unless?.(words) ? [] : [{ kind, start: hit.index, end: hit.index + words.length }];
}));

export const addresses = (text) => [
  ...every("email", [MAIL, SAID_MAIL, OTHER_MAIL], text),
  ...every("url", LINKS, text, (words) => HELP.test(words) || words.length < 5),
  ...every("handle", [PAYMENT, AT_NAME, TAGGED, REDDIT], text, (words) => EVERYDAY.test(words)),
  ...behindPlatforms(text),
  ...nearPlatforms(text),
];
