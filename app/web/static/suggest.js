// Suggestions while typing in the search box: products, brands, categories. Without this script the box is a plain form.
const box = document.getElementById("find");
if (box?.form.dataset.suggest) {
  const form = box.form;
  const list = document.createElement("ul");
  list.id = "find-list";
  list.className = "suggestions";
  list.hidden = true;
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset.title);
  form.append(list);
  for (const [name, value] of [["role", "combobox"], ["autocomplete", "off"], ["aria-autocomplete", "list"],
    ["aria-controls", list.id], ["aria-expanded", "false"]]) box.setAttribute(name, value);

  let at = -1, wait = 0, asking = null, typed = box.value;
  const options = () => [...list.children];
  const close = () => {
    list.hidden = true;
    at = -1;
    box.setAttribute("aria-expanded", "false");
    box.removeAttribute("aria-activedescendant");
  };
  const stop = () => { clearTimeout(wait); asking?.abort(); close(); };
  const mark = (place) => {
    const all = options();
    at = place < -1 ? all.length - 1 : place >= all.length ? -1 : place;
    all.forEach((one, number) => one.setAttribute("aria-selected", String(number === at)));
    box.value = at < 0 ? typed : all[at].dataset.text;
    if (at < 0) box.removeAttribute("aria-activedescendant");
    else { box.setAttribute("aria-activedescendant", all[at].id); all[at].scrollIntoView({ block: "nearest" }); }
  };
  const go = (one) => {
    if (one.dataset.kind === "listing") { box.value = one.dataset.text; form.requestSubmit(); return; }
    location.assign(`${form.getAttribute("action")}?${new URLSearchParams({ [one.dataset.kind]: one.dataset.value })}`);
  };
  const show = (found) => {
    list.replaceChildren(...found.map((one, number) => {
      const option = document.createElement("li");
      option.id = `find-${number}`;
      option.setAttribute("role", "option");
      option.setAttribute("aria-selected", "false");
      Object.assign(option.dataset, one);
      const text = document.createElement("span");
      text.textContent = one.text;
      option.append(text);
      if (form.dataset[one.kind]) {
        const kind = document.createElement("span");
        kind.className = "note";
        kind.textContent = form.dataset[one.kind];
        option.append(kind);
      }
      option.addEventListener("mousedown", (event) => event.preventDefault()); // the box keeps the focus
      option.addEventListener("click", () => go(option));
      return option;
    }));
    at = -1;
    list.hidden = !found.length;
    box.setAttribute("aria-expanded", String(!!found.length));
  };
  const ask = async () => {
    asking?.abort();
    asking = new AbortController();
    try {
      const answer = await fetch(`${form.dataset.suggest}?${new URLSearchParams({ q: typed })}`, {
        signal: asking.signal, headers: { Accept: "application/json" },
      });
      if (answer.ok && document.activeElement === box) show((await answer.json()).suggestions);
    } catch { /* typed on, or offline: the form still works */ }
  };
  box.addEventListener("input", (event) => {
    clearTimeout(wait);
    typed = box.value;
    if (event.isComposing) return; // pinyin that is not yet a word
    if (!typed.trim()) { stop(); return; }
    wait = setTimeout(ask, 120);
  });
  box.addEventListener("compositionend", () => { typed = box.value; clearTimeout(wait); wait = setTimeout(ask, 60); });
  box.addEventListener("keydown", (event) => {
    if (event.isComposing || list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); mark(at + (event.key === "ArrowDown" ? 1 : -1)); }
    else if (event.key === "Escape") { event.preventDefault(); box.value = typed; stop(); }
    else if (event.key === "Enter" && at >= 0) { event.preventDefault(); go(options()[at]); }
  });
  box.addEventListener("blur", stop);
}
