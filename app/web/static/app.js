// Makes pages faster to use; every page works without it. Nothing here decides, confirms or stores anything but
// whether the single-letter keys are wanted on this device.
const store = {
  wanted: () => { try { return localStorage.getItem("keys") !== "off"; } catch { return true; } },
  want: (on) => { try { localStorage.setItem("keys", on ? "on" : "off"); } catch { /* private mode: for this page only */ } },
};
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
document.documentElement.classList.add("js");

// Menus fold up on Escape and on a click elsewhere.
document.addEventListener("click", (event) => {
  for (const menu of all("details.menu[open]")) if (!menu.contains(event.target)) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of all("details.menu[open]")) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// A select marked data-submit sends its form by itself; the button beside it (class nojs) is then not needed.
for (const select of all("select[data-submit]")) {
  select.addEventListener("change", () => select.form.requestSubmit());
}

// Minus and plus at a counted quantity.
for (const input of all("input[data-count]")) {
  const key = (sign, step) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "btn line step";
    button.textContent = sign;
    button.tabIndex = -1;
    button.setAttribute("aria-hidden", "true");
    button.addEventListener("click", () => {
      const value = Number(input.value || 0);
      if (Number.isFinite(value)) input.value = String(Math.max(0, value + step));
      input.dispatchEvent(new Event("input", { bubbles: true }));
    });
    return button;
  };
  input.before(key("−", -1));
  input.after(key("+", 1));
}

// A form is sent once: a second click on a slow line would only earn a refusal.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  setTimeout(() => { delete form.dataset.sent; }, 5000);
});
window.addEventListener("pageshow", () => { for (const form of all("form[data-sent]")) delete form.dataset.sent; });

// Single keys: "/" search, j and k rows, "?" help. Off in fields, and for good where the reader says so.
const dialog = document.getElementById("keys");
const rows = () => all("[data-keys]").flatMap((box) => all("tbody tr, li", box)).map((row) => row.querySelector("a")).filter(Boolean);
const walk = (step) => {
  const links = rows();
  if (!links.length) return;
  let at = links.indexOf(document.activeElement);
  if (at < 0) at = links.findIndex((link) => link.matches("[aria-current]"));
  links[Math.min(links.length - 1, Math.max(0, at + step))].focus();
};
const actions = {
  "/": () => document.getElementById("find")?.focus(),
  j: () => walk(1),
  k: () => walk(-1),
  "?": () => dialog?.showModal(),
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || dialog?.open || !store.wanted()) return;
  if (event.target.closest("input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]")) return;
  const action = actions[event.key];
  if (!action) return;
  event.preventDefault();
  action();
});
for (const button of all("[data-open=keys]")) {
  button.hidden = false;
  button.addEventListener("click", () => dialog.showModal());
}
for (const box of all("[data-keys-on]")) {
  box.checked = store.wanted();
  box.addEventListener("change", () => store.want(box.checked));
}
