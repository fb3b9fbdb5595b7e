// The report: filters, and the row that the address names. Without it the page is whole, only longer.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("_filters");
  const count = document.getElementById("_count");
  const nothing = document.getElementById("_nothing");
  const groups = [...document.querySelectorAll(".group")].map((element) => ({
    element,
    rows: [...element.querySelectorAll(".requirement")].map((row) => ({
      element: row,
      section: row.dataset.section,
      level: row.dataset.level,
      verdict: row.dataset.verdict,
      // Not the transcript: it holds nearly every word of the suite, so that everything would match.
      words: [row.querySelector("summary"), row.querySelector("dl")].map((part) => part.textContent).join(" ").toLowerCase(),
    })),
  }));
  const all = groups.reduce((sum, group) => sum + group.rows.length, 0);
  let announcing = 0;

  function matches(row, wanted) {
    return (!wanted.section || row.section === wanted.section)
      && (!wanted.level || row.level === wanted.level)
      && (!wanted.verdict || (wanted.verdict === "!pass" ? row.verdict !== "pass" : row.verdict === wanted.verdict))
      && wanted.words.every((word) => row.words.includes(word));
  }

  function filter() {
    const given = new FormData(form);
    const wanted = {
      section: given.get("section"),
      level: given.get("level"),
      verdict: given.get("verdict"),
      words: given.get("text").toLowerCase().split(/\s+/).filter(Boolean),
    };
    let shown = 0;
    for (const group of groups) {
      let inside = 0;
      for (const row of group.rows) {
        const matched = matches(row, wanted);
        row.element.hidden = !matched;
        inside += matched;
      }
      group.element.hidden = inside === 0;
      shown += inside;
    }
    nothing.hidden = shown > 0;
    const words = shown === all ? `${all} shown` : `${shown} of ${all} shown`;
    // Announced once the reader pauses, not at every key.
    clearTimeout(announcing);
    announcing = setTimeout(() => { count.textContent = words; }, 150);
  }

  function openLinked() {
    let id = "";
    try { id = decodeURIComponent(location.hash.slice(1)); } catch { return; }
    const target = id && document.getElementById(id);
    const row = target && target.closest(".requirement");
    if (!row) return;
    if (row.hidden) { form.reset(); filter(); }
    row.open = true;
    if (target.matches("[id^='_']")) {
      // A place within the row: the divergence in its diagram or in its table.
      const table = target.closest(".transcript");
      if (table) table.open = true;
      requestAnimationFrame(() => target.scrollIntoView({ block: "center" }));
      return;
    }
    // After the browser's own jump to the anchor, which takes the focus away and lies below the line that names it.
    requestAnimationFrame(() => {
      const summary = row.querySelector("summary");
      summary.focus({ preventScroll: true });
      summary.scrollIntoView({ block: "start" });
    });
  }

  // Both: some drivers and aids set a choice and tell only of the change.
  for (const happening of ["input", "change"]) form.addEventListener(happening, filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  document.getElementById("_open").addEventListener("click", () => {
    for (const { rows } of groups) for (const row of rows) if (!row.element.hidden) row.element.open = true;
  });
  document.getElementById("_close").addEventListener("click", () => {
    for (const { rows } of groups) for (const row of rows) row.element.open = false;
  });
  window.addEventListener("hashchange", openLinked);
  // A click on the link of the row one is already at changes no address.
  document.addEventListener("click", (event) => {
    const link = event.target.closest('a[href^="#"]');
    if (link && link.hash === location.hash) openLinked();
  });
  // Where there is no room for a diagram, its table stands in for it as soon as the row is opened.
  const narrow = window.matchMedia("(max-width: 46rem)");
  document.addEventListener("toggle", (event) => {
    if (!narrow.matches || !event.target.open || !event.target.matches(".requirement")) return;
    for (const table of event.target.querySelectorAll(".transcript")) table.open = true;
  }, true);
  form.hidden = all === 0;
  // A browser that comes back to the page may bring what was typed before.
  filter();
  // At once, so that nothing jumps late; and when all is there, for until then the browser may jump by itself again.
  openLinked();
  window.addEventListener("load", openLinked);
});
