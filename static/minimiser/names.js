// Names of people and of schools, by the words that announce them. A capital letter alone never counts.
import { spelt } from "./text.js";
import { COMMON, SURNAMES } from "./lexicon.js";

const B = String.raw`(?<![\p{L}\p{M}\p{N}])`;
const E = String.raw`(?![\p{L}\p{M}\p{N}])`;
const WORD = String.raw`\p{L}[\p{L}\p{M}'-]*`;
const CAP = String.raw`\p{Lu}[\p{L}\p{M}'-]*`;
const LATIN = String.raw`\p{Script=Latin}[\p{Script=Latin}\p{M}'-]*`;
const NAGARI = String.raw`\p{Script=Devanagari}[\p{Script=Devanagari}\p{M}]*`;
const ARABIC = String.raw`\p{Script=Arabic}+`;
const rule = (source, flags = "giu") => new RegExp(spelt(source), `d${flags}`);

// Each finds `who`: up to three words. `some` is how the words of a name may look there.
const announced = {
  latin: [
    rule(`${B}(?:my|his|her|their|whose|the (?:boy|girl|man|woman|teacher|student|child|friend)'s|(?:father|mother|brother|sister|friend|teacher|uncle|aunt|cousin|boyfriend|girlfriend|neighbour|neighbor|tutor|coach)'?s?) (?:(?:full|real|first|actual|true|whole|legal) )?name(?: is|'s| was|:| -)[ ]*(?<who>${LATIN}(?: ${LATIN}){0,2})`),
    rule(`${B}(?:full |real )?name ?[:=-] ?(?<who>${LATIN}(?: ${LATIN}){0,2})`),
    rule(`${B}(?:named|by the name of|goes by the name|whose name is|is called|was called) (?<who>${CAP}(?: ${CAP}){0,2})`, "gu"),
    rule(`${B}(?:this is|i am|i'm) (?<who>${LATIN}(?: ${LATIN})?) (?:speaking|calling)${E}`),
    rule(`${B}(?:boy|girl|man|woman|guy|person|teacher|friend|student|kid|lady|uncle|classmate|someone|somebody) (?:named|called) (?<who>${LATIN}(?: ${LATIN})?)`),
    rule(`${B}(?:this is|i am|i'm|I am|I'm|This is) (?<who>${CAP}(?: ${CAP}){0,2}) (?:speaking|here|from|calling|and I (?:am|study|live))${E}`, "gu"),
    rule(`${B}(?:Mr|Mrs|Ms|Miss|Dr|Prof|Shri|Smt|Md|Sr|Fr|mr|mrs|ms|dr)\\.? (?<who>${CAP}(?: ${CAP}){0,2})`, "gu"),
    rule(`(?<who>${B}${CAP}(?: ${CAP})?) (?:[Ss]ir|[Mm]a'?am|[Mm]adam|[Uu]ncle|[Aa]unty|[Aa]untie|bhaiya|bhaiyya|didi|chacha|mama ji|ji)${E}`, "gu"),
    rule(`${B}(?:me?ra|uska|uski|unka|iska|ladke ka|ladki ka|bhai ka|behen ka|dost ka|teacher ka|sir ka|papa ka|mummy ka|ma ka|chacha ka|mama ka|apna|us ka|is ka) (?:pura |poora |asli |real |full )?na+m (?:hai |h |to |toh |tha )?(?<whole>${LATIN}(?: ${LATIN}){0,2}?)(?= (?:hai|h|he|hain|tha|thi|aur|or|and|par|pe|class|bataya|batata|batati|bola|likha)${E}|[.,!?\n]|$)`),
    rule(`${B}na+m ?(?:hai|tha|h|:|-) ?(?<whole>${LATIN}(?: ${LATIN})?)(?=[,.!?\n]|$| (?:aur|jo|wo|class)${E})`),
    rule(`(?<who>${B}${LATIN}(?: ${LATIN})?) na+m (?:ka|ki|ke) (?:ek |koi )?(?:ladka|ladki|aadmi|admi|uncle|teacher|dost|insaan|larka|larki|banda|bande|ladke)${E}`, "gu"),
    rule(`${B}(?:main|mai|me) (?<who>${LATIN}(?: ${LATIN})?) (?:bol|baat kar) (?:raha|rahi|rha|rhi)${E}`),
    rule(`${B}(?:je m'appelle|il s'appelle|elle s'appelle|qui s'appelle|s'appelle|moi c'est|se nomme|je suis le père de|je suis la mère de) (?<who>${LATIN}(?: ${LATIN}){0,2})`),
    rule(`${B}(?:mon|son|leur|ton) (?:vrai |nom de famille |pré)?(?:nom|nom complet|prénom)(?: complet| entier)?(?: est|, c'est| c'est| :|:) ?(?<who>${LATIN}(?: ${LATIN}){0,2})`),
    rule(`${B}(?:nommée?|prénommée?|appelée?|dénommée?) (?<who>${CAP}(?: ${CAP}){0,2})`, "gu"),
    rule(`${B}(?:M\\.|Mme|Mlle|Monsieur|Madame|Mademoiselle|monsieur|madame) (?<who>${CAP}(?:[ -]${CAP}){0,2})`, "gu"),
    rule(`${B}(?:nom|prénom) ?[:=] ?(?<who>${LATIN}(?: ${LATIN}){0,2})`),
    rule(`${B}(?:[Mm]y|[Hh]is|[Hh]er|[Mm]era|[Mm]eri|[Uu]ska|[Uu]ski|[Mm]on|[Mm]a|[Ss]on|[Ss]a) (?:best |class |meilleure? |petit |petite )?(?:friend|brother|sister|cousin|uncle|aunt|teacher|boyfriend|girlfriend|neighbour|neighbor|tutor|coach|classmate|dost|bhai|behen|saheli|amie?|copain|copine|frère|sœur|cousine|voisine?) (?<who>${CAP}(?: ${CAP})?)`, "gu"),
    rule(`(?<who>${B}${CAP} (?:${CAP} )?(?:${SURNAMES.latin}))${E}`, "gu"),
  ],
  nagari: [
    rule(`${B}(?:मेरा|मेरी|उसका|उसकी|उनका|उनकी|इसका|अपना|लड़के का|लड़की का|भाई का|बहन का|दोस्त का|सहेली का|टीचर का|अध्यापक का|सर का|पापा का|पिता का|माँ का|मां का|मम्मी का|चाचा का|मामा का|बच्चे का|बच्ची का) (?:पूरा |असली )?नाम (?:तो )?(?<whole>${NAGARI}(?: ${NAGARI}){0,2}?)(?= (?:है|हैं|था|थी|और|बताया)${E}|[,.।!?\n]|$)`),
    rule(`${B}(?:पूरा |असली )?नाम ?(?:है |था |[:-] ?)(?<whole>${NAGARI}(?: ${NAGARI}){0,2})(?=[,.।!?\n]|$| (?:और|जो|वह|वो)${E})`),
    rule(`(?<who>${B}${NAGARI}(?: ${NAGARI})??) नाम (?:का|की|के) (?:एक |कोई )?(?:लड़का|लड़की|लड़के|आदमी|व्यक्ति|शख्स|दोस्त|टीचर|अध्यापक|औरत|बच्चा|बच्ची)${E}`),
    rule(`${B}(?:मैं|में) (?<who>${NAGARI}(?: ${NAGARI})?) (?:बोल|बात कर) (?:रहा|रही)${E}`),
    rule(`${B}(?:श्री|श्रीमती|डॉ|डॉक्टर|मास्टर)\\.? (?<who>${NAGARI}(?: (?:${SURNAMES.nagari}))?)`),
    rule(`(?<who>${B}${NAGARI} (?:${SURNAMES.nagari}))${E}`),
  ],
  arabic: [
    rule(`${B}(?:و|ف)?(?:اسمي|اسمه|اسمها|اسم (?:الولد|البنت|الشاب|الرجل|الفتاة|الطالب|الطالبة|المعلم|المعلمة|الاستاذ|صديقي|صديقتي|اخي|اختي|ابي|امي|والدي|والدتي|خالي|عمي|جارنا|صاحبي)) (?:الكامل |الحقيقي |هو |هي |الثلاثي )*(?<who>${ARABIC}(?: ${ARABIC}){0,2})`),
    rule(`${B}(?:الاسم|الاسم الكامل) ?[:-] ?(?<who>${ARABIC}(?: ${ARABIC}){0,2})`),
    rule(`${B}(?:يدعى|تدعى|يسمى|المدعو|المدعوة|ينادونه|ينادونها) (?<who>${ARABIC}(?: ${ARABIC})?)`),
    rule(`(?<whole>${B}${ARABIC} (?:بن|ابن|بنت|ولد) (?:عبد ${ARABIC}|${ARABIC}(?: ال${ARABIC})?))${E}`),
    rule(`${B}(?:السيد|السيدة|الدكتور|الدكتورة|الشيخ) (?<who>(?!ال)${ARABIC}(?: ال${ARABIC})?)`),
    rule(`(?<who>${B}${ARABIC} (?:${SURNAMES.arabic}))${E}`),
  ],
};

const SCHOOL_LATIN = "School|school|SCHOOL|Vidyalaya|vidyalaya|Vidyalay|vidyalay|Vidya Mandir|vidya mandir|Vidyapeeth|vidyapeeth|College|college|Academy|academy|Convent|convent|Institute|Madrasa|Madarsa|Gurukul|Pathshala|pathshala|Niketan|Mandir School";
const ENDS_AS_SCHOOL = / (?:School|school|Vidyalaya|vidyalaya|College|college|Academy)$/u;
const SORT = "Public|Higher Secondary|Senior Secondary|Secondary|International|Model|Memorial|English Medium|Primary|Central|National|Girls|Boys|High|Junior|World|Modern|Convent|Sr\\.? Sec\\.?|Govt\\.?|Government|public|international|convent|model|high";
const schools = {
  latin: [
    rule(`(?<who>${B}(?:${CAP}|St\\.?|St\\.? ${CAP})(?: (?:of |de )?${CAP}){0,3}?(?: (?:${SORT})){1,3}) (?:${SCHOOL_LATIN})${E}`, "gu"),
    rule(`(?<who>${B}${CAP}(?: (?:of )?${CAP}){1,3}) (?:${SCHOOL_LATIN})${E}`, "gu"),
    rule(`(?<who>${B}${LATIN}(?: ${LATIN})? (?:public|convent|international|model|central|memorial)) (?:school|vidyalaya)${E}`),
    rule(`(?<who>${B}${CAP}) (?:School|Vidyalaya|Vidya Mandir|College|Academy|Convent|Vidyapeeth|Gurukul|Niketan)${E}`, "gu"),
    rule(`(?<who>${B}(?:St|Saint|Sainte)[. -]+${CAP}(?:'s)?(?: ${CAP})?)${E}`, "gu"),
    rule(`${B}(?:school|school ka na+m|college|the school|school is|school's name is|school ka name)(?: called| named| is called| ka na+m| name is|:) (?<who>${LATIN}(?: ${LATIN}){0,3}?)(?= (?:hai|h|he|in|at|near|and|mein|aur)${E}|[.,!?\n]|$)`),
    rule(`${B}(?:class|grade|std|standard|year)\\.? ?(?:\\d{1,2}|[IVX]{1,4}) ?(?:st|nd|rd|th)?[- ]?[A-Ha-h]?,? (?:at|in|of|from|@) (?<who>${CAP}(?: ${CAP}){0,3})`, "gu"),
    rule(`(?<who>${B}${CAP}) (?:school|college|vidyalaya)${E}`, "gu"),
    rule(`${B}(?<who>(?:dps|kv|jnv|dav|kendriya vidyalaya|navodaya vidyalaya|jawahar navodaya|ryan international|delhi public|saraswati)(?: (?:no\\.? ?\\d+|sector[ -]?\\d+|${LATIN}))?)(?= (?:school|vidyalaya|vidya|mein|me|m|ka|ki|ke|se|wale|class|in|at|and)${E}|[.,!?\n]|$)`),
    rule(`${B}(?:mera|mere|meri|uska|uske|hamara|apna) (?:school|college|vidyalaya) (?<who>${CAP}(?: ${CAP}){0,3}) (?:hai|h|he|mein|me)${E}`, "gu"),
    rule(`(?<who>${B}${CAP}(?: ${CAP}){0,3}) (?:school|vidyalaya|college|convent|vidya mandir) (?:me|mein|main|m) (?:padh|class|hu|hoon|jata|jati)`, "gu"),
    rule(`${B}(?:[Ll]ycée|[Cc]ollège|[Éé]cole|[Ii]nstitution|[Pp]ensionnat|[Gg]roupe scolaire|[Uu]niversité|[Mm]aternelle|[Cc]ours)(?: (?:primaire|privée?|public|publique|élémentaire|catholique|français|internationale?|maternelle|technique|professionnel|secondaire|de garçons|de filles))*(?: (?:de la|du|de|des))?(?: l'| d'| de l'| )(?<who>${CAP}(?:(?:[ -]| de | des | du | la | d'| et )+${CAP}){0,3})`, "gu"),
  ],
  nagari: [
    rule(`(?<who>${B}${NAGARI}(?: ${NAGARI}){0,2}?(?: (?:पब्लिक|इंटरनेशनल|कॉन्वेंट|मॉडल|मेमोरियल|सीनियर सेकेंडरी|हायर सेकेंडरी|सेंट्रल|इंग्लिश मीडियम|गर्ल्स|बॉयज|इंटर|कन्या|बाल|उच्चतर माध्यमिक|माध्यमिक|प्राथमिक|शिशु)){1,2}) (?:स्कूल|विद्यालय|कॉलेज|पाठशाला|विद्या मंदिर|मंदिर|अकादमी|एकेडमी)${E}`),
    rule(`${B}(?<who>(?:केंद्रीय|नवोदय|जवाहर नवोदय|सरस्वती|कस्तूरबा गांधी|सेंट ${NAGARI}|संत ${NAGARI}|डीपीएस|डीएवी|केवी)(?: ${NAGARI})??)(?: (?:विद्यालय|विद्या मंदिर|शिशु मंदिर|स्कूल|कॉलेज|कॉन्वेंट)|(?= (?:में|मे|का|की|के|से)${E}))`),
    rule(`${B}(?:स्कूल|विद्यालय|कॉलेज) का नाम (?<who>${NAGARI}(?: ${NAGARI}){0,3}?)(?= (?:है|हैं|था)${E}|[,.।\n]|$)`),
    rule(`(?<who>${B}${NAGARI}(?: ${NAGARI})??) (?:स्कूल|विद्यालय|कॉलेज|विद्यापीठ|विद्या मंदिर|मदरसा|मदरसे|गुरुकुल|निकेतन) (?:में|मे) (?:पढ़|कक्षा|क्लास)`),
    rule(`(?<who>${B}${NAGARI}) (?:स्कूल|कॉलेज) (?:का|की|के|में|मे|से|है|वाले)${E}`),
    rule(`(?<who>${B}${NAGARI}(?: ${NAGARI})??) (?:विद्यालय|विद्यापीठ|विद्या मंदिर|विद्या निकेतन|गुरुकुल)${E}`),
  ],
  arabic: [
    rule(`${B}[وفبل]?(?:مدرسة|مدرسه|ثانوية|ثانويه|اعدادية|اعداديه|متوسطة|ابتدائية|معهد|مدارس|ليسيه|روضة) (?<who>(?:(?:ابو|ابي|ام|عبد) )?${ARABIC}(?: (?:بن|بنت|ابن|ابي|ابو|ام|عبد) ${ARABIC}| ${ARABIC})?)`),
  ],
};

const common = new Set(spelt(COMMON).toLowerCase().trim().split(/[\s|]+/));
const isCommon = (word) => {
  const bare = word.toLowerCase().replace(/['-]+$/u, "");
  // In Arabic "and", "so", "with" and "for" are written together with their word.
  return common.has(bare) || (/^[وفبل]\p{L}{3}/u.test(bare) && common.has(bare.slice(1)));
};
// Words that are common and yet part of a name, within it or at its head.
const WITHIN = {
  school: /^(?:\p{Lu}.*|de|du|des|la|d'|et|of|no|public|convent|international|model|central|memorial)$/u,
  person: /^(?:Le|La|De|Du|Da|Des|El|Al|de|da|du)$/u,
};
const FIRST = { school: /^(?:Les?|La)$/u, person: /^(?:Le|La|De|Da|El|Al)$/u };

const families = new Set(spelt(SURNAMES.latin).toLowerCase().split("|"));
const PARTICLE = /^(?:de|du|des|la|el|al|ben|bin|of|et|d'|no)/u;

// A word without a capital belongs to a name if the whole name has none, if it is a family's, or as the second of two.
const cased = (who) => {
  const words = who.split(" ");
  if (!/^\p{Lu}/u.test(who) || words.length === 2) return who;
  const stop = words.findIndex((word) => /^\p{Ll}/u.test(word) && !families.has(word.toLowerCase()) && !PARTICLE.test(word));
  return stop < 0 ? who : words.slice(0, stop).join(" ");
};

// What is found by the word behind it begins after the last word that is no name: how many signs stand before that.
const leading = (who, kind) => {
  let at = 0;
  for (const word of who.matchAll(/\S+\s*/gu)) {
    const bare = word[0].trim();
    if (isCommon(bare) && (at === word.index || !WITHIN[kind].test(bare))) at = word.index + word[0].length;
  }
  return at;
};

// The words of `who` up to the first that is no name; nothing when it is a name no longer.
const nameOf = (who, kind) => {
  let end = 0;
  let own = false;
  for (const word of who.matchAll(/\S+/gu)) {
    if (isCommon(word[0]) && !(end > 0 ? WITHIN : FIRST)[kind].test(word[0])) break;
    own ||= !isCommon(word[0]);
    end = word.index + word[0].length;
  }
  return own ? who.slice(0, end) : "";
};

// `whole`: the rule knows where the name ends, so a common word in it means that it is none.
const found = (kind, rules, text) => rules.flatMap((one) => [...text.matchAll(one)].flatMap((hit) => {
  const { who, whole } = hit.groups;
  const [start] = hit.indices.groups[whole ? "whole" : "who"];
  const said = whole ?? who;
  const skipped = start === hit.index && !whole ? leading(said, kind) : 0;
  const name = nameOf(cased(said.slice(skipped)), kind);
  if (name.length < 2 || (whole && name !== whole)) return [];
  const bare = kind === "school" ? name.replace(ENDS_AS_SCHOOL, "") : name;
  return [{ kind, start: start + skipped, end: start + skipped + bare.length }];
}));

const all = (rules) => Object.values(rules).flat();
export const names = (text) => [...found("school", all(schools), text), ...found("person", all(announced), text)];
