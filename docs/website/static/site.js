// Three small things that the theme has not: what scrolls can be reached by the keyboard, the matrix can be narrowed to
// where somebody fails, and a link to a line of a file opens it. Without scripts the pages are whole all the same.
addEventListener("DOMContentLoaded", () => {
  for (const box of document.querySelectorAll(".highlight pre, .table-wrapper, .sidebar-scroll, .toc-scroll, p:has(> img)")) {
    if (box.scrollWidth > box.clientWidth || box.scrollHeight > box.clientHeight) box.tabIndex = 0;
  }
  const filter = document.getElementById("matrix-filter");
  filter?.addEventListener("change", () => {
    for (const section of document.querySelectorAll("section:has(> .table-wrapper table.matrix)")) {
      const rows = [...section.querySelectorAll("tbody tr")];
      for (const row of rows) row.hidden = filter.value === "failed" && !row.querySelector(".fail");
      section.hidden = rows.every((row) => row.hidden);
    }
  });
});
