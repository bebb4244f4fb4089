// The reader's choice of light or dark, before the first paint. Loaded apart and at once, so that the page
// does not flash; everything else can wait.
{
  const kept = localStorage.getItem("scheme");
  if (kept === "light" || kept === "dark") document.documentElement.dataset.scheme = kept;
}
