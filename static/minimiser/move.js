// Moving a find to the field it belongs in: which field takes it (data-takes), and saving that field with the text.

const WITHIN = [
  ["instagram", /insta|^ig\b|इंस्टा|इन्स्टा|انست/iu], ["snapchat", /snap|^sc\b|स्नैप|سناب/iu], ["telegram", /tele|^tg\b|टेली|ل[يی]?[غج]رام/iu],
  ["facebook", /facebook|^fb\b|फेसबुक|فيس/iu], ["discord", /discord|डिस्कॉर्ड|ديسكورد/iu], ["tiktok", /tik ?tok|تيك/iu], ["x", /twitter|^x\b|ट्विटर|تويتر/iu],
  ["youtube", /youtube|यूट्यूब|يوتيوب/iu], ["reddit", /reddit|^\/?u\//iu], ["whatsapp", /whatsapp|व्हाट्सएप|واتس/iu],
];
const waiting = new Map(); // form that a value was moved to → the fields that took one

// A field of the same form, by its name; forms may put the same letters before all of theirs.
const beside = (field, name) => field.form.elements[field.name.replace(/[a-z_]+$/, name)];

const platformOf = (finding, field) => {
  const code = WITHIN.find(([, words]) => words.test(finding.platform ?? finding.text))?.[0];
  return code && [...(beside(field, "platform")?.options ?? [])].some((one) => one.value === code) ? code : "";
};

const takes = (field, finding) => {
  if (field.value.trim() || field.disabled || "held" in field.dataset) return false;
  return finding.kind !== "handle" || Boolean(platformOf(finding, field));
};

// The field of this page that takes such a find; none when the person may not write it, or something stands there already.
export const targetOf = (finding, from) => [...document.querySelectorAll(`[data-takes~="${finding.kind}"]`)]
  .find((field) => field !== from && takes(field, finding));

export const labelOf = (field) => field.dataset.takesAs ?? field.labels?.[0]?.firstChild.textContent.trim() ?? "";

const told = (field) => ["input", "change"].forEach((kind) => field.dispatchEvent(new Event(kind, { bubbles: true })));

// Puts the find there and answers how to take it back.
export const put = (finding, field) => {
  const kinds = { url: "url", handle: "account" };
  const { form } = field;
  field.value = finding.kind === "url" ? finding.text.replace(/\s+/g, "") : finding.text.replace(/^@/, "");
  if (kinds[finding.kind] && beside(field, "kind")) beside(field, "kind").value = kinds[finding.kind];
  if (finding.kind === "handle") beside(field, "platform").value = platformOf(finding, field);
  waiting.set(form, (waiting.get(form) ?? new Set()).add(field));
  told(field);
  return () => {
    field.value = "";
    waiting.get(form)?.delete(field);
    told(field);
  };
};

const others = (form) => [...waiting].filter(([one, fields]) => one !== form && one.isConnected && [...fields].some((field) => field.value.trim()));

export const carries = (form) => others(form).length > 0;

// Saves the other forms that took something, each as by its own button. False when one was not accepted; it is not tried
// again by itself, so that the text never waits for another form.
export const carry = async (form) => {
  for (const [one] of others(form)) {
    const answer = await fetch(one.action, { method: "POST", body: new URLSearchParams(new FormData(one)), redirect: "manual" }).catch(() => null);
    waiting.delete(one);
    if (answer?.type !== "opaqueredirect") return false;
  }
  return true;
};
