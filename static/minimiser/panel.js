// What stands under a field: the finds, a button for each thing that can be done, and what was done with its undo.
const words = document.getElementById("minimiser");
const [group, row] = words.content.children;

if (!document.querySelector(`link[href="${words.dataset.sheet}"]`)) {
  const sheet = document.createElement("link");
  sheet.rel = "stylesheet";
  sheet.href = words.dataset.sheet;
  document.head.append(sheet);
}

export const settings = { home: words.dataset.home, own: words.dataset.own };
export const word = (name) => words.dataset[name] ?? "";
export const kindWord = (kind) => words.dataset[`kind${kind[0].toUpperCase()}${kind.slice(1)}`];

// The panel of a field and its polite voice; made once, beneath what explains the field.
export const panelFor = (field) => {
  const panel = group.cloneNode(true);
  panel.append(document.createElement("ul"));
  const voice = document.createElement("p");
  voice.className = "unseen";
  voice.setAttribute("role", "status");
  const place = field.closest(".field") ?? field;
  if (place === field) field.after(voice, panel);
  else place.append(voice, panel);
  panel.hidden = true;
  return { panel, voice };
};

const button = (line, verb) => line.querySelector(`[data-do="${verb}"]`);

const found = (finding, target, label) => {
  const line = row.cloneNode(true);
  line.querySelector("[data-kind]").textContent = kindWord(finding.kind);
  line.querySelector("[data-said]").textContent = finding.text;
  line.querySelectorAll("button").forEach((one) => { one.setAttribute("aria-label", `${one.textContent.trim()}: ${kindWord(finding.kind)} ${finding.text}`); });
  const move = button(line, "move");
  move.hidden = !target;
  if (target) {
    move.textContent = word("move").replace("%s", label);
    move.setAttribute("aria-label", `${move.textContent}: ${finding.text}`);
  }
  button(line, "undo").hidden = true;
  return line;
};

const done = (change) => {
  const line = row.cloneNode(true);
  line.querySelector("[data-kind]").textContent = change.said;
  line.querySelector("[data-said]").remove();
  ["mask", "move", "leave"].forEach((verb) => button(line, verb).remove());
  button(line, "undo").setAttribute("aria-label", `${button(line, "undo").textContent.trim()}: ${change.said}`);
  line.classList.add("soft");
  return line;
};

// Shows `finds` ([finding, target, label]) and `changes`. `asked`: saving was held, and this says how to go on.
export const show = (panel, finds, changes, asked) => {
  panel.hidden = !finds.length && !changes.length;
  panel.classList.toggle("asked", Boolean(asked));
  panel.querySelector("[data-head]").hidden = !finds.length;
  panel.querySelector("[data-do=all]").hidden = finds.length < 2;
  panel.querySelector("[data-ask]").textContent = asked;
  panel.querySelector("ul").replaceChildren(
    ...finds.map(([finding, target, label]) => found(finding, target, label)),
    ...changes.map(done),
  );
};
