// The words that stand around what identifies somebody, in English, Hindi, romanised Hindi, Arabic and French.
import { spelt } from "./text.js";

const BEFORE = String.raw`(?<![\p{L}\p{M}\p{N}])`;
const AFTER = String.raw`(?![\p{L}\p{M}\p{N}])`;
const oneOf = (words) => spelt(words.trim().replace(/\s*\|\s*/g, "|"));
// So that "tik tok" is not read as "tik".
const longestFirst = (words) => oneOf(words).split("|").sort((one, other) => other.length - one.length).join("|");
const NUMBER = oneOf("numbers?|number|no|nos|num|nr|id|#|नंबर|नम्बर|नं|संख्या|numéro|numero|n°|no°|رقم|رقمه|رقمها");

// What comes just before digits that nobody can be called on.
export const NO_PHONE = new RegExp(`${BEFORE}(?:${oneOf(`
  order|orders|ref|reference|txn|transaction|utr|rrn|pnr|invoice|bill|ticket|receipt|tracking|awb|roll|fir|diary|complaint|case|otp|code|serial|imei
  |marks?|scores?|scored|got|rs|inr|rupees|₹|cost|price|amount|docket|parcel|courier|consignment|enrolment|enrollment|registration|admission|booking
  |ऑर्डर|आर्डर|रसीद|संदर्भ|टिकट|रोल|शिकायत|केस|कोड|अंक|नंबर आए|बिल|लेनदेन|पीएनआर|यूटीआर|रुपये|रु|पार्सल|कूरियर|ट्रैकिंग|बुकिंग|पंजीकरण
  |shikayat|rasid|rasiid|ank|rupaye|rupaiye|parcel|courier|tracking
  |طلب|الطلب|الطلبية|طلبية|فاتورة|الفاتورة|تذكرة|التذكرة|مرجع|المرجع|قضية|القضية|ملف|الملف|رمز|الرمز|كود|درجات|علامات|شحنة|الشحنة|المعاملة|معاملة|الحجز|حجز
  |commande|facture|dossier|référence|réf|reçu|billet|colis|notes?|plainte|suivi|transaction|réservation|inscription`)})${AFTER}[^\\p{L}\\p{N}]{0,3}(?:(?:${NUMBER}|is|was|are|were|of|for|hai|tha|the|का|की|है|था|थे|du|de|est|sont|هو|كان|كانت)${AFTER}[^\\p{L}\\p{N}]{0,3}){0,3}$`, "iu");

// What comes just behind such digits.
export const NO_PHONE_BEHIND = new RegExp(`^[^\\p{L}\\p{N}]{0,3}(?:as|is|was|comme)${AFTER}[^\\p{L}\\p{N}]{0,3}(?:(?:the|my|a|le|la|ma|mon)${AFTER} )?(?:${oneOf("order|tracking|reference|ref|transaction|booking|ticket|roll|complaint|receipt|invoice|suivi|référence|commande")})${AFTER}`, "iu");

// What comes just before digits that somebody can be called on, valid or not.
export const PHONE = new RegExp(`${BEFORE}(?:${oneOf(`
  phone|telephone|mobile|mob|cell|ph|tel|whatsapp|watsapp|whats app|call(?: me| her| him| them)?(?: on| at)?|contact|my number|his number|her number|their number|ring(?: me| her| him)?(?: on| at)?
  |फोन|फ़ोन|मोबाइल|मोबाईल|व्हाट्सएप|व्हाट्सऐप|वॉट्सऐप|संपर्क|मेरा नंबर|उसका नंबर|उनका नंबर|mera number|uska number|unka number|phone no
  |هاتف|هاتفي|هاتفه|هاتفها|الهاتف|جوال|الجوال|جوالي|جواله|جوالها|موبايل|موبايله|موبايلها|الموبايل|رقمي|رقمه|رقمها|واتساب|الواتساب|واتس|تلفون|تليفون|اتصل على|اتصلوا على|اتصل بي على|رقم امي|رقم ابي
  |téléphone|tél|portable|mobile|numéro de|mon numéro|son numéro|joindre au|appeler au|appelle au|appelez au`)})${AFTER}[^\\p{L}\\p{N}]{0,3}(?:(?:${NUMBER}|is|was|on|at|hai|par|pe|ka|का|की|पर|है|है ये|est|le|au|هو|على|ده|هذا)${AFTER}[^\\p{L}\\p{N}]{0,3}){0,3}$`, "iu");

// Digits said as words.
const SAID = `
  zero oh shunya शून्य صفر zéro|one ek एक واحد un|two do दो اثنين اثنان اتنين deux|three teen तीन ثلاثة ثلاثه تلاتة trois|four char chaar चार اربعة اربعه أربعة quatre
  |five paanch panch पांच पाँच خمسة خمسه cinq|six chhe chhah che छह छः छे ستة سته|seven saat सात سبعة سبعه sept|eight aath आठ ثمانية ثمانيه تمانية huit|nine nau नौ تسعة تسعه neuf`;
const DIGIT = new Map(SAID.split("|").flatMap((words, digit) => words.trim().split(/\s+/).map((word) => [spelt(word), String(digit)])));
const AGAIN = new Map(Object.entries({ double: 2, triple: 3, "डबल": 2, "ट्रिपल": 3, "दोबल": 2 }).map(([word, times]) => [spelt(word), times]));
const digitWords = [...DIGIT.keys(), ...AGAIN.keys()].sort((one, other) => other.length - one.length).join("|");

export const DIGITS = {
  run: new RegExp(`${BEFORE}(?:(?:${digitWords})${AFTER}[\\s,.-]*){7,20}`, "giu"),
  read: (words) => {
    let digits = "";
    let times = 1;
    for (const word of words.toLowerCase().split(/[\s,.-]+/)) {
      if (AGAIN.has(word)) {
        times = AGAIN.get(word);
      } else if (DIGIT.has(word)) {
        digits += DIGIT.get(word).repeat(times);
        times = 1;
      }
    }
    return digits;
  },
};

// Where people have accounts, and the words for an account.
const ACCOUNT = oneOf(`id|i\\.d|account|acc|acct|handle|username|user name|user|profile|profil|tag|nick|pseudo|compte|identifiant|pseudonyme|nom d'utilisateur
  |आईडी|आइडी|अकाउंट|खाता|प्रोफाइल|यूजरनेम|हैंडल|حساب|حسابي|حسابه|حسابها|الحساب|يوزر|يوزره|يوزرها|اليوزر|معرف|المعرف|معرفه|اسم المستخدم`);
const LINKING = oneOf("is|was|name|named|called|on|par|pe|mein|me|hai|h|ka|ki|naam|est|s'appelle|c'est|son|sa|le|sous|his|her|their|my|the|real|fake|new|nakli|naya|asli|का|की|पर|में|है|नाम|नकली|नया|هو|في|على|باسم|اسمه|اسمها|اسم|الجديد|الوهمي|faux|nouveau");
const PLACE = longestFirst(`instagram|insta|ig|snapchat|snap|sc|telegram|tele|tg|discord|facebook|fb|messenger|tiktok|tik tok|twitter|whatsapp|youtube|yt|reddit|roblox|bgmi|pubg|free fire|freefire|signal|kik|wattpad|sharechat|moj|josh|threads|linkedin|steam|minecraft|fortnite|x
  |इंस्टाग्राम|इंस्टा|इन्स्टा|इन्स्टाग्राम|स्नैपचैट|स्नैप|टेलीग्राम|फेसबुक|डिस्कॉर्ड|ट्विटर|यूट्यूब|व्हाट्सएप|انستا|انستغرام|انستقرام|انستجرام|الانستا|الانستغرام|سناب|سناب شات|السناب|سنابشات|تلغرام|تيليجرام|تليجرام|تليغرام|التلغرام|فيسبوك|فيس|الفيس|الفيسبوك|تيك توك|ديسكورد|تويتر|يوتيوب|واتساب|الواتساب|واتس`);
const link = `(?:[ ]+(?:${LINKING}|${ACCOUNT})${AFTER})`;

export const PLATFORM = new RegExp(`${BEFORE}(?:(?:${PLACE})${AFTER}${link}{0,5}|(?:${ACCOUNT})${AFTER}${link}{0,3}[ ]+(?:${PLACE})${AFTER}${link}{0,3}|(?:${oneOf("username|user name|pseudo|identifiant|handle|gamertag|gamer tag|यूजरनेम|يوزر|اليوزر|يوزره|يوزرها|حسابه|حسابها|حسابي|اسم المستخدم")})${AFTER}${link}{0,3})`, "giu");
export const PROFILE = new RegExp(`${BEFORE}(?:${ACCOUNT})${AFTER}(?:[ ]+(?:${LINKING}|${ACCOUNT})${AFTER})*$`, "iu");

// Words that stand behind a platform's name and are no account.
export const FILLER = new Set(oneOf(`
  account|accounts|block|blocked|blocks|deleted|delete|hacked|hack|fake|real|group|groups|page|pages|post|posts|posted|story|stories|reel|reels|video|videos|photo|photos|picture|pictures|pics|chat|chats|call|calls|message|messages|messaged|profile|username|handle|password|login|live|link|links|friend|friends|request|requests|report|reported|because|since|when|where|that|this|they|them|their|there|then|with|from|after|before|about|again|also|another|asked|asking|came|come|comes|does|doing|even|every|everyone|found|gave|give|going|have|having|here|into|just|keep|keeps|kept|last|made|make|many|more|most|much|never|none|nothing|number|only|other|over|people|same|said|saying|says|send|sends|sent|sending|show|shows|shown|some|someone|something|started|still|stop|stopped|such|take|taken|took|tell|told|turned|under|unknown|until|used|using|very|want|wanted|wants|well|went|were|what|which|while|will|would|yesterday|today|tomorrow|your|belongs|removed|private|public|suspended|disabled|closed|open|opened|banned|locked
  |bhi|mein|nahi|nahin|kiya|kar|karke|raha|rahi|rahe|tha|thi|wala|wali|bana|banaya|banai|hack|diya|hua|hui|gaya|gayi|aaya|aayi|bhej|bheja|bheji|dala|daala|mila|mili|unka|uska|uski|usne|maine|usko|mujhe|meri|mera|mere|band|chalu|logon|sabko|delete|photos
  |bloqué|bloque|supprimé|supprime|piraté|pirate|faux|vrai|groupe|photo|photos|vidéo|video|message|messages|depuis|avec|dans|pour|parce|quand|sans|elle|mais|alors|hier|demain|fermé|signalé|ouvert|privé|public|inconnu`).split("|"));
