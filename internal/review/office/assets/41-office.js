// A link that is handed over: copied by a button, chosen whole by a click.
(() => {
  for (const el of document.querySelectorAll("[data-all]")) el.addEventListener("focus", () => el.select());
  const copy = document.querySelector("[data-copy]");
  if (!copy) return;
  const from = document.getElementById(copy.dataset.copy), said = document.getElementById("copied");
  copy.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(from.value);
      said.textContent = desk.say("Copied.");
    } catch {
      from.focus(); // chosen, to be copied by hand
      said.textContent = desk.say("Press Ctrl-C, or Cmd-C on a Mac.");
    }
  });
})();
