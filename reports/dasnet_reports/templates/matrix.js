// The matrix: filters. Without it the table is whole.
"use strict";
document.addEventListener("DOMContentLoaded", () => {
  const form = document.getElementById("_filters");
  const count = document.getElementById("_count");
  const nothing = document.getElementById("_nothing");
  const grid = document.querySelector(".grid");
  const groups = [...grid.querySelectorAll("tbody")].map((element) => ({
    element,
    section: element.dataset.section,
    rows: [...element.querySelectorAll(".line")].map((row) => {
      const head = row.firstElementChild;
      return { element: row, words: `${head.textContent} ${head.title}`.toLowerCase() };
    }),
  }));
  const all = groups.reduce((sum, group) => sum + group.rows.length, 0);
  let announcing = 0;

  function filter() {
    const given = new FormData(form);
    const section = given.get("section");
    const show = given.get("show");
    const words = given.get("text").toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const group of groups) {
      let inside = 0;
      for (const row of group.rows) {
        const matched = (!section || group.section === section)
          && (!show || row.element.classList.contains(show))
          && words.every((word) => row.words.includes(word));
        row.element.hidden = !matched;
        inside += matched;
      }
      group.element.hidden = inside === 0;
      shown += inside;
    }
    nothing.hidden = shown > 0;
    grid.hidden = shown === 0;
    const said = shown === all ? `${all} shown` : `${shown} of ${all} shown`;
    // Announced once the reader pauses, not at every key.
    clearTimeout(announcing);
    announcing = setTimeout(() => { count.textContent = said; }, 150);
  }

  // Both: some drivers and aids set a choice and tell only of the change.
  for (const happening of ["input", "change"]) form.addEventListener(happening, filter);
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => setTimeout(filter));
  form.hidden = all === 0;
  filter();
});
