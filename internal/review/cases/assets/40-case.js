// The case page: the gate answers while somebody writes, and what she typed stays.
"use strict";
(() => {
  const { one, all, say } = window.desk;
  const decide = one("#decide");
  if (!one("#said")) return; // another page

  // What the gate says about a field.
  function underline(under, text, problems) {
    const parts = [];
    let at = 0;
    for (const p of [...problems].sort((a, b) => a.start - b.start)) {
      if (p.start < at || p.end <= p.start || !p.words) continue; // without words it is about the whole
      const m = document.createElement("mark");
      m.textContent = text.slice(p.start, p.end);
      parts.push(text.slice(at, p.start), m);
      at = p.end;
    }
    under.replaceChildren(...parts, text.slice(at) + "\n");
  }
  function line(p) {
    const li = document.createElement("li"), q = document.createElement("q");
    q.textContent = p.words;
    li.append(p.lead, ...(p.words ? [q] : []), p.rest);
    return li;
  }
  function look(field, pieces) {
    const text = one(".preview .text", field);
    if (text) text.replaceChildren(...pieces.map((p) => {
      if (!p.as) return p.text;
      const span = document.createElement("span");
      span.className = p.as;
      span.textContent = p.text;
      return span;
    }));
  }
  function tell(field, got) {
    const unsafe = got.problems.length > 0;
    field.classList.toggle("unsafe", unsafe);
    if (unsafe) field.classList.add("editing");
    one("textarea", field).setAttribute("aria-invalid", String(unsafe));
    one(".problems", field).replaceChildren(...got.problems.filter((p) => !p.again).map(line));
    const good = one(".preview", field) ? say("safe to publish ✓") : "";
    one(".gate", field).textContent = !unsafe ? good : good ? say("Not safe to publish yet.") : say("Not for a note.");
    const stops = one(`[data-stops=${field.dataset.kind}]`);
    if (stops) stops.textContent = got.stops;
    one(".length", field).textContent = got.length;
    const left = one(".left", field);
    if (left) { left.textContent = got.left; left.classList.toggle("over", got.over); }
    look(field, got.preview);
  }
  const nothing = { problems: [], preview: [], stops: "", length: "0", left: "", over: false };

  // watch asks the gate a moment after somebody stopped typing in a field.
  function watch(field, url) {
    const area = one("textarea", field), under = one(".under", field), gate = one(".gate", field);
    let timer, asked = 0;
    async function check() {
      const mine = ++asked, text = area.value;
      if (!text.trim()) { tell(field, nothing); gate.textContent = ""; return underline(under, text, []); }
      const res = await fetch(url, { method: "POST", body: new URLSearchParams({ kind: field.dataset.kind, text }) });
      const got = await res.json();
      if (mine !== asked) return;
      if (!res.ok) throw new Error("not checked");
      underline(under, text, got.problems);
      tell(field, got);
    }
    const soon = (ms) => {
      clearTimeout(timer);
      timer = setTimeout(() => check().catch(() => {
        gate.textContent = say("Cannot be checked at this moment. It is checked again when you approve.");
      }), ms);
    };
    area.addEventListener("input", () => {
      asked++;
      underline(under, area.value, []);
      look(field, [{ text: area.value }]);
      gate.textContent = say("Checking…");
      soon(300);
    });
    area.addEventListener("scroll", () => { under.scrollTop = area.scrollTop; });
    if (one(".problems li", field)) soon(0);
  }
  // A note goes by itself: without a script it takes the reply that is being written along.
  function alone() {
    for (const el of all("#team [form=decide]")) { el.removeAttribute("form"); el.removeAttribute("formaction"); }
  }
  alone();
  for (const form of all("form[data-check]")) for (const field of all(".field", form)) watch(field, form.dataset.check);

  // Writing, other wordings, and what takes one more choice.
  for (const b of all("[data-edit]")) b.addEventListener("click", () => {
    const field = one(`.field[data-kind=${b.dataset.edit}]`);
    field.classList.add("editing");
    one("textarea", field).focus();
  });
  const wording = one("#wording");
  if (wording) {
    const area = one("#f-reply"), list = all("#wordings li p").map((p) => p.textContent);
    wording.addEventListener("click", () => {
      area.value = list[(list.indexOf(area.value) + 1) % list.length];
      area.dispatchEvent(new Event("input"));
    });
  }
  for (const b of all("button.copy")) b.addEventListener("click", async () => {
    const text = one(".ours", b.closest("li")), told = one("[role=status]", b.parentElement);
    getSelection().selectAllChildren(text);
    try {
      await navigator.clipboard.writeText(text.textContent);
      told.textContent = say("Copied.");
    } catch {
      told.textContent = say("Press Ctrl-C, or Cmd-C on a Mac."); // it is chosen
    }
  });
  if (decide) {
    decide.addEventListener("keydown", (e) => {
      if (e.key === "Enter" && e.target.matches("input, select")) e.preventDefault(); // approve is pressed on purpose
    });
    decide.addEventListener("click", (e) => {
      const b = e.target.closest("[name=do][value=hide]"), reason = one("#reason");
      if (!b || reason.value) return;
      e.preventDefault(); // hiding needs a reason: it is asked for
      one("[name=hide]", decide).checked = true;
      reason.focus();
    });
  }

  // What does not decide is done beside what is being written, which stays.
  const changed = (el) => (el.type === "checkbox" || el.type === "radio" ? el.checked !== el.defaultChecked
    : el.id === "reason" ? el.selectedIndex !== Math.max(0, [...el.options].findIndex((o) => o.defaultSelected))
    : el.tagName === "TEXTAREA" && el.value !== el.defaultValue);
  const writing = (besides) => all("#decide, #team form").filter((f) => f !== besides).some((f) => [...f.elements].some(changed));
  const parts = ["said", "team", "history"].filter((id) => one("#" + id));
  async function aside(form, by) {
    const body = new URLSearchParams(new FormData(form, by));
    const res = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } });
    const doc = new DOMParser().parseFromString(await res.text(), "text/html");
    if (!doc.querySelector("#said")) throw new Error("another page");
    const note = one("#f-note");
    const typed = note && !form.contains(note) ? note.value : "";
    for (const id of parts) one("#" + id).replaceWith(document.importNode(doc.getElementById(id), true));
    const second = one(".proposal"), seen = doc.querySelector(".proposal");
    if (second && seen) second.replaceWith(document.importNode(seen, true));
    tellNotice(doc.querySelector("#notice")?.textContent || "");
    alone();
    const again = one("#team form[data-check]"), area = one("#f-note");
    if (again) watch(one(".field", again), again.dataset.check);
    if (area && typed) { area.value = typed; area.dispatchEvent(new Event("input")); }
    if (by?.dataset.key) one(`[data-key=${by.dataset.key}]`)?.focus();
  }
  function tellNotice(words) {
    one("#notice")?.remove();
    if (!words) return;
    const p = document.createElement("p");
    p.id = "notice";
    p.className = "notice";
    p.setAttribute("role", "alert");
    p.textContent = words;
    one(".columns").insertAdjacentElement("beforebegin", p);
    p.scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("submit", (e) => {
    const form = e.target;
    if (e.defaultPrevented || form.dataset.stay === undefined || !writing(form)) return;
    e.preventDefault();
    aside(form, e.submitter)
      .catch(() => tellNotice(say("This did not work: there is no connection, or you were signed out. What you typed is still here.")))
      .finally(() => { delete form.dataset.sent; });
  });
})();
