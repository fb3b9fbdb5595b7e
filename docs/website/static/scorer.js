// How the search weighs what it finds: Sphinx's own weights, and before all others the requirements whose ids have the words.
var Scorer = {
  score: (result) => {
    const [page, title, , , score] = result;
    if (!page.startsWith("requirements/")) return score;
    const asked = new URLSearchParams(location.search).get("q") || "";
    const words = asked.toLowerCase().split(/[^a-z0-9]+/).filter((word) => word.length > 2);
    const named = words.filter((word) => title.toLowerCase().includes(word)).length;
    return score + 5 + 20 * named;
  },
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
